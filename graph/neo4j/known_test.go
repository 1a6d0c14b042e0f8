package neo4j_test

import (
	"strings"
	"testing"

	"debadge/graph"
	"debadge/graph/neo4j/neo4jtest"
)

// TestMisnamed gives a claim the id that follows from what another one says.
// Whichever comes first, the store does not take the second under the id of the
// first, though it looks for derived ids among the claims of one relation alone.
func TestMisnamed(t *testing.T) {
	made := graph.Claim{
		Relation: graph.Makes, From: "company:a", To: "product:a", Status: graph.Reported,
		Citations: []graph.Citation{{Source: "source:a", Stance: graph.Supports}},
	}
	prepared, err := graph.ChangeSet{Claims: []graph.Claim{made}}.Prepare()
	if err != nil {
		t.Fatal(err)
	}
	sold := made
	sold.Relation, sold.ID = graph.Sells, prepared.Claims[0].ID
	ground := graph.ChangeSet{
		Entities: []graph.Entity{{ID: "company:a", Name: "a"}, {ID: "product:a", Name: "a"}},
		Sources:  []graph.Source{{ID: "source:a", Title: "a", Publisher: "a"}},
	}
	for name, claims := range map[string][2]graph.Claim{"misnamed first": {sold, made}, "misnamed last": {made, sold}} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			appendAll(t, s, ground, graph.ChangeSet{Claims: []graph.Claim{claims[0]}})
			_, err := s.Append(t.Context(), graph.ChangeSet{Claims: []graph.Claim{claims[1]}})
			if graph.KindOf(err) != graph.KindInvalid || !strings.Contains(err.Error(), "is refused") {
				t.Errorf("the second one is %v", err)
			}
			// What is there is still found by the same id.
			again, err := s.Append(t.Context(), graph.ChangeSet{Author: "again", Claims: []graph.Claim{claims[0]}})
			if err != nil || again.Unchanged != 1 || again.Added != 0 {
				t.Errorf("the first one again is %+v, %v", again, err)
			}
		})
	}
}

// TestStoreOfBefore appends to a store that was made before misnamed claims
// were counted.
func TestStoreOfBefore(t *testing.T) {
	s := open(t)
	appendAll(t, s, chain("old"))
	run(t, neo4jtest.Start(t), "MATCH (s:Store) REMOVE s.misnamed", nil)
	again := chain("old")
	again.ID = "again"
	receipt, err := s.Append(t.Context(), again)
	if err != nil || receipt.Added != 0 || receipt.Changed != 0 {
		t.Errorf("the same again is %+v, %v", receipt, err)
	}
	appendAll(t, s, chain("new"))
}
