package bods_test

import (
	"testing"

	"debadge/graph"
	"debadge/graph/ingest/bods"
	"debadge/graph/ingest/ingesttest"
)

// The counts of the real files were taken with Python's json module: statements
// that are about no relationship by their recordId, interests less those that
// are indirect in a statement with componentRecords, and in tecido.json, which
// tells a history of five shares, the distinct interests by record, type and
// startDate. Where a file is not there, the retold ones of testdata stand for it.
func TestRealFiles(t *testing.T) {
	for _, c := range []struct {
		name                      string
		parties, owned, nominated int
	}{
		{"bods-package-entity-owning-entity.json", 2, 1, 0},
		{"indirect-ownership.json", 3, 2, 0},
		{"joint-ownership.json", 4, 3, 0},
		{"mixed-direct-and-indirect-ownership.json", 3, 3, 0},
		{"nomination.json", 4, 2, 1},
		{"tecido.json", 3, 15, 0},
	} {
		name, there := ingesttest.Shared("bods", c.name)
		if !there {
			name, c.parties, c.owned, c.nominated = "statements-0.3.json", 4, 2, 0
		}
		got := ingesttest.ReadAll(t, bods.Format(), ingesttest.Open(t, name))
		claims := got.Counts()
		if got.Parties() != c.parties || claims[graph.Owns] != c.owned || claims[graph.AffiliatedWith] != c.nominated || len(got.Refusals) != 0 {
			t.Errorf("%s: %d parties, claims %v, %d refused; want %d parties, %d OWNS, %d AFFILIATED_WITH\n%s",
				name, got.Parties(), claims, len(got.Refusals), c.parties, c.owned, c.nominated, got)
		}
		report := ingesttest.Import(t, ingesttest.Memory(), bods.Format(), ingesttest.Open(t, name))
		if n := claims[graph.Owns] + claims[graph.AffiliatedWith] + claims[graph.SameAs]; report.Added != n || report.Refused != 0 {
			t.Errorf("%s: %d claims in the store, want %d; %d refused", name, report.Added, n, report.Refused)
		}
	}
}

func TestOtherFilesAreRefused(t *testing.T) {
	ingesttest.Refused(t, bods.Format(), "made.txt", map[string]string{
		"a table":        "a,b\n1,2\n",
		"JSON of others": `[{"a":1}]`,
	})
}
