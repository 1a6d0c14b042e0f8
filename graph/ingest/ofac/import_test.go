package ofac_test

import (
	"strings"
	"testing"

	"debadge/graph"
	"debadge/graph/ingest/ingesttest"
	"debadge/graph/ingest/ofac"
)

// traced returns where a subject is listed on a day, a line each.
func traced(t *testing.T, store graph.Store, subject, day string) string {
	t.Helper()
	answer := ingesttest.Trace(t, store, subject, day, graph.DefaultPolicy())
	lines := []string{string(answer.Finding) + " " + answer.Action.String()}
	for _, l := range answer.Listings {
		lines = append(lines, string(l.Entity.ID)+" "+string(l.List.ID)+" "+l.Way.String()+" from "+l.ListedFrom.String())
	}
	return strings.Join(lines, "; ")
}

func TestImport(t *testing.T) {
	store := ingesttest.Memory()
	report := ingesttest.ImportEdition(t, store, ofac.Format(), opened(t, "testdata", all...), "2032-04-01")
	if report.Added != 14 || report.Refused != 2 || report.RefusedValues != 1 || report.ConflictCount != 0 {
		t.Errorf("the first import: %+v", report)
	}
	for _, c := range []struct{ subject, day, want string }{
		{"company:us-ofac:90001", "2031-08-01", "clear pass"},
		{"company:us-ofac:90001", "2031-08-02", "listed block; company:us-ofac:90001 list:us-ofac-ns-cmic direct from 2031-08-02"},
		{"Sample Computer Co Ltd", "2031-08-02", "listed block; company:us-ofac:90001 list:us-ofac-ns-cmic direct from 2031-08-02"},
		{"Example Cloud Holdings", "2031-08-02", "listed review; company:us-ofac:90001 list:us-ofac-ns-cmic affiliation from 2031-08-02"},
		{"company:us-ofac:90007", "2032-01-01", "unknown review"},
	} {
		if got := traced(t, store, c.subject, c.day); got != c.want {
			t.Errorf("%s on %s: %s, want %s", c.subject, c.day, got, c.want)
		}
	}
	if again := ingesttest.ImportEdition(t, store, ofac.Format(), opened(t, "testdata", all...), "2032-04-01"); again.Added+again.Changed+again.Closed != 0 || again.Commits != 0 {
		t.Errorf("the same files again: %+v", again)
	}
}

func TestANewerEditionClosesAndCorrects(t *testing.T) {
	store := ingesttest.Memory()
	ingesttest.ImportEdition(t, store, ofac.Format(), opened(t, "testdata", all[:4]...), "2032-04-01")
	text, _, _ := strings.Cut(string(ingesttest.Fixture(t, "cons_prim.csv")), "90008,")
	text = strings.Replace(text, "Effective Date (CMIC) 02 Aug 2031", "Effective Date (CMIC) 03 Aug 2031", 1)
	report := ingesttest.ImportEdition(t, store, ofac.Format(), append(opened(t, "testdata", all[2:4]...), ingesttest.Made(t, "cons_prim.csv", text)...), "2032-05-01")
	if report.Closed != 1 || report.Changed != 1 || report.Added != 0 || !report.Complete {
		t.Errorf("the newer edition: %+v", report)
	}
	if got, want := traced(t, store, "company:us-ofac:90008", "2032-05-01"), "clear pass"; got != want {
		t.Errorf("after it left the list: %s, want %s", got, want)
	}
	if got, want := traced(t, store, "company:us-ofac:90008", "2032-04-30"), "listed block; company:us-ofac:90008 list:us-ofac-fse direct from "; got != want {
		t.Errorf("the day before: %s, want %s", got, want)
	}
	if got, want := traced(t, store, "company:us-ofac:90001", "2031-08-02"), "clear pass"; got != want {
		t.Errorf("by the corrected date: %s, want %s", got, want)
	}
}

// TestImportOfTheRealFiles asks the founding question of OFAC's own files.
func TestImportOfTheRealFiles(t *testing.T) {
	folder, subject, day := shared(), "Inspur Group Co., Ltd.", "2021-08-02"
	want := "listed block; company:us-ofac:30949 list:us-ofac-ns-cmic direct from 2021-08-02"
	if folder == "" { // the same question to the fixture, where the extracts are not
		folder, subject, day = "testdata", "Example Servers Group Co., Ltd.", "2031-08-02"
		want = "listed block; company:us-ofac:90001 list:us-ofac-ns-cmic direct from 2031-08-02"
	}
	store := ingesttest.Memory()
	ingesttest.ImportEdition(t, store, ofac.Format(), opened(t, folder, all[:4]...), "2032-12-31")
	if got := traced(t, store, subject, day); got != want {
		t.Errorf("%s on %s: %s, want %s", subject, day, got, want)
	}
}
