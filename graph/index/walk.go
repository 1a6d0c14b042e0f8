package index

import (
	"cmp"
	"context"
	"iter"
	"slices"

	"debadge/graph"
)

// Adjacent reads the base alone where it can; else it also looks at what
// stands beside it, and filters by the view's revision.
func (v *view) Adjacent(ctx context.Context, frontier []graph.Node, d graph.Direction, set graph.RelationSet, edges []graph.Edge) ([]graph.Edge, error) {
	if err := v.ready(ctx); err != nil {
		return nil, err
	}
	for _, n := range frontier {
		if number(n) >= v.nodes {
			return nil, graph.Errorf(graph.KindInternal, "handle %d is not of this view", n)
		}
	}
	if v.plain && d == graph.Upstream {
		return v.settled(frontier, set, edges), nil
	}
	for i, n := range frontier {
		switch {
		case number(n) >= v.s.base.nodes:
		case !v.clean:
			edges = v.filtered(n, d, set, edges)
		case d == graph.Upstream:
			edges = v.settled(frontier[i:i+1], set, edges)
		default:
			edges = v.leading(n, set, edges)
		}
		edges = v.fresh(n, d, set, edges)
	}
	return edges, nil
}

// settled appends claims of the base upstream, none of which the view leaves
// out. It is the loop that the speed of a trace hangs on.
func (v *view) settled(frontier []graph.Node, set graph.RelationSet, edges []graph.Edge) []graph.Edge {
	side := &v.s.base.upstream
	for _, n := range frontier {
		list := side.of(n)
		for i := range list {
			e := &list[i]
			if set>>e.relation&1 == 0 {
				continue
			}
			edges = append(edges, graph.Edge{
				Near: n, Far: e.far, Claim: e.claim, From: e.begin, To: e.end,
				Relation: e.relation, Status: e.status, Confidence: e.confidence, Interest: e.interest,
			})
			if e.share != 0 {
				share, last := v.s.shares.at(e.share), &edges[len(edges)-1]
				last.ShareMin, last.ShareMax = share.low, share.high
			}
		}
	}
	return edges
}

// leading appends the claims of a node in the base downstream, none of which the
// view leaves out.
func (v *view) leading(n graph.Node, set graph.RelationSet, edges []graph.Edge) []graph.Edge {
	side := &v.s.base.downstream
	far, claims := side.of(n, set)
	count := 0
	for _, l := range far {
		if set.Has(l.relation()) {
			count++
		}
	}
	edges = slices.Grow(edges, count) // a hub has a million
	for i, l := range far {
		if set.Has(l.relation()) {
			edges = v.edge(n, claims[i], set, edges)
		}
	}
	return edges
}

// edge appends a claim as it is seen from one of its ends.
func (v *view) edge(near graph.Node, claim uint32, set graph.RelationSet, edges []graph.Edge) []graph.Edge {
	f := v.s.facts.at(claim)
	if !set.Has(f.relation) {
		return edges
	}
	share := v.s.shares.at(f.share)
	return append(edges, graph.Edge{
		Near: near, Far: f.from ^ f.to ^ near, Claim: graph.ClaimRef(claim), From: f.begin, To: f.end, //nolint:gosec // apply bounds it
		ShareMin: share.low, ShareMax: share.high,
		Relation: f.relation, Status: f.status, Confidence: f.confidence, Interest: graph.Interest(f.extra & interestMask),
	})
}

// holds reports whether the view's revision has a claim.
func (v *view) holds(claim uint32) bool {
	return claim < v.claims && (v.s.retiredCount == 0 || !v.s.retracted(claim, v.revision))
}

// fresh appends the claims of a node that came after the base.
func (v *view) fresh(n graph.Node, d graph.Direction, set graph.RelationSet, edges []graph.Edge) []graph.Edge {
	for claim := range v.freshClaims(n, d) {
		edges = v.edge(n, claim, set, edges)
	}
	return edges
}

// freshClaims yields the claims of a node that came after the base, and that the
// view's revision holds.
func (v *view) freshClaims(n graph.Node, d graph.Direction) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		list := v.s.freshUp
		if d == graph.Downstream {
			list = v.s.freshDown
		}
		if list == nil {
			return
		}
		i, ok := list.heads.get(number(n))
		for ok && i != last {
			l := &list.links[i]
			if v.holds(l.value) && !yield(l.value) {
				return
			}
			i = l.prev
		}
	}
}

// claimsOf yields the claims of a node in a direction.
func (b *base) claimsOf(n graph.Node, d graph.Direction) iter.Seq[uint32] {
	if d == graph.Downstream {
		return slices.Values(b.downstream.claims[b.downstream.start[n]:b.downstream.start[n+1]])
	}
	return func(yield func(uint32) bool) {
		for _, e := range b.upstream.of(n) {
			if !yield(uint32(e.claim)) { //nolint:gosec // a claim's number
				return
			}
		}
	}
}

// filtered appends the claims of a node in the base that the view's revision
// holds.
func (v *view) filtered(n graph.Node, d graph.Direction, set graph.RelationSet, edges []graph.Edge) []graph.Edge {
	for claim := range v.held(n, d) {
		edges = v.edge(n, claim, set, edges)
	}
	return edges
}

// held yields the claims of a node in the base that the view's revision holds,
// and those that the base leaves out as retracted since.
func (v *view) held(n graph.Node, d graph.Direction) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		b := v.s.base
		for claim := range b.claimsOf(n, d) {
			if v.holds(claim) && !yield(claim) {
				return
			}
		}
		if v.revision >= b.revision {
			return
		}
		list := b.retired[d]
		i, _ := slices.BinarySearchFunc(list, number(n), func(r retiredClaim, near uint32) int {
			return cmp.Compare(r.near, near)
		})
		for ; i < len(list) && list[i].near == number(n); i++ {
			if v.holds(list[i].claim) && !yield(list[i].claim) {
				return
			}
		}
	}
}
