package storetest

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"debadge/graph"
)

// ring has one claim of each relation; its id is that of the relation.
func ring() graph.ChangeSet {
	cs := world()
	for _, r := range graph.Relations() {
		rule := r.Rule()
		cs.Claims = append(cs.Claims, claim(ringID(r), r, oneOf[rule.From], anotherOf[rule.To]))
	}
	return cs
}

func ringID(r graph.Relation) graph.ID { return graph.ID(fmt.Sprintf("claim:r%02d", r)) }

// adjacentDirections asks for the claims around each entity, in both
// directions, by each relation and by all of them, and compares with the table
// of relations read naively.
func adjacentDirections(p *probe) {
	p.append(ring())
	p.view(graph.Moment{}, func(v graph.View) {
		for _, kind := range graph.Kinds() {
			for _, id := range []graph.ID{oneOf[kind], anotherOf[kind]} {
				for _, d := range []graph.Direction{graph.Upstream, graph.Downstream} {
					var all []graph.ID
					for _, r := range graph.Relations() {
						var one []graph.ID
						if touches(r.Rule(), id, d) {
							one = []graph.ID{ringID(r)}
						}
						all = append(all, one...)
						p.same(fmt.Sprintf("%s of %s in direction %d", r, id, d), p.around(v, d, graph.SetOf(r), id), one)
					}
					p.same(fmt.Sprintf("around %s in direction %d", id, d), p.around(v, d, every, id), all)
					p.same("no relation", p.around(v, d, 0, id), []graph.ID(nil))
				}
			}
		}
		p.same("two relations", p.around(v, graph.Upstream, graph.SetOf(graph.Makes, graph.RebrandedAs), "product:beta:two"),
			[]graph.ID{ringID(graph.Makes), ringID(graph.RebrandedAs)})
	})
}

// touches says by the book whether a ring's claim is adjacent to an entity.
func touches(rule graph.Rule, id graph.ID, d graph.Direction) bool {
	from, to := oneOf[rule.From] == id, anotherOf[rule.To] == id
	switch {
	case rule.Symmetric:
		return from || to
	case rule.Outward == (d == graph.Upstream):
		return from
	}
	return to
}

func adjacentFields(p *probe) {
	p.append(world())
	p.append(claims(edgesOfEveryKind()...))
	p.view(graph.Moment{}, func(v graph.View) {
		for _, c := range edgesOfEveryKind() {
			prepared := p.arranged(claims(c)).Claims[0]
			from, to := p.node(v, prepared.From), p.node(v, prepared.To)
			want := graph.Edge{
				Relation: prepared.Relation, Status: prepared.Status, Confidence: prepared.Confidence, Interest: prepared.Interest(),
				From: prepared.ValidFrom.Earliest(), To: prepared.ValidTo.Latest(),
				ShareMin: prepared.ShareMin.Micro(), ShareMax: prepared.ShareMax.Micro(),
			}
			for _, near := range []graph.Node{from, to} {
				want.Near, want.Far = near, from
				if near == from {
					want.Far = to
				}
				seen := 0
				for _, d := range []graph.Direction{graph.Upstream, graph.Downstream} {
					got := p.edgeOf(v, near, d, prepared)
					if got != nil {
						seen++
						want.Claim = got.Claim
						p.same("edge of "+string(prepared.ID), *got, want)
					}
				}
				wanted := 1
				if prepared.Relation.Rule().Symmetric {
					wanted = 2
				}
				p.same("directions in which the edge is seen", seen, wanted)
			}
		}
	})
	p.sameDays()
}

// edgeOf finds a claim among the edges of a node.
func (p *probe) edgeOf(v graph.View, near graph.Node, d graph.Direction, c graph.Claim) *graph.Edge {
	p.t.Helper()
	edges, err := v.Adjacent(p.ctx, []graph.Node{near}, d, graph.SetOf(c.Relation), nil)
	p.must("adjacent", err)
	for _, e := range edges {
		list, err := v.Claims(p.ctx, []graph.ClaimRef{e.Claim})
		p.must("claims", err)
		if list[0].ID == c.ID {
			p.same("id of the far end", v.ID(e.Far) == c.From || v.ID(e.Far) == c.To, true)
			return &e
		}
	}
	return nil
}

// sameDays says in numbers how dates are read.
func (p *probe) sameDays() {
	p.t.Helper()
	day := func(y int, m time.Month, d int) graph.Day {
		return graph.DayOf(time.Date(y, m, d, 0, 0, 0, 0, time.UTC))
	}
	want := map[graph.ID][2]graph.Day{
		"claim:l1": {day(2023, 3, 6), graph.MaxDay},
		"claim:l2": {day(2023, 1, 1), day(2023, 12, 31)},
		"claim:l3": {graph.MinDay, day(2024, 2, 29)},
		"claim:l4": {graph.MinDay, graph.MaxDay},
		"claim:l5": {day(2024, 2, 29), day(2024, 3, 31)},
		"claim:l6": {graph.MinDay, graph.MaxDay},
	}
	p.view(graph.Moment{}, func(v graph.View) {
		for _, e := range p.adjacent(v, graph.Upstream, graph.SetOf(graph.ListedOn), "company:alpha") {
			list, err := v.Claims(p.ctx, []graph.ClaimRef{e.Claim})
			p.must("claims", err)
			p.same("days of "+string(list[0].ID), [2]graph.Day{e.From, e.To}, want[list[0].ID])
			delete(want, list[0].ID)
		}
	})
	p.same("listings that were not seen", len(want), 0)
}

func adjacentFrontier(p *probe) {
	cs := world()
	for i := range 10 {
		product := graph.ID(fmt.Sprintf("product:x:p%d", i))
		cs.Entities = append(cs.Entities, entity(product, "P"))
		for j := range i % 4 {
			maker := []graph.ID{"company:alpha", "company:beta"}[j%2]
			cs.Claims = append(cs.Claims, claim(graph.ID(fmt.Sprintf("claim:p%d-%d", i, j)), graph.Sells, maker, product))
		}
	}
	cs.Claims = append(cs.Claims, claim("claim:same", graph.IdenticalTo, "product:x:p3", "product:x:p2"))
	p.append(cs)
	p.view(graph.Moment{}, func(v graph.View) {
		order := []graph.ID{"product:x:p7", "product:x:p0", "product:x:p3", "product:x:p9", "product:x:p2", "product:x:p4", "product:x:p1"}
		nodes, err := v.Nodes(p.ctx, order)
		p.must("nodes", err)
		kept := graph.Edge{Near: 7, Far: 8, Claim: 9}
		edges, err := v.Adjacent(p.ctx, nodes, graph.Upstream, every, []graph.Edge{kept})
		p.must("adjacent", err)
		p.same("what stood there before", edges[0], kept)
		var near []graph.ID
		for _, e := range edges[1:] {
			near = append(near, v.ID(e.Near))
		}
		var want []graph.ID
		for i, n := range []int{3, 0, 4, 1, 3, 0, 1} {
			want = append(want, slices.Repeat(order[i:i+1], n)...)
		}
		p.same("near ends", near, want)
		for i, e := range edges[1:] {
			p.same("a copy asked alone", p.sees(v, e), true)
			p.same("far end differs", e.Far != e.Near, true)
			if i > 0 && edges[i] == e {
				p.t.Error("an edge came twice")
			}
		}
		again, err := v.Adjacent(p.ctx, nodes, graph.Upstream, every, nil)
		p.must("adjacent", err)
		p.same("the same question again", again, edges[1:])
	})
}

func (p *probe) sees(v graph.View, want graph.Edge) bool {
	p.t.Helper()
	edges, err := v.Adjacent(p.ctx, []graph.Node{want.Near}, graph.Upstream, graph.SetOf(want.Relation), nil)
	p.must("adjacent", err)
	return slices.Contains(edges, want)
}

func adjacentMoments(p *probe) {
	p.append(world())
	want := [][]graph.ID{nil}
	for i := range 4 {
		id := graph.ID(fmt.Sprintf("claim:m%d", i))
		p.append(claims(claim(id, graph.Makes, "company:alpha", "product:alpha:one")))
		want = append(want, append(slices.Clone(want[len(want)-1]), id))
	}
	p.append(graph.ChangeSet{Retractions: []graph.Retraction{{Claim: "claim:m1", Reason: "r"}, {Claim: "claim:m3", Reason: "r"}}})
	want = append(want, []graph.ID{"claim:m0", "claim:m2"})
	for i, w := range want {
		p.view(graph.Moment{Revision: graph.Revision(i + 1)}, func(v graph.View) {
			p.same(fmt.Sprint("upstream at ", i+1), p.around(v, graph.Upstream, every, "product:alpha:one"), w)
			p.same(fmt.Sprint("downstream at ", i+1), p.around(v, graph.Downstream, every, "company:alpha"), w)
		})
	}
}

const hubSize, hubStep = 20_000, 5_000

func adjacentHub(p *probe) {
	p.append(world())
	for first := 0; first < hubSize; first += hubStep {
		var cs graph.ChangeSet
		for i := first; i < first+hubStep; i++ {
			id := graph.ID(fmt.Sprintf("product:hub:p%05d", i))
			cs.Entities = append(cs.Entities, entity(id, "P"))
			cs.Claims = append(cs.Claims, claim(graph.ID(fmt.Sprintf("claim:hub%05d", i)), graph.Makes, "company:alpha", id))
		}
		p.same("added", p.append(cs).Added, 2*hubStep)
	}
	p.view(graph.Moment{}, func(v graph.View) {
		edges := p.adjacent(v, graph.Downstream, every, "company:alpha")
		p.same("edges of the hub", len(edges), hubSize)
		frontier := make([]graph.Node, len(edges))
		for i, e := range edges {
			frontier[i] = e.Far
		}
		slices.SortFunc(frontier, func(a, b graph.Node) int { return cmp.Compare(v.ID(b), v.ID(a)) })
		back, err := v.Adjacent(p.ctx, frontier, graph.Upstream, every, nil)
		p.must("adjacent", err)
		p.same("edges of its products", len(back), hubSize)
		hub := p.node(v, "company:alpha")
		for i, e := range back {
			if e.Near != frontier[i] || e.Far != hub || v.ID(e.Near) != graph.ID(fmt.Sprintf("product:hub:p%05d", hubSize-1-i)) {
				p.t.Fatalf("edge %d leads from %s to %s", i, v.ID(e.Near), v.ID(e.Far))
			}
		}
		p.same("products", len(p.find(v, graph.Find{Kind: graph.Product, After: "product:hub:"})), hubSize)
	})
	p.view(graph.Moment{Revision: 3}, func(v graph.View) {
		p.same("edges of the hub before", len(p.adjacent(v, graph.Downstream, every, "company:alpha")), 2*hubStep)
	})
}
