package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// limits bounds what one connection can take of the service.
type limits struct {
	header, read, write, idle time.Duration
	headerBytes               int
}

// defaultLimits are far above what a client needs that means well. A stream
// sets its own limit on writing.
func defaultLimits() limits {
	return limits{
		header: 5 * time.Second, read: 30 * time.Second, write: time.Minute, idle: 2 * time.Minute,
		headerBytes: 64 << 10,
	}
}

// Serve answers on the listener until ctx ends, and then stops in order: new
// requests, /readyz among them, are answered with 503 and Retry-After while
// those in flight have the drain time to end. It returns nil if all were
// answered. It closes the listener.
func Serve(ctx context.Context, l net.Listener, h http.Handler, log *slog.Logger, drain time.Duration) error {
	return serveWithin(ctx, l, h, log, drain, defaultLimits())
}

func serveWithin(ctx context.Context, l net.Listener, h http.Handler, log *slog.Logger, drain time.Duration, lim limits) error {
	g := &gate{next: h, log: log, idle: make(chan struct{}), stopping: make(chan struct{})}
	srv := &http.Server{
		Handler:           g,
		ReadHeaderTimeout: lim.header, ReadTimeout: lim.read, WriteTimeout: lim.write, IdleTimeout: lim.idle,
		MaxHeaderBytes: lim.headerBytes,
		BaseContext: func(net.Listener) context.Context {
			return context.WithValue(context.Background(), stoppingKey{}, g.stopping)
		},
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	holding(srv)
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(heldListener{l}) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serving: %w", err)
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	log.LogAttrs(stop, slog.LevelInfo, "stopping", slog.Int("in_flight", g.close()))
	select {
	case <-g.idle:
	case <-stop.Done():
	}
	err := srv.Shutdown(stop)
	if err != nil {
		err = errors.Join(fmt.Errorf("requests were cut off after %s: %w", drain, err), srv.Close())
	}
	if ended := <-failed; err == nil && !errors.Is(ended, http.ErrServerClosed) {
		err = fmt.Errorf("serving: %w", ended)
	}
	return err
}

// gate counts the requests in flight, and once it is closed refuses new ones.
type gate struct {
	next http.Handler
	log  *slog.Logger

	mu     sync.Mutex
	count  int
	closed bool
	idle   chan struct{} // closed when the gate is and nothing is in flight

	stopping chan struct{} // closed when the gate is: streams that would go on end
}

// ServeHTTP answers a request, or refuses it while the service stops.
func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == livePath {
		g.next.ServeHTTP(w, r)
		return
	}
	if !g.enter() {
		g.refuse(w, r)
		return
	}
	defer g.leave()
	g.next.ServeHTTP(w, r)
}

func (g *gate) refuse(w http.ResponseWriter, r *http.Request) {
	rec := &record{id: requestID(r.Header)}
	ctx := context.WithValue(r.Context(), recordKey{}, rec)
	setSecurityHeaders(w.Header())
	w.Header().Set(requestIDHeader, rec.id)
	w.Header().Set("Connection", "close")
	p := newProblem(unavailable, "the service is stopping; ask again, of another replica or later")
	writeProblem(ctx, w, p)
	g.log.LogAttrs(ctx, slog.LevelInfo, "refused while stopping", slog.String("request_id", rec.id), slog.Int("status", p.Status))
}

func (g *gate) enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return false
	}
	g.count++
	return true
}

func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.count--
	if g.closed && g.count == 0 {
		close(g.idle)
	}
}

// close refuses new requests and returns how many are in flight.
func (g *gate) close() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
	close(g.stopping)
	if g.count == 0 {
		close(g.idle)
	}
	return g.count
}
