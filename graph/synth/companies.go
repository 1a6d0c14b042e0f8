package synth

import (
	"strconv"
	"strings"

	"debadge/graph"
)

// groupSize is how many companies at most belong to one group of owners.
const groupSize = 12

func (g *generator) lists() {
	for i, id := range Lists() {
		g.entity(graph.Entity{ID: id, Name: "Synthetic List " + number(i+1), Attributes: map[string][]string{"issuer": {"Synthetic Bureau"}}})
	}
	g.entity(graph.Entity{ID: "proceeding:synth-1", Name: "Synthetic v. Synthetic"})
}

// companies makes the companies in groups: each owned by one before it in its
// group, so that chains of owners are short and bushy, as registers show them.
func (g *generator) companies() {
	count := max(g.opts.Products/productsPerCompany, 2)
	g.makers = make([]maker, 0, count)
	for i := range count {
		g.company(i)
		if i > 0 {
			g.owners(i)
		}
		if i == 0 || g.chance(8) {
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
		e.Aliases = []graph.Alias{{Text: m.brand + " " + suffixes[g.rand.IntN(len(suffixes))] + " Ltd", Language: "en"}}
	}
	g.entity(e)
}

func (g *generator) owners(i int) {
	head := i - i%groupSize
	if i == head {
		return
	}
	before := func() maker { return g.makers[head+g.rand.IntN(i-head)] }
	switch n := g.rand.IntN(100); {
	case n < 70:
		g.own(before(), g.makers[i])
	case n < 78:
		g.own(before(), g.makers[i])
		g.own(before(), g.makers[i])
	case n < 82:
		g.claim(graph.Claim{Relation: graph.RenamedTo, From: before().id, To: g.makers[i].id, ValidFrom: g.date(2005, 20)}, "continues under the new name")
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

func (g *generator) listing(i int) {
	lists, from := Lists(), g.date(2015, 9)
	c := graph.Claim{
		Relation: graph.ListedOn, From: g.makers[i].id, To: lists[g.rand.IntN(len(lists))], Status: graph.Confirmed, ValidFrom: from,
		Attributes: map[string]string{"entry": g.makers[i].brand, "announced": from.String()},
	}
	if i > 0 && g.chance(150) {
		c.ValidTo = g.date(2024, 2)
		g.claim(c, "was on the list")
		c.ValidFrom, c.ValidTo = g.date(2026, 1), graph.Date{}
		if g.chance(700) {
			return
		}
	}
	g.claim(c, "is on the list")
}
