package ftm_test

import (
	"maps"
	"strings"
	"testing"

	"debadge/graph"
	"debadge/graph/ingest/ftm"
	"debadge/graph/ingest/ingesttest"
)

// The counts of the real file were taken with jq: .schema of each line. Where
// it is not there, a retold one of the same kind stands for it.
func TestRealEntities(t *testing.T) {
	name, there := ingesttest.Shared("ftm", "donations.ijson")
	parties, left := 56+17+22, map[string]int{"Address": 89, "Payment": 290}
	if !there {
		name, parties, left = "donations.ijson", 3, map[string]int{"Address": 1, "Payment": 2}
	}
	got := ingesttest.ReadAll(t, ftm.Format(), ingesttest.Open(t, name))
	if got.Parties() != parties || len(got.Records) != parties || len(got.Refusals) != 0 || len(got.Counts()) != 0 || !maps.Equal(got.LeftOut, left) {
		t.Errorf("%s: %d parties in %d records, %d refused, claims %v, left out %v; want %d parties and %v left out",
			name, got.Parties(), len(got.Records), len(got.Refusals), got.Counts(), got.LeftOut, parties, left)
	}
	if report := ingesttest.Import(t, ingesttest.Memory(), ftm.Format(), ingesttest.Open(t, name)); report.EntitiesAdded != parties || report.Refused != 0 {
		t.Errorf("the store has %d parties, %d refused", report.EntitiesAdded, report.Refused)
	}
}

func TestEveryListHasANameAndAnIDThatHolds(t *testing.T) {
	lines := []string{`{"id":"a","schema":"Company","properties":{"name":["A"]}}`}
	for _, program := range []string{"US-BIS-EL", "浪潮", "A Program (Part 2)", "a program, part 2"} {
		lines = append(lines, `{"id":"`+program+`","schema":"Sanction","properties":{"entity":["a"],"programId":["`+program+`"]}}`)
	}
	text := strings.Join(lines, "\n")
	got := ingesttest.ReadAll(t, ftm.Format(), ingesttest.Made(t, "made.txt", text))
	report := ingesttest.Import(t, ingesttest.Memory(), ftm.Format(), ingesttest.Made(t, "made.txt", text))
	if n := len(got.Claims(graph.ListedOn)); n != 4 || report.Added != 4 || len(report.Lists) != 4 {
		t.Errorf("%d claims, %d added on %d lists, want 4 on 4\n%s", n, report.Added, len(report.Lists), got)
	}
}
