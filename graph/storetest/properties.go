package storetest

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"debadge/graph"
)

// RunEngine compares the engine with the reference on random graphs, on a view
// that gives handles and edges in a random order.
func RunEngine(t *testing.T) {
	t.Helper()
	t.Run("trace", func(t *testing.T) { t.Parallel(); rapid.Check(t, sameTraces) })
	t.Run("timeline", func(t *testing.T) { t.Parallel(); rapid.Check(t, sameTimelines) })
	t.Run("reach", func(t *testing.T) { t.Parallel(); rapid.Check(t, sameReaches) })
	t.Run("trace and reach are one relation", func(t *testing.T) { t.Parallel(); rapid.Check(t, pairsAgree) })
	t.Run("one more claim takes nothing away", func(t *testing.T) { t.Parallel(); rapid.Check(t, claimsAdd) })
	t.Run("ids are names", func(t *testing.T) { t.Parallel(); rapid.Check(t, idsAreNames) })
	t.Run("cut short is not clear", func(t *testing.T) { t.Parallel(); rapid.Check(t, cutIsNotClear) })
}

func filled(t *rapid.T, p problem) (*plainStore, *Reference) {
	s := newPlainStore(nil)
	for _, cs := range p.sets {
		if _, err := s.append(cs); err != nil {
			t.Fatal(err)
		}
	}
	r, err := NewReference(p.sets, 0)
	if err != nil {
		t.Fatal(err)
	}
	return s, r
}

// forReference takes out of an answer what the reference does not look at.
func forReference(e Expected) Expected {
	e.Names, e.Disputed, e.Denied, e.KnownAtNull = nil, nil, nil, false
	return e
}

func sameTraces(t *rapid.T) {
	p := drawProblem(t, "")
	store, reference := filled(t, p)
	for _, subject := range p.subjects() {
		q := p.question(subject, pick(t, "paths", 1, 3, 5))
		answer, err := graph.Trace(context.Background(), store, q)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(reference.Trace(q), forReference(compactTrace(answer))); diff != "" {
			t.Fatalf("trace of %s on %s: the reference (-) and the engine (+) differ:\n%s", subject, q.AsOf, diff)
		}
		assessed(t, store, q, answer)
	}
}

// assessed compares what screening finds with what a trace finds.
func assessed(t *rapid.T, store graph.Store, q graph.Question, answer graph.Answer) {
	err := store.View(context.Background(), q.KnownAt, func(v graph.View) error {
		a, err := graph.NewAssessor(context.Background(), v, q.Policy, q.AsOf, q.Lists)
		if err != nil {
			return err
		}
		defer a.Close()
		nodes, err := v.Nodes(context.Background(), []graph.ID{graph.ID(q.Subject)})
		if err != nil {
			return err
		}
		got, err := a.Assess(context.Background(), nodes[0])
		want := graph.Assessment{Finding: answer.Finding, Strength: answer.Strength, Action: answer.Action, Complete: answer.Complete}
		if got != want {
			t.Fatalf("%s is assessed as %+v and traced as %+v", q.Subject, got, want)
		}
		if err != nil {
			return err
		}
		reached, total, err := a.Listings(context.Background(), len(answer.Listings)+1)
		if diff := cmp.Diff(reachedListings(answer), reached); diff != "" || total != len(reached) {
			t.Fatalf("%s: the trace (-) and the assessment (+) reach different listings:\n%s", q.Subject, diff)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func reachedListings(answer graph.Answer) []graph.ReachedListing {
	var all []graph.ReachedListing
	for _, l := range answer.Listings {
		all = append(all, graph.ReachedListing{Entity: l.Entity.ID, List: l.List.ID, Way: l.Way, Strength: l.Strength})
	}
	return all
}

func sameTimelines(t *rapid.T) {
	p := drawProblem(t, "")
	store, reference := filled(t, p)
	for _, subject := range p.subjects() {
		q := p.question(subject, 1)
		answer, err := graph.Timeline(context.Background(), store, q)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(reference.Timeline(q), compactTimeline(answer).Steps); diff != "" {
			t.Fatalf("timeline of %s: the reference (-) and the engine (+) differ:\n%s", subject, diff)
		}
	}
}

func sameReaches(t *rapid.T) {
	p := drawProblem(t, "")
	store, reference := filled(t, p)
	for _, origin := range append(p.lists, p.owners...) {
		q := p.reach(origin)
		if origin.Kind() == graph.List && !reference.read(q.Policy, q.Lists, q.AsOf).listCounts(origin) {
			continue
		}
		page, err := reachPage(context.Background(), store, q)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(reference.Reach(q), compactReach(page).Rows); diff != "" {
			t.Fatalf("reach of %s on %s: the reference (-) and the engine (+) differ:\n%s", origin, q.AsOf, diff)
		}
		samePages(t, store, q, page)
		late, err := graph.Rebadgings(context.Background(), store, q)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(reference.Rebadgings(q), compactRebadgings(late)); diff != "" {
			t.Fatalf("rebadgings of %s on %s: the reference (-) and the engine (+) differ:\n%s", origin, q.AsOf, diff)
		}
	}
}
