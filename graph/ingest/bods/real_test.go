package bods_test

import (
	"testing"

	"debadge/graph"
	"debadge/graph/ingest/bods"
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
		name, there := shared("bods", c.name)
		if !there {
			name, c.parties, c.owned, c.nominated = "statements-0.3.json", 4, 2, 0
		}
		got := newTape()
		if err := bods.Format().Read(t.Context(), opened(t, name), got); err != nil {
			t.Fatal(err)
		}
		if len(got.entities) != c.parties || got.claims[graph.Owns] != c.owned || got.claims[graph.AffiliatedWith] != c.nominated || got.refused != 0 {
			t.Errorf("%s: %d parties, claims %v, %d refused; want %d parties, %d OWNS, %d AFFILIATED_WITH\n%s",
				name, len(got.entities), got.claims, got.refused, c.parties, c.owned, c.nominated, got)
		}
		report := load(t, memory(), opened(t, name))
		if n := got.claims[graph.Owns] + got.claims[graph.AffiliatedWith] + got.claims[graph.SameAs]; report.Added != n || report.Refused != 0 {
			t.Errorf("%s: %d claims in the store, want %d; %d refused", name, report.Added, n, report.Refused)
		}
	}
}

func TestOtherFilesAreRefused(t *testing.T) {
	for name, text := range map[string]string{
		"a table":        "a,b\n1,2\n",
		"JSON of others": `[{"a":1}]`,
	} {
		if err := bods.Format().Read(t.Context(), content(t, text), newTape()); graph.KindOf(err) != graph.KindInvalid || err == nil {
			t.Errorf("%s: %v, want an invalid file", name, err)
		}
	}
}
