package synth_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"debadge/graph"
	"debadge/graph/index"
	"debadge/graph/synth"
)

func digest(t *testing.T, opts synth.Options) string {
	t.Helper()
	all := ""
	err := synth.Generate(opts, func(cs graph.ChangeSet) error {
		if n := len(cs.Entities) + len(cs.Sources) + len(cs.Claims) + len(cs.Retractions); n > 5000 {
			t.Errorf("a change set of %d items", n)
		}
		prepared, err := cs.Prepare()
		if err != nil {
			return err
		}
		all = prepared.ID + all[:min(len(all), 500)]
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestGenerateIsRepeatable(t *testing.T) {
	t.Parallel()
	a := digest(t, synth.Options{Products: 3000, Seed: 1})
	b := digest(t, synth.Options{Products: 3000, Seed: 1})
	c := digest(t, synth.Options{Products: 3000, Seed: 2})
	if a != b || a == c {
		t.Errorf("seed 1 gives %.20s and %.20s, seed 2 %.20s", a, b, c)
	}
}

func TestGenerateEndsOnError(t *testing.T) {
	t.Parallel()
	stop, calls := errors.New("stop"), 0
	err := synth.Generate(synth.Options{Products: 10_000}, func(graph.ChangeSet) error { calls++; return stop })
	if !errors.Is(err, stop) || calls != 1 {
		t.Errorf("%v after %d calls", err, calls)
	}
	if err := synth.Generate(synth.Options{}, nil); graph.KindOf(err) != graph.KindInvalid {
		t.Errorf("no products: %v", err)
	}
}

// TestGenerateLooksReal holds the generator to what it promises, through a
// store, and logs what an upstream walk meets.
func TestGenerateLooksReal(t *testing.T) {
	t.Parallel()
	const products = 10_000
	ctx := t.Context()
	store := index.NewMemory(func() time.Time { return time.Unix(0, 0) })
	err := synth.Generate(synth.Options{Products: products, Seed: 1}, func(cs graph.ChangeSet) error {
		_, err := store.Append(ctx, cs)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	status, err := store.Status(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if per := float64(status.Claims) / products; per < 3 || per > 3.2 {
		t.Errorf("%.2f claims a product", per)
	}
	if status.Retracted == 0 {
		t.Error("no retractions")
	}
	err = store.View(ctx, graph.Moment{}, func(v graph.View) error { return lookReal(ctx, t, v, products) })
	if err != nil {
		t.Error(err)
	}
}

func lookReal(ctx context.Context, t *testing.T, v graph.View, products int) error {
	t.Helper()
	hub, err := v.Nodes(ctx, []graph.ID{synth.Hub})
	if err != nil {
		return err
	}
	made, err := v.Adjacent(ctx, hub, graph.Downstream, graph.SetOf(graph.Makes), nil)
	if err != nil {
		return err
	}
	models := map[graph.Node]bool{}
	for _, e := range made {
		models[e.Far] = true
	}
	if len(made) == len(models) {
		t.Error("every hop has one claim")
	}
	if share := float64(len(models)) / float64(products); share < 0.18 || share > 0.185 {
		t.Errorf("the hub makes %.3f of all products", share)
	}
	ids, err := v.Find(ctx, graph.Find{Kind: graph.Product})
	if err != nil {
		return err
	}
	if err := lookReadable(ctx, t, v); err != nil {
		return err
	}
	var sizes, depths []int
	for _, id := range ids {
		size, depth, err := walk(ctx, v, id)
		if err != nil {
			return err
		}
		sizes, depths = append(sizes, size), append(depths, depth)
	}
	slices.Sort(sizes)
	slices.Sort(depths)
	at := func(list []int, p int) int { return list[min(len(list)*p/100, len(list)-1)] }
	t.Logf("entities upstream: p10 %d p50 %d p90 %d p99 %d max %d; levels: p50 %d p99 %d max %d",
		at(sizes, 10), at(sizes, 50), at(sizes, 90), at(sizes, 99), at(sizes, 100), at(depths, 50), at(depths, 99), at(depths, 100))
	if at(sizes, 50) < 5 || at(sizes, 90) > 40 {
		t.Error("walks are not of the size that is promised")
	}
	return nil
}

// lookReadable wants names in three scripts, trees of owners that are deep and have
// rings, and companies that were on a list more than once.
func lookReadable(ctx context.Context, t *testing.T, v graph.View) error {
	t.Helper()
	ids, err := v.Find(ctx, graph.Find{Kind: graph.Company})
	if err != nil {
		return err
	}
	entities, err := v.Entities(ctx, ids)
	if err != nil {
		return err
	}
	languages := map[string]int{}
	for _, e := range entities {
		for _, a := range e.Aliases {
			languages[a.Language]++
		}
	}
	if languages["en"] == 0 || languages["zh"] == 0 || languages["ru"] == 0 {
		t.Errorf("names by language: %v", languages)
	}
	nodes, err := v.Nodes(ctx, ids)
	if err != nil {
		return err
	}
	owned, err := v.Adjacent(ctx, nodes, graph.Upstream, graph.SetOf(graph.Owns, graph.ListedOn), nil)
	if err != nil {
		return err
	}
	owners, listings := map[graph.Node][]graph.Node{}, map[graph.Node]int{}
	for _, e := range owned {
		if e.Relation == graph.Owns {
			owners[e.Near] = append(owners[e.Near], e.Far)
		} else {
			listings[e.Near]++
		}
	}
	deepest, rings, again := 0, 0, 0
	for _, n := range nodes {
		depth, ring := above(owners, n)
		deepest = max(deepest, depth)
		if ring {
			rings++
		}
		if listings[n] > 1 {
			again++
		}
	}
	if deepest < 6 || rings == 0 || again == 0 || len(listings) < len(nodes)/200 {
		t.Errorf("of %d companies the deepest has owners in %d levels, %d own themselves in the end, %d were listed, %d more than once",
			len(nodes), deepest, rings, len(listings), again)
	}
	return nil
}

// above returns in how many levels a company has owners, and whether it is one of
// them itself.
func above(owners map[graph.Node][]graph.Node, of graph.Node) (levels int, ring bool) {
	seen := map[graph.Node]bool{}
	for level := owners[of]; len(level) > 0; levels++ {
		var next []graph.Node
		for _, n := range level {
			if !seen[n] {
				seen[n] = true
				next = append(next, owners[n]...)
			}
		}
		level = next
	}
	return levels, seen[of]
}

// walk returns how many entities are upstream of one, and in how many levels.
func walk(ctx context.Context, v graph.View, id graph.ID) (size, depth int, err error) {
	frontier, err := v.Nodes(ctx, []graph.ID{id})
	if err != nil {
		return 0, 0, err
	}
	set := graph.SetOfLayers(graph.Lineage, graph.Attribution, graph.Identity, graph.Ownership, graph.Listing)
	seen := make(map[graph.Node]bool)
	seen[frontier[0]] = true
	for ; len(frontier) > 0; depth++ {
		edges, err := v.Adjacent(ctx, frontier, graph.Upstream, set, nil)
		if err != nil {
			return 0, 0, err
		}
		frontier = nil
		for _, e := range edges {
			if !seen[e.Far] {
				seen[e.Far] = true
				frontier = append(frontier, e.Far)
			}
		}
	}
	return len(seen), depth, nil
}
