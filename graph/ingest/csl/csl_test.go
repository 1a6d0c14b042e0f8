package csl_test

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"debadge/graph"
	"debadge/graph/file"
	"debadge/graph/index"
	"debadge/graph/ingest"
	"debadge/graph/ingest/csl"
)

var update = flag.Bool("update", false, "write the golden files")

func opened(tb testing.TB, name string, text []byte) []*file.File {
	tb.Helper()
	f, err := file.New(name, text, file.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	return []*file.File{f}
}

func fixture(tb testing.TB, name string) []byte {
	tb.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

// load imports an edition.
func load(tb testing.TB, s graph.Store, edition string, text []byte) ingest.Report {
	tb.Helper()
	var o ingest.Options
	if edition != "" {
		day, err := graph.ParseDate(edition)
		if err != nil {
			tb.Fatal(err)
		}
		o.Edition = day
	}
	report, err := ingest.Import(tb.Context(), s, csl.Format(), opened(tb, "csl.csv", text), o)
	if err != nil {
		tb.Fatal(err)
	}
	return report
}

func memory() graph.Store {
	return index.NewMemory(func() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) })
}

// held writes what a store holds now: entities, sources, and claims without ids.
func held(tb testing.TB, s graph.Store) string {
	tb.Helper()
	entities, claims, lines := map[graph.ID]graph.Entity{}, map[graph.ID]graph.Claim{}, []string{}
	err := s.Changes(tb.Context(), 0, func(c graph.Change) error {
		for _, e := range c.Entities {
			entities[e.ID] = e
		}
		for _, e := range c.Sources {
			if !strings.HasPrefix(string(e.ID), "source:us-csl:") { // those have the digests of files
				lines = append(lines, fmt.Sprintf("%s %s | %s | %s", e.ID, e.Title, e.Date, e.URL))
			}
		}
		for _, e := range c.Claims {
			claims[e.ID] = e
		}
		for _, r := range c.Retractions {
			delete(claims, r.Claim)
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	for _, e := range entities {
		names := []string{string(e.ID) + " " + e.Name}
		for _, a := range e.Aliases {
			names = append(names, a.Text)
		}
		parts := []string{strings.Join(names, " | ")}
		for _, k := range slices.Sorted(maps.Keys(e.Attributes)) {
			if !strings.HasPrefix(k, "edition") {
				parts = append(parts, k+": "+strings.Join(e.Attributes[k], " | "))
			}
		}
		lines = append(lines, strings.Join(parts, "\n    "))
	}
	for _, c := range claims {
		parts := []string{fmt.Sprintf("%s %s -> %s [%s, %s) %v", c.Relation, c.From, c.To, c.ValidFrom, c.ValidTo, c.Attributes)}
		for _, q := range c.Citations {
			if strings.HasPrefix(string(q.Source), "source:us-csl:") {
				q.Source, q.Locator = "the file", ""
			}
			parts = append(parts, fmt.Sprintf("%s %s %s", q.Source, q.Locator, q.Text))
		}
		lines = append(lines, strings.Join(parts, "\n    "))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n") + "\n"
}

func TestEveryLayoutSaysTheSame(t *testing.T) {
	for _, name := range []string{"old.csv", "current.csv", "service.json"} {
		t.Run(name, func(t *testing.T) {
			s := memory()
			report := load(t, s, "2024-01-01", fixture(t, name))
			if report.Records != 11 || report.Refused != 0 || report.RefusedValues != 1 || report.LeftOut["vessel"] != 1 || !report.Complete {
				t.Errorf("got %+v", report)
			}
			got := held(t, s)
			if *update && name == "old.csv" {
				if err := os.WriteFile("testdata/held.txt", []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(fixture(t, "held.txt")), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAnIDThatChangesIsNoIdentity(t *testing.T) {
	s := memory()
	load(t, s, "2024-01-01", fixture(t, "current.csv"))
	text := bytes.ReplaceAll(fixture(t, "current.csv"), []byte(`"0000`), []byte(`"ffff`))
	if bytes.Equal(text, fixture(t, "current.csv")) {
		t.Fatal("no _id was changed")
	}
	report := load(t, s, "2024-02-01", text)
	if c := report.Counts; c.Added+c.Changed+c.Closed+c.Reopened != 0 || c.Unchanged == 0 || report.EntitiesAdded+report.EntitiesChanged != 0 {
		t.Errorf("got %+v", report)
	}
}

func TestAYearBefore1900IsCorrectedByALaterEdition(t *testing.T) {
	s := memory()
	first := load(t, s, "2024-01-01", fixture(t, "old.csv"))
	if want := (ingest.Refusal{
		Place: ingest.Place{File: "csl.csv", Line: 6, Column: "start_date"}, Value: "0097-06-30", Kept: true,
		Reason: "is not a date of this time; the row is kept without it",
	}); len(first.Refusals) != 1 || first.Refusals[0] != want {
		t.Errorf("got %+v", first.Refusals)
	}
	if !strings.Contains(held(t, s), "list:us-bis-entity-list [, )") {
		t.Error("the row is not kept as a listing from an unknown time")
	}
	report := load(t, s, "2024-02-01", bytes.ReplaceAll(fixture(t, "old.csv"), []byte("0097-06-30"), []byte("1997-06-30")))
	if report.Changed != 1 || report.Added+report.Closed != 0 {
		t.Errorf("got %+v", report.Counts)
	}
	if !strings.Contains(held(t, s), "list:us-bis-entity-list [1997-06-30, )") {
		t.Error("the corrected date is not held")
	}
}

// many writes an edition of parties of the Unverified List from a number to another.
func many(from, to int) []byte {
	b := bytes.NewBufferString("_id,source,name,addresses,federal_register_notice,start_date\n")
	for i := from; i < to; i++ {
		fmt.Fprintf(b, "%d,Unverified List - Bureau of Industry and Security,Party %d,\"Street %d, CN\",,\n", i*31, i, i)
	}
	return b.Bytes()
}

func TestRowsThatAreMissingForADay(t *testing.T) {
	s := memory()
	load(t, s, "2024-01-01", many(0, 100))
	_, err := ingest.Import(t.Context(), s, csl.Format(), opened(t, "csl.csv", many(0, 50)), ingest.Options{Edition: mustDate("2024-01-02")})
	if graph.KindOf(err) != graph.KindConflict {
		t.Fatalf("half of the list is missing: got %v", err)
	}
	if report := load(t, s, "2024-01-03", many(10, 100)); report.Closed != 10 || report.Unchanged != 90 {
		t.Errorf("a tenth is gone: got %+v", report.Counts)
	}
	if report := load(t, s, "2024-01-04", many(0, 100)); report.Reopened != 10 || report.Unchanged != 90 {
		t.Errorf("and back again: got %+v", report.Counts)
	}
}

func mustDate(text string) graph.Date {
	d, err := graph.ParseDate(text)
	if err != nil {
		panic(err)
	}
	return d
}

func TestABrokenEditionClosesNothing(t *testing.T) {
	whole := many(0, 10)
	header, rest, _ := strings.Cut(string(whole), "\n")
	for name, text := range map[string]string{
		"header twice": header + "\n" + header + "\n" + strings.Join(strings.SplitAfter(rest, "\n")[:9], ""),
		"cut off":      header + "\n" + rest[:len(rest)-10],
		"both":         header + "\n" + header + "\n" + rest[:len(rest)-10],
	} {
		t.Run(name, func(t *testing.T) {
			s := memory()
			load(t, s, "2024-01-01", whole)
			report := load(t, s, "2024-02-01", []byte(text))
			if report.Complete || report.Closed != 0 || report.Unchanged != 9 || report.Added+report.Changed != 0 {
				t.Errorf("got %+v", report)
			}
			if len(report.Notes) == 0 || !strings.Contains(report.Notes[0], "not complete") {
				t.Errorf("notes: %q", report.Notes)
			}
		})
	}
}

func TestWhatIsNoRowOfTheListIsRefused(t *testing.T) {
	const header = "source,type,name,start_date,end_date,addresses\n"
	for name, tt := range map[string]struct {
		row, column string
		kept        bool
	}{
		"another list": {"Some New List - Department,,X,,,\n", "source", false},
		"no list":      {",,X,,,\n", "source", false},
		"no name":      {"Entity List,, ; ,,,\n", "name", false},
		"no date":      {"Entity List,,X,soon,,\n", "start_date", true},
		"no end":       {"Denied Persons List,,X,2020-01-01,later,\n", "end_date", true},
		"ends first":   {"Denied Persons List,,X,2020-01-01,2019-01-01,\n", "end_date", true},
		"bad quote":    {"Entity List,,\"X\"Y,,,\n", "name", false},
	} {
		t.Run(name, func(t *testing.T) {
			report := load(t, memory(), "", []byte(header+tt.row+"Entity List,,Good Co.,,,\n"))
			if len(report.Refusals) != 1 || report.Refusals[0].Column != tt.column || report.Refusals[0].Kept != tt.kept || report.Refusals[0].Line != 2 {
				t.Errorf("got %+v", report.Refusals)
			}
			want := 1
			if tt.kept {
				want = 2
			}
			if report.Added != want {
				t.Errorf("%d claims, want %d", report.Added, want)
			}
		})
	}
}

func TestAFileOfAnotherKindIsRefusedWhole(t *testing.T) {
	for name, text := range map[string]string{
		"another table": "a,b\n1,2\n", "empty": "", "another object": "{\n\"x\": 1}", "text": "Dear Sir,\n",
	} {
		_, err := ingest.Import(t.Context(), memory(), csl.Format(), opened(t, name, []byte(text)), ingest.Options{})
		if graph.KindOf(err) != graph.KindInvalid {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, name := range []string{"old.csv", "current.csv", "service.json"} {
		f.Add(fixture(f, name))
	}
	f.Add([]byte("source,name,ids,remarks\nEntity List,x,\"a, Listing Date (CMIC); Listing Date (CMIC), b\",(Linked To: ((\n"))
	f.Add([]byte(`[{"source":"Entity List","name":"x","entity_number":7,"addresses":null,"ids":[{"number":["1",null]}]}]`))
	f.Fuzz(func(t *testing.T, text []byte) {
		in, err := file.New("fuzz", text, file.Options{})
		if err != nil {
			return
		}
		s := memory()
		first, err := ingest.Import(t.Context(), s, csl.Format(), []*file.File{in}, ingest.Options{})
		if err != nil {
			if graph.KindOf(err) == graph.KindInternal {
				t.Fatal(err)
			}
			return
		}
		again, err := ingest.Import(t.Context(), s, csl.Format(), []*file.File{in}, ingest.Options{})
		if err != nil || again.Commits != 0 || again.Records != first.Records {
			t.Fatalf("importing again: %+v, %v", again, err)
		}
	})
}
