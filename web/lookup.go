package web

import (
	"context"
	"slices"
	"strings"

	"debadge/api/client"
	"debadge/graph"
)

// lookUpPage is what the page with the box shows.
type lookUpPage struct {
	Query  string
	Asked  bool
	Answer client.SearchAnswer
	Found  []candidate
	Begins []candidate // whose name begins so, beside those found
	More   bool        // others that may be meant, or begin so, are not shown

	Text     string // the lines as they were pasted
	Lines    []lineView
	TooMany  bool
	MostLine int
}

// candidate is what a text may mean, as people choose by.
type candidate struct {
	Entity   graph.EntityRef
	Makers   []graph.EntityRef
	Why      string
	Finding  graph.Finding
	Strength graph.Status
	Action   graph.Action
	Known    bool // Finding and Action are told
}

// lineView is a line of several, and what it may mean.
type lineView struct {
	Number  int
	Text    string
	Outcome string
	Found   []candidate
}

const (
	mostCandidates = 12 // of one text
	mostTyped      = 8  // while somebody types
	mostOfLine     = 3
	mostLines      = 100
	mostText       = 16 << 10
	shortest       = 2 // letters from which on a beginning is looked up; of Chinese characters one is enough
)

func (v *visit) lookUp() error {
	p := lookUpPage{Query: v.form("q"), Text: v.r.URL.Query().Get("lines"), MostLine: mostLines}
	var err error
	switch {
	case strings.TrimSpace(p.Text) != "":
		err = v.lookUpLines(&p)
	case p.Query != "":
		err = v.lookUpOne(&p)
	}
	if err != nil {
		return err
	}
	return v.render("look-up", view{Title: text("look-up.title"), Nav: "look-up", Data: &p, Modules: []string{"lookup.js"}})
}

// lookUpOne finds what one text may mean, and what begins with it.
func (v *visit) lookUpOne(p *lookUpPage) error {
	most := mostCandidates
	if v.r.Header.Get(fragmentHeader) == "options" {
		most = mostTyped
	}
	p.Asked = true
	var begins []client.Suggestion
	err := together(v.ctx(),
		func(ctx context.Context) (err error) {
			p.Answer, err = v.ask.Search(ctx, p.Query, nil, nil, v.q.At(), client.Page{Limit: most})
			return err
		},
		func(ctx context.Context) (err error) {
			if len(strings.TrimSpace(p.Query)) >= shortest { // in bytes
				begins, err = v.ask.Suggest(ctx, p.Query)
			}
			return err
		})
	if err != nil {
		return err
	}
	p.Found = candidatesOf(p.Answer.Candidates)
	p.More = !p.Answer.Complete || (p.Answer.Outcome != "resolved" && p.Answer.Total > len(p.Found))
	for _, s := range begins {
		known := func(c candidate) bool { return c.Entity.ID == s.ID }
		switch {
		case slices.ContainsFunc(p.Found, known):
		case len(p.Found)+len(p.Begins) == most:
			p.More = true
		default:
			p.Begins = append(p.Begins, candidate{Entity: graph.EntityRef{ID: s.ID, Kind: s.ID.Kind(), Name: s.Name}, Why: text("look-up.begins")})
		}
	}
	return v.addMakers(p.Found, p.Begins)
}

func candidatesOf(all []client.Candidate) []candidate {
	found := make([]candidate, len(all))
	for i, c := range all {
		found[i] = candidate{Entity: c.Entity, Why: c.Why, Finding: c.Finding, Strength: c.Strength, Action: c.Action, Known: true}
	}
	return found
}

// addMakers tells who makes the products among candidates.
func (v *visit) addMakers(lists ...[]candidate) error {
	var asks []func(context.Context) error
	for _, list := range lists {
		for i := range list {
			c := &list[i]
			if c.Entity.Kind != graph.Product {
				continue
			}
			asks = append(asks, func(ctx context.Context) error {
				e, err := v.ask.Entity(ctx, c.Entity.ID, client.At{KnownAt: v.q.KnownAt}, client.Page{Limit: mostMakers}, graph.Makes)
				c.Makers = those(e, graph.Makes)
				return err
			})
		}
	}
	return together(v.ctx(), asks...)
}

// those are the companies that are said to stand in a relation to a product, by
// claims that are not disputed.
func those(e client.EntityAnswer, r graph.Relation) []graph.EntityRef {
	var all []graph.EntityRef
	for _, c := range e.Claims {
		if c.Relation != r || c.Status == graph.Disputed || c.To != e.Entity.ID {
			continue
		}
		for _, ref := range e.Entities {
			if ref.ID == c.From && !slices.Contains(all, ref) {
				all = append(all, ref)
			}
		}
	}
	return all
}

// lookUpLines finds what each of several lines may mean.
func (v *visit) lookUpLines(p *lookUpPage) error {
	for line := range strings.Lines(p.Text) {
		if line = strings.TrimSpace(line); line != "" {
			p.Lines = append(p.Lines, lineView{Number: len(p.Lines) + 1, Text: line})
		}
	}
	if len(p.Lines) == 1 {
		p.Query, p.Text, p.Lines = p.Lines[0].Text, "", nil
		return v.lookUpOne(p)
	}
	if len(p.Lines) > mostLines || len(p.Text) > mostText {
		p.TooMany, p.Lines = true, nil
		return nil
	}
	asks := make([]func(context.Context) error, len(p.Lines))
	for i := range p.Lines {
		line := &p.Lines[i]
		asks[i] = func(ctx context.Context) error {
			a, err := v.ask.Search(ctx, clip(line.Text), nil, nil, v.q.At(), client.Page{Limit: mostOfLine})
			line.Outcome, line.Found = a.Outcome, candidatesOf(a.Candidates)
			if a.Outcome == "resolved" && len(line.Found) > 1 {
				line.Found = line.Found[:1]
			}
			return err
		}
	}
	return together(v.ctx(), asks...)
}

// clip keeps a line as long as the API looks at.
func clip(line string) string {
	if r := []rune(line); len(r) > 500 {
		return string(r[:500])
	}
	return line
}
