package api

import (
	"context"
	"sync"
	"time"

	"debadge/graph"
)

// noDeadline takes a deadline of a connection away.
var noDeadline time.Time

// patience is how long the feed waits for what.
type patience struct {
	poll  time.Duration // between two looks at the store
	pulse time.Duration // between two signs of life to a client
	write time.Duration // for a client to take what it is sent
}

func defaultPatience() patience {
	return patience{poll: 250 * time.Millisecond, pulse: 15 * time.Second, write: 5 * time.Second}
}

// maxReaders bounds how many event streams are open at once.
const maxReaders = 200

// tail looks at the newest revision for all event streams together, and only
// while there is one. It keeps nothing for a stream: each reads the feed at its
// own speed.
type tail struct {
	patience patience

	mu      sync.Mutex
	readers int
	stop    context.CancelFunc
	newest  graph.Revision
	moved   chan struct{} // closed when newest is another one
}

// join begins a stream. look returns the newest revision and what is closed when
// it is another one.
func (t *tail) join(newest func(context.Context) (graph.Revision, error)) (look func() (<-chan struct{}, graph.Revision), leave func(), err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.readers == maxReaders {
		return nil, nil, newProblem(unavailable, "as many event streams are open as the service keeps; ask for pages, or later")
	}
	if t.readers++; t.readers == 1 {
		ctx, cancel := context.WithCancel(context.Background())
		t.stop, t.moved = cancel, make(chan struct{})
		go t.follow(ctx, newest)
	}
	return t.look, t.leave, nil
}

func (t *tail) look() (<-chan struct{}, graph.Revision) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.moved, t.newest
}

func (t *tail) leave() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.readers--; t.readers == 0 {
		t.stop()
	}
}

// follow looks at the store until the last stream has ended. While the store is
// away nothing moves.
func (t *tail) follow(ctx context.Context, newest func(context.Context) (graph.Revision, error)) {
	tick := time.NewTicker(t.patience.poll)
	defer tick.Stop()
	for {
		if revision, err := newest(ctx); err == nil && ctx.Err() == nil {
			t.note(revision)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (t *tail) note(revision graph.Revision) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if revision == t.newest || t.readers == 0 {
		return
	}
	t.newest = revision
	close(t.moved)
	t.moved = make(chan struct{})
}

// wait returns true once something has moved, and false once the stream is to end.
func (t *tail) wait(ctx context.Context, moved, stopping <-chan struct{}, pulse func() error) bool {
	tick := time.NewTicker(t.patience.pulse)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return false
		case <-stopping:
			return false
		case <-moved:
			return true
		case <-tick.C:
			if pulse() != nil {
				return false
			}
		}
	}
}

type stoppingKey struct{}

// stoppingOf returns what is closed when the service begins to stop.
func stoppingOf(ctx context.Context) <-chan struct{} {
	stopping, _ := ctx.Value(stoppingKey{}).(chan struct{})
	return stopping // nil, which never is, outside of Serve
}

type headKey struct{}

// isHead reports whether the body of the answer is not wanted.
func isHead(ctx context.Context) bool { return ctx.Value(headKey{}) != nil }
