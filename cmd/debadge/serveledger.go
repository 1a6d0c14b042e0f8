package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"debadge/graph"
	"debadge/ledger"
)

// serveLedger takes the ledger for a service, and keeps its log and findings up
// to date with the store, and its events delivered, until it is closed.
func (p *program) serveLedger(ctx context.Context, s *lateStore, log *slog.Logger) (l *ledger.Ledger, closing func() error, err error) {
	if l, err = p.openLedger(ctx, holding, "debadge serve"); err != nil {
		return nil, nil, err
	}
	sender, err := p.webhooks(l, log)
	if err != nil {
		return nil, nil, errors.Join(err, l.Close())
	}
	s.part(graph.Unavailable("the store was not compared with the ledger yet; nothing is written until it was", nil))
	// Requests that are in flight when ctx ends may still change claims.
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	k := ledgerKeeper{ledger: l, store: s, part: s.part, clock: p.clock, log: log}
	var under sync.WaitGroup
	under.Go(func() { k.keep(ctx) })
	under.Go(func() { sender.Run(ctx) })
	return l, func() error {
		cancel()
		under.Wait()
		return l.Close()
	}, nil
}

// ledgerKeeper brings the ledger up to date again and again.
type ledgerKeeper struct {
	ledger *ledger.Ledger
	store  graph.Store
	part   func(error) // is told whether they belong together
	clock  func() time.Time
	log    *slog.Logger

	compared bool           // the store and the ledger, once
	revision graph.Revision // of the last rescreening
	day      graph.Day
	told     string // the last error, which is told once
}

// notYet is how long to wait where nothing may be written before the store is open.
const notYet = 50 * time.Millisecond

func (k *ledgerKeeper) keep(ctx context.Context) {
	for {
		err := k.once(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err == nil:
			k.told = ""
		case k.told != err.Error():
			k.told = err.Error()
			k.log.LogAttrs(ctx, slog.LevelWarn, "the ledger cannot be brought up to date", slog.String("error", k.told), slog.Any("cause", errors.Unwrap(err)))
		}
		wait := feedInterval
		if !k.compared {
			wait = notYet
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

func (k *ledgerKeeper) once(ctx context.Context) error {
	if _, err := k.store.Status(ctx); err != nil {
		return nil //nolint:nilerr // what waits for the store tells why it is away
	}
	// The first revisions of a large store take long to be told of in the log:
	// writing need not wait for that.
	err := k.ledger.Compare(ctx, k.store)
	switch {
	case err == nil:
		k.compared = true
		k.part(nil)
	case graph.KindOf(err) == graph.KindConflict:
		err = graph.Unavailable("the store is not the one of the ledger: "+err.Error()+
			"; nothing is written until they are: restore both from one backup, or name a new ledger with --ledger", err)
		k.part(err)
		return err
	default:
		return err
	}
	revision, err := k.ledger.Follow(ctx, k.store)
	if err != nil {
		return err
	}
	day := graph.DayOf(k.clock())
	if revision == k.revision && day == k.day {
		return nil
	}
	done, err := k.ledger.Rescreen(ctx, k.store, day)
	if err != nil {
		return err
	}
	k.revision, k.day = done.Revision, day
	if done.Changed > 0 {
		k.log.LogAttrs(ctx, slog.LevelInfo, "findings changed where somebody decided or watches",
			slog.Int("changed", done.Changed), slog.Int("events", done.Events), slog.Int("looked", done.Looked), slog.Any("revision", done.Revision))
	}
	return nil
}
