package eu_test

import (
	"testing"

	"debadge/graph/ingest/eu"
	"debadge/graph/ingest/ingesttest"
)

// TestImport imports the XML over the table of the same edition: nothing that
// they say differs, but for the names that only the XML calls weak.
func TestImport(t *testing.T) {
	store := ingesttest.Memory()
	first := ingesttest.Import(t, store, eu.Format(), ingesttest.Open(t, fixtures[0]))
	if first.Added != 4 || first.Edition.String() != "2031-08-05" {
		t.Errorf("the first import: %+v", first)
	}
	if again := ingesttest.Import(t, store, eu.Format(), ingesttest.Open(t, fixtures[0])); again.Commits != 0 || again.Unchanged != 4 {
		t.Errorf("the same file again: %+v", again)
	}
	if other := ingesttest.Import(t, store, eu.Format(), ingesttest.Open(t, fixtures[1])); other.Added+other.Changed+other.Closed != 0 || other.Unchanged != 4 {
		t.Errorf("the XML of the edition: %+v", other)
	}
	for _, c := range []struct{ subject, day, want string }{
		{"Example Export JSC", "2022-03-14", "clear"},
		{"АО Пример Экспорт", "2022-03-15", "company:eu-fsf:9002 2022-03-15"},
		{"Sam Specimen", "2021-06-01", "company:eu-fsf:9001 2021-06-01"},
	} {
		if got := ingesttest.ListedFrom(t, store, c.subject, c.day); got != c.want {
			t.Errorf("%s on %s: %s, want %s", c.subject, c.day, got, c.want)
		}
	}
}
