package bods_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"debadge/graph"
	"debadge/graph/file"
	"debadge/graph/index"
	"debadge/graph/ingest"
	"debadge/graph/ingest/bods"
)

func memory() graph.Store {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	return index.NewMemory(func() time.Time { return start })
}

func load(t *testing.T, s graph.Store, files []*file.File) ingest.Report {
	t.Helper()
	report, err := ingest.Import(t.Context(), s, bods.Format(), files, ingest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// list puts a company on a list.
func list(t *testing.T, s graph.Store, company graph.ID) {
	t.Helper()
	_, err := s.Append(t.Context(), graph.ChangeSet{
		Entities: []graph.Entity{{ID: "list:example", Name: "Example List"}},
		Sources:  []graph.Source{{ID: "source:example", Title: "Example List", Publisher: "Example Office"}},
		Claims: []graph.Claim{{
			Relation: graph.ListedOn, From: company, To: "list:example", Status: graph.Confirmed,
			Citations: []graph.Citation{{Source: "source:example", Stance: graph.Supports}},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// asked traces a company and writes the answer in few words: the listings with
// their ways, and what the house rule on ownership says of the company.
func asked(t *testing.T, s graph.Store, company graph.ID, day string) string {
	t.Helper()
	at, err := graph.ParseDate(day)
	if err != nil {
		t.Fatal(err)
	}
	a, err := graph.Trace(t.Context(), s, graph.Question{Subject: string(company), AsOf: at.Earliest(), Policy: graph.DefaultPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	words := []string{string(a.Finding), a.Action.String()}
	for _, l := range a.Listings {
		words = append(words, fmt.Sprintf("%s on %s by %s", l.Entity.Name, l.List.ID, l.Way))
	}
	for _, o := range a.Ownership {
		if o.Rule == "house" && o.Entity.ID == company {
			words = append(words, fmt.Sprintf("ownership %s %s..%s", o.Verdict, o.ShareMin, o.ShareMax))
		}
	}
	return strings.Join(words, "; ")
}

const registry = "company:bods:example-registry:"

func TestImport(t *testing.T) {
	for name, want := range map[string][3]int{ // claims, rows refused, values refused
		"statements-0.4.json": {18, 5, 3},
		"statements-0.3.json": {3, 0, 0},
	} {
		s := memory()
		first := load(t, s, opened(t, name))
		if got := [3]int{first.Added, first.Refused, first.RefusedValues}; got != want {
			t.Errorf("%s: %v, want %v: %+v", name, got, want, first)
		}
		if again := load(t, s, opened(t, name)); again.Added+again.Changed+again.EntitiesAdded+again.EntitiesChanged > 0 || again.Unchanged != first.Added {
			t.Errorf("%s imported again: %+v", name, again)
		}
	}
}

func TestSharesHoldUntilTheyAreReplacedOrClosed(t *testing.T) {
	s := memory()
	load(t, s, opened(t, "statements-0.4.json"))
	list(t, s, "company:lei:529900zzzzzzzzzzzz34")
	for day, want := range map[string]string{
		"2009-01-01": "clear; pass; ownership out 0..0",
		"2012-01-01": "listed; block; Example Bank on list:example by ownership; ownership in 100..100",
		"2016-01-01": "listed; review; Example Bank on list:example by affiliation; ownership out 41..41",
		"2018-03-03": "clear; pass; ownership out 0..0",
	} {
		if got := asked(t, s, registry+"co-a", day); got != want {
			t.Errorf("on %s: %s, want %s", day, got, want)
		}
	}
}

// Half of A directly, and 30 percent of it by way of B, which holds 60: what is
// derived is not added to what it is derived from.
const derived = `[
{"statementId":"s1","recordId":"a","recordType":"entity","recordDetails":{"name":"A"}},
{"statementId":"s2","recordId":"b","recordType":"entity","recordDetails":{"name":"B"}},
{"statementId":"s3","recordId":"p","recordType":"person","recordDetails":{"names":[{"fullName":"P"}]}},
{"statementId":"s4","recordId":"ab","recordType":"relationship","recordDetails":{"isComponent":true,"subject":"a","interestedParty":"b","interests":[{"type":"shareholding","directOrIndirect":"direct","share":{"exact":60}}]}},
{"statementId":"s5","recordId":"bp","recordType":"relationship","recordDetails":{"isComponent":true,"subject":"b","interestedParty":"p","interests":[{"type":"shareholding","directOrIndirect":"direct","share":{"exact":49}}]}},
{"statementId":"s6","recordId":"ap","recordType":"relationship","recordDetails":{"isComponent":false,"subject":"a","interestedParty":"p","componentRecords":["b","ab","bp"],"interests":[
 {"type":"shareholding","directOrIndirect":"indirect","share":{"exact":29.4}},{"type":"shareholding","directOrIndirect":"direct","share":{"exact":25}}]}}
]`

func TestWhatIsDerivedIsNotCountedBesideItsComponents(t *testing.T) {
	s := memory()
	if report := load(t, s, content(t, derived)); report.Added != 3 || report.LeftOut["indirect interest beside its components"] != 1 {
		t.Errorf("%+v, want 3 claims and one left out", report)
	}
	list(t, s, "company:bods:p")
	want := "listed; review; P on list:example by affiliation; ownership out 25..25"
	if got := asked(t, s, "company:bods:a", "2024-01-01"); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestALaterStatementCorrectsWhatTheStoreHolds(t *testing.T) {
	statement := func(status, share, start, date string) string {
		return `{"statementId":"s-` + status + share + `","recordId":"r","recordType":"relationship","recordStatus":"` + status + `","statementDate":"` + date + `",` +
			`"recordDetails":{"subject":"a","interestedParty":"b","interests":[{"type":"shareholding","share":{"exact":` + share + `},"startDate":"` + start + `"}]}}`
	}
	parties := `[{"statementId":"s1","recordId":"a","recordType":"entity","recordDetails":{"name":"A"}},{"statementId":"s2","recordId":"b","recordType":"entity","recordDetails":{"name":"B"}},`
	one, two := statement("new", "80", "2010-01-01", "2010-02-01"), statement("updated", "20", "2020-01-01", "2020-02-01")
	s := memory()
	load(t, s, content(t, parties+one+"]"))
	list(t, s, "company:bods:b")
	if report := load(t, s, content(t, parties+one+","+two+"]")); report.Changed != 1 || report.Added != 1 {
		t.Errorf("%+v, want the open share ended and one added", report)
	}
	for day, want := range map[string]string{
		"2015-01-01": "listed; block; B on list:example by ownership; ownership in 80..80",
		"2021-01-01": "listed; review; B on list:example by affiliation; ownership out 20..20",
	} {
		if got := asked(t, s, "company:bods:a", day); got != want {
			t.Errorf("on %s: %s, want %s", day, got, want)
		}
	}
}
