package bench_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"debadge/bench"
	"debadge/graph"
	"debadge/graph/index"
	"debadge/graph/sqlite"
)

// Somebody who writes steadily: so many claims at a time, so often.
const (
	steadyClaims = 10
	steadyEvery  = 20 * time.Millisecond
)

// appended measures traces while nobody writes and while somebody does, in turns,
// on a copy of the store; then how soon 1,000 claims are seen.
func (w *world) appended(t *testing.T, n amount) {
	t.Helper()
	path := w.copied(t)
	log, err := sqlite.Open(t.Context(), path, now)
	if err != nil {
		t.Fatal(err)
	}
	x, err := index.Follow(t.Context(), log, index.Options{Clock: now, MaxStale: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	subjects := w.some((n.trace.rounds + 1) * n.trace.each)
	writer := &writer{world: w, store: x}
	var idle, busy []time.Duration
	for round := range n.trace.rounds + 1 {
		questions := subjects[round*n.trace.each : (round+1)*n.trace.each]
		quiet := w.traces(t, x, questions)
		stop := writer.steadily(t)
		loud := w.traces(t, x, questions)
		stop()
		if round > 0 {
			idle, busy = append(idle, quiet...), append(busy, loud...)
		}
	}
	w.sheet.durations(bench.Append, bench.IdleTrace, idle)
	w.sheet.durations(bench.Append, bench.BusyTrace, busy)
	var seen []time.Duration
	for range n.few.rounds {
		seen = append(seen, writer.visible(t, log, x))
	}
	w.sheet.durations(bench.Append, bench.Visible, seen)
}

// traces finds products one by one, each in a view of its own: the one that is the
// newest when it begins.
func (w *world) traces(t *testing.T, x *index.Store, subjects []int32) []time.Duration {
	t.Helper()
	took := make([]time.Duration, len(subjects))
	ask := w.finding(t, x, subjects)
	for i := range subjects {
		began := now()
		if _, err := ask(i); err != nil {
			t.Fatal(err)
		}
		took[i] = now().Sub(began)
	}
	return took
}

// writer claims what was not claimed before.
type writer struct {
	world *world
	store graph.Store
	wrote int
}

// set is a change set of so many claims: one product after another succeeds the
// product before it, by a source that says so on a page of its own.
func (r *writer) set(claims int) graph.ChangeSet {
	var cs graph.ChangeSet
	for range claims {
		n := len(r.world.product)
		from, to := r.world.product[r.wrote%n], r.world.product[(r.wrote+1)%n]
		r.wrote++
		cs.Claims = append(cs.Claims, graph.Claim{
			Relation: graph.SucceededBy, From: r.world.ids[from], To: r.world.ids[to], Status: graph.Disputed, // which changes no finding
			Citations: []graph.Citation{{Source: "source:synth-1", Stance: graph.Supports, Locator: fmt.Sprintf("page %d", r.wrote)}},
		})
	}
	return cs
}

// steadily writes until it is told to stop.
func (r *writer) steadily(t *testing.T) (stop func()) {
	t.Helper()
	done := make(chan struct{})
	var writing sync.WaitGroup
	writing.Go(func() {
		for {
			if _, err := r.store.Append(t.Context(), r.set(steadyClaims)); err != nil {
				t.Error(err)
				return
			}
			select {
			case <-done:
				return
			case <-time.After(steadyEvery):
			}
		}
	})
	return func() {
		close(done)
		writing.Wait()
	}
}

// visible appends 1,000 claims as another process does, and returns how long it
// took from the receipt until a view of the index had them.
func (r *writer) visible(t *testing.T, log graph.Store, x *index.Store) time.Duration {
	t.Helper()
	receipt, err := log.Append(t.Context(), r.set(1000))
	if err != nil {
		t.Fatal(err)
	}
	began := now()
	if err := x.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	err = x.View(t.Context(), graph.Moment{}, func(v graph.View) error {
		if at, _ := v.At(); at != receipt.Revision {
			return fmt.Errorf("the view is of revision %d, the receipt of %d", at, receipt.Revision)
		}
		return nil
	})
	took := now().Sub(began)
	if err != nil {
		t.Fatal(err)
	}
	return took
}
