package storetest

import (
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"debadge/graph"
)

// problem is a small random graph, and questions about it.
type problem struct {
	sets     []graph.ChangeSet
	products []graph.ID
	owners   []graph.ID // companies
	lists    []graph.ID
	policy   graph.Policy
	asOf     graph.Day
	narrow   []string
}

// subjects returns every entity that a trace can start from.
func (p problem) subjects() []graph.ID { return slices.Concat(p.products, p.owners) }

func (p problem) question(subject graph.ID, paths int) graph.Question {
	return graph.Question{Subject: string(subject), AsOf: p.asOf, Policy: p.policy, Lists: p.narrow, Paths: paths}
}

func (p problem) reach(origin graph.ID) graph.ReachQuestion {
	return graph.ReachQuestion{Origin: string(origin), AsOf: p.asOf, Policy: p.policy, Lists: p.narrow}
}

func pick[T any](t *rapid.T, label string, from ...T) T {
	return rapid.SampledFrom(from).Draw(t, label)
}

// often is true in about one of n draws.
func often(t *rapid.T, label string, n int) bool {
	return rapid.IntRange(1, n).Draw(t, label) == n
}

// drawProblem draws a graph of at most nine companies and products whose slugs
// begin with prefix, the lists included.
func drawProblem(t *rapid.T, prefix string) problem {
	var p problem
	for i := range rapid.IntRange(1, 4).Draw(t, "products") {
		p.products = append(p.products, graph.ID(fmt.Sprintf("product:%sp%d", prefix, i)))
	}
	for i := range rapid.IntRange(1, 5).Draw(t, "companies") {
		p.owners = append(p.owners, graph.ID(fmt.Sprintf("company:%sc%d", prefix, i)))
	}
	p.lists = []graph.ID{graph.ID("list:" + prefix + "l0"), graph.ID("list:" + prefix + "l1")}
	first := graph.ChangeSet{
		Reason:  "drawn " + prefix,
		Sources: []graph.Source{{ID: "source:s", Title: "T", Publisher: "P"}},
	}
	for _, id := range slices.Concat(p.products, p.owners, p.lists) {
		e := graph.Entity{ID: id, Name: "name of " + string(id)}
		if id.Kind() == graph.Product {
			e.Brand = pick(t, "brand", "", "B", "A")
			if often(t, "name of another", 3) {
				e.Name = "a " + e.Brand
			}
		}
		if id.Kind() == graph.Company {
			if seat := pick(t, "seat", "", "US", "CN", "both"); seat == "both" {
				e.Attributes = map[string][]string{"country": {"US", "CN"}}
			} else if seat != "" {
				e.Attributes = map[string][]string{"country": {seat}}
			}
		}
		if id.Kind() == graph.List && often(t, "edition", 4) {
			e.Attributes = map[string][]string{"edition": {"2021-03"}, "edition_complete": {pick(t, "complete", "yes", "no")}}
			if often(t, "limit", 2) {
				e.Attributes["max_age_days"] = []string{pick(t, "age", "0", "30", "366")}
			}
			if often(t, "another register", 3) {
				e.Attributes["edition"] = []string{"2021-03", pick(t, "its edition", "2020", "2021-06-01")}
				e.Attributes["edition_checked"] = []string{pick(t, "checked", "2021-03-31", "2021-12-31")}
			}
		}
		first.Entities = append(first.Entities, e)
	}
	claims := p.drawClaims(t, prefix)
	cut := rapid.IntRange(0, len(claims)).Draw(t, "cut")
	first.Claims = claims[:cut]
	second := graph.ChangeSet{
		Reason: "more " + prefix, Claims: claims[cut:],
		Entities: []graph.Entity{{ID: p.owners[0], Name: "new name", Attributes: first.Entities[len(p.products)].Attributes}},
	}
	for i := range cut {
		if often(t, "retract", 8) {
			second.Retractions = append(second.Retractions, graph.Retraction{Claim: claims[i].ID, Reason: "withdrawn"})
		}
	}
	p.sets = []graph.ChangeSet{first, second}
	p.policy = p.drawPolicy(t)
	p.asOf = drawDay(t)
	if often(t, "narrow", 6) {
		list := pick(t, "to", p.lists...)
		if len(p.policy.Lists) == 0 || slices.Contains(p.policy.Lists, list) {
			p.narrow = []string{string(list)}
		}
	}
	return p
}

func drawDay(t *rapid.T) graph.Day {
	return date(pick(t, "as of", "2021-06-01", "2019-12-31", "2020-01-01", "2021-02-28", "2021-03-01", "2021-12-31",
		"2022-01-01", "2022-12-30", "2022-12-31", "2025-10-01")).Earliest()
}

// drawClaims draws the claims of one of a few shapes, and some at random.
func (p problem) drawClaims(t *rapid.T, prefix string) []graph.Claim {
	var all []graph.Claim
	add := func(relation graph.Relation, from, to graph.ID) {
		if from == to || len(all) >= 25 {
			return
		}
		c := drawClaim(t, relation, from, to)
		c.ID = graph.ID(fmt.Sprintf("claim:%s%02d", prefix, len(all)))
		all = append(all, c)
	}
	company := func() graph.ID { return pick(t, "company", p.owners...) }
	product := func() graph.ID { return pick(t, "product", p.products...) }
	switch pick(t, "shape", "none", "ring", "clique", "hub", "stake", "ids") {
	case "ring":
		for i := range p.products {
			add(graph.SucceededBy, p.products[i], p.products[(i+1)%len(p.products)])
		}
		for i := range p.owners {
			add(graph.Owns, p.owners[i], p.owners[(i+1)%len(p.owners)])
		}
	case "clique":
		for i := range p.owners {
			for j := range i {
				add(pick(t, "relation", graph.AffiliatedWith, graph.Owns), p.owners[i], p.owners[j])
			}
		}
	case "hub":
		for _, o := range p.products {
			add(graph.ComponentOf, o, p.products[0])
			add(graph.Makes, p.owners[0], o)
		}
	case "ids": // of one owner and of what it owns, or of owners whose shares add up
		for i, o := range p.owners[1:] {
			add(pick(t, "relation", graph.SameAs, graph.SameAs, graph.Owns), p.owners[i], o)
			add(graph.Owns, p.owners[i], pick(t, "owned", p.owners[len(p.owners)-2:]...))
			add(graph.ListedOn, pick(t, "listed", p.owners...), p.lists[0])
		}
		settle(t, all)
		for i := range all {
			if all[i].Relation == graph.Owns {
				all[i].ShareMin = share(pick(t, "part", "25", "30"))
				all[i].ShareMax = all[i].ShareMin
			}
		}
	case "stake": // shares that add up
		for _, o := range p.owners[1:] {
			add(graph.ListedOn, o, p.lists[0])
			add(graph.Owns, o, p.owners[0])
		}
		settle(t, all)
	}
	for range rapid.IntRange(1, 16).Draw(t, "more") {
		relation := pick(t, "relation", append(graph.Relations(), graph.ListedOn, graph.Owns, graph.Owns, graph.ListedOn, graph.AffiliatedWith, graph.SameAs)...)
		switch rule := relation.Rule(); {
		case relation == graph.PartyTo:
		case rule.To == graph.List:
			add(relation, company(), pick(t, "list", p.lists...))
		case rule.From == graph.Product:
			add(relation, product(), product())
		case rule.To == graph.Product:
			add(relation, company(), product())
		default:
			add(relation, company(), company())
		}
	}
	for range rapid.IntRange(0, 4).Draw(t, "said again") { // the same hop, said by someone else
		if len(all) > 0 {
			c := all[rapid.IntRange(0, len(all)-1).Draw(t, "which")]
			add(c.Relation, c.From, c.To)
		}
	}
	return all
}

// settle makes claims hold at any time, most of them confirmed.
func settle(t *rapid.T, claims []graph.Claim) {
	for i := range claims {
		c := &claims[i]
		c.Status, c.ValidFrom, c.ValidTo, c.Attributes = pick(t, "weaker", graph.Confirmed, graph.Confirmed, graph.Alleged), graph.Date{}, graph.Date{}, nil
	}
}

func drawClaim(t *rapid.T, relation graph.Relation, from, to graph.ID) graph.Claim {
	c := graph.Claim{
		Relation: relation, From: from, To: to,
		Status:     pick(t, "status", graph.Confirmed, graph.Confirmed, graph.Reported, graph.Alleged, graph.Disputed),
		Confidence: pick[graph.Confidence](t, "confidence", 0, 100, 50, 80, 80, 60),
		Citations:  []graph.Citation{{Source: "source:s", Stance: graph.Supports}},
	}
	span := pick(t, "span", "..", "..", "..", "2020..", "2020-01-01..2022", "2021-03..", "2021-03-01..2022-01-01", "..2021-12-31", "2022..", "2022-01-01..")
	if rule := relation.Rule(); rule.Event {
		span = span[:slices.Index([]byte(span), '.')] + ".."
	}
	at := slices.Index([]byte(span), '.')
	if span[:at] != "" {
		c.ValidFrom = date(span[:at])
	}
	if span[at+2:] != "" {
		c.ValidTo = date(span[at+2:])
	}
	if relation == graph.Owns {
		band := pick(t, "share", "50 50", "60 60", "25 25", "25 25", "30 30", "40 40", "49.99 49.99", "16.7 16.7", "16.6 16.6", "25 50", "50 75", "0 100", "100 100")
		at := slices.Index([]byte(band), ' ')
		c.ShareMin, c.ShareMax = share(band[:at]), share(band[at+1:])
		if interest := pick(t, "interest", "", "", "", "voting", "control"); interest != "" {
			c.Attributes = map[string]string{"interest": interest}
		}
	}
	return c
}

func (p problem) drawPolicy(t *rapid.T) graph.Policy {
	if often(t, "built in", 4) {
		return pick(t, "policy", graph.BuiltInPolicies()...)
	}
	policy := graph.DefaultPolicy()
	policy.Name = "drawn"
	if often(t, "lists", 5) {
		policy.Lists = p.lists[:1]
	}
	if often(t, "relations", 6) {
		walked := slices.DeleteFunc(graph.Relations(), func(r graph.Relation) bool { return r.Rule().Outward })
		policy.Relations = rapid.SliceOfNDistinct(rapid.SampledFrom(walked), 3, 8, rapid.ID).Draw(t, "walked")
	}
	policy.WeakestStatus = pick(t, "weakest", graph.Alleged, graph.Alleged, graph.Reported, graph.Confirmed)
	policy.MinConfidence = pick[graph.Confidence](t, "least confidence", 0, 0, 60, 80)
	policy.MaxHops = pick(t, "hops", 16, 16, 4, 3, 2, 1)
	policy.MaxAffiliations = pick(t, "affiliations", 1, 0, 2)
	policy.Ownership = nil
	for i := range rapid.IntRange(0, 3).Draw(t, "rules") {
		policy.Ownership = append(policy.Ownership, p.drawRule(t, i))
	}
	if often(t, "in doubt", 4) { // what nothing but a rule that may be in force or not asks about is rare otherwise
		policy.MaxAffiliations = 0
		policy.Ownership = []graph.OwnershipRule{{
			Name: "in doubt", Form: pick(t, "doubtful form", graph.Aggregate, graph.Majority, graph.AnyShare), Threshold: share("50"),
			InForce: []graph.Period{{Unconfirmed: often(t, "no source", 2)}},
		}}
	}
	action := func(label string) graph.Action { return pick(t, label, graph.Review, graph.Block, graph.Pass) }
	look := func(label string) graph.Action { return pick(t, label, graph.Review, graph.Block) }
	if often(t, "actions", 2) {
		policy.Actions = graph.Actions{
			Confirmed: action("confirmed"), Reported: action("reported"), Alleged: action("alleged"), Affiliation: action("affiliation"),
			Undetermined: look("undetermined"), Incomplete: look("incomplete"), Unknown: look("unknown"), Clear: action("clear"),
		}
	}
	return policy
}

func (p problem) drawRule(t *rapid.T, i int) graph.OwnershipRule {
	rule := graph.OwnershipRule{
		Name:      fmt.Sprintf("rule %d", i),
		Form:      pick(t, "form", graph.Aggregate, graph.Aggregate, graph.Majority, graph.AnyShare),
		Threshold: share(pick(t, "threshold", "50", "50", "25", "33.3", "75")),
	}
	if often(t, "interests", 4) {
		rule.Interests = pick(t, "counted", []graph.Interest{graph.Voting}, []graph.Interest{graph.Equity, graph.Control})
	}
	if often(t, "some lists", 3) {
		rule.Lists = []graph.ID{pick(t, "covered", p.lists...)}
	}
	if often(t, "seats", 3) {
		rule.ExcludeCountries = []string{"US"}
	}
	if often(t, "periods", 3) {
		rule.InForce = []graph.Period{
			{From: date("2020"), To: date("2021-03-01")},
			{From: date("2022-01-01"), Unconfirmed: often(t, "unconfirmed", 2)},
		}
	}
	return rule
}
