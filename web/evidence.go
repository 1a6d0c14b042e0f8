package web

import (
	"slices"
	"strings"

	"debadge/graph"
	"debadge/graph/words"
)

// evidence turns the claims of an answer into what a page shows of them.
type evidence struct {
	answer  graph.Answer
	sources map[graph.ID]graph.Source
	names   map[graph.ID]string
	placed  map[graph.ID]bool // claims that have a place on the page
}

func evidenceOf(a graph.Answer) *evidence {
	e := &evidence{answer: a, sources: map[graph.ID]graph.Source{}, names: words.NamesIn(a), placed: map[graph.ID]bool{}}
	for _, s := range a.Sources {
		e.sources[s.ID] = s
	}
	return e
}

// citationView is what one source says of a claim.
type citationView struct {
	Told, Title, Publisher, Locator, Text, URL string
	Date                                       graph.Date
	Source                                     graph.ID
}

// claimView is a claim with all of its evidence and what denies it.
type claimView struct {
	ID       graph.ID
	Anchor   string // the id of its place on the page, "" if it has one already
	Sentence string
	Notes    string
	Status   graph.Status
	Decisive bool
	Evidence []citationView
	Denials  []citationView
}

// claim shows a claim from its nearer end to its farther one.
func (e *evidence) claim(c graph.Claim, near, far string) claimView {
	v := claimView{
		ID: c.ID, Sentence: words.Sentence(c, near, far), Notes: words.ClaimNotes(c), Status: c.Status,
		Decisive: slices.Contains(e.answer.DecisiveClaims, c.ID),
	}
	if !e.placed[c.ID] {
		v.Anchor = string(c.ID)
		e.placed[c.ID] = true
	}
	for _, q := range c.Citations {
		s := e.sources[q.Source]
		title := s.Title
		if title == "" {
			title = string(q.Source)
		}
		view := citationView{
			Told: words.Told(c.Status, q.Stance, s.Kind), Title: title, Publisher: s.Publisher, Date: s.Date, Locator: q.Locator,
			Text: q.Text, URL: s.URL, Source: q.Source,
		}
		if q.Stance == graph.Denies {
			v.Denials = append(v.Denials, view)
		} else {
			v.Evidence = append(v.Evidence, view)
		}
	}
	return v
}

// stepView is a hop as a reader walks it.
type stepView struct {
	Sentence string
	Strength graph.Status
	Weakest  bool   // it makes the path as weak as it is
	After    string // that it came after the listing
	Claims   []claimView
}

// pathView is a way to a listing in short.
type pathView struct {
	Chain    []graph.EntityRef
	Strength graph.Status
}

// group is a listed company that the subject traces back to by one path, on one
// list or on several.
type group struct {
	Entity       graph.EntityRef
	Way          graph.Way
	Strength     graph.Status
	Steps        []stepView // up to the company
	Lists        []stepView // from it to each list
	Alternatives []pathView
}

// groups are all listings of the answer, the strongest first.
func (e *evidence) groups() []group {
	var all []group
	index := map[string]int{}
	for _, l := range words.InOrder(e.answer.Listings) {
		steps := words.Walk(*e.answer.Subject, l.Paths[0].Hops)
		key := string(l.Entity.ID) + " " + l.Way.String() + " " + keyOf(steps[:len(steps)-1])
		i, ok := index[key]
		if !ok {
			i = len(all)
			index[key] = i
			all = append(all, e.newGroup(l, steps[:len(steps)-1]))
		}
		last := steps[len(steps)-1]
		all[i].Lists = append(all[i].Lists, e.step(last, l.Strength))
	}
	return all
}

func keyOf(steps []words.Step) string {
	var key strings.Builder
	for _, s := range steps {
		key.WriteString(s.Hop.Relation.String() + " " + string(s.Far.ID) + " ")
	}
	return key.String()
}

func (e *evidence) newGroup(l graph.ListingAnswer, steps []words.Step) group {
	g := group{Entity: l.Entity, Way: l.Way, Strength: l.Strength}
	for _, s := range steps {
		g.Steps = append(g.Steps, e.step(s, l.Strength))
	}
	for _, p := range l.Paths[1:] {
		view := pathView{Chain: []graph.EntityRef{*e.answer.Subject}, Strength: p.Strength}
		for _, s := range words.Walk(*e.answer.Subject, p.Hops) {
			view.Chain = append(view.Chain, s.Far)
		}
		g.Alternatives = append(g.Alternatives, view)
	}
	return g
}

func (e *evidence) step(s words.Step, weakest graph.Status) stepView {
	near, far := s.Near.FullName(), s.Far.FullName()
	v := stepView{
		Sentence: words.Sentence(s.Hop.Claims[0], near, far), Strength: s.Hop.Strength,
		Weakest: s.Hop.Strength == weakest && weakest != graph.Confirmed,
	}
	if s.Hop.PostListing {
		v.After = words.SentenceCase(words.After(s.Hop))
	}
	for _, c := range s.Hop.Claims {
		v.Claims = append(v.Claims, e.claim(c, near, far))
	}
	for _, c := range s.Hop.Jointly {
		v.Claims = append(v.Claims, e.claim(c, e.name(c.To), e.name(c.From)))
	}
	return v
}

func (e *evidence) name(id graph.ID) string {
	if name, ok := e.names[id]; ok {
		return name
	}
	return string(id)
}

// companyRules is what the ownership rules make of a company.
type companyRules struct {
	Company graph.EntityRef
	Rules   []ruleView
}

type ruleView struct {
	Name    string
	Verdict graph.Verdict
	Words   string // why
}

func (e *evidence) rules() []companyRules {
	var all []companyRules
	for _, rules := range words.ByCompany(e.answer.Ownership) {
		c := companyRules{Company: rules[0].Entity}
		for _, o := range rules {
			c.Rules = append(c.Rules, ruleView{Name: o.Rule, Verdict: o.Verdict, Words: words.Why(o)})
		}
		all = append(all, c)
	}
	return all
}

func (e *evidence) disputed() []claimView {
	var all []claimView
	for _, c := range e.answer.Disputed {
		near, far := c.Relation.Ends(c.From, c.To)
		all = append(all, e.claim(c, e.name(near), e.name(far)))
	}
	return all
}

// rests says what the finding rests on, and what would change it.
type rests struct {
	Decisive    []link // claims without any one of which it would be another
	Independent int    // if there is none: so many listings are reached
	Weak        []link // what would have to be confirmed for the finding to be
}

// link is a sentence about a claim and its place on the page.
type link struct {
	Text   string
	Anchor graph.ID
}

func (e *evidence) rests() rests {
	a := e.answer
	var r rests
	if a.Finding != graph.Listed {
		return r
	}
	seen := map[graph.ID]bool{}
	for i, l := range words.InOrder(a.Listings) {
		for _, s := range words.Walk(*a.Subject, l.Paths[0].Hops) {
			c := s.Hop.Claims[0]
			sentence := words.Sentence(c, s.Near.FullName(), s.Far.FullName())
			if slices.Contains(a.DecisiveClaims, c.ID) && !seen[c.ID] {
				r.Decisive = append(r.Decisive, link{sentence, c.ID})
			}
			if i == 0 && s.Hop.Strength != graph.Confirmed {
				r.Weak = append(r.Weak, link{sentence + " (" + textOf("status", s.Hop.Strength) + ")", c.ID})
			}
			seen[c.ID] = true
		}
	}
	if len(r.Decisive) == 0 {
		r.Independent = len(a.Listings)
	}
	return r
}
