package bench_test

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"testing"
	"time"

	"debadge/graph"
	"debadge/graph/index"
	"debadge/graph/synth"
)

var update = flag.Bool("update", false, "write the golden files, to be read before they are kept")

// cost is what a question asks of the views that it reads.
type cost struct {
	views    int // one is a transaction where a server answers
	calls    int // of a view: one is a round trip there, and a statement or two in SQLite
	visited  int // entities whose claims were asked for
	claims   int // claims that a walk read
	evidence int // entities, claims and sources that were read whole
}

// counting is a store whose views count.
type counting struct {
	graph.Store
	cost *cost
}

func (c counting) View(ctx context.Context, at graph.Moment, read func(graph.View) error) error {
	c.cost.views++
	return c.Store.View(ctx, at, func(v graph.View) error { return read(countingView{v, c.cost}) })
}

type countingView struct {
	graph.View
	cost *cost
}

func (v countingView) Nodes(ctx context.Context, ids []graph.ID) ([]graph.Node, error) {
	v.cost.calls++
	return v.View.Nodes(ctx, ids)
}

func (v countingView) Find(ctx context.Context, f graph.Find) ([]graph.ID, error) {
	v.cost.calls++
	return v.View.Find(ctx, f)
}

func (v countingView) Adjacent(ctx context.Context, frontier []graph.Node, d graph.Direction, set graph.RelationSet, edges []graph.Edge) ([]graph.Edge, error) {
	before := len(edges)
	edges, err := v.View.Adjacent(ctx, frontier, d, set, edges)
	v.cost.calls++
	v.cost.visited += len(frontier)
	v.cost.claims += len(edges) - before
	return edges, err
}

func (v countingView) Entities(ctx context.Context, ids []graph.ID) ([]graph.Entity, error) {
	v.cost.calls++
	v.cost.evidence += len(ids)
	return v.View.Entities(ctx, ids)
}

func (v countingView) Claims(ctx context.Context, refs []graph.ClaimRef) ([]graph.Claim, error) {
	v.cost.calls++
	v.cost.evidence += len(refs)
	return v.View.Claims(ctx, refs)
}

func (v countingView) StoredClaims(ctx context.Context, ids []graph.ID) ([]graph.StoredClaim, error) {
	v.cost.calls++
	v.cost.evidence += len(ids)
	return v.View.StoredClaims(ctx, ids)
}

func (v countingView) Sources(ctx context.Context, ids []graph.ID) ([]graph.Source, error) {
	v.cost.calls++
	v.cost.evidence += len(ids)
	return v.View.Sources(ctx, ids)
}

// guarded is the size of the graph whose questions are counted.
const guarded = 10_000

// TestCosts holds what questions cost on a graph that never changes, so that what
// makes them dearer is seen where a clock would not tell.
func TestCosts(t *testing.T) {
	store := index.NewMemory(func() time.Time { return time.Unix(0, 0) })
	var products []graph.ID
	err := synth.Generate(options(guarded), func(cs graph.ChangeSet) error {
		for _, e := range cs.Entities {
			if e.ID.Kind() == graph.Product {
				products = append(products, e.ID)
			}
		}
		_, err := store.Append(t.Context(), cs)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	const asked = 500
	each := func(ask func(s graph.Store, id graph.ID) error) func(graph.Store) error {
		return func(s graph.Store) error {
			for i := range asked {
				if err := ask(s, products[i*len(products)/asked]); err != nil {
					return err
				}
			}
			return nil
		}
	}
	whole := func(paths int) func(graph.Store) error {
		return each(func(s graph.Store, id graph.ID) error {
			_, err := graph.Trace(t.Context(), s, graph.Question{Subject: string(id), AsOf: asOf, Policy: graph.DefaultPolicy(), Paths: paths})
			return err
		})
	}
	reach := func(limit int) func(graph.Store) error {
		return func(s graph.Store) error {
			q := graph.ReachQuestion{Origin: string(synth.Hub), AsOf: asOf, Policy: graph.DefaultPolicy(), Limit: limit}
			_, err := graph.Reach(t.Context(), s, q, func(graph.ReachRow) error { return nil })
			return err
		}
	}
	var got strings.Builder
	fmt.Fprintf(&got, "%-28s %8s %8s %8s %8s %8s\n", "", "views", "calls", "visited", "claims", "evidence")
	for _, test := range []struct {
		name string
		ask  func(graph.Store) error
	}{
		{"500 findings", func(s graph.Store) error { return findings(t.Context(), s, products, asked) }},
		{"500 answers", whole(1)},
		{"500 answers, five paths", whole(5)},
		{"500 timelines", each(func(s graph.Store, id graph.ID) error {
			_, err := graph.Timeline(t.Context(), s, graph.Question{Subject: string(id), AsOf: asOf, Policy: graph.DefaultPolicy()})
			return err
		})},
		{"reach of the hub", reach(0)},
		{"its first page of 100", reach(100)},
	} {
		var c cost
		if err := test.ask(counting{store, &c}); err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		fmt.Fprintf(&got, "%-28s %8d %8d %8d %8d %8d\n", test.name, c.views, c.calls, c.visited, c.claims, c.evidence)
	}
	golden(t, "costs.golden", got.String())
}

// findings asks for the findings about some products in one view, as screening
// does.
func findings(ctx context.Context, s graph.Store, products []graph.ID, asked int) error {
	return s.View(ctx, graph.Moment{}, func(v graph.View) error {
		a, err := graph.NewAssessor(ctx, v, graph.DefaultPolicy(), asOf, nil)
		if err != nil {
			return err
		}
		defer a.Close()
		for i := range asked {
			nodes, err := v.Nodes(ctx, []graph.ID{products[i*len(products)/asked]})
			if err != nil {
				return err
			}
			if _, err := a.Assess(ctx, nodes[0]); err != nil {
				return err
			}
		}
		return nil
	})
}

// TestFindingsDoNotAllocate looks at findings of either sort, once the assessor has
// grown to what they need.
func TestFindingsDoNotAllocate(t *testing.T) {
	w := newWorld(t, 1000)
	w.view(t, func(v graph.View) error {
		nodes, err := w.nodes(t.Context(), v, w.some(200))
		if err != nil {
			return err
		}
		a := assessor(t, v)
		defer a.Close()
		seen := map[graph.Finding]bool{}
		for _, n := range nodes {
			found, err := a.Assess(t.Context(), n)
			if err != nil {
				return err
			}
			seen[found.Finding] = true
		}
		if !seen[graph.Clear] || !seen[graph.Listed] {
			t.Errorf("the findings are %v", seen)
		}
		allocated := testing.AllocsPerRun(5, func() {
			for _, n := range nodes {
				_, _ = a.Assess(t.Context(), n)
			}
		})
		if allocated > 0 {
			t.Errorf("%v allocations in %d findings", allocated, len(nodes))
		}
		return nil
	})
}
