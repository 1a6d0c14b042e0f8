package link

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"debadge/graph"
	"debadge/graph/identifier"
)

// How many companies may carry one value before it says too little to link by:
// of one register, and of all together.
const (
	mostBearers    = 5
	mostAltogether = 50
)

// Confidences, by what was compared.
const (
	byLEI          graph.Confidence = 95
	byUEI          graph.Confidence = 90
	byDUNS         graph.Confidence = 85
	byRegistration graph.Confidence = 80
	byName         graph.Confidence = 70
	byOtherName    graph.Confidence = 60
	byOneOfTwo     graph.Confidence = 40 // names of several companies that contradict each other
)

var numbers = map[string]struct {
	name       string
	confidence graph.Confidence
}{
	string(identifier.LEI):  {"LEI", byLEI},
	string(identifier.USCC): {"USCC", byLEI},
	string(identifier.UEI):  {"UEI", byUEI},
	string(identifier.CAGE): {"CAGE code", byUEI},
	string(identifier.DUNS): {"DUNS number", byDUNS},
	registration:            {"registration number", byRegistration},
}

// match is what two companies have in common.
type match struct {
	a, b      trait
	ambiguous bool // one of them may as well be a third company, which the other one cannot be
}

// Plan is what there is to state and to withdraw.
type Plan struct {
	Report      Report             `json:"report"`
	Claims      []graph.Claim      `json:"claims"`
	Retractions []graph.Retraction `json:"retractions"`
}

// comparison is one run over all companies.
type comparison struct {
	companies    []*company
	apart        map[pair]bool
	found        map[pair][]match
	contradicted map[pair]bool
	kept         map[pair]bool // apart, though they have something in common
	report       Report
}

// Plan compares all companies read so far.
func (l *Linker) Plan() Plan {
	c := comparison{
		apart: l.apart(), found: map[pair][]match{}, contradicted: map[pair]bool{}, kept: map[pair]bool{},
		report: Report{Companies: len(l.companies), Revision: l.revision, By: map[string]int{}},
	}
	for _, id := range slices.Sorted(maps.Keys(l.companies)) {
		c.companies = append(c.companies, l.companies[id])
	}
	blocks(c.companies, c.compare)
	c.report.Pairs, c.report.Contradicted, c.report.Separated = len(c.found), len(c.contradicted), len(c.kept)
	slices.SortFunc(c.report.Shared, func(a, b Shared) int {
		return cmp.Or(cmp.Compare(b.Companies, a.Companies), cmp.Compare(a.What, b.What), cmp.Compare(a.Value, b.Value), cmp.Compare(a.Register, b.Register))
	})
	p := Plan{Report: c.report, Claims: []graph.Claim{}, Retractions: []graph.Retraction{}}
	l.settle(&p, &c)
	p.Report.Joined = l.joined(&c)
	return p
}

// compare looks at companies that have one trait.
func (c *comparison) compare(block []bearer) {
	if c.tooMany(block) {
		return
	}
	isName := c.trait(block[0]).what == nameOf
	for i, y := range block {
		for _, x := range block[:i] {
			a, b := c.companies[x.company], c.companies[y.company]
			p := pair{a.id, b.id}
			switch {
			case isName && !c.trait(x).primary && !c.trait(y).primary:
			case c.apart[p]:
				c.kept[p] = true
			case a.contradicts(b, isName):
				c.contradicted[p] = true
			default:
				m := match{a: *c.trait(x), b: *c.trait(y)}
				m.ambiguous = isName && (c.oneOfTwo(block, x, y) || c.oneOfTwo(block, y, x))
				c.found[p] = append(c.found[p], m)
			}
		}
	}
}

func (c *comparison) trait(b bearer) *trait { return &c.companies[b.company].traits[b.trait] }

// tooMany reports whether so many companies carry a value that it says too
// little.
func (c *comparison) tooMany(block []bearer) bool {
	registers := map[string]int{}
	for _, b := range block {
		registers[c.companies[b.company].register]++
	}
	t, before := c.trait(block[0]), len(c.report.Shared)
	for register, n := range registers {
		if n > mostBearers {
			c.report.Shared = append(c.report.Shared, Shared{What: t.what, Value: t.text, Register: register, Companies: n})
		}
	}
	if len(block) > mostAltogether && len(c.report.Shared) == before {
		c.report.Shared = append(c.report.Shared, Shared{What: t.what, Value: t.text, Register: AllRegisters, Companies: len(block)})
	}
	return len(c.report.Shared) > before
}

// oneOfTwo reports whether a company may as well be a third one of the name,
// which the second one cannot be.
func (c *comparison) oneOfTwo(block []bearer, x, y bearer) bool {
	a, b := c.companies[x.company], c.companies[y.company]
	return slices.ContainsFunc(block, func(z bearer) bool {
		third := c.companies[z.company]
		return third != a && third != b && b.contradicts(third, true) && !a.contradicts(third, true) &&
			(c.trait(x).primary || c.trait(z).primary) && !c.apart[pairOf(a.id, third.id)]
	})
}

// best returns the matches of a pair of which claims are made: each identifier,
// and one name.
func best(matches []match) []match {
	slices.SortFunc(matches, func(x, y match) int {
		return cmp.Or(cmp.Compare(x.a.what, y.a.what), cmp.Compare(y.confidence(), x.confidence()), cmp.Compare(x.a.value, y.a.value))
	})
	named := false
	return slices.DeleteFunc(matches, func(m match) bool {
		again := m.a.what == nameOf && named
		named = named || m.a.what == nameOf
		return again
	})
}

func (m match) confidence() graph.Confidence {
	switch {
	case m.a.what != nameOf:
		return numbers[m.a.what].confidence
	case m.ambiguous:
		return byOneOfTwo
	case m.a.primary && m.b.primary:
		return byName
	}
	return byOtherName
}

// text says why two companies are one.
func (m match) text() string {
	if m.a.what != nameOf {
		return fmt.Sprintf("Both carry the %s %s.", numbers[m.a.what].name, m.a.text)
	}
	text := fmt.Sprintf("Both bear the full name “%s”", m.a.text)
	if m.a.text != m.b.text {
		text = fmt.Sprintf("The full names “%s” and “%s” are one but for letter case, spaces and punctuation", m.a.text, m.b.text)
	}
	switch {
	case !m.a.primary:
		text += ", the first of them as another name of it"
	case !m.b.primary:
		text += ", the second of them as another name of it"
	}
	text += "; no country, LEI or USCC that is known contradicts"
	if m.ambiguous {
		text += ", but there are several companies of that name, of which one at most can be meant"
	}
	return text + "."
}

// claim states that two companies are one. Its id is made of what it says, and
// of how often it was stated and withdrawn here before.
func (l *Linker) claim(p pair, m match) graph.Claim {
	c := graph.Claim{
		Relation: graph.SameAs, From: p[0], To: p[1], Status: graph.Reported, Confidence: m.confidence(),
		Citations: []graph.Citation{{Source: sourceID, Stance: graph.Supports, Locator: m.a.what, Text: m.text()}},
	}
	digest := c.Digest()[:digestLength]
	for n := 0; ; n++ {
		c.ID = graph.ID(fmt.Sprintf("%s%s-%d", claimPrefix, digest, n))
		if s := l.made[c.ID]; s == nil || !s.withdrawn {
			return c
		}
	}
}

// digestLength is how much of a digest is in an id: 128 bits.
const digestLength = 32

// settle compares what is found with what was stated before.
func (l *Linker) settle(p *Plan, c *comparison) {
	type about struct {
		pair
		what string
	}
	wanted, instead := map[graph.ID]bool{}, map[about]graph.ID{}
	for pair, matches := range c.found {
		for _, m := range best(matches) {
			claim := l.claim(pair, m)
			p.Report.By[m.a.what]++
			if m.ambiguous {
				p.Report.Ambiguous++
			}
			wanted[claim.ID] = true
			if l.made[claim.ID] != nil {
				p.Report.Unchanged++
				continue
			}
			p.Claims = append(p.Claims, claim)
			instead[about{pair, m.a.what}] = claim.ID
		}
	}
	for id, s := range l.made {
		if s.withdrawn || wanted[id] {
			continue
		}
		r := graph.Retraction{Claim: id, Reason: "no longer found: what matched was changed, is contradicted, or is carried by too many"}
		if by := instead[about{s.pair, s.what}]; by != "" {
			r.Reason, r.ReplacedBy = "what matched is written differently now", by
		} else if c.apart[s.pair] {
			r.Reason = "somebody says that they are not one"
		}
		p.Retractions = append(p.Retractions, r)
	}
	slices.SortFunc(p.Claims, func(a, b graph.Claim) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(p.Retractions, func(a, b graph.Retraction) int { return cmp.Compare(a.Claim, b.Claim) })
	p.Report.Stated, p.Report.Withdrawn = len(p.Claims), len(p.Retractions)
}

// joined returns the pairs that somebody separated and that are one all the
// same, by way of others.
func (l *Linker) joined(c *comparison) []Pair {
	standsFor := map[graph.ID]graph.ID{}
	first := func(id graph.ID) graph.ID {
		for standsFor[id] != "" {
			id = standsFor[id]
		}
		return id
	}
	unite := func(p pair) {
		if a, b := first(p[0]), first(p[1]); a != b {
			standsFor[max(a, b)] = min(a, b)
		}
	}
	for p := range c.found {
		unite(p)
	}
	stated := map[pair]bool{}
	for _, s := range l.others {
		if !s.withdrawn && !s.disputed {
			stated[s.pair] = true
			unite(s.pair)
		}
	}
	var all []Pair
	for p := range c.apart {
		if !stated[p] && first(p[0]) == first(p[1]) {
			all = append(all, Pair{p[0], p[1]})
		}
	}
	slices.SortFunc(all, func(a, b Pair) int { return cmp.Or(cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B)) })
	return all
}
