package synth

import (
	"slices"
	"strconv"
	"strings"

	"debadge/graph"
)

const (
	maxChain = 7   // hops from the newest model to the first design
	families = 512 // designs that get follow-ups at one time
)

// model is the newest product of a family.
type model struct {
	id    graph.ID
	name  string
	maker maker
	year  int
	depth int
}

// products makes families of models: a first design, then rebrands and
// follow-ups of the newest one; some models meet those of other families, and
// some contain parts.
func (g *generator) products() {
	open := make([]model, 0, families)
	for i := range g.opts.Products {
		if g.err != nil {
			return
		}
		if len(open) < families {
			open = append(open, g.first(i))
		} else if slot := &open[g.rand.IntN(families)]; slot.depth < maxChain && g.chance(600) {
			*slot = g.next(i, *slot, open)
		} else {
			*slot = g.first(i)
		}
	}
}

// first makes a design that comes from no other.
func (g *generator) first(i int) model {
	m := g.model(i, 2008+g.rand.IntN(12), 0)
	g.made(i, m)
	if g.chance(350) {
		g.sold(m.maker, m)
	}
	return m
}

// next makes a model that comes from another one.
func (g *generator) next(i int, old model, open []model) model {
	m := g.model(i, min(old.year+1+g.rand.IntN(2), 2025), old.depth+1)
	if g.chance(400) {
		m.maker = old.maker
	}
	g.lineage(old, m)
	if other := open[g.rand.IntN(len(open))]; other.id != old.id && other.depth < maxChain && g.chance(60) {
		g.lineage(other, m)
		m.depth = max(m.depth, other.depth+1)
	}
	if hubOf(i) >= 0 || g.chance(400) {
		g.made(i, m)
	}
	if g.chance(800) {
		g.sold(m.maker, m)
	}
	for g.chance(330) {
		if part := open[g.rand.IntN(len(open)/8+1)]; part.id != old.id && part.depth < 3 {
			g.claim(graph.Claim{
				Relation: graph.ComponentOf, From: part.id, To: m.id, ValidFrom: g.year(m.year),
				Attributes: map[string]string{"quantity": number(1 + g.rand.IntN(4))},
			}, "the parts list of "+m.name+" names it")
		}
	}
	return m
}

func (g *generator) model(i, year, depth int) model {
	// Few companies have most of the products.
	r := g.rand.Float64()
	m := model{maker: g.makers[int(r*r*float64(len(g.makers)))], year: year, depth: depth}
	m.name = series[g.rand.IntN(len(series))] + number(1000+g.rand.IntN(9000)) + "-" + strings.ToUpper(strconv.FormatInt(int64(i), 36))
	m.id = graph.ID("product:" + m.maker.slug + ":" + strings.ToLower(m.name))
	g.entity(graph.Entity{ID: m.id, Name: m.name, Brand: m.maker.brand})
	return m
}

// hubOf spreads the products of the hubs evenly: the number of the one that makes
// the product, below 0 for none of them.
func hubOf(i int) int {
	return slices.IndexFunc(hubShares[:], func(share int) bool { return (i+1)*share/1000 > i*share/1000 })
}

func (g *generator) made(i int, m model) {
	by := m.maker
	if hub := hubOf(i); hub >= 0 {
		by = g.makers[hub]
	} else if by.id == Hub {
		by = g.makers[len(hubShares)]
	}
	g.several(graph.Claim{Relation: graph.Makes, From: by.id, To: m.id, ValidFrom: g.year(m.year)}, "the label names the maker")
}

func (g *generator) sold(by maker, m model) {
	c := graph.Claim{Relation: graph.Sells, From: by.id, To: m.id, ValidFrom: g.year(m.year)}
	if g.chance(30) {
		c.ValidTo = g.year(2026)
	}
	g.several(c, "offers the "+m.name)
}

// several claims a hop by one source, or by two or three that say the same.
func (g *generator) several(c graph.Claim, text string) {
	g.claim(c, text)
	for g.chance(310) {
		g.claim(c, text)
	}
}

func (g *generator) year(y int) graph.Date { return g.date(y, 1) }

func (g *generator) lineage(old, m model) {
	c := graph.Claim{From: old.id, To: m.id, ValidFrom: g.year(m.year)}
	var text string
	switch n := g.rand.IntN(100); {
	case n < 45:
		c.Relation, text = graph.RebrandedAs, "same board as "+old.name
	case n < 93:
		c.Relation, text = graph.SucceededBy, "follows the "+old.name
	default:
		c.Relation, text = graph.IdenticalTo, "same drawings as "+old.name
		c.From, c.To = min(old.id, m.id), max(old.id, m.id)
	}
	g.several(c, text)
}
