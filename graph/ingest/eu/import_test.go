package eu_test

import (
	"testing"
	"time"

	"debadge/graph"
	"debadge/graph/file"
	"debadge/graph/index"
	"debadge/graph/ingest"
	"debadge/graph/ingest/eu"
)

func imported(t *testing.T, store graph.Store, name string) ingest.Report {
	t.Helper()
	f, err := file.New(name, content(t, name), file.Options{})
	if err != nil {
		t.Fatal(err)
	}
	report, err := ingest.Import(t.Context(), store, eu.Format(), []*file.File{f}, ingest.Options{AcceptShrink: true})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// listedFrom returns since when a subject is listed on a day, or the finding.
func listedFrom(t *testing.T, store graph.Store, subject, day string) string {
	t.Helper()
	asOf, err := graph.ParseDate(day)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := graph.Trace(t.Context(), store, graph.Question{Subject: subject, AsOf: asOf.Earliest(), Policy: graph.DefaultPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	if len(answer.Listings) == 0 {
		return string(answer.Finding)
	}
	return string(answer.Listings[0].Entity.ID) + " " + answer.Listings[0].ListedFrom.String()
}

func memory() graph.Store {
	return index.NewMemory(func() time.Time { return time.Date(2033, 1, 1, 0, 0, 0, 0, time.UTC) })
}

// TestImport imports the XML over the table of the same edition: nothing that
// they say differs, but for the names that only the XML calls weak.
func TestImport(t *testing.T) {
	store := memory()
	first := imported(t, store, fixtures[0])
	if first.Added != 4 || first.Edition.String() != "2031-08-05" {
		t.Errorf("the first import: %+v", first)
	}
	if again := imported(t, store, fixtures[0]); again.Commits != 0 || again.Unchanged != 4 {
		t.Errorf("the same file again: %+v", again)
	}
	if other := imported(t, store, fixtures[1]); other.Added+other.Changed+other.Closed != 0 || other.Unchanged != 4 {
		t.Errorf("the XML of the edition: %+v", other)
	}
	for _, c := range []struct{ subject, day, want string }{
		{"Example Export JSC", "2022-03-14", "clear"},
		{"АО Пример Экспорт", "2022-03-15", "company:eu-fsf:9002 2022-03-15"},
		{"Sam Specimen", "2021-06-01", "company:eu-fsf:9001 2021-06-01"},
	} {
		if got := listedFrom(t, store, c.subject, c.day); got != c.want {
			t.Errorf("%s on %s: %s, want %s", c.subject, c.day, got, c.want)
		}
	}
}
