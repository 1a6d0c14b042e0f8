package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"debadge/graph"
)

// refusal is a change set that is refused, and the fields that the error names.
type refusal struct {
	name   string
	set    graph.ChangeSet
	fields []string
}

// refuse appends change sets to a world that has one claim, and wants each of
// them refused, and nothing left of it.
func (p *probe) refuse(list []refusal) {
	p.t.Helper()
	p.append(world())
	p.append(claims(claim("claim:stored", graph.Makes, "company:alpha", "product:alpha:one")))
	before := p.changes(0)
	for _, r := range list {
		_, err := p.store.Append(p.ctx, r.set)
		p.fails(r.name, err, graph.KindInvalid)
		var fields []string
		if e, ok := errors.AsType[*graph.Error](err); ok {
			for _, f := range e.Fields {
				fields = append(fields, f.Field)
				p.same(r.name+": a message about "+f.Field, f.Message != "", true)
			}
		}
		p.same(r.name, slices.Compact(fields), r.fields)
	}
	p.same("what is stored after the refusals", p.changes(0), before)
	p.same("revision", p.status().Revision, graph.Revision(2))
}

func refusesKinds(p *probe) {
	var list []refusal
	for _, r := range graph.Relations() {
		rule := r.Rule()
		for _, from := range graph.Kinds() {
			for _, to := range graph.Kinds() {
				var fields []string
				if from != rule.From {
					fields = append(fields, "claims[0].from")
				}
				if to != rule.To {
					fields = append(fields, "claims[0].to")
				}
				if fields != nil {
					list = append(list, refusal{
						fmt.Sprintf("%s from a %s to a %s", r, from, to),
						claims(claim("claim:x", r, oneOf[from], anotherOf[to])), fields,
					})
				}
			}
		}
	}
	p.refuse(list)
}

func acceptsRelations(p *probe) {
	p.append(world())
	var all []graph.Claim
	for i, r := range graph.Relations() {
		all = append(all, claim(graph.ID(fmt.Sprintf("claim:%02d", i)), r, oneOf[r.Rule().From], anotherOf[r.Rule().To]))
	}
	p.same("added", p.append(claims(all...)).Added, len(all))
	p.same("claims", p.status().Claims, len(all))
}

func refusesClaims(p *probe) {
	owns := func(low, high graph.Share) graph.ChangeSet {
		return claims(claim("claim:x", graph.Owns, "company:alpha", "company:beta", func(c *graph.Claim) { c.ShareMin, c.ShareMax = low, high }))
	}
	sells := func(with ...func(*graph.Claim)) graph.ChangeSet {
		return claims(claim("claim:x", graph.Sells, "company:alpha", "product:alpha:one", with...))
	}
	cited := func(list ...graph.Citation) graph.ChangeSet {
		return sells(func(c *graph.Claim) { c.Citations = list })
	}
	supports := graph.Citation{Source: "source:paper", Stance: graph.Supports}
	denies := graph.Citation{Source: "source:paper", Stance: graph.Denies}
	none := graph.Share{}
	p.refuse([]refusal{
		{"no relation", sells(func(c *graph.Claim) { c.Relation = 0 }), []string{"claims[0].relation"}},
		{"unknown relation", sells(func(c *graph.Claim) { c.Relation = 99 }), []string{"claims[0].relation"}},
		{"no status", sells(func(c *graph.Claim) { c.Status = 0 }), []string{"claims[0].status"}},
		{"unknown status", sells(func(c *graph.Claim) { c.Status = 9 }), []string{"claims[0].status"}},
		{"confidence above 1", sells(func(c *graph.Claim) { c.Confidence = 101 }), []string{"claims[0].confidence"}},
		{"self loop", claims(claim("claim:x", graph.SucceededBy, "product:alpha:one", "product:alpha:one")), []string{"claims[0].to"}},
		{"symmetric self loop", claims(claim("claim:x", graph.AffiliatedWith, "company:beta", "company:beta")), []string{"claims[0].to"}},
		{"from after to", sells(valid("2024-02-02", "2024-02-01")), []string{"claims[0].valid_to"}},
		{"from and to on one day", sells(valid("2024-02-01", "2024-02-01")), []string{"claims[0].valid_to"}},
		{"from a month after to", sells(valid("2024-03", "2024-02")), []string{"claims[0].valid_to"}},
		{"event with an end", claims(claim("claim:x", graph.RebrandedAs, "product:alpha:one", "product:beta:two", valid("2020", "2024"))), []string{"claims[0].valid_to"}},
		{"share on another relation", sells(func(c *graph.Claim) { c.ShareMin = share("5") }), []string{"claims[0].share_min"}},
		{"share below 0", owns(graph.ShareOf(-1), share("50")), []string{"claims[0].share_min"}},
		{"share above 100", owns(none, graph.ShareOf(graph.WholeShare+1)), []string{"claims[0].share_max"}},
		{"min over max", owns(share("50.000001"), share("50")), []string{"claims[0].share_min"}},
		{"no share at all", owns(share("0"), share("0")), []string{"claims[0].share_max"}},
		{"unknown attribute", sells(attribute("color", "red")), []string{"claims[0].attributes.color"}},
		{"attribute of another relation", sells(attribute("entry", "ALPHA")), []string{"claims[0].attributes.entry"}},
		{"empty attribute", sells(attribute("territory", " ")), []string{"claims[0].attributes.territory"}},
		{"bad date", claims(claim("claim:x", graph.ListedOn, "company:alpha", "list:north", attribute("announced", "2023-02-30"))), []string{"claims[0].attributes.announced"}},
		{"unknown interest", claims(claim("claim:x", graph.Owns, "company:alpha", "company:beta", attribute("interest", "golden"))), []string{"claims[0].attributes.interest"}},
		{"unknown role", claims(claim("claim:x", graph.PartyTo, "company:alpha", "proceeding:first", attribute("role", "judge"))), []string{"claims[0].attributes.role"}},
		{"no citation", cited(), []string{"claims[0].citations"}},
		{"denied only", cited(denies), []string{"claims[0].citations"}},
		{"no stance", cited(supports, graph.Citation{Source: "source:paper"}), []string{"claims[0].citations[1].stance"}},
		{"citation of a company", cited(supports, graph.Citation{Source: "company:alpha", Stance: graph.Denies}), []string{"claims[0].citations[1].source"}},
		{"NUL in a citation", cited(graph.Citation{Source: "source:paper", Stance: graph.Supports, Text: "a\x00b"}), []string{"claims[0].citations[0].text"}},
		{"bad UTF-8 in a citation", cited(graph.Citation{Source: "source:paper", Stance: graph.Supports, Locator: "\xff"}), []string{"claims[0].citations[0].locator"}},
	})
}

func refusesEntities(p *probe) {
	one := func(change func(*graph.Entity)) graph.ChangeSet {
		e := entity("company:new", "New")
		change(&e)
		return graph.ChangeSet{Entities: []graph.Entity{e}}
	}
	doc := func(change func(*graph.Source)) graph.ChangeSet {
		s := source("source:new")
		change(&s)
		return graph.ChangeSet{Sources: []graph.Source{s}}
	}
	attributes := func(name string, values ...string) graph.ChangeSet {
		return one(func(e *graph.Entity) { e.Attributes = map[string][]string{name: values} })
	}
	p.refuse([]refusal{
		{"no name", one(func(e *graph.Entity) { e.Name = "" }), []string{"entities[0].name"}},
		{"blank name", one(func(e *graph.Entity) { e.Name = " \t" }), []string{"entities[0].name"}},
		{"NUL in a name", one(func(e *graph.Entity) { e.Name = "A\x00" }), []string{"entities[0].name"}},
		{"bad UTF-8 in a name", one(func(e *graph.Entity) { e.Name = "A\xc3" }), []string{"entities[0].name"}},
		{"endless name", one(func(e *graph.Entity) { e.Name = strings.Repeat("a", 100_001) }), []string{"entities[0].name"}},
		{"brand of a company", one(func(e *graph.Entity) { e.Brand = "Brand" }), []string{"entities[0].brand"}},
		{"alias without text", one(func(e *graph.Entity) { e.Aliases = []graph.Alias{{Text: "a"}, {Language: "zh"}} }), []string{"entities[0].aliases[1].text"}},
		{"bad attribute name", attributes("Country", "CN"), []string{"entities[0].attributes"}},
		{"attribute without a value", attributes("country"), []string{"entities[0].attributes.country"}},
		{"empty attribute", attributes("country", "CN", ""), []string{"entities[0].attributes.country[1]"}},
		{"no title", doc(func(s *graph.Source) { s.Title = "" }), []string{"sources[0].title"}},
		{"no publisher", doc(func(s *graph.Source) { s.Publisher = "" }), []string{"sources[0].publisher"}},
		{"unknown kind of source", doc(func(s *graph.Source) { s.Kind = "rumor" }), []string{"sources[0].kind"}},
		{"NUL in a URL", doc(func(s *graph.Source) { s.URL = "https://example.com/\x00" }), []string{"sources[0].url"}},
	})
}

func refusesIDs(p *probe) {
	var list []refusal
	for _, id := range []graph.ID{
		"", "alpha", "company:", "company:Alpha", "company:al pha", "company:ålpha", "company:-alpha", "Company:alpha",
		"company:a:b:c:d", "company:alpha\n", "vessel:alpha", "source:alpha", graph.ID("company:" + strings.Repeat("a", 193)),
	} {
		list = append(list, refusal{
			fmt.Sprintf("entity %q", id),
			graph.ChangeSet{Entities: []graph.Entity{entity(id, "Name")}},
			[]string{"entities[0].id"},
		})
	}
	list = append(list,
		refusal{"source", graph.ChangeSet{Sources: []graph.Source{source("company:alpha")}}, []string{"sources[0].id"}},
		refusal{"claim", claims(claim("source:paper", graph.Makes, "company:alpha", "product:alpha:one")), []string{"claims[0].id"}},
		refusal{"retraction", graph.ChangeSet{Retractions: []graph.Retraction{{Claim: "stored", Reason: "r"}}}, []string{"retractions[0].claim"}},
		refusal{
			"replacement",
			graph.ChangeSet{Retractions: []graph.Retraction{{Claim: "claim:stored", Reason: "r", ReplacedBy: "company:alpha"}}},
			[]string{"retractions[0].replaced_by"},
		},
		refusal{
			"entity twice",
			graph.ChangeSet{Entities: []graph.Entity{entity("company:new", "A"), entity("company:new", "A")}},
			[]string{"entities[1]"},
		},
		refusal{"source twice", graph.ChangeSet{Sources: []graph.Source{source("source:new"), source("source:new")}}, []string{"sources[1]"}},
		refusal{
			"claim twice", claims(claim("claim:x", graph.Makes, "company:alpha", "product:alpha:one"), claim("claim:x", graph.Makes, "company:beta", "product:alpha:one")),
			[]string{"claims[1]"},
		},
		refusal{
			"claim without id twice", claims(claim("", graph.IdenticalTo, "product:alpha:one", "product:beta:two"), claim("", graph.IdenticalTo, "product:beta:two", "product:alpha:one")),
			[]string{"claims[1]"},
		},
		refusal{
			"retraction twice",
			graph.ChangeSet{Retractions: []graph.Retraction{{Claim: "claim:stored", Reason: "a"}, {Claim: "claim:stored", Reason: "b"}}},
			[]string{"retractions[1]"},
		},
	)
	p.refuse(list)
}

func refusesReferences(p *probe) {
	retract := func(r graph.Retraction) graph.ChangeSet { return graph.ChangeSet{Retractions: []graph.Retraction{r}} }
	brought := claims(claim("claim:x", graph.Makes, "company:alpha", "product:alpha:one"))
	brought.Retractions = []graph.Retraction{{Claim: "claim:x", Reason: "it is only just brought"}}
	p.refuse([]refusal{
		{"unknown from", claims(claim("claim:x", graph.Makes, "company:nobody", "product:alpha:one")), []string{"claims[0].from"}},
		{"unknown to", claims(claim("claim:x", graph.Makes, "company:alpha", "product:alpha:none")), []string{"claims[0].to"}},
		{"unknown source", claims(claim("claim:x", graph.Makes, "company:alpha", "product:alpha:one", func(c *graph.Claim) {
			c.Citations = append(c.Citations, graph.Citation{Source: "source:none", Stance: graph.Denies})
		})), []string{"claims[0].citations[1].source"}},
		{"retraction of an unknown claim", retract(graph.Retraction{Claim: "claim:none", Reason: "r"}), []string{"retractions[0].claim"}},
		{"retraction of a claim in the same set", brought, []string{"retractions[0].claim"}},
		{"retraction without a reason", retract(graph.Retraction{Claim: "claim:stored"}), []string{"retractions[0].reason"}},
		{"unknown replacement", retract(graph.Retraction{Claim: "claim:stored", Reason: "r", ReplacedBy: "claim:none"}), []string{"retractions[0].replaced_by"}},
		{"replacement by itself", retract(graph.Retraction{Claim: "claim:stored", Reason: "r", ReplacedBy: "claim:stored"}), []string{"retractions[0].replaced_by"}},
		{"claim with other content", claims(claim("claim:stored", graph.Makes, "company:beta", "product:alpha:one")), []string{"claims[0].id"}},
		{"claim with another status", claims(claim("claim:stored", graph.Makes, "company:alpha", "product:alpha:one", func(c *graph.Claim) { c.Status = graph.Alleged })), []string{"claims[0].id"}},
	})
}

func refusesMany(p *probe) {
	several := claims(
		claim("claim:a", graph.Makes, "company:alpha", "product:alpha:one"),
		claim("claim:b", graph.Makes, "product:alpha:one", "product:alpha:one", func(c *graph.Claim) { c.Status = 0 }),
	)
	several.Entities = []graph.Entity{entity("company:gamma", "")}
	var long graph.ChangeSet
	var fields []string
	for i := range 100 {
		fields = append(fields, fmt.Sprintf("entities[%d].name", i))
	}
	for i := range 150 {
		long.Entities = append(long.Entities, entity(graph.ID(fmt.Sprintf("company:c%d", i)), ""))
	}
	p.refuse([]refusal{
		{"several", several, []string{"entities[0].name", "claims[1].from", "claims[1].to", "claims[1].status"}},
		{"more than are told", long, fields},
	})
}
