package index_test

import (
	"sync/atomic"
	"testing"
	"time"

	"debadge/graph"
	"debadge/graph/index"
)

// clock goes on by a second each time.
func clock() func() time.Time {
	var calls atomic.Int64
	return func() time.Time { return time.Unix(1_750_000_000+calls.Add(1), 0) }
}

func small() graph.ChangeSet {
	day, _ := graph.ParseDate("2023-03")
	cite := []graph.Citation{{Source: "source:a", Stance: graph.Supports, Locator: "p. 1"}}
	return graph.ChangeSet{
		Entities: []graph.Entity{
			{ID: "company:a", Name: "A"}, {ID: "product:a:x1", Name: "X1", Brand: "A"}, {ID: "list:l", Name: "L"},
		},
		Sources: []graph.Source{{ID: "source:a", Title: "T", Publisher: "P"}},
		Claims: []graph.Claim{
			{Relation: graph.Makes, From: "company:a", To: "product:a:x1", Status: graph.Reported, Citations: cite},
			{Relation: graph.ListedOn, From: "company:a", To: "list:l", Status: graph.Confirmed, ValidFrom: day, Citations: cite},
		},
	}
}

func TestReadYourOwnWrites(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s, err := index.Follow(ctx, index.NewMemory(clock()), index.Options{Clock: clock(), MaxStale: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Append(ctx, small()); err != nil {
		t.Fatal(err)
	}
	err = s.View(ctx, graph.Moment{}, func(v graph.View) error {
		nodes, err := v.Nodes(ctx, []graph.ID{"product:a:x1"})
		if err != nil {
			return err
		}
		edges, err := v.Adjacent(ctx, nodes, graph.Upstream, ^graph.RelationSet(0), nil)
		if err == nil && (len(edges) != 1 || v.ID(edges[0].Far) != "company:a") {
			t.Errorf("edges %v", edges)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.View(ctx, graph.Moment{}, nil); graph.KindOf(err) != graph.KindUnavailable {
		t.Errorf("view of a closed store: %v", err)
	}
}
