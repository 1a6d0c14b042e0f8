package graph_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"debadge/graph"
	"debadge/graph/index"
)

// hub is a company with many products, a badge of one of them, and two listings.
func hub(t *testing.T, products int) graph.Store {
	t.Helper()
	s := index.NewMemory(func() time.Time { return time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC) })
	t.Cleanup(func() { _ = s.Close() })
	cite := []graph.Citation{{Source: "source:a", Stance: graph.Supports}}
	cs := graph.ChangeSet{
		Author: "t", Reason: "t", Sources: []graph.Source{{ID: "source:a", Title: "A", Publisher: "P"}},
		Entities: []graph.Entity{
			{ID: "company:hub", Name: "Hub"}, {ID: "company:owner", Name: "Owner"}, {ID: "list:a", Name: "A"}, {ID: "list:b", Name: "B"},
			{ID: "product:z:badge", Name: "Badge"},
		},
		Claims: []graph.Claim{
			{Relation: graph.ListedOn, From: "company:hub", To: "list:a", Status: graph.Confirmed, ValidFrom: date("2020"), ValidTo: date("2021"), Citations: cite},
			{Relation: graph.ListedOn, From: "company:hub", To: "list:b", Status: graph.Confirmed, ValidFrom: date("2023"), Citations: cite},
			{Relation: graph.Owns, From: "company:owner", To: "company:hub", Status: graph.Reported, Citations: cite},
			{Relation: graph.AffiliatedWith, From: "company:hub", To: "company:owner", Status: graph.Disputed, Citations: cite},
			{Relation: graph.RebrandedAs, From: "product:hub:0000", To: "product:z:badge", Status: graph.Alleged, Citations: cite},
		},
	}
	for i := range products {
		id := graph.ID(fmt.Sprintf("product:hub:%04d", i))
		cs.Entities = append(cs.Entities, graph.Entity{ID: id, Name: string(id)})
		cs.Claims = append(cs.Claims, graph.Claim{Relation: graph.Makes, From: "company:hub", To: id, Status: graph.Confirmed, Citations: cite})
	}
	if _, err := s.Append(t.Context(), cs); err != nil {
		t.Fatal(err)
	}
	return s
}

func date(text string) graph.Date {
	d, err := graph.ParseDate(text)
	if err != nil {
		panic(err)
	}
	return d
}

func explore(t *testing.T, s graph.Store, q graph.Exploration) (a graph.Explored, ids []graph.ID) {
	t.Helper()
	err := s.View(t.Context(), graph.Moment{}, func(v graph.View) (err error) {
		a, err = graph.Explore(t.Context(), v, q)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range a.Entities {
		ids = append(ids, n.Entity.ID)
	}
	return a, ids
}

func TestExplore(t *testing.T) {
	s := hub(t, 2000)
	const company = graph.ID("company:hub")
	for name, c := range map[string]struct {
		q      graph.Exploration
		want   []graph.ID
		up     graph.Side
		down   graph.Side
		claims int
	}{
		"both sides, the first by id, lists first": {
			graph.Exploration{Upstream: []graph.ID{company}, Downstream: []graph.ID{company}, AsOf: graph.AnyDay, Limit: 3},
			[]graph.ID{company, "list:a", "list:b", "company:owner", "product:hub:0000", "product:hub:0001", "product:hub:0002"},
			graph.Side{Open: true, Neighbors: 3, Shown: 3}, graph.Side{Open: true, Neighbors: 2001, Shown: 4}, 7,
		},
		"what holds on a day": {
			graph.Exploration{Upstream: []graph.ID{company}, AsOf: date("2024-05-05").Earliest(), Limit: 3, Relations: graph.SetOf(graph.ListedOn)},
			[]graph.ID{company, "list:b"}, graph.Side{Open: true, Neighbors: 1, Shown: 1}, graph.Side{}, 1,
		},
		"by status": {
			graph.Exploration{Upstream: []graph.ID{company}, AsOf: graph.AnyDay, Limit: 3, Statuses: []graph.Status{graph.Reported}},
			[]graph.ID{company, "company:owner"}, graph.Side{Open: true, Neighbors: 1, Shown: 1}, graph.Side{}, 1,
		},
		"from a product on, two steps": {
			graph.Exploration{Entity: "product:z:badge", Upstream: []graph.ID{"product:z:badge", "product:hub:0000", "product:none:none"}, AsOf: graph.AnyDay, Limit: 3},
			[]graph.ID{"product:z:badge", "product:hub:0000", company}, graph.Side{Open: true, Neighbors: 1, Shown: 1}, graph.Side{}, 2,
		},
	} {
		t.Run(name, func(t *testing.T) {
			if c.q.Entity == "" {
				c.q.Entity = company
			}
			a, ids := explore(t, s, c.q)
			if !slices.Equal(ids, c.want) || a.Entities[0].Upstream != c.up || a.Entities[0].Downstream != c.down || len(a.Claims) != c.claims || !a.Complete {
				t.Errorf("%v %+v, %d claims", ids, a.Entities[0], len(a.Claims))
			}
		})
	}
}

// TestExploreBound checks that a part says so where it leaves neighbors out that
// were to be shown.
func TestExploreBound(t *testing.T) {
	a, ids := explore(t, hub(t, 2000), graph.Exploration{Entity: "company:hub", Downstream: []graph.ID{"company:hub"}, AsOf: graph.AnyDay, Limit: 1000})
	if len(ids) != graph.MostExplored || a.Complete || len(a.Reasons) != 1 || a.Entities[0].Downstream.Neighbors != 2001 {
		t.Errorf("%d entities, complete %v: %v", len(ids), a.Complete, a.Reasons)
	}
}
