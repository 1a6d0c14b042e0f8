package graph_test

import (
	"testing"
	"time"

	"debadge/graph"
	"debadge/graph/index"
)

// TestUnconfirmedRuleIsOpen: whether a rule catches a company is as open where no
// source says that the rule is in force, and the shares may be enough for it.
func TestUnconfirmedRuleIsOpen(t *testing.T) {
	clock := func() time.Time { return time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC) }
	store := index.NewMemory(clock)
	cite := []graph.Citation{{Source: "source:a", Stance: graph.Supports}}
	claim := func(r graph.Relation, from, to graph.ID) graph.Claim {
		return graph.Claim{Relation: r, From: from, To: to, Status: graph.Confirmed, Citations: cite}
	}
	if _, err := store.Append(t.Context(), graph.ChangeSet{
		Author: "t", Reason: "t", Sources: []graph.Source{{ID: "source:a", Title: "A", Publisher: "P"}},
		Entities: []graph.Entity{
			{ID: "company:listed", Name: "Listed"},
			{ID: "company:maker", Name: "Maker"},
			{ID: "product:maker:p", Name: "P"},
			{ID: "list:a", Name: "A"},
		},
		Claims: []graph.Claim{
			claim(graph.ListedOn, "company:listed", "list:a"),
			claim(graph.Owns, "company:listed", "company:maker"), // nobody says how much
			claim(graph.Makes, "company:maker", "product:maker:p"),
		},
	}); err != nil {
		t.Fatal(err)
	}
	policy := graph.DefaultPolicy()
	policy.MaxAffiliations = 0
	policy.Ownership = []graph.OwnershipRule{{
		Name: "half", Form: graph.Aggregate, Threshold: policy.Ownership[0].Threshold, InForce: []graph.Period{{From: date("2020-01-01"), Unconfirmed: true}},
	}}
	q := graph.Question{Subject: "product:maker:p", AsOf: date("2026-06-01").Earliest(), Policy: policy}
	answer, err := graph.Trace(t.Context(), store, q)
	if err != nil {
		t.Fatal(err)
	}
	if answer.Finding != graph.Unknown {
		t.Errorf("the trace is %s: %v", answer.Finding, answer.Reasons)
	}
	found := assessAll(t, store, 0, graph.DiffQuestion{Policy: policy, AsOf: q.AsOf})["product:maker:p"]
	if found.Finding != answer.Finding || found.Action != answer.Action {
		t.Errorf("screening finds %s, %s; the trace %s, %s", found.Finding, found.Action, answer.Finding, answer.Action)
	}
}
