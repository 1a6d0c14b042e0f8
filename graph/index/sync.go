package index

import (
	"context"
	"errors"
	"fmt"
	"time"

	"debadge/graph"
)

// pollInterval is how often [Store.Wait] reads the feed.
const pollInterval = 20 * time.Millisecond

// flight is one reading of the feed, shared by all who asked before it began.
type flight struct {
	done chan struct{}
	err  error // set before done is closed
}

// Sync applies every change that the followed store had committed when it was
// called. KindUnavailable if the store is away or the context ends first.
func (s *Store) Sync(ctx context.Context) error {
	f := s.board() //nolint:contextcheck // a flight is no caller's, see fly
	if f == nil {
		return errClosed()
	}
	select {
	case <-f.done:
		return f.err
	case <-ctx.Done():
		return interrupted(ctx)
	}
}

// board returns a flight that has not begun before the call: the one under way
// may have read past the place where the newest change is now.
func (s *Store) board() *flight {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return nil
	case s.current == nil:
		s.current = &flight{done: make(chan struct{})}
		s.start(s.current)
		return s.current
	case s.next == nil:
		s.next = &flight{done: make(chan struct{})}
	}
	return s.next
}

func (s *Store) start(f *flight) {
	s.done.Go(func() {
		f.err = s.fly()
		s.mu.Lock()
		defer s.mu.Unlock()
		close(f.done)
		s.current, s.next = s.next, nil
		if s.current != nil {
			s.start(s.current)
		}
	})
}

// fly reads the feed for as long as changes keep coming, and notes the health
// of the followed store. It is no caller's: one that gives up does not make
// the store look away to the others.
func (s *Store) fly() error {
	began := s.opts.Clock()
	ctx, cancel := context.WithCancelCause(s.life)
	defer cancel(nil)
	late := time.AfterFunc(s.opts.Timeout, func() { cancel(errLate) })
	defer late.Stop()
	err := s.read(ctx, func() { late.Reset(s.opts.Timeout) })
	if err == nil {
		s.away.Store(nil)
		s.synced.Store(began.UnixNano())
		return nil
	}
	if s.life.Err() != nil {
		return errClosed()
	}
	if cause := context.Cause(ctx); cause != nil {
		err = errors.Join(cause, err)
	}
	err = graph.Unavailable("the store cannot be reached: "+reason(err), err)
	s.away.Store(&err)
	return err
}

var errLate = graph.Unavailable("it does not answer", nil)

// reason is the part of an error that may be shown.
func reason(err error) string {
	if e, ok := errors.AsType[*graph.Error](err); ok {
		return e.Message
	}
	return "its answer failed"
}

// read brings the index into step with the log. After a failure it asks first
// whether the log that is back is the one that was away.
func (s *Store) read(ctx context.Context, alive func()) error {
	if s.away.Load() == nil {
		return s.catchUp(ctx, alive)
	}
	now := s.now()
	same, err := s.holds(ctx, now.revision, now.change)
	if err != nil {
		return err
	}
	if same && !s.index.Load().unusable() {
		return s.catchUp(ctx, alive)
	}
	return s.load(ctx, alive)
}

// load reads the whole feed into a new index, which views see when it is done.
func (s *Store) load(ctx context.Context, alive func()) error {
	began, x := s.opts.Clock(), newIndex()
	x.begin()
	err := s.log.Changes(ctx, 0, func(c graph.Change) error {
		alive()
		return x.apply(c)
	})
	if err != nil {
		return err
	}
	x.finish()
	s.index.Store(x)
	s.synced.Store(began.UnixNano())
	s.announce()
	return nil
}

// catchUp applies the changes since the newest revision of the index and tells
// alive of each.
func (s *Store) catchUp(ctx context.Context, alive func()) error {
	x := s.index.Load()
	return s.log.Changes(ctx, x.now().revision, func(c graph.Change) error {
		alive()
		if err := x.apply(c); err != nil {
			return err
		}
		x.publish()
		s.announce()
		return nil
	})
}

// announce wakes those who wait for a revision.
func (s *Store) announce() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.grown)
	s.grown = make(chan struct{})
}

// follow reads the feed from time to time until the store is closed. Failures
// are kept in away, for whoever asks for a view.
func (s *Store) follow() {
	ticker := time.NewTicker(s.opts.Interval)
	defer ticker.Stop()
	for {
		select {
		case <-s.life.Done():
			return
		case <-ticker.C:
			_ = s.Sync(s.life)
		}
	}
}

func waitedMessage(wanted, have graph.Revision) string {
	return fmt.Sprintf("revision %d is not here yet: the index has revision %d; try again", wanted, have)
}
