package bods_test

import (
	"testing"

	"debadge/graph/ingest/bods"
	"debadge/graph/ingest/ingesttest"
)

const registry = "company:bods:example-registry:"

func TestImport(t *testing.T) {
	for name, want := range map[string][3]int{ // claims, rows refused, values refused
		"statements-0.4.json": {18, 5, 3},
		"statements-0.3.json": {3, 0, 0},
	} {
		s := ingesttest.Memory()
		first := ingesttest.Import(t, s, bods.Format(), ingesttest.Open(t, name))
		if got := [3]int{first.Added, first.Refused, first.RefusedValues}; got != want {
			t.Errorf("%s: %v, want %v: %+v", name, got, want, first)
		}
		if again := ingesttest.Import(t, s, bods.Format(), ingesttest.Open(t, name)); again.Added+again.Changed+again.EntitiesAdded+again.EntitiesChanged > 0 || again.Unchanged != first.Added {
			t.Errorf("%s imported again: %+v", name, again)
		}
	}
}

func TestSharesHoldUntilTheyAreReplacedOrClosed(t *testing.T) {
	s := ingesttest.Memory()
	ingesttest.Import(t, s, bods.Format(), ingesttest.Open(t, "statements-0.4.json"))
	ingesttest.List(t, s, "company:lei:529900zzzzzzzzzzzz34")
	for day, want := range map[string]string{
		"2009-01-01": "clear; pass; ownership out 0..0",
		"2012-01-01": "listed; block; Example Bank on list:example by ownership; ownership in 100..100",
		"2016-01-01": "listed; review; Example Bank on list:example by affiliation; ownership out 41..41",
		"2018-03-03": "clear; pass; ownership out 0..0",
	} {
		if got := ingesttest.Asked(t, s, registry+"co-a", day); got != want {
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
	s := ingesttest.Memory()
	if report := ingesttest.Import(t, s, bods.Format(), ingesttest.Made(t, "made.txt", derived)); report.Added != 3 || report.LeftOut["indirect interest beside its components"] != 1 {
		t.Errorf("%+v, want 3 claims and one left out", report)
	}
	ingesttest.List(t, s, "company:bods:p")
	want := "listed; review; P on list:example by affiliation; ownership out 25..25"
	if got := ingesttest.Asked(t, s, "company:bods:a", "2024-01-01"); got != want {
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
	s := ingesttest.Memory()
	ingesttest.Import(t, s, bods.Format(), ingesttest.Made(t, "made.txt", parties+one+"]"))
	ingesttest.List(t, s, "company:bods:b")
	if report := ingesttest.Import(t, s, bods.Format(), ingesttest.Made(t, "made.txt", parties+one+","+two+"]")); report.Changed != 1 || report.Added != 1 {
		t.Errorf("%+v, want the open share ended and one added", report)
	}
	for day, want := range map[string]string{
		"2015-01-01": "listed; block; B on list:example by ownership; ownership in 80..80",
		"2021-01-01": "listed; review; B on list:example by affiliation; ownership out 20..20",
	} {
		if got := ingesttest.Asked(t, s, "company:bods:a", day); got != want {
			t.Errorf("on %s: %s, want %s", day, got, want)
		}
	}
}
