package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"debadge/graph"
	"debadge/graph/index"
)

// lateStore is a store that may not be there yet: a service starts without it,
// says why it cannot answer, and goes on trying.
type lateStore struct {
	stop context.CancelFunc
	done sync.WaitGroup

	mu    sync.RWMutex
	store graph.Store // nil until it is open
	why   error       // why it is not

	parted error // why nothing may be written: the ledger tells of other claims
}

var _ graph.Store = (*lateStore)(nil)

// retryAfter is how long to wait before a store is tried again.
const retryAfter = time.Second

func newLateStore(ctx context.Context, log *slog.Logger, open func(context.Context, *slog.Logger) (graph.Store, error)) *lateStore {
	l := &lateStore{why: graph.Unavailable("the store is being opened", nil)}
	// Requests that are in flight when ctx ends still need the store.
	ctx, l.stop = context.WithCancel(context.WithoutCancel(ctx))
	l.done.Go(func() {
		for {
			s, err := open(ctx, log)
			if err == nil {
				l.set(s, nil)
				log.LogAttrs(ctx, slog.LevelInfo, "the store is open")
				return
			}
			log.LogAttrs(ctx, slog.LevelWarn, "the store cannot be opened yet", slog.String("error", err.Error()))
			l.set(nil, err)
			select {
			case <-ctx.Done():
				return
			case <-time.After(retryAfter):
			}
		}
	})
	return l
}

func (l *lateStore) set(s graph.Store, why error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.store, l.why = s, why
}

func (l *lateStore) get() (graph.Store, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if l.store != nil {
		return l.store, nil
	}
	message := "the store is not there yet"
	var e *graph.Error
	if errors.As(l.why, &e) && e.Kind != graph.KindInternal {
		message = e.Message
	}
	return nil, graph.Unavailable(message, l.why)
}

// part says why the ledger and the store do not belong together, nil if they do.
func (l *lateStore) part(why error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.parted = why
}

// Parted returns what part was told.
func (l *lateStore) Parted() error {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.parted
}

// Append appends once the store is open, unless it parted from the ledger: what
// would be written then could never be told of in the log.
func (l *lateStore) Append(ctx context.Context, cs graph.ChangeSet) (graph.Receipt, error) {
	s, err := l.get()
	if err == nil {
		err = l.Parted()
	}
	if err != nil {
		return graph.Receipt{}, err
	}
	return s.Append(ctx, cs)
}

// Changes yields the feed once the store is open.
func (l *lateStore) Changes(ctx context.Context, since graph.Revision, yield func(graph.Change) error) error {
	s, err := l.get()
	if err != nil {
		return err
	}
	return s.Changes(ctx, since, yield)
}

// View reads once the store is open.
func (l *lateStore) View(ctx context.Context, at graph.Moment, read func(graph.View) error) error {
	s, err := l.get()
	if err != nil {
		return err
	}
	return s.View(ctx, at, read)
}

// Status says how much the store holds once it is open.
func (l *lateStore) Status(ctx context.Context) (graph.StoreStatus, error) {
	s, err := l.get()
	if err != nil {
		return graph.StoreStatus{}, err
	}
	return s.Status(ctx)
}

// Progress says how far the index over the store has come, if there is one.
func (l *lateStore) Progress() (revision graph.Revision, seen time.Time, ok bool) {
	s, err := l.get()
	if err != nil {
		return 0, time.Time{}, false
	}
	followed, ok := s.(*index.Store)
	if !ok {
		return 0, time.Time{}, false
	}
	revision, seen = followed.Progress()
	return revision, seen, true
}

// Close ends the trying, and closes the store if it is open.
func (l *lateStore) Close() error {
	l.stop()
	l.done.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.store
	l.store, l.why = nil, graph.Unavailable("the store is closed", nil)
	if s == nil {
		return nil
	}
	return s.Close()
}
