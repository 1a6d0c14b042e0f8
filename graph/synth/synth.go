// Package synth makes graphs of any size that look like real ones where it
// matters for speed: how many claims an entity has and a hop, how deep lineages
// and trees of owners go, names in three scripts, and a few listed makers behind
// a large part of all products. Names and claims are invented; equal options give equal graphs.
package synth

import (
	"math/rand/v2"

	"debadge/graph"
)

// Options say what [Generate] makes.
type Options struct {
	Products int
	Seed     uint64
	Items    int // at most so many in one change set; 0 is 5,000
}

const (
	defaultItems       = 5000
	productsPerCompany = 10
	claimsPerSource    = 1000
)

// hubShares are how many of a thousand products the largest makers make, the hub
// first. All of them are listed.
var hubShares = [...]int{184, 30, 8, 2}

// Hub is the listed company that makes 18.4 percent of all products.
const Hub graph.ID = "company:hub"

// Lists returns the lists of every synthetic graph.
func Lists() []graph.ID { return []graph.ID{"list:synth-north", "list:synth-south", "list:synth-west"} }

// Generate yields a graph as change sets, in an order in which a store takes
// them. An error from yield ends it and is returned.
func Generate(opts Options, yield func(graph.ChangeSet) error) error {
	if opts.Products < 1 {
		return graph.Errorf(graph.KindInvalid, "a synthetic graph needs at least one product")
	}
	if opts.Items <= 0 {
		opts.Items = defaultItems
	}
	g := &generator{
		opts: opts, yield: yield,
		rand: rand.New(rand.NewPCG(opts.Seed, uint64(opts.Products))), //nolint:gosec // repeatable by intent, and no secret
	}
	g.lists()
	g.companies()
	g.products()
	for g.items > 0 && g.err == nil {
		g.flush() // which may leave retractions of what it brought
	}
	return g.err
}

type generator struct {
	opts  Options
	yield func(graph.ChangeSet) error
	rand  *rand.Rand
	err   error // of yield; nothing is made after it

	set     graph.ChangeSet
	items   int
	sets    int
	claims  int
	sources int
	source  graph.ID // that claims cite at present
	retract []doubt  // claims to retract in the next change set

	makers []maker
}

// doubt is a claim that the next change set withdraws.
type doubt struct {
	claim    graph.ID
	replaced *graph.Claim
}

// maker is what products need to know of a company.
type maker struct {
	id    graph.ID
	slug  string
	brand string
	depth int // owners above it
}

// chance is true in so many of a thousand cases.
func (g *generator) chance(perMille int) bool { return g.rand.IntN(1000) < perMille }

func (g *generator) room(items int) {
	if g.items+items > g.opts.Items {
		g.flush()
	}
	g.items += items
}

func (g *generator) flush() {
	if g.items == 0 || g.err != nil {
		return
	}
	g.sets++
	g.set.Author, g.set.Reason = "synth", "part "+number(g.sets)
	set := g.set
	g.set, g.items = graph.ChangeSet{}, 0
	if g.err = g.yield(set); g.err == nil {
		g.withdraw()
	}
}

// withdraw retracts what was marked in the change set before.
func (g *generator) withdraw() {
	doubts := g.retract
	g.retract = nil
	for _, d := range doubts {
		r := graph.Retraction{Claim: d.claim, Reason: "the document was read wrongly"}
		g.items++
		if d.replaced != nil {
			g.items++
			r.ReplacedBy = d.replaced.ID
			g.set.Claims = append(g.set.Claims, *d.replaced)
		}
		g.set.Retractions = append(g.set.Retractions, r)
	}
}

func (g *generator) entity(e graph.Entity) {
	g.room(1)
	g.set.Entities = append(g.set.Entities, e)
}

// claim adds a claim with a citation or two, and marks some to be retracted.
func (g *generator) claim(c graph.Claim, text string) {
	g.room(2)
	if g.claims%claimsPerSource == 0 {
		g.cite()
	} else {
		g.items--
	}
	g.claims++
	if c.Status == 0 {
		c.Status = g.status()
	}
	c.Confidence = graph.Confidence(50 + g.rand.IntN(51)) //nolint:gosec // at most 100
	c.Citations = []graph.Citation{{
		Source: g.source, Stance: graph.Supports,
		Locator: "row " + number(g.claims%claimsPerSource), Text: text,
	}}
	if other := graph.ID("source:synth-" + number(1+g.rand.IntN(g.sources))); other != g.source && g.chance(200) {
		c.Citations = append(c.Citations, graph.Citation{Source: other, Stance: graph.Supports, Text: text})
	}
	if g.chance(4) {
		g.doubt(&c)
	}
	g.set.Claims = append(g.set.Claims, c)
}

func (g *generator) doubt(c *graph.Claim) {
	c.ID = derived(*c)
	d := doubt{claim: c.ID}
	if g.chance(500) {
		r := *c
		r.Status = graph.Disputed
		r.ID = derived(r)
		if r.ID != c.ID {
			d.replaced = &r
		}
	}
	g.retract = append(g.retract, d)
}

func derived(c graph.Claim) graph.ID {
	c.ID = ""
	return graph.ID("claim:" + c.Digest()[:32])
}

func (g *generator) cite() {
	g.sources++
	g.source = graph.ID("source:synth-" + number(g.sources))
	kinds := []string{"registry", "press", "vendor", "court", "research"}
	g.set.Sources = append(g.set.Sources, graph.Source{
		ID: g.source, Title: "Synthetic register, volume " + number(g.sources), Publisher: "Synthetic Records Office",
		Date: g.date(2010, 16), URL: "https://records.example/volumes/" + number(g.sources), Language: "en",
		Kind: kinds[g.rand.IntN(len(kinds))],
	})
}

func (g *generator) status() graph.Status {
	switch n := g.rand.IntN(100); {
	case n < 35:
		return graph.Confirmed
	case n < 82:
		return graph.Reported
	case n < 97:
		return graph.Alleged
	}
	return graph.Disputed
}
