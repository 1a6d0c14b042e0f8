package dod1260h_test

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"debadge/graph"
	"debadge/graph/file"
	"debadge/graph/index"
	"debadge/graph/ingest"
	"debadge/graph/ingest/dod1260h"
	"debadge/graph/ingest/transcript"
)

var update = flag.Bool("update", false, "write the golden file anew")

func fixture(tb testing.TB) []byte {
	tb.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", "sanctions.csv"))
	if err != nil {
		tb.Fatal(err)
	}
	return content
}

func read(tb testing.TB, content []byte) (*transcript.Sink, error) {
	tb.Helper()
	f, err := file.New("sanctions.csv", content, file.Options{})
	if err != nil {
		return &transcript.Sink{}, err
	}
	var sink transcript.Sink
	err = dod1260h.Format().Read(context.WithoutCancel(tb.Context()), []*file.File{f}, &sink)
	return &sink, err
}

func TestGolden(t *testing.T) {
	sink, err := read(t, fixture(t))
	if err != nil {
		t.Fatal(err)
	}
	got, golden := sink.String(), filepath.Join("testdata", "sanctions.csv.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%s\nwant what is in %s", got, golden)
	}
}

func TestHeader(t *testing.T) {
	for content, says := range map[string]string{
		"":                              "is empty",
		"a,b\n":                         "has no column Name, Parent Name",
		"Name,Parent Name,Start,Ends\n": "has no columns Start date and End date",
	} {
		if _, err := read(t, []byte(content)); graph.KindOf(err) != graph.KindInvalid || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want an invalid file that %s", content, err, says)
		}
	}
	short := "name,alias,previous name,parent name,start,end\nExample (E)*,E,,,2024,\n"
	sink, err := read(t, []byte(short))
	if err != nil || len(sink.Records) != 1 || sink.Records[0].Entities[0].Name != "Example (E)" {
		t.Errorf("the short layout reads as %s (%v)", sink, err)
	}
}

func imported(t *testing.T, store graph.Store, content []byte, edition string) ingest.Report {
	t.Helper()
	f, err := file.New("sanctions.csv", content, file.Options{})
	if err != nil {
		t.Fatal(err)
	}
	date, err := graph.ParseDate(edition)
	if err != nil {
		t.Fatal(err)
	}
	report, err := ingest.Import(t.Context(), store, dod1260h.Format(), []*file.File{f}, ingest.Options{Edition: date})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// TestHistory asks who is listed on days before, between and after the rows, by
// a policy that takes no affiliation: a listed parent does not answer.
func TestHistory(t *testing.T) {
	store := index.NewMemory(func() time.Time { return time.Date(2033, 1, 1, 0, 0, 0, 0, time.UTC) })
	report := imported(t, store, fixture(t), "2026-07-01")
	if report.ConflictCount != 1 || report.Refused != 5 || report.Closed != 0 {
		t.Errorf("the import: %+v, want one conflict, five rows refused and nothing closed", report)
	}
	if again := imported(t, store, fixture(t), "2026-07-01"); again.Commits != 0 || again.Changed != 0 {
		t.Errorf("the same file again: %+v", again)
	}
	for _, c := range []struct {
		subject, day, want string
	}{
		{"Example Lantern Co., Ltd.", "2021-06-02", "clear"},
		{"Lantern", "2021-06-03", "listed"},
		{"Example Light", "2024-01-30", "listed"},
		{"Example Memory Inc.", "2024-01-30", "clear"},
		{"Example Memory Inc.", "2024-02-01", "listed"},
		{"Example Memory Inc.", "2026-02-16", "listed"},
		{"Example Memory Inc.", "2026-03-01", "clear"}, // the row that goes on is disputed
		{"Example Memory Inc.", "2026-06-08", "listed"},
		{"Example Optics", "2025-01-07", "listed"},
	} {
		asOf, err := graph.ParseDate(c.day)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := graph.Trace(t.Context(), store, graph.Question{Subject: c.subject, AsOf: asOf.Earliest(), Policy: graph.StrictPolicy()})
		if err != nil {
			t.Fatal(err)
		}
		if string(answer.Finding) != c.want {
			t.Errorf("%s on %s is %s, want %s", c.subject, c.day, answer.Finding, c.want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(fixture(f))
	f.Add([]byte("name,alias,previous name,parent name,start,end\na,b;c,d,e,2024,2025\na,,,,2024-06,\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		sink, err := read(t, content)
		if err != nil && graph.KindOf(err) != graph.KindInvalid {
			t.Fatal(err)
		}
		if text := sink.String(); strings.Contains(text, "the domain refuses this") {
			t.Fatalf("the domain refuses what was read:\n%s", text)
		}
	})
}
