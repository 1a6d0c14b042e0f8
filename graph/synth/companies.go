package synth

import (
	"strconv"
	"strings"

	"debadge/graph"
)

const (
	// groupSize is how many companies at most belong to one group of owners.
	groupSize = 24

	// treeDepth is how many owners are above another at most, but for rings and for
	// owners in other groups.
	treeDepth = 5
)

func (g *generator) lists() {
	for i, id := range Lists() {
		g.entity(graph.Entity{ID: id, Name: "Synthetic List " + number(i+1), Attributes: map[string][]string{"issuer": {"Synthetic Bureau"}}})
	}
	g.entity(graph.Entity{ID: "proceeding:synth-1", Name: "Synthetic v. Synthetic"})
}

// companies makes the companies in groups: each owned by one that came shortly
// before it in its group, so that trees of owners are as deep as registers show
// them.
func (g *generator) companies() {
	count := max(g.opts.Products/productsPerCompany, len(hubShares)+1)
	g.makers = make([]maker, 0, count)
	for i := range count {
		g.company(i)
		if i > 0 {
			g.owners(i)
		}
		if i < len(hubShares) || g.chance(10) {
			g.listing(i)
		}
		if g.chance(5) {
			g.claim(graph.Claim{
				Relation: graph.PartyTo, From: g.makers[i].id, To: "proceeding:synth-1",
				Attributes: map[string]string{"role": "respondent"},
			}, "named in the caption")
		}
	}
}

func (g *generator) company(i int) {
	w := g.word()
	slug := strings.ToLower(w) + "-" + strconv.FormatInt(int64(i), 36)
	m := maker{id: graph.ID("company:" + slug), slug: slug, brand: w}
	if i == 0 {
		m = maker{id: Hub, slug: "hub", brand: "Hub"}
	}
	g.makers = append(g.makers, m)
	e := graph.Entity{
		ID: m.id, Name: m.brand + " " + suffixes[g.rand.IntN(len(suffixes))],
		Attributes: map[string][]string{graph.CountryAttribute: {lands[g.rand.IntN(len(lands))]}},
	}
	if g.chance(200) {
		e.Aliases = append(e.Aliases, graph.Alias{Text: m.brand + " " + suffixes[g.rand.IntN(len(suffixes))] + " Ltd", Language: "en"})
	}
	if g.chance(300) {
		e.Aliases = append(e.Aliases, graph.Alias{Text: g.hanName(), Language: "zh"})
	}
	if g.chance(150) {
		e.Aliases = append(e.Aliases, graph.Alias{Text: cyrillic(m.brand), Language: "ru"})
	}
	g.entity(e)
}

func (g *generator) owners(i int) {
	head := i - i%groupSize
	if i == head {
		return
	}
	before := func() int { // that can have a level below it
		if n := max(head, i-1-g.rand.IntN(4)); g.makers[n].depth < treeDepth {
			return n
		}
		return head
	}
	m := &g.makers[i]
	below := func(n int) maker {
		m.depth = max(m.depth, g.makers[n].depth+1)
		return g.makers[n]
	}
	parent := before()
	switch n := g.rand.IntN(100); {
	case n < 82:
		g.own(below(parent), *m)
		if other := before(); n < 8 && other != parent {
			g.own(below(other), *m)
		}
	case n < 86:
		g.claim(graph.Claim{Relation: graph.RenamedTo, From: below(parent).id, To: m.id, ValidFrom: g.date(2005, 20)}, "continues under the new name")
	}
	if g.chance(50) { // across groups
		g.own(g.makers[g.rand.IntN(head+1)], *m)
	}
	if m.depth > 1 && g.chance(5) { // a ring
		g.own(*m, g.makers[head])
	}
	if g.chance(40) {
		a, b := g.makers[g.rand.IntN(i)].id, g.makers[i].id
		g.claim(graph.Claim{Relation: graph.AffiliatedWith, From: min(a, b), To: max(a, b), ValidFrom: g.date(2010, 15)}, "shares an address")
	}
}

func (g *generator) own(owner, owned maker) {
	c := graph.Claim{
		Relation: graph.Owns, From: owner.id, To: owned.id, ValidFrom: g.date(2000, 24),
		ShareMin: graph.ShareOf(0), ShareMax: graph.ShareOf(graph.WholeShare),
	}
	switch n := g.rand.IntN(10); {
	case n < 6: // known
		part := int32(5+g.rand.IntN(96)) * (graph.WholeShare / 100) //nolint:gosec // at most 100
		c.ShareMin, c.ShareMax = graph.ShareOf(part), graph.ShareOf(part)
	case n < 9: // a band of a quarter
		low := int32(g.rand.IntN(4)) * (graph.WholeShare / 4) //nolint:gosec // at most 3
		c.ShareMin, c.ShareMax = graph.ShareOf(low), graph.ShareOf(low+graph.WholeShare/4)
	}
	if g.chance(100) {
		c.Attributes = map[string]string{"interest": "voting"}
	}
	if g.chance(50) {
		c.ValidTo = g.date(2024, 2)
	}
	g.claim(c, "holds a part of "+owned.brand)
}

// listing puts a company on a list, for one to three stretches of time. That of a
// hub does not end.
func (g *generator) listing(i int) {
	lists, year := Lists(), 2012+g.rand.IntN(6)
	c := graph.Claim{
		Relation: graph.ListedOn, From: g.makers[i].id, To: lists[g.rand.IntN(len(lists))], Status: graph.Confirmed,
		Attributes: map[string]string{"entry": g.makers[i].brand},
	}
	stretches := 1 + g.rand.IntN(3)
	if i < len(hubShares) {
		stretches = 1
	}
	for k := range stretches {
		c.ValidFrom, c.ValidTo = g.year(year), graph.Date{}
		c.Attributes = map[string]string{"entry": g.makers[i].brand, "announced": c.ValidFrom.String()}
		if k+1 < stretches || (i >= len(hubShares) && g.chance(150)) {
			c.ValidTo = g.year(year + 1 + g.rand.IntN(2))
		}
		g.claim(c, "is on the list")
		year += 4
	}
}
