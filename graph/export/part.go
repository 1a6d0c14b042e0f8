package export

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"debadge/graph"
)

// Part is what is around some entities: everything that they came from, that
// came from them, or that is within some hops, and every claim between those.
// Where the export is a store, every list comes along: an answer names those that
// it looked at.
type Part struct {
	Subjects   []graph.ID `json:"subjects"`
	Upstream   bool       `json:"upstream,omitempty"`
	Downstream bool       `json:"downstream,omitempty"`
	Around     int        `json:"around,omitempty"` // hops in either direction; 0 is none
}

func (p Part) words() string {
	var what []string
	if p.Upstream {
		what = append(what, "what is upstream of")
	}
	if p.Downstream {
		what = append(what, "what is downstream of")
	}
	if p.Around > 0 {
		what = append(what, fmt.Sprintf("what is within %d hops of", p.Around))
	}
	ids := make([]string, len(p.Subjects))
	for i, id := range p.Subjects {
		ids[i] = string(id)
	}
	return strings.Join(what, ", and ") + " " + strings.Join(ids, ", ")
}

// maxPart bounds how many entities are held in memory.
const maxPart = 5_000_000

// gather returns the entities of the part, with every list or with those alone
// that the walk reached.
func (p Part) gather(ctx context.Context, v graph.View, f claimFilter, everyList bool) (map[graph.ID]bool, error) {
	g := &gathering{view: v, filter: f, found: map[graph.Node]bool{}}
	nodes, err := v.Nodes(ctx, p.Subjects)
	if err != nil {
		return nil, err
	}
	if i := slices.Index(nodes, graph.NoNode); i >= 0 {
		return nil, graph.Errorf(graph.KindNotFound, "debadge knows no entity by the id %q at this revision", p.Subjects[i])
	}
	var walks []walk
	if p.Upstream {
		walks = append(walks, walk{[]graph.Direction{graph.Upstream}, math.MaxInt})
	}
	if p.Downstream {
		walks = append(walks, walk{[]graph.Direction{graph.Downstream}, math.MaxInt})
	}
	if p.Around > 0 {
		walks = append(walks, walk{[]graph.Direction{graph.Upstream, graph.Downstream}, p.Around})
	}
	for _, w := range walks {
		if err := g.walk(ctx, nodes, w); err != nil {
			return nil, err
		}
	}
	ids := make(map[graph.ID]bool, len(g.found))
	for n := range g.found {
		ids[v.ID(n)] = true
	}
	if !everyList {
		return ids, nil
	}
	lists, err := v.Find(ctx, graph.Find{Kind: graph.List})
	for _, id := range lists {
		ids[id] = true
	}
	return ids, err
}

type walk struct {
	directions []graph.Direction
	hops       int
}

type gathering struct {
	view   graph.View
	filter claimFilter
	found  map[graph.Node]bool
	seen   map[graph.Node]bool // by the walk under way
}

// walk goes level by level. It ends at lists and proceedings, unless it began
// there: everybody who is on one list is not one case. Of a company that was
// reached downstream, what lists it comes along.
func (g *gathering) walk(ctx context.Context, from []graph.Node, w walk) error {
	g.seen = map[graph.Node]bool{}
	frontier := make([]graph.Node, 0, len(from))
	for _, n := range from {
		if g.enter(n) {
			frontier = append(frontier, n)
		}
	}
	up, down := slices.Contains(w.directions, graph.Upstream), slices.Contains(w.directions, graph.Downstream)
	ends := graph.SetOfLayers(graph.Listing, graph.Context)
	for hop := 0; len(frontier) > 0; hop++ {
		var next []graph.Node
		var err error
		if up && hop != w.hops {
			next, err = g.step(ctx, frontier, graph.Upstream, graph.SetOf(graph.Relations()...))
		} else {
			_, err = g.step(ctx, frontier, graph.Upstream, ends)
		}
		if err == nil && down && hop != w.hops {
			var below []graph.Node
			below, err = g.step(ctx, frontier, graph.Downstream, graph.SetOf(graph.Relations()...))
			next = append(next, below...)
		}
		if err != nil {
			return err
		}
		if len(g.found) > maxPart {
			return graph.Errorf(graph.KindInvalid, "more than %d entities are around the subjects; export the whole store, or fewer hops", maxPart)
		}
		frontier = next
	}
	return nil
}

// enter reports whether the walk is at an entity for the first time.
func (g *gathering) enter(n graph.Node) bool {
	if g.seen[n] {
		return false
	}
	g.seen[n], g.found[n] = true, true
	return true
}

// step enters what is adjacent, and returns from where the walk goes on.
func (g *gathering) step(ctx context.Context, frontier []graph.Node, d graph.Direction, set graph.RelationSet) ([]graph.Node, error) {
	edges, err := g.view.Adjacent(ctx, frontier, d, set, nil)
	if err != nil {
		return nil, err
	}
	var next []graph.Node
	for i := range edges {
		if e := &edges[i]; g.follows(e) && g.enter(e.Far) && !g.isEnd(e.Far) {
			next = append(next, e.Far)
		}
	}
	return next, nil
}

func (g *gathering) follows(e *graph.Edge) bool {
	return g.filter.holds(e.From, e.To) && g.filter.admits(e.Relation, e.Status, e.Confidence) &&
		g.filter.covers(e.Relation, g.view.ID(e.Far))
}

func (g *gathering) isEnd(n graph.Node) bool {
	kind := g.view.ID(n).Kind()
	return kind == graph.List || kind == graph.Proceeding
}
