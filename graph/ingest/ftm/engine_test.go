package ftm_test

import (
	"testing"

	"debadge/graph/ingest/ftm"
	"debadge/graph/ingest/ingesttest"
)

func TestImport(t *testing.T) {
	s := ingesttest.Memory()
	first := ingesttest.Import(t, s, ftm.Format(), ingesttest.Open(t, "entities.ftm.json"))
	if first.Refused != 9 || first.RefusedValues != 1 {
		t.Errorf("%d rows and %d values refused, want 9 and 1: %+v", first.Refused, first.RefusedValues, first.Refusals)
	}
	if again := ingesttest.Import(t, s, ftm.Format(), ingesttest.Open(t, "entities.ftm.json")); again.Added+again.Changed+again.EntitiesAdded+again.EntitiesChanged > 0 || again.Unchanged != first.Added {
		t.Errorf("imported again: %+v", again)
	}
	// Example Holding is listed; it holds 25 to 50 and once 33.3 percent of Example Works.
	for day, want := range map[string]string{
		"2020-06-01": "listed; review; Example Holding on list:us-ofac-sdn by affiliation; " +
			"Example Holding on list:ftm:ministry-of-examples by affiliation; Example Holding on list:ftm:xx-trade by affiliation; " +
			"Example Holding on list:us-ofac-ns-cmic by affiliation; ownership undetermined 33.333333..100",
		"2024-06-01": "listed; block; Example Works on list:us-bis-entity-list by direct; Example Holding on list:us-ofac-sdn by ownership; " +
			"Example Holding on list:ftm:xx-trade by ownership; Example Holding on list:us-ofac-ns-cmic by ownership; ownership undetermined 25..100",
	} {
		if got := ingesttest.Asked(t, s, "company:ftm:q-works", day); got != want {
			t.Errorf("on %s: %s, want %s", day, got, want)
		}
	}
}

func TestBandsAndEndsDecideWhatOwnershipSays(t *testing.T) {
	s := ingesttest.Memory()
	ingesttest.Import(t, s, ftm.Format(), ingesttest.Made(t, "made.txt", `{"id":"o1","schema":"Ownership","properties":{"owner":["a"],"asset":["b"],"percentage":["50-75"],"startDate":["2015"],"endDate":["2020-07-01"]}}
{"id":"o2","schema":"Ownership","properties":{"owner":["a"],"asset":["b"],"percentage":["25-50"],"startDate":["2020-07-01"],"endDate":["2022"]}}
{"id":"o3","schema":"Ownership","properties":{"owner":["a"],"asset":["b"],"percentage":["less than 50"],"startDate":["2023"]}}
{"id":"a","schema":"Company","properties":{"name":["A"]}}
{"id":"b","schema":"Company","properties":{"name":["B"]}}
{"id":"l","schema":"Sanction","properties":{"entity":["a"],"authority":["Office"]}}
`))
	for day, want := range map[string]string{
		"2014-01-01": "clear; pass",
		"2016-01-01": "listed; block; A on list:ftm:office by ownership; ownership in 50..75",
		"2021-01-01": "listed; review; A on list:ftm:office by affiliation; ownership undetermined 25..50",
		"2024-01-01": "listed; review; A on list:ftm:office by affiliation; ownership out 0..49.999999",
	} {
		if got := ingesttest.Asked(t, s, "company:ftm:b", day); got != want {
			t.Errorf("on %s: %s, want %s", day, got, want)
		}
	}
}

func TestALinkToAnotherFileNeedsThatFile(t *testing.T) {
	party := `{"id":"a","schema":"Company","properties":{"name":["A"]}}` + "\n"
	links := `{"id":"b","schema":"Company","properties":{"name":["B"]}}` + "\n" + `{"id":"o","schema":"Ownership","properties":{"owner":["a"],"asset":["b"]}}` + "\n"
	alone := ingesttest.Import(t, ingesttest.Memory(), ftm.Format(), ingesttest.Made(t, "made.txt", links))
	if alone.Refused != 1 || alone.Added != 0 {
		t.Errorf("alone: %+v, want the link refused", alone)
	}
	s := ingesttest.Memory()
	ingesttest.Import(t, s, ftm.Format(), ingesttest.Made(t, "made.txt", party))
	if after := ingesttest.Import(t, s, ftm.Format(), ingesttest.Made(t, "made.txt", links)); after.Refused != 0 || after.Added != 1 {
		t.Errorf("after the other file: %+v, want the link", after)
	}
	if both := ingesttest.Import(t, ingesttest.Memory(), ftm.Format(), append(ingesttest.Made(t, "made.txt", links), ingesttest.Made(t, "made.txt", party)...)); both.Refused != 0 || both.Added != 1 {
		t.Errorf("together: %+v, want the link", both)
	}
}
