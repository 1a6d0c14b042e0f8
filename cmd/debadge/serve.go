package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"debadge/api"
	"debadge/graph"
	"debadge/graph/index"
	"debadge/graph/refresh"
)

func (p *program) serveCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Answer over HTTP",
		Long: `Serve answers the same questions over HTTP, with the same field names, until it
is told to stop (SIGTERM or SIGINT); it then finishes what it has begun. It
listens on this machine alone unless --addr says otherwise. /openapi.json
describes it, /docs is the same for people.

It starts whether or not the store is there yet: /livez says that the process
is alive, /readyz whether it can answer.

With --manifest it keeps the registers in it current, each that is enabled on
its schedule: see debadge help refresh.`,
		Example: `  debadge serve --demo
  debadge serve --store sqlite:claims.db --addr 0.0.0.0:8080
  debadge serve --store neo4j://localhost:7687 --read direct
  debadge serve --store sqlite:claims.db --manifest registers.yaml`,
		Args: takes(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := p.checkRead(); err != nil {
				return err
			}
			if _, _, err := net.SplitHostPort(p.flags.addr); err != nil {
				return usage("--addr %q is not an address to listen on; write HOST:PORT", p.flags.addr)
			}
			return p.serve(cmd.Context())
		},
	}
	p.register(cmd, cmd.Flags(), "serve")
	return cmd
}

func (p *program) serve(ctx context.Context) (err error) {
	log := slog.New(slog.NewJSONHandler(p.stderr, nil))
	var registers refresh.Manifest
	if p.flags.manifest != "" {
		if registers, err = p.manifest(); err != nil {
			return err
		}
	}
	s := newLateStore(ctx, log, p.openServed)
	defer func() { err = errors.Join(err, s.Close()) }()
	_, closeLedger, err := p.serveLedger(ctx, s, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeLedger()) }()
	if p.flags.manifest != "" {
		stop, err := p.keepServed(ctx, s, registers, log)
		if err != nil {
			return err
		}
		defer stop()
	}
	handler, err := api.New(api.Options{ //nolint:contextcheck // requests bring their own
		Store: s, StoreName: p.storeName(), Clock: p.clock, Log: log, Version: thisBuild().Version,
		RequestTimeout: p.flags.timeout, Access: api.Access{Anonymous: api.Reader},
	})
	if err != nil {
		return err
	}
	var network net.ListenConfig
	l, err := network.Listen(ctx, "tcp", p.flags.addr)
	if err != nil {
		return graph.Errorf(graph.KindUnavailable, "cannot listen on %s: %w; name another address with --addr", p.flags.addr, err)
	}
	log.LogAttrs(ctx, slog.LevelInfo, "listening",
		slog.String("url", "http://"+l.Addr().String()), slog.String("store", p.storeName()), slog.String("version", thisBuild().Version))
	return api.Serve(ctx, l, handler, log, patience)
}

// keepServed keeps registers current beside a service; stop waits for a refresh
// that is under way to end.
func (p *program) keepServed(ctx context.Context, s graph.Store, m refresh.Manifest, log *slog.Logger) (stop func(), err error) {
	r, err := p.refresher(s)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	var under sync.WaitGroup
	under.Go(func() { p.keepCurrent(ctx, r, m, log) })
	return func() { cancel(); under.Wait() }, nil
}

// checkRead refuses a way to read that is none.
func (p *program) checkRead() error {
	if p.flags.read != "index" && p.flags.read != "direct" {
		return usage("--read %q is not a way to read; use index or direct", p.flags.read)
	}
	return nil
}

// How an index keeps up with the store that it follows.
const (
	feedInterval = time.Second
	feedMaxStale = 100 * time.Millisecond
)

// openServed opens the store in the way that it is to be read.
func (p *program) openServed(ctx context.Context, log *slog.Logger) (graph.Store, error) {
	s, err := p.open(ctx, serving)
	if err != nil {
		return nil, err
	}
	if p.flags.read == "direct" || p.flags.demo || p.flags.store == "memory:" {
		return s, nil
	}
	options := index.Options{Clock: p.clock, Interval: feedInterval, MaxStale: feedMaxStale, Logger: log}
	if path, ok := strings.CutPrefix(p.storeName(), "sqlite:"); ok {
		options.SnapshotPath = path + ".index"
	}
	followed, err := index.Follow(ctx, s, options)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return followed, nil
}
