package uk_test

import (
	"testing"
	"time"

	"debadge/graph"
	"debadge/graph/file"
	"debadge/graph/index"
	"debadge/graph/ingest"
	"debadge/graph/ingest/uk"
)

func imported(t *testing.T, store graph.Store, name string) ingest.Report {
	t.Helper()
	f, err := file.New(name, content(t, name), file.Options{})
	if err != nil {
		t.Fatal(err)
	}
	report, err := ingest.Import(t.Context(), store, uk.Format(), []*file.File{f}, ingest.Options{AcceptShrink: true})
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

// TestImport imports the UK Sanctions List over the list that it replaced.
func TestImport(t *testing.T) {
	store := memory()
	first := imported(t, store, fixtures[0])
	if first.Added != 4 || first.Edition.String() != "2031-01-27" || first.Refused != 2 {
		t.Errorf("the first import: %+v", first)
	}
	if again := imported(t, store, fixtures[0]); again.Commits != 0 || again.Unchanged != 4 {
		t.Errorf("the same file again: %+v", again)
	}
	if got, want := listedFrom(t, store, "Samuel Specimen", "2021-01-01"), "company:uk-ofsi:90001 2020-12-31"; got != want {
		t.Errorf("by the consolidated list: %s, want %s", got, want)
	}
	next := imported(t, store, fixtures[1])
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
		if got := listedFrom(t, store, c.subject, c.day); got != c.want {
			t.Errorf("%s on %s: %s, want %s", c.subject, c.day, got, c.want)
		}
	}
}
