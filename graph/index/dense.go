package index

import (
	"cmp"
	"slices"

	"debadge/graph"
)

// NodeCount is above every handle that the view gives.
func (v *view) NodeCount() int { return int(v.nodes) }

// Numbering stands for the index, whose numbers never change.
func (v *view) Numbering() any {
	if v.s == nil {
		return nil
	}
	return v.s.numbers
}

// lateNode is a node that is not in the base, and how many there come before it.
type lateNode struct {
	namedNode
	before int
}

// lateNodes are those up to a node, in the order of ids. They are sorted when a
// view asks for them first, and those that came since when the next one does.
type lateNodes struct {
	base *base
	upTo uint32
	list []lateNode
}

// lateNodes returns the nodes of the view that are not in the base, in the order
// of ids.
func (v *view) lateNodes() []lateNode {
	if v.late == nil && v.nodes > v.s.base.nodes {
		v.late = v.s.lateNodes(v.nodes)
	}
	return v.late
}

func (s *snapshot) lateNodes(upTo uint32) []lateNode {
	known := s.late.Load()
	if known == nil || known.base != s.base {
		known = &lateNodes{base: s.base, upTo: s.base.nodes}
	}
	if known.upTo > upTo { // by a later view
		return slices.DeleteFunc(slices.Clone(known.list), func(l lateNode) bool { return number(l.node) >= upTo })
	}
	if known.upTo == upTo {
		return known.list
	}
	added := make([]lateNode, 0, upTo-known.upTo)
	for n := known.upTo; n < upTo; n++ {
		id := s.entities.id(n)
		added = append(added, lateNode{namedNode{id, graph.Node(n)}, s.placeOf(id)}) //nolint:gosec // apply bounds it
	}
	slices.SortFunc(added, func(a, b lateNode) int { return cmp.Compare(a.id, b.id) })
	all, old := make([]lateNode, 0, len(known.list)+len(added)), known.list
	for _, l := range added {
		i, _ := slices.BinarySearchFunc(old, l.id, compareLate)
		all = append(append(all, old[:i]...), l)
		old = old[i:]
	}
	all = append(all, old...)
	s.late.Store(&lateNodes{s.base, upTo, all}) // of two at once either will do
	return all
}

func compareLate(l lateNode, id graph.ID) int { return cmp.Compare(l.id, id) }

// placeOf returns how many nodes of the base come before an id.
func (s *snapshot) placeOf(id graph.ID) int {
	i, _ := slices.BinarySearchFunc(s.base.order, id, func(n graph.Node, id graph.ID) int {
		return cmp.Compare(s.entities.id(number(n)), id)
	})
	return i
}

// Ranks counts, for a node of the base, those before it there and those that came
// later.
func (v *view) Ranks(nodes []graph.Node, ranks []uint32) bool {
	if v.s == nil {
		return false
	}
	b, late := v.s.base, v.lateNodes()
	for i, n := range nodes {
		if number(n) >= b.nodes {
			id := v.s.entities.id(number(n))
			j, _ := slices.BinarySearchFunc(late, id, compareLate)
			ranks[i] = uint32(late[j].before + j) //nolint:gosec // bounded by the nodes
			continue
		}
		rank := int(b.rank[n])
		if len(late) > 0 {
			j, _ := slices.BinarySearchFunc(late, rank+1, func(l lateNode, rank int) int { return cmp.Compare(l.before, rank) })
			rank += j // those before which there is no more of the base than this
		}
		ranks[i] = uint32(rank) //nolint:gosec // bounded by the nodes
	}
	return true
}

// Order returns nodes after an id: a part of the base's own list, if that has all
// of them and no others.
func (v *view) Order(after graph.ID, most int) []graph.Node {
	if v.s == nil {
		return nil
	}
	after += "\x00" // the id after it
	from := v.s.placeOf(after)
	rest, late := v.s.base.order[from:], v.lateNodes()
	if most == 0 {
		most = len(rest) + len(late)
	}
	switch {
	case v.nodes == v.s.base.nodes:
		return rest[:min(len(rest), most)]
	case v.nodes < v.s.base.nodes:
		return v.earlier(rest, most)
	}
	j, _ := slices.BinarySearchFunc(late, after, compareLate)
	all := make([]graph.Node, 0, min(most, len(rest)+len(late)-j))
	for _, l := range late[j:] {
		if len(all) >= most {
			break
		}
		all = append(append(all, rest[:min(l.before-from, most-len(all))]...), l.node)
		rest, from = rest[l.before-from:], l.before
	}
	if len(all) < most {
		all = append(all, rest[:min(len(rest), most-len(all))]...)
	}
	return all[:min(len(all), most)]
}

// earlier returns those of some nodes that the view has, at most so many.
func (v *view) earlier(nodes []graph.Node, most int) []graph.Node {
	var kept []graph.Node
	for _, n := range nodes {
		if len(kept) == most {
			break
		}
		if number(n) < v.nodes {
			kept = append(kept, n)
		}
	}
	return kept
}

// Brands reads the references of interned texts.
func (v *view) Brands(nodes []graph.Node, brands []uint32) {
	for i, n := range nodes {
		brands[i] = v.brand(number(n)) //nolint:gosec // as long as nodes
	}
}

func (v *view) brand(n uint32) uint32 {
	c := &v.s.entities
	if c.laters.n == 0 {
		if brand, ok := c.blob.thirdShort(*c.first.at(n)); ok {
			return brand
		}
	}
	at := c.version(n, v.revision)
	at.skip()                  // the id
	at.skip()                  // the name
	return uint32(at.number()) //nolint:gosec // intern gave it
}

// Brand returns the text of one.
func (v *view) Brand(brand uint32) string { return v.s.text(brand) }

// asked is what a link has to be like.
type asked struct {
	set     graph.RelationSet
	on      graph.Day
	weakest graph.Status
	least   graph.Confidence
}

func (a *asked) counts(r graph.Relation, s graph.Status, c graph.Confidence) bool {
	return a.set>>r&1 == 1 && s <= a.weakest && c >= a.least
}

// Links reads the base alone where it can, as Adjacent does.
func (v *view) Links(frontier []graph.Node, d graph.Direction, set graph.RelationSet, on graph.Day, weakest graph.Status, least graph.Confidence, links []graph.Link) ([]graph.Link, bool) {
	if v.s == nil {
		return links, false
	}
	a := asked{set, on, weakest, least}
	if v.clean && d == graph.Downstream {
		return v.linksAhead(frontier, a, links), true
	}
	for i, n := range frontier {
		at := int32(i)
		switch {
		case number(n) >= v.s.base.nodes:
		case !v.clean:
			links = v.linksHeld(at, n, d, a, links)
		default:
			links = v.linksUp(at, n, &a, links)
		}
		if !v.plain {
			links = v.linksFresh(at, n, d, a, links)
		}
	}
	return links, true
}

// linksAhead reads what is laid out downstream, for a part of the frontier at a
// time: first where the leads of each node are, then the first lead of each, then
// all. Each of these steps depends on no other one's result, so that the processor
// fetches many of them from memory at once. That is what the time of a walk goes to.
func (v *view) linksAhead(frontier []graph.Node, a asked, links []graph.Link) []graph.Link {
	d := &v.s.base.downstream
	var parts [aheadBlock]leadPart
	for first := 0; first < len(frontier); first += aheadBlock {
		block := frontier[first:min(first+aheadBlock, len(frontier))]
		for i, n := range block {
			parts[i] = d.part(n, v.s.base.nodes)
		}
		for i := range block {
			if p := &parts[i]; int(p.begin) < len(d.far) {
				p.first = d.far[p.begin]
			}
		}
		for i, n := range block {
			at := int32(first + i)
			links = v.linksDown(at, &parts[i], &a, links)
			if !v.plain {
				links = v.linksFresh(at, n, graph.Downstream, a, links)
			}
		}
	}
	return links
}

func (v *view) linksHeld(at int32, n graph.Node, d graph.Direction, a asked, links []graph.Link) []graph.Link {
	for claim := range v.held(n, d) {
		links = v.link(at, n, claim, a, links)
	}
	return links
}

func (v *view) linksFresh(at int32, n graph.Node, d graph.Direction, a asked, links []graph.Link) []graph.Link {
	for claim := range v.freshClaims(n, d) {
		links = v.link(at, n, claim, a, links)
	}
	return links
}

func (v *view) linksDown(at int32, p *leadPart, a *asked, links []graph.Link) []graph.Link {
	d, l := &v.s.base.downstream, p.first
	for i := p.begin; i < p.end; i++ {
		if i > p.begin {
			l = d.far[i]
		}
		if a.set&toProducts == 0 && toProducts.Has(l.relation()) {
			break // they stand behind all others
		}
		if !a.counts(l.relation(), l.status(), l.confidence()) {
			continue
		}
		yes, known := l.holds(a.on)
		if !known {
			f := v.s.facts.at(d.claims[i])
			yes = f.begin <= a.on && a.on < f.end
		}
		if yes {
			links = append(links, graph.Link{At: at, Far: l.far, Status: l.status(), Relation: l.relation()})
		}
	}
	return links
}

func (v *view) linksUp(at int32, n graph.Node, a *asked, links []graph.Link) []graph.Link {
	list := v.s.base.upstream.of(n)
	for i := range list {
		e := &list[i]
		if a.counts(e.relation, e.status, e.confidence) && e.begin <= a.on && a.on < e.end {
			links = append(links, graph.Link{At: at, Far: e.far, Status: e.status, Relation: e.relation})
		}
	}
	return links
}

// link appends a claim as it is seen from one of its ends.
func (v *view) link(at int32, near graph.Node, claim uint32, a asked, links []graph.Link) []graph.Link {
	f := v.s.facts.at(claim)
	if !a.counts(f.relation, f.status, f.confidence) || f.begin > a.on || a.on >= f.end {
		return links
	}
	return append(links, graph.Link{At: at, Far: f.from ^ f.to ^ near, Status: f.status, Relation: f.relation})
}
