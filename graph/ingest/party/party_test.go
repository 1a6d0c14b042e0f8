package party

import (
	"strings"
	"testing"

	"debadge/graph"
)

func TestAPartyHoldsEachThingOnce(t *testing.T) {
	p := Party{ID: "company:x:1", Name: "Example Ltd"}
	for range 2 {
		p.Alias("  Example \n Limited", "en")
		p.Alias("Example Ltd", "")
		p.Alias("", "")
		p.Set(Address, "1 Example Road", " ", "1  Example Road")
		p.In("Cyprus")
		p.In("nowhere at all")
		p.LegalEntityIdentifier("no identifier")
	}
	statement := p.Listed("list:x", graph.Date{})
	p.Claims = append(p.Claims, statement)
	r := p.Record(graph.Entity{ID: "list:x", Name: "X"}, graph.Entity{ID: "list:y", Name: "Y"})
	e := r.Entities[0]
	if len(e.Aliases) != 1 || e.Aliases[0] != (graph.Alias{Text: "Example Limited", Language: "en"}) {
		t.Errorf("aliases %v, want one, without the name itself", e.Aliases)
	}
	if got := e.Attributes; len(got) != 2 || strings.Join(got[Address], "|") != "1 Example Road" || strings.Join(got[Country], "|") != "CY" {
		t.Errorf("attributes %v, want one address and one country", got)
	}
	if len(r.Mentions) != 1 || r.Mentions[0].ID != "list:x" || statement.Attributes["entry"] != "Example Ltd" {
		t.Errorf("mentions %v, want the list of the claim alone", r.Mentions)
	}
}

func TestARollKeepsTheOrderAndItsLimit(t *testing.T) {
	roll := Roll[*Party]{limit: 3 * perParty}
	for _, key := range []string{"b", "a"} {
		roll.Add(key, &Party{Name: key})
	}
	if one, ok := roll.Find("a"); !ok || one.Name != "a" {
		t.Error("a party that was added is not found")
	}
	if _, ok := roll.Find("c"); ok {
		t.Error("a party that was never added is found")
	}
	if all := roll.Parties(); len(all) != 2 || all[0].Name != "b" {
		t.Errorf("%d parties, want b and a in this order", len(all))
	}
	if err := roll.Grow(perParty / 2); err != nil {
		t.Errorf("below the limit: %v", err)
	}
	if err := roll.Grow(perParty); err == nil || graph.KindOf(err) != graph.KindInvalid {
		t.Errorf("above the limit: %v, want an invalid file", err)
	}
}
