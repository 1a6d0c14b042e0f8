package dod1260h_test

import (
	"strings"
	"testing"

	"debadge/graph"
	"debadge/graph/ingest/dod1260h"
	"debadge/graph/ingest/ingesttest"
)

func read(tb testing.TB, content []byte) (*ingesttest.Transcript, error) {
	tb.Helper()
	return ingesttest.Read(tb, dod1260h.Format(), "sanctions.csv", content)
}

func TestGolden(t *testing.T) {
	sink, err := read(t, ingesttest.Fixture(t, "sanctions.csv"))
	if err != nil {
		t.Fatal(err)
	}
	ingesttest.Golden(t, "sanctions.csv.golden", sink)
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

// TestHistory asks who is listed on days before, between and after the rows, by
// a policy that takes no affiliation: a listed parent does not answer.
func TestHistory(t *testing.T) {
	store := ingesttest.Memory()
	report := ingesttest.ImportEdition(t, store, dod1260h.Format(), ingesttest.Open(t, "sanctions.csv"), "2026-07-01")
	if report.ConflictCount != 1 || report.Refused != 5 || report.Closed != 0 {
		t.Errorf("the import: %+v, want one conflict, five rows refused and nothing closed", report)
	}
	if again := ingesttest.ImportEdition(t, store, dod1260h.Format(), ingesttest.Open(t, "sanctions.csv"), "2026-07-01"); again.Commits != 0 || again.Changed != 0 {
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
		answer := ingesttest.Trace(t, store, c.subject, c.day, graph.StrictPolicy())
		if string(answer.Finding) != c.want {
			t.Errorf("%s on %s is %s, want %s", c.subject, c.day, answer.Finding, c.want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(ingesttest.Fixture(f, "sanctions.csv"))
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
