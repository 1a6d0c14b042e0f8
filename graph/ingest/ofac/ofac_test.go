package ofac_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"debadge/graph"
	"debadge/graph/file"
	"debadge/graph/ingest"
	"debadge/graph/ingest/ingesttest"
	"debadge/graph/ingest/ofac"
)

// opened opens files of a folder.
func opened(t *testing.T, folder string, names ...string) []*file.File {
	t.Helper()
	var paths []string
	for _, name := range names {
		paths = append(paths, filepath.Join(folder, name))
	}
	return ingesttest.Open(t, paths...)
}

func read(t *testing.T, files []*file.File) *ingesttest.Transcript {
	t.Helper()
	return ingesttest.ReadAll(t, ofac.Format(), files)
}

var all = []string{"cons_prim.csv", "cons_alt.csv", "cons_add.csv", "cons_comments.csv", "sdn.csv"}

func TestGolden(t *testing.T) {
	ingesttest.Golden(t, "golden.txt", read(t, opened(t, "testdata", all...)))
}

func listed(got *ingesttest.Transcript, list graph.ID) []ingest.Statement {
	return slices.DeleteFunc(got.Claims(graph.ListedOn), func(c ingest.Statement) bool { return c.To != list })
}

func TestTheOrderAndTheNamesOfTheFilesDoNotMatter(t *testing.T) {
	want := read(t, opened(t, "testdata", all[:4]...)).Records
	files := opened(t, "testdata", all[:4]...)
	slices.Reverse(files)
	got := read(t, files).Records
	if len(got) != len(want) {
		t.Fatalf("%d records, want %d", len(got), len(want))
	}
	for i, r := range got {
		if r.Entities[0].ID != want[i].Entities[0].ID || len(r.Claims) != len(want[i].Claims) || len(r.Entities[0].Aliases) != len(want[i].Entities[0].Aliases) {
			t.Errorf("record %d: %+v, want %+v", i, r, want[i])
		}
	}
	renamed := ingesttest.Made(t, "download (3)", string(ingesttest.Fixture(t, "cons_prim.csv")))
	if n := len(listed(read(t, renamed), "list:us-ofac-sdn")); n != 0 {
		t.Errorf("without its name the consolidated file puts %d parties on the SDN list, want none", n)
	}
}

func TestOtherFilesAreRefused(t *testing.T) {
	ingesttest.Refused(t, ofac.Format(), "x", map[string]string{
		"names alone":   "1,2,\"aka\",\"X\",-0- \n",
		"another table": "a,b,c\n1,2,3\n",
		"nothing":       "",
		"the mark":      "\x1a",
	})
}

func TestACutFileIsIncomplete(t *testing.T) {
	whole := string(ingesttest.Fixture(t, "cons_prim.csv"))
	cut := ingesttest.Made(t, "cons_prim.csv", whole[:len(whole)-200])
	if text := read(t, cut).String(); !strings.Contains(text, "incomplete: cons_prim.csv is cut off") {
		t.Errorf("a cut file is not said to be incomplete:\n%s", text)
	}
}

// shared is where the extracts of real lists are, or "".
func shared() string {
	name, _ := ingesttest.Shared("csl", "cons_prim.csv")
	return strings.TrimSuffix(name, "cons_prim.csv")
}

// TestTheRealFiles holds what is read of OFAC's own consolidated files against
// counts that were made with another program.
func TestTheRealFiles(t *testing.T) {
	folder, party := shared(), graph.ID("company:us-ofac:30949")
	parties, links, dates := 442, 282, [2]string{"2021-08-02", "2021-06-03"}
	listings := map[graph.ID]int{ // per list
		"list:us-ofac-ns-cmic": 68, "list:us-ofac-plc": 78, "list:us-ofac-ssi": 286,
		"list:us-ofac-capta": 15, "list:us-ofac-mbs": 15, "list:us-ofac-fse": 0, "list:us-ofac-sdn": 0,
	}
	if folder == "" { // the same questions to the fixture, where the extracts are not
		folder, party = "testdata", "company:us-ofac:90001"
		parties, links, dates = 7, 1, [2]string{"2031-08-02", "2031-06-03"}
		listings = map[graph.ID]int{
			"list:us-ofac-ns-cmic": 2, "list:us-ofac-plc": 1, "list:us-ofac-ssi": 1,
			"list:us-ofac-capta": 2, "list:us-ofac-mbs": 2, "list:us-ofac-fse": 1, "list:us-ofac-sdn": 0,
		}
	}
	sink := read(t, opened(t, folder, all[:4]...))
	if len(sink.Records) != parties {
		t.Errorf("%d parties, want %d", len(sink.Records), parties)
	}
	for list, want := range listings {
		if got := len(listed(sink, list)); got != want {
			t.Errorf("%d listings on %s, want %d", got, list, want)
		}
	}
	onCMIC := listed(sink, "list:us-ofac-ns-cmic")
	i := slices.IndexFunc(onCMIC, func(s ingest.Statement) bool { return s.From == party })
	if i < 0 {
		t.Fatalf("%s is not on NS-CMIC", party)
	}
	if s := onCMIC[i]; s.ValidFrom.String() != dates[0] || s.Attributes["announced"] != dates[1] {
		t.Errorf("%s is listed from %s, announced %s, want %v", party, s.ValidFrom, s.Attributes["announced"], dates)
	}
	if linked := len(sink.Claims(graph.AffiliatedWith)); linked != links {
		t.Errorf("%d links, want %d", linked, links)
	}
	if text := sink.String(); strings.Contains(text, "the domain refuses") {
		t.Errorf("the domain refuses a record:\n%s", text)
	}
}
