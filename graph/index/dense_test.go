package index

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"debadge/graph"
)

// comparesOrder compares ranks and orders of all nodes of a view with their ids.
func comparesOrder(t *testing.T, v *view, nodes []graph.Node, all []graph.ID, same func(string, any, any)) {
	t.Helper()
	ranks := make([]uint32, len(nodes))
	same("ranks", v.Ranks(nodes, ranks), true)
	for i := range nodes {
		for j := range nodes {
			if (ranks[i] < ranks[j]) != (v.ID(nodes[i]) < v.ID(nodes[j])) {
				t.Fatalf("%s has rank %d, %s has %d", v.ID(nodes[i]), ranks[i], v.ID(nodes[j]), ranks[j])
			}
		}
	}
	sorted := slices.Sorted(slices.Values(all))
	for from := 0; from <= len(sorted); from += max(1, len(sorted)/3) {
		after := graph.ID("")
		if from > 0 {
			after = sorted[from-1]
		}
		for _, most := range []int{0, 1, 3, len(sorted)} {
			ids := []graph.ID{}
			for _, n := range v.Order(after, most) {
				ids = append(ids, v.ID(n))
			}
			want := sorted[from:]
			if most > 0 {
				want = want[:min(len(want), most)]
			}
			same(fmt.Sprintf("%d after %s", most, after), ids, append([]graph.ID{}, want...))
		}
	}
}

// comparesLinks compares links with the claims that they stand for.
func comparesLinks(ctx context.Context, t *testing.T, rand *rand.Rand, v *view, nodes []graph.Node) {
	t.Helper()
	for _, d := range []graph.Direction{graph.Upstream, graph.Downstream} {
		set := pick(rand, []graph.RelationSet{^graph.RelationSet(0), graph.RelationSet(rand.Uint32())})
		on, weakest, least := graph.Day(rand.IntN(30_000)), pick(rand, graph.Statuses()), graph.Confidence(rand.IntN(100))
		edges, err := v.Adjacent(ctx, nodes, d, set, nil)
		if err != nil {
			t.Fatal(err)
		}
		want := []graph.Link{}
		at := 0
		for _, e := range edges {
			for nodes[at] != e.Near {
				at++
			}
			if e.From <= on && on < e.To && e.Status <= weakest && e.Confidence >= least {
				want = append(want, graph.Link{At: int32(at), Far: e.Far, Status: e.Status, Relation: e.Relation})
			}
		}
		if got, ok := v.Links(nodes, d, set, on, weakest, least, []graph.Link{}); !ok || !slices.Equal(got, want) {
			t.Fatalf("links in direction %d are %+v, and the claims say %+v", d, got, want)
		}
	}
}
