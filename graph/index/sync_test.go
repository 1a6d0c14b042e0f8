package index_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"debadge/graph"
	"debadge/graph/index"
)

// counting counts how often the whole feed, and any of it, is read.
type counting struct {
	graph.Store
	full, any int
}

func (c *counting) Changes(ctx context.Context, since graph.Revision, yield func(graph.Change) error) error {
	c.any++
	if since == 0 {
		status, err := c.Status(ctx)
		if err != nil {
			return err
		}
		if status.Revision > 1 {
			c.full++
		}
	}
	return c.Store.Changes(ctx, since, yield)
}

// flaky is a log that can be away, or silent, or another one.
type flaky struct {
	graph.Store
	away, silent atomic.Bool
	other        atomic.Pointer[index.Memory]
}

func (f *flaky) Changes(ctx context.Context, since graph.Revision, yield func(graph.Change) error) error {
	if f.away.Load() {
		return graph.Unavailable("Neo4j does not accept connections", errors.New("dial: refused"))
	}
	if f.silent.Load() {
		<-ctx.Done()
		return graph.Unavailable("cut", ctx.Err())
	}
	if o := f.other.Load(); o != nil {
		return o.Changes(ctx, since, yield)
	}
	return f.Store.Changes(ctx, since, yield)
}

func follow(t *testing.T, log graph.Store, opts index.Options) *index.Store {
	t.Helper()
	if opts.Clock == nil {
		opts.Clock = clock()
	}
	s, err := index.Follow(t.Context(), log, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func nameOf(ctx context.Context, s graph.Store) (name string, err error) {
	err = s.View(ctx, graph.Moment{}, func(v graph.View) error {
		list, err := v.Entities(ctx, []graph.ID{"company:a"})
		if err == nil {
			name = list[0].Name
		}
		return err
	})
	return name, err
}

func rename(t *testing.T, s graph.Store, name string) graph.Receipt {
	t.Helper()
	r, err := s.Append(t.Context(), graph.ChangeSet{Entities: []graph.Entity{{ID: "company:a", Name: name}}})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestStoreAwayAndBack(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	log := &flaky{Store: filled(t, "one")}
	for _, stale := range []time.Duration{0, time.Nanosecond} {
		s := follow(t, log, index.Options{MaxStale: stale})
		log.away.Store(true)
		for range 2 {
			_, err := nameOf(ctx, s)
			if graph.KindOf(err) != graph.KindUnavailable || !strings.Contains(err.Error(), "Neo4j does not accept connections") {
				t.Errorf("away: %v", err)
			}
		}
		log.away.Store(false)
		if name, err := nameOf(ctx, s); name != "one" || err != nil {
			t.Errorf("back: %s, %v", name, err)
		}
	}
}

func TestStoreAwayIsNoticedInTheBackground(t *testing.T) {
	t.Parallel()
	log := &flaky{Store: filled(t, "one")}
	s := follow(t, log, index.Options{MaxStale: time.Hour, Interval: time.Millisecond})
	log.away.Store(true)
	wait(t, "away", func() bool { _, err := nameOf(t.Context(), s); return err != nil })
	log.away.Store(false)
	if name, err := nameOf(t.Context(), s); name != "one" || err != nil {
		t.Errorf("back: %s, %v", name, err)
	}
}

func TestStoreSilent(t *testing.T) {
	t.Parallel()
	log := &flaky{Store: filled(t, "one")}
	s := follow(t, log, index.Options{Timeout: 10 * time.Millisecond})
	log.silent.Store(true)
	_, err := nameOf(t.Context(), s)
	if graph.KindOf(err) != graph.KindUnavailable || !strings.Contains(err.Error(), "does not answer") {
		t.Errorf("silent: %v", err)
	}
}

func TestCallerGivesUp(t *testing.T) {
	t.Parallel()
	log := &flaky{Store: filled(t, "one")}
	s := follow(t, log, index.Options{MaxStale: time.Hour, Timeout: time.Hour})
	log.silent.Store(true)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if err := s.Sync(ctx); graph.KindOf(err) != graph.KindUnavailable || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("sync: %v", err)
	}
	if name, err := nameOf(t.Context(), s); name != "one" || err != nil {
		t.Errorf("one caller made the store look away to another: %s, %v", name, err)
	}
}

func TestMaxStale(t *testing.T) {
	t.Parallel()
	var now atomic.Int64
	log := &counting{Store: filled(t, "one")}
	s := follow(t, log, index.Options{MaxStale: time.Second, Clock: func() time.Time { return time.Unix(0, now.Load()) }})
	rename(t, log.Store, "two")
	read := log.any
	for _, c := range []struct {
		at    time.Duration
		name  string
		reads int
	}{
		{time.Second, "one", 0},
		{time.Second + 1, "two", 1},
		{2 * time.Second, "two", 0},
		{2*time.Second + 2, "two", 1},
	} {
		now.Store(int64(c.at))
		if name, err := nameOf(t.Context(), s); name != c.name || err != nil || log.any-read != c.reads {
			t.Errorf("after %s: %s, %v, feed read %d times", c.at, name, err, log.any-read)
		}
		read = log.any
	}
}

func TestChangesByOthersAppear(t *testing.T) {
	t.Parallel()
	m := filled(t, "one")
	s := follow(t, m, index.Options{MaxStale: time.Hour, Interval: time.Millisecond})
	rename(t, m, "two")
	wait(t, "two", func() bool { name, err := nameOf(t.Context(), s); return name == "two" && err == nil })
}

func TestWait(t *testing.T) {
	t.Parallel()
	m := filled(t, "one")
	s := follow(t, m, index.Options{MaxStale: time.Hour})
	if err := s.Wait(t.Context(), 1); err != nil {
		t.Error(err)
	}
	done := make(chan error)
	go func() { done <- s.Wait(t.Context(), 2) }()
	rename(t, m, "two")
	if err := <-done; err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	err := s.Wait(ctx, 9)
	if graph.KindOf(err) != graph.KindUnavailable || !strings.Contains(err.Error(), "revision 9 is not here yet: the index has revision 2") {
		t.Errorf("%v", err)
	}
}

func TestAnotherLogComesBack(t *testing.T) {
	t.Parallel()
	log := &flaky{Store: filled(t, "one", "two")}
	s := follow(t, log, index.Options{})
	log.away.Store(true)
	if _, err := nameOf(t.Context(), s); err == nil {
		t.Error("no error while away")
	}
	log.other.Store(filled(t, "restored from a backup"))
	log.away.Store(false)
	if name, err := nameOf(t.Context(), s); name != "restored from a backup" || err != nil {
		t.Errorf("%s, %v", name, err)
	}
}

func TestAppendWhoseFeedIsAway(t *testing.T) {
	t.Parallel()
	log := &flaky{Store: filled(t, "one")}
	s := follow(t, log, index.Options{MaxStale: time.Hour})
	log.away.Store(true)
	if r := rename(t, s, "next"); r.Revision != 2 {
		t.Errorf("%+v", r)
	}
	if name, err := nameOf(t.Context(), s); graph.KindOf(err) != graph.KindUnavailable {
		t.Errorf("a stale answer: %s, %v", name, err)
	}
	log.away.Store(false)
	if name, err := nameOf(t.Context(), s); name != "next" || err != nil {
		t.Errorf("%s, %v", name, err)
	}
}

func TestCloseEndsAFlight(t *testing.T) {
	t.Parallel()
	log := &flaky{Store: filled(t, "one")}
	s := follow(t, log, index.Options{Interval: time.Millisecond, Timeout: time.Hour})
	log.silent.Store(true)
	done := make(chan error)
	go func() { done <- s.Sync(t.Context()) }()
	time.Sleep(5 * time.Millisecond)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := <-done; graph.KindOf(err) != graph.KindUnavailable {
		t.Errorf("%v", err)
	}
}
