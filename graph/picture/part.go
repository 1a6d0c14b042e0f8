package picture

import (
	"cmp"
	"io"
	"slices"

	"debadge/graph"
)

// Part is a part of a store as it is to be drawn: entities and what is claimed
// between them, with no question behind it.
type Part struct {
	Title    string // what the picture shows
	Headline string // about it, in a sentence
	Basis    string // by what the same picture can be had again

	Subjects []graph.ID // around which the part was taken
	Entities []graph.Entity
	Claims   []graph.Claim
	Sources  []graph.Source // that the claims cite

	// After are the rebadgings that came after a listing, each marked at its
	// claims.
	After []graph.Rebadging

	Bare  bool  // without the heading and the basis: the page around it says them
	Links Links // from what is drawn to pages about it; nil draws none
	Turns map[graph.ID]Turns
}

// Turns are what opens and closes the sides of an entity, in a picture in which
// people move: upstream is on the left.
type Turns struct{ Upstream, Downstream Turn }

// Turn is what people press there. Without an address there is none.
type Turn struct {
	Text  string // what it shows, such as +12
	Title string // what it does, in words that hold the text
	Href  string
}

// MostEntities is how many entities a picture of a part takes: a larger one
// cannot be read, and is for programs that let people move in it.
const MostEntities = 300

// PartSVG draws a part.
func PartSVG(w io.Writer, p Part) error {
	d, err := partDiagram(p)
	if err != nil {
		return err
	}
	_, err = w.Write(d.draw(p.Bare))
	return err
}

// PartDOT writes a part for Graphviz.
func PartDOT(w io.Writer, p Part) error {
	d, err := partDiagram(p)
	if err != nil {
		return err
	}
	_, err = w.Write(d.dot(false))
	return err
}

func partDiagram(p Part) (*diagram, error) {
	if len(p.Entities) > MostEntities {
		return nil, graph.Errorf(graph.KindInvalid,
			"%d entities are too many for a picture, which takes %d; name fewer hops, a policy or a day, or take graphml or gexf", len(p.Entities), MostEntities)
	}
	d := emptyDiagram(p.Sources, Names{})
	d.links = p.Links
	d.caption = caption{title: p.Title, headline: p.Headline, basis: p.Basis}
	for _, e := range p.Entities {
		d.names[e.ID] = Name{Full: e.Ref().FullName(), Other: OtherName(e)}
		n := &d.nodes[d.node(e.Ref())]
		n.subject = slices.Contains(p.Subjects, e.ID)
		n.turns = p.Turns[e.ID]
	}
	// In the order in which the layout meets them: origins before what came
	// from them, whatever the claims are called.
	claims := slices.Clone(p.Claims)
	slices.SortFunc(claims, func(a, b graph.Claim) int {
		return cmp.Or(cmp.Compare(a.Relation, b.Relation), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.ID, b.ID))
	})
	for _, c := range claims {
		if err := d.claim(c); err != nil {
			return nil, err
		}
	}
	for _, r := range p.After {
		d.rebadged(r)
	}
	d.settleAll()
	return d, nil
}

// claim adds a claim between two entities of the part.
func (d *diagram) claim(c graph.Claim) error {
	from, known := d.index[c.From]
	to, knownToo := d.index[c.To]
	if !known || !knownToo {
		return graph.Errorf(graph.KindInternal, "%s has an end that is not in the part", c.ID)
	}
	if c.Status == graph.Disputed {
		d.apart(c, from, to)
		return nil
	}
	if c.Relation == graph.ListedOn {
		d.nodes[from].listed = true
	}
	d.edge(c.Relation, from, to, c.Relation.Rule().Outward).add([]graph.Claim{c})
	return nil
}

// rebadged marks the edge of a rebadging, if the part has it.
func (d *diagram) rebadged(r graph.Rebadging) {
	for _, e := range d.edges {
		if e.apart || e.relation != r.Relation || !slices.ContainsFunc(r.Claims, func(c graph.ClaimAnswer) bool {
			return slices.ContainsFunc(e.claims, func(o graph.Claim) bool { return o.ID == c.ID })
		}) {
			continue
		}
		if e.listings == nil {
			e.listings = map[[2]graph.ID]bool{}
		}
		e.listings[[2]graph.ID{r.Entity.ID, r.List.ID}] = true
	}
}
