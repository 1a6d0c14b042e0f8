package index

import (
	"cmp"
	"slices"
	"testing"

	"debadge/graph"
)

// TestRanks compares ranks with ids on a graph of some thousands.
func TestRanks(t *testing.T) {
	t.Parallel()
	x := newIndex()
	x.begin()
	if err := (made{products: 5000}).Changes(t.Context(), 0, x.apply); err != nil {
		t.Fatal(err)
	}
	x.finish()
	v := x.now().view(x.now().revision)
	nodes := make([]graph.Node, v.NodeCount())
	for i := range nodes {
		nodes[i] = graph.Node(i)
	}
	ranks := make([]uint32, len(nodes))
	if !v.Ranks(nodes, ranks) {
		t.Fatal("the base does not know the order of its own nodes")
	}
	slices.SortFunc(nodes, func(a, b graph.Node) int { return cmp.Compare(ranks[a], ranks[b]) })
	for i := 1; i < len(nodes); i++ {
		if v.ID(nodes[i-1]) >= v.ID(nodes[i]) {
			t.Fatalf("%s stands before %s", v.ID(nodes[i-1]), v.ID(nodes[i]))
		}
	}
	if order := v.Order("", 0); !slices.Equal(order, nodes) {
		t.Fatalf("Order gives %d nodes, not the %d in the order of ids", len(order), len(nodes))
	}
}
