package un_test

import (
	"testing"
	"time"

	"debadge/graph"
	"debadge/graph/file"
	"debadge/graph/index"
	"debadge/graph/ingest"
	"debadge/graph/ingest/un"
)

func imported(t *testing.T, store graph.Store, name string) ingest.Report {
	t.Helper()
	f, err := file.New(name, content(t, name), file.Options{})
	if err != nil {
		t.Fatal(err)
	}
	report, err := ingest.Import(t.Context(), store, un.Format(), []*file.File{f}, ingest.Options{AcceptShrink: true})
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

func TestImport(t *testing.T) {
	store := memory()
	first := imported(t, store, fixtures[0])
	if first.Added != 3 || first.Edition.String() != "2032-02-01" || first.Refused != 1 || first.RefusedValues != 1 {
		t.Errorf("the first import: %+v", first)
	}
	if again := imported(t, store, fixtures[0]); again.Commits != 0 || again.Unchanged != 3 {
		t.Errorf("the same file again: %+v", again)
	}
	for _, c := range []struct{ subject, day, want string }{
		{"Sample Trading", "2031-04-23", "clear"},
		{"Sample Trading", "2031-04-24", "company:un-sc:sxe.001 2031-04-24"},
		{"Сэм Образец", "2031-01-01", "company:un-sc:sxi.001 2030-12-31"},
		{"No Reference Ltd", "2001-01-01", "company:un-sc:2000002 "},
	} {
		if got := listedFrom(t, store, c.subject, c.day); got != c.want {
			t.Errorf("%s on %s: %s, want %s", c.subject, c.day, got, c.want)
		}
	}
}
