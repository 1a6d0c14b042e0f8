package ftm_test

import (
	"maps"
	"strings"
	"testing"

	"debadge/graph"
	"debadge/graph/ingest/ftm"
)

// The counts of the real file were taken with jq: .schema of each line. Where
// it is not there, a retold one of the same kind stands for it.
func TestRealEntities(t *testing.T) {
	name, there := shared("ftm", "donations.ijson")
	parties, left := 56+17+22, map[string]int{"Address": 89, "Payment": 290}
	if !there {
		name, parties, left = "donations.ijson", 3, map[string]int{"Address": 1, "Payment": 2}
	}
	got := newTape()
	if err := ftm.Format().Read(t.Context(), opened(t, name), got); err != nil {
		t.Fatal(err)
	}
	if len(got.entities) != parties || got.records != parties || got.refused != 0 || len(got.claims) != 0 || !maps.Equal(got.leftOut, left) {
		t.Errorf("%s: %d parties in %d records, %d refused, claims %v, left out %v; want %d parties and %v left out",
			name, len(got.entities), got.records, got.refused, got.claims, got.leftOut, parties, left)
	}
	if report := load(t, memory(), opened(t, name)); report.EntitiesAdded != parties || report.Refused != 0 {
		t.Errorf("the store has %d parties, %d refused", report.EntitiesAdded, report.Refused)
	}
}

func TestEveryListHasANameAndAnIDThatHolds(t *testing.T) {
	got := newTape()
	lines := []string{`{"id":"a","schema":"Company","properties":{"name":["A"]}}`}
	for _, program := range []string{"US-BIS-EL", "浪潮", "A Program (Part 2)", "a program, part 2"} {
		lines = append(lines, `{"id":"`+program+`","schema":"Sanction","properties":{"entity":["a"],"programId":["`+program+`"]}}`)
	}
	text := strings.Join(lines, "\n")
	if err := ftm.Format().Read(t.Context(), content(t, text), got); err != nil {
		t.Fatal(err)
	}
	report := load(t, memory(), content(t, text))
	if got.claims[graph.ListedOn] != 4 || report.Added != 4 || len(report.Lists) != 4 {
		t.Errorf("%d claims, %d added on %d lists, want 4 on 4\n%s", got.claims[graph.ListedOn], report.Added, len(report.Lists), got)
	}
}
