package picture

import (
	"slices"

	"debadge/graph"
)

// Options says what a picture shows beside the lineage.
type Options struct {
	Names Names // beside those that the answer has
	Bare  bool  // without the heading and the basis: the page around it says them
	Links Links // from what is drawn to pages about it; nil draws none
}

// Links says where the parts of a picture lead. An empty address is no link.
type Links interface {
	Entity(e graph.EntityRef) string
	Hop(claims []graph.Claim) string // the claims of one hop, best first; none of a former listing
}

// node is an entity of a diagram.
type node struct {
	ref     graph.EntityRef
	name    Name
	subject bool
	listed  bool // a listing that is shown is its own
	turns   Turns
}

// edge is all that is claimed of one relation between two nodes.
type edge struct {
	relation  graph.Relation
	far, near int // nodes: the walk went from the near one to the far one
	from, to  int // nodes: as the claims point
	strength  graph.Status
	claims    []graph.Claim
	listings  map[[2]graph.ID]bool // company and list whose paths have it: did it begin after the listing?
	denied    []string
	joint     bool                  // an owner's share that a rule adds up
	former    []graph.FormerListing // no claims: how a subject traced back once
	apart     bool                  // disputed: its claims count for nothing
}

// caption is what a picture says beside its diagram.
type caption struct {
	title    string // what is shown
	other    string // the same in another script
	headline string // what there is to say about it, in a sentence
	basis    string // by what the same picture can be had again
}

// diagram is an answer, or a part of a store, as nodes and edges, each once
// however many paths have it.
type diagram struct {
	caption
	nodes []node
	edges []*edge

	undrawn int // disputed claims with an end that is not shown

	index   map[graph.ID]int
	names   Names
	links   Links
	sources map[graph.ID]graph.Source
}

func newDiagram(a graph.Answer, o Options) *diagram {
	d := emptyDiagram(a.Sources, o.Names)
	d.links = o.Links
	d.title, d.basis = a.Query, basisWords(a.AsOf, a.Revision, a.Policy)
	if a.Subject != nil {
		subject := &d.nodes[d.node(*a.Subject)]
		subject.subject = true
		d.title, d.other = subject.name.Full, subject.name.Other
	}
	d.headline = headline(a, d.title)
	if a.Subject == nil {
		return d
	}
	for _, l := range a.Listings {
		d.listing(a.Subject.ID, l)
	}
	for _, f := range a.Former {
		d.former(f)
	}
	d.disputed(a.Disputed)
	d.settleAll()
	return d
}

func emptyDiagram(sources []graph.Source, names Names) *diagram {
	d := &diagram{index: map[graph.ID]int{}, names: names, sources: map[graph.ID]graph.Source{}}
	for _, s := range sources {
		d.sources[s.ID] = s
	}
	return d
}

// node returns the number of an entity's node, and makes it if there is none.
func (d *diagram) node(e graph.EntityRef) int {
	if i, ok := d.index[e.ID]; ok {
		return i
	}
	name, ok := d.names[e.ID]
	if !ok {
		name = Name{Full: e.FullName()}
	}
	d.nodes = append(d.nodes, node{ref: e, name: name})
	d.index[e.ID] = len(d.nodes) - 1
	return len(d.nodes) - 1
}

// named returns the node of an entity that is known by its id alone.
func (d *diagram) named(id graph.ID) int {
	return d.node(graph.EntityRef{ID: id, Kind: id.Kind(), Name: string(id)})
}

// listing adds the paths from the subject to a listing. One company and list that are reached in
// several ways count once.
func (d *diagram) listing(subject graph.ID, l graph.ListingAnswer) {
	d.nodes[d.node(l.Entity)].listed = true
	this := [2]graph.ID{l.Entity.ID, l.List.ID}
	for _, p := range l.Paths {
		at := subject
		for _, h := range p.Hops {
			e := d.hop(h, at)
			at = d.nodes[e.far].ref.ID
			if e.listings == nil {
				e.listings = map[[2]graph.ID]bool{}
			}
			e.listings[this] = e.listings[this] || h.PostListing
		}
	}
}

// hop adds a hop that was walked from the entity near.
func (d *diagram) hop(h graph.Hop, near graph.ID) *edge {
	from, to := d.node(h.From), d.node(h.To)
	e := d.edge(h.Relation, from, to, h.From.ID == near && (h.Relation.Rule().Outward || h.Relation.Rule().Symmetric))
	e.add(h.Claims)
	for _, c := range h.Jointly {
		joint := d.edge(c.Relation, d.named(c.From), d.named(c.To), false)
		joint.joint = len(joint.claims) == 0 || joint.joint
		joint.add([]graph.Claim{c})
	}
	return e
}

// edge returns the edge of a relation between two nodes, and makes it if there
// is none.
func (d *diagram) edge(r graph.Relation, from, to int, outward bool) *edge {
	for _, e := range d.edges {
		if e.relation == r && e.from == from && e.to == to && len(e.former) == 0 && !e.apart {
			return e
		}
	}
	e := &edge{relation: r, from: from, to: to, far: from, near: to}
	if outward {
		e.far, e.near = to, from
	}
	d.edges = append(d.edges, e)
	return e
}

func (e *edge) add(claims []graph.Claim) {
	for _, c := range claims {
		if !slices.ContainsFunc(e.claims, func(o graph.Claim) bool { return o.ID == c.ID }) {
			e.claims = append(e.claims, c)
		}
	}
}

// former adds a listing that the subject traced back to once. The answer does
// not say by which path, so that one edge stands for it.
func (d *diagram) former(f graph.FormerListing) {
	const subject = 0
	entity, list := d.node(f.Entity), d.node(f.List)
	if entity != subject {
		d.once(0, entity, subject, f)
	}
	if !slices.ContainsFunc(d.edges, func(e *edge) bool { return len(e.former) == 0 && e.from == entity && e.to == list }) {
		d.once(graph.ListedOn, entity, list, f)
	}
}

func (d *diagram) once(r graph.Relation, from, to int, f graph.FormerListing) {
	for _, e := range d.edges {
		if len(e.former) > 0 && e.relation == r && e.from == from && e.to == to && e.former[0].Way == f.Way {
			e.former = append(e.former, f)
			return
		}
	}
	e := &edge{relation: r, from: from, to: to, far: from, near: to, former: []graph.FormerListing{f}}
	if r == graph.ListedOn {
		e.far, e.near = to, from
	}
	d.edges = append(d.edges, e)
}

// disputed adds the claims that count for nothing, where both ends are shown.
func (d *diagram) disputed(claims []graph.Claim) {
	for _, c := range claims {
		from, known := d.index[c.From]
		to, knownToo := d.index[c.To]
		if !known || !knownToo {
			d.undrawn++
			continue
		}
		d.apart(c, from, to)
	}
}

// apart adds a claim that counts for nothing as an edge of its own: it does not
// add to what others say.
func (d *diagram) apart(c graph.Claim, from, to int) {
	e := &edge{relation: c.Relation, from: from, to: to, far: from, near: to, apart: true}
	if c.Relation.Rule().Outward {
		e.far, e.near = to, from
	}
	e.add([]graph.Claim{c})
	d.edges = append(d.edges, e)
}

func (d *diagram) settleAll() {
	for _, e := range d.edges {
		d.settle(e)
	}
}

// settle finds out what the claims of an edge amount to.
func (d *diagram) settle(e *edge) {
	for _, c := range e.claims {
		if e.strength == 0 || c.Status < e.strength {
			e.strength = c.Status
		}
		for _, q := range c.Citations {
			if q.Stance != graph.Denies {
				continue
			}
			who := d.sources[q.Source].Publisher
			if who == "" {
				who = string(q.Source)
			}
			if !slices.Contains(e.denied, who) {
				e.denied = append(e.denied, who)
			}
		}
	}
}
