package uk_test

import (
	"testing"

	"debadge/graph/ingest/ingesttest"
	"debadge/graph/ingest/uk"
)

// TestImport imports the UK Sanctions List over the list that it replaced.
func TestImport(t *testing.T) {
	store := ingesttest.Memory()
	first := ingesttest.Import(t, store, uk.Format(), ingesttest.Open(t, fixtures[0]))
	if first.Added != 4 || first.Edition.String() != "2031-01-27" || first.Refused != 2 {
		t.Errorf("the first import: %+v", first)
	}
	if again := ingesttest.Import(t, store, uk.Format(), ingesttest.Open(t, fixtures[0])); again.Commits != 0 || again.Unchanged != 4 {
		t.Errorf("the same file again: %+v", again)
	}
	if got, want := ingesttest.ListedFrom(t, store, "Samuel Specimen", "2021-01-01"), "company:uk-ofsi:90001 2020-12-31"; got != want {
		t.Errorf("by the consolidated list: %s, want %s", got, want)
	}
	next := ingesttest.Import(t, store, uk.Format(), ingesttest.Open(t, fixtures[1]))
	if next.Added != 1 || next.Changed != 1 || next.Closed != 3 || next.Edition.String() != "2031-02-13" {
		t.Errorf("the UK Sanctions List: %+v", next)
	}
	for _, c := range []struct{ subject, day, want string }{
		{"Sam Q. Specimen", "2021-01-01", "clear"},
		{"Sam Q. Specimen", "2022-02-17", "company:uk-ofsi:90001 2022-02-17"},
		{"Example Trading LLC", "2031-02-12", "company:uk-ofsi:90002 2022-02-24"},
		{"Example Trading LLC", "2031-02-13", "clear"},
		{"Example Holding PLC", "2031-02-13", "company:uk-ofsi:rus9001 2022-03-01"},
	} {
		if got := ingesttest.ListedFrom(t, store, c.subject, c.day); got != c.want {
			t.Errorf("%s on %s: %s, want %s", c.subject, c.day, got, c.want)
		}
	}
}
