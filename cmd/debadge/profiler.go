package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"sync"
	"time"

	"debadge/graph"
)

// profiler answers the profiler of Go on a port of its own, for this machine
// alone: what it tells is not for those who ask the service.
func (p *program) profiler(ctx context.Context, log *slog.Logger) (stop func(), err error) {
	if p.flags.pprof == "" {
		return func() {}, nil
	}
	if err := p.checkProfiler(); err != nil {
		return nil, err
	}
	var network net.ListenConfig
	l, err := network.Listen(ctx, "tcp", p.flags.pprof)
	if err != nil {
		return nil, graph.Errorf(graph.KindUnavailable, "cannot listen on %s: %w; name another address with --pprof", p.flags.pprof, err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: time.Second}
	var under sync.WaitGroup
	under.Go(func() {
		if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			log.LogAttrs(ctx, slog.LevelWarn, "the profiler ended", slog.String("error", err.Error()))
		}
	})
	log.LogAttrs(ctx, slog.LevelInfo, "profiler", slog.String("url", "http://"+l.Addr().String()+"/debug/pprof/"))
	return func() { _ = srv.Close(); under.Wait() }, nil
}

// checkProfiler refuses an address that others reach.
func (p *program) checkProfiler() error {
	if p.flags.pprof != "" && !isLoopback(p.flags.pprof) {
		return usage("--pprof %s is not a loopback address; write 127.0.0.1:PORT", p.flags.pprof)
	}
	return nil
}
