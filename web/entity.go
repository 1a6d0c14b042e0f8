package web

import (
	"context"
	"html/template"
	"strconv"

	"debadge/api/client"
	"debadge/graph"
	"debadge/graph/picture"
)

// entity answers with the page about an entity.
func (v *visit) entity() error {
	id := graph.ID(v.r.PathValue("id"))
	switch id.Kind() {
	case graph.Product, graph.Company:
		return v.subject(id)
	case graph.List:
		return v.list(id)
	case graph.Proceeding:
	}
	return graph.Errorf(graph.KindNotFound, "%s", text("entity.no-page", id))
}

// mostPaths are shown to each listing.
const mostPaths = 3

// subjectPage is what the page about a product or a company shows.
type subjectPage struct {
	ID      graph.ID
	Name    string
	Kind    graph.Kind
	Aliases []string
	Brand   string
	Makers  []graph.EntityRef // of a product
	Sellers []graph.EntityRef

	Answer   graph.Answer
	Verdict  verdict
	Groups   []group
	Former   []graph.FormerListing
	Rules    []companyRules
	Disputed []claimView
	Rests    rests
	Notices  []notice

	Picture, TimePicture template.HTML
	Steps                []graph.Step
	Policies             []policyRow
	Time                 timeForm
}

// subject answers with the page about a product or a company.
func (v *visit) subject(id graph.ID) error {
	answer, err := v.ask.Trace(v.ctx(), string(id), v.q.At(), mostPaths)
	if err != nil {
		return err
	}
	if answer.Subject == nil {
		return v.unknown(id, answer)
	}
	if answer.Subject.ID != id { // asked for by a name
		return v.redirect(v.q.link(entityPath(answer.Subject.ID)))
	}
	p := subjectPage{ID: id, Name: answer.Subject.FullName(), Kind: answer.Subject.Kind, Brand: answer.Subject.Brand, Answer: answer}
	e := evidenceOf(answer)
	p.Verdict, p.Groups, p.Former, p.Rules = verdictOf(answer), e.groups(), answer.Former, e.rules()
	p.Disputed, p.Rests, p.Notices = e.disputed(), e.rests(), noticesOf(answer)
	if err := v.askAround(&p); err != nil {
		return err
	}
	return v.render("subject", view{Title: p.Name, Data: &p, Modules: []string{"time.js", "picture.js"}})
}

// askAround asks for what stands beside an answer, all of its revision.
func (v *visit) askAround(p *subjectPage) error {
	at := v.q.At()
	at.KnownAt = strconv.FormatUint(uint64(p.Answer.Revision), 10)
	asOf := at
	asOf.AsOf = p.Answer.AsOf.String()
	id := string(p.ID)
	asks := []func(context.Context) error{
		func(ctx context.Context) error {
			svg, err := v.ask.EmbeddedTimeline(ctx, id, asOf)
			p.TimePicture = template.HTML(svg) //nolint:gosec // graph/picture escapes every text
			return err
		},
		func(ctx context.Context) error {
			t, err := v.ask.Timeline(ctx, id, at)
			p.Steps = t.Steps
			p.Time = timeFormOf(v.q, t.Steps, p.Answer, v.site.Clock())
			return err
		},
		func(ctx context.Context) (err error) {
			p.Policies, err = v.underPolicies(ctx, id, asOf, p.Answer)
			return err
		},
	}
	if len(p.Groups) > 0 {
		asks = append(asks, func(ctx context.Context) error {
			svg, err := v.ask.Embedded(ctx, id, asOf, v.q.At(), mostPaths)
			p.Picture = template.HTML(svg) //nolint:gosec // as above
			return err
		})
	}
	if !v.part() { // who made it stands above the parts
		asks = append(asks, func(ctx context.Context) error {
			e, err := v.ask.Entity(ctx, p.ID, asOf, client.Page{Limit: mostMakers}, makersOf(p.Kind)...)
			p.Aliases = aliasesOf(e.Entity.Entity)
			p.Makers, p.Sellers = those(e, graph.Makes), those(e, graph.Sells)
			return err
		})
	}
	return together(v.ctx(), asks...)
}

// mostMakers is how many claims about who makes or sells a product are read.
const mostMakers = 1000

// makersOf are the relations whose claims say who makes and sells a product. Of a
// company, which may make a million, none is needed: those that name its lists
// are few.
func makersOf(kind graph.Kind) []graph.Relation {
	if kind == graph.Product {
		return []graph.Relation{graph.Makes, graph.Sells}
	}
	return []graph.Relation{graph.ListedOn}
}

// unknown answers about what debadge does not know, or did not at that time:
// this is an answer, and not a clear.
func (v *visit) unknown(id graph.ID, a graph.Answer) error {
	p := subjectPage{
		ID: id, Name: string(id), Kind: id.Kind(), Answer: a, Time: timeFormOf(v.q, nil, a, v.site.Clock()),
		Verdict: verdict{Look: "unknown", Sentence: text("unknown.sentence", a.Query), More: append([]string{text("unknown.why")}, a.Reasons...)},
	}
	at := v.q.At()
	at.AsOf = a.AsOf.String()
	var err error
	if p.Policies, err = v.underPolicies(v.ctx(), string(id), at, a); err != nil {
		return err
	}
	return v.render("subject", view{Title: p.Name, Data: &p, Modules: []string{"time.js"}})
}

// aliasesOf are the other names of an entity, those in other scripts first.
func aliasesOf(e graph.Entity) []string {
	var other, same []string
	for _, a := range e.Aliases {
		if picture.InLatin(a.Text) == picture.InLatin(e.Name) {
			same = append(same, a.Text)
		} else {
			other = append(other, a.Text)
		}
	}
	return append(other, same...)
}

// policyRow is what a policy makes of a subject.
type policyRow struct {
	Name     string
	Current  bool
	Finding  graph.Finding
	Strength graph.Status
	Action   graph.Action
	Differs  bool // from the policy that the page is by
}

// mostPolicies are compared.
const mostPolicies = 12

// underPolicies asks what each policy makes of a subject.
func (v *visit) underPolicies(ctx context.Context, id string, at client.At, now graph.Answer) ([]policyRow, error) {
	all, err := v.ask.Policies(ctx)
	if err != nil {
		return nil, err
	}
	all = all[:min(len(all), mostPolicies)]
	rows := make([]policyRow, len(all))
	asks := make([]func(context.Context) error, len(all))
	for i, p := range all {
		asks[i] = func(ctx context.Context) error {
			a := now
			if p.Name != now.Policy.Name {
				var err error
				under := at
				under.Policy = p.Name
				if a, err = v.ask.Trace(ctx, id, under, 1); err != nil {
					return err
				}
			}
			rows[i] = policyRow{
				Name: p.Name, Current: p.Name == now.Policy.Name, Finding: a.Finding, Strength: a.Strength, Action: a.Action,
				Differs: a.Action != now.Action || a.Finding != now.Finding || a.Strength != now.Strength,
			}
			return nil
		}
	}
	return rows, together(ctx, asks...)
}
