package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"

	"debadge/api"
	"debadge/graph"
	"debadge/graph/index"
	"debadge/graph/refresh"
	"debadge/graph/span"
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
			return p.serve(cmd.Context())
		},
	}
	p.register(cmd, cmd.Flags(), "serve")
	return cmd
}

// checkServe refuses settings of serve that cannot be meant.
func (p *program) checkServe() error {
	if err := p.checkRead(); err != nil {
		return err
	}
	if _, _, err := net.SplitHostPort(p.flags.addr); err != nil {
		return usage("--addr %q is not an address to listen on; write HOST:PORT", p.flags.addr)
	}
	if p.flags.maxLag <= 0 {
		return usage("--max-lag %s leaves no time; write a duration such as 10s", p.flags.maxLag)
	}
	return p.checkProfiler()
}

// serve runs the service until ctx ends. What it started last ends first.
func (p *program) serve(ctx context.Context) (err error) {
	lines := &logWriter{to: p.stderr}
	defer lines.Flush()
	log := slog.New(slog.NewJSONHandler(lines, nil))
	ready, err := p.prepare()
	if err != nil {
		return err
	}
	var registers refresh.Manifest
	if p.flags.manifest != "" {
		if registers, err = p.manifest(); err != nil {
			return err
		}
	}
	tracer, stopTracing, err := p.tracer(ctx, log)
	if err != nil {
		return err
	}
	defer stopTracing()
	late := newLateStore(ctx, log, func(ctx context.Context, log *slog.Logger) (graph.Store, error) {
		return p.openServed(ctx, log, tracer)
	})
	defer func() { err = errors.Join(err, late.Close()) }()
	s := graph.Store(late)
	if tracer != nil {
		ready.options.Tracer = tracer
		s = span.Wrap(s, tracer, "store", span.Calls)
	}
	kept, closeLedger, err := p.serveLedger(ctx, late, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeLedger()) }()
	if ready.options.Access, err = p.access(kept); err != nil {
		return err
	}
	ready.options.Ledger, ready.options.Parted = kept, late.Parted
	ready.options.Store, ready.options.Index, ready.options.Log = s, late, log
	return p.keepAndAnswer(ctx, log, ready, registers)
}

// keepAndAnswer keeps registers, names and jobs beside the answers.
func (p *program) keepAndAnswer(ctx context.Context, log *slog.Logger, ready prepared, registers refresh.Manifest) (err error) {
	beside, err := p.beside(ctx, ready.options.Store, registers, recorder{ready.options.Ledger, log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, beside.stop()) }()
	ready.options.Names, ready.options.Jobs, ready.options.Importer = beside.names, beside.jobs, beside.importer
	ready.options.Recall = p.flags.read == "index"
	beside.run(ctx)
	return p.answer(ctx, log, ready)
}

// answer listens, and answers until ctx ends.
func (p *program) answer(ctx context.Context, log *slog.Logger, ready prepared) error {
	handler, err := p.service(ready) //nolint:contextcheck // requests bring their own
	if err != nil {
		return err
	}
	stopProfiler, err := p.profiler(ctx, log)
	if err != nil {
		return err
	}
	defer stopProfiler()
	var network net.ListenConfig
	l, err := network.Listen(ctx, "tcp", p.flags.addr)
	if err != nil {
		return graph.Errorf(graph.KindUnavailable, "cannot listen on %s: %w; name another address with --addr", p.flags.addr, err)
	}
	address := "http://" + l.Addr().String()
	if ready.certificate != nil {
		address = "https://" + l.Addr().String()
		l = tls.NewListener(l, ready.certificate.TLS())
	}
	r := &reloader{log: log, shelf: ready.shelf, certificate: ready.certificate, recorder: recorder{ready.options.Ledger, log}}
	if p.flags.policyFolder != "" {
		r.read = p.policies
	}
	defer r.run(ctx)()
	anonymous := cmp.Or(string(ready.options.Access.Anonymous), noRole)
	log.LogAttrs(ctx, slog.LevelInfo, "listening", slog.String("url", address), slog.String("store", p.storeName()),
		slog.String("anonymous", anonymous), slog.String("version", thisBuild().Version))
	return api.Serve(ctx, l, handler, log, patience)
}

// keepServed keeps registers current beside a service; stop waits for a refresh
// that is under way to end.
func (p *program) keepServed(ctx context.Context, r *refresh.Refresher, m refresh.Manifest, rec recorder) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var under sync.WaitGroup
	under.Go(func() { p.keepCurrent(ctx, r, m, rec) })
	return func() { cancel(); under.Wait() }
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
func (p *program) openServed(ctx context.Context, log *slog.Logger, tracer *sdktrace.TracerProvider) (graph.Store, error) {
	s, err := p.open(ctx, serving)
	if err != nil {
		return nil, err
	}
	if scheme, _, _ := strings.Cut(p.storeName(), ":"); tracer != nil && isNeo4j(scheme) {
		s = span.Wrap(s, tracer, "neo4j", span.Views)
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
