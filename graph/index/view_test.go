package index

import (
	"math/rand/v2"
	"slices"
	"testing"

	"debadge/graph"
)

// TestSortNodes sorts few and many nodes of a graph of some thousands.
func TestSortNodes(t *testing.T) {
	t.Parallel()
	x := newIndex()
	x.begin()
	if err := (made{products: 5000}).Changes(t.Context(), 0, x.apply); err != nil {
		t.Fatal(err)
	}
	x.finish()
	v := x.now().view(x.now().revision)
	r := rand.New(rand.NewPCG(1, 1))
	for _, n := range []int{0, 1, 2, 30, manyNodes - 1, manyNodes, v.NodeCount()} {
		nodes := make([]graph.Node, 0, n)
		for _, i := range r.Perm(v.NodeCount())[:n] {
			nodes = append(nodes, graph.Node(i))
		}
		want := make([]graph.ID, 0, n)
		for _, node := range nodes {
			want = append(want, v.ID(node))
		}
		slices.Sort(want)
		v.SortNodes(nodes)
		for i, node := range nodes {
			if v.ID(node) != want[i] {
				t.Fatalf("of %d nodes, %s stands where %s should", n, v.ID(node), want[i])
			}
		}
	}
}
