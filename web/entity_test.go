package web_test

import (
	"fmt"
	"strings"
	"testing"

	"debadge/graph"
)

// TestMakersOfAHub are told also where a product has many claims of other
// relations whose ids come first.
func TestMakersOfAHub(t *testing.T) {
	s := serve(t, nil)
	cited := []graph.Citation{{Source: "source:tests", Stance: graph.Supports, Locator: "page 1"}}
	cs := graph.ChangeSet{
		Author: "test", Reason: "a part of many",
		Entities: []graph.Entity{
			{ID: "company:origin", Name: "Origin"}, {ID: "company:shop", Name: "Shop"}, {ID: "product:origin:part", Name: "Part Q77", Brand: "Origin"},
		},
		Sources: []graph.Source{{ID: "source:tests", Title: "Notice", Publisher: "Tests", Kind: "vendor"}},
		Claims: []graph.Claim{
			{ID: "claim:z-makes", Relation: graph.Makes, From: "company:origin", To: "product:origin:part", Status: graph.Reported, Citations: cited},
			{ID: "claim:z-sells", Relation: graph.Sells, From: "company:shop", To: "product:origin:part", Status: graph.Reported, Citations: cited},
		},
	}
	for i := range 120 {
		whole := graph.ID(fmt.Sprintf("product:origin:whole-%d", i))
		cs.Entities = append(cs.Entities, graph.Entity{ID: whole, Name: fmt.Sprintf("Whole %d", i), Brand: "Origin"})
		cs.Claims = append(cs.Claims, graph.Claim{
			ID: graph.ID(fmt.Sprintf("claim:a-%03d", i)), Relation: graph.ComponentOf, From: "product:origin:part", To: whole, Status: graph.Reported, Citations: cited,
		})
	}
	if _, err := s.store.Append(t.Context(), cs); err != nil {
		t.Fatal(err)
	}
	_, shown := s.get(t, "/entities/product:origin:part", nil)
	for _, want := range []string{`<a href="/entities/company:origin">Origin</a>`, `<a href="/entities/company:shop">Shop</a>`} {
		if !strings.Contains(shown, want) {
			t.Errorf("the page lacks %s: %s", want, shown)
		}
	}
}
