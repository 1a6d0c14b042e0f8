package un_test

import (
	"strings"
	"testing"

	"debadge/graph"
	"debadge/graph/ingest/ingesttest"
	"debadge/graph/ingest/un"
)

func read(tb testing.TB, name string, content []byte) (*ingesttest.Transcript, error) {
	tb.Helper()
	return ingesttest.Read(tb, un.Format(), name, content)
}

var fixtures = []string{"consolidated.xml"}

func TestGolden(t *testing.T) {
	for _, name := range fixtures {
		sink, err := read(t, name, ingesttest.Fixture(t, name))
		if err != nil {
			t.Fatal(err)
		}
		ingesttest.Golden(t, name+".golden", sink)
	}
}

func TestOtherFilesAreRefused(t *testing.T) {
	whole := string(ingesttest.Fixture(t, "consolidated.xml"))
	ingesttest.Refused(t, un.Format(), "x.xml", map[string]string{
		"nothing":         "",
		"another XML":     "<list><ENTITY><DATAID>1</DATAID></ENTITY></list>",
		"a table":         "a,b\n1,2\n",
		"no parties' end": whole[:len(whole)/2],
		"a document type": `<!DOCTYPE x [<!ENTITY a "b">]>` + "<CONSOLIDATED_LIST/>",
		"two lists":       "<CONSOLIDATED_LIST><CONSOLIDATED_LIST/></CONSOLIDATED_LIST>",
	})
}

func FuzzRead(f *testing.F) {
	f.Add(ingesttest.Fixture(f, "consolidated.xml"))
	f.Add([]byte("<CONSOLIDATED_LIST dateGenerated='x'><ENTITIES><ENTITY><FIRST_NAME>\u200b</FIRST_NAME><LISTED_ON>2020</LISTED_ON></ENTITY></ENTITIES></CONSOLIDATED_LIST>"))
	f.Fuzz(func(t *testing.T, text []byte) {
		sink, err := read(t, "x.xml", text)
		if err != nil && graph.KindOf(err) != graph.KindInvalid {
			t.Errorf("%v is not the fault of the file", err)
		}
		for _, r := range sink.Records {
			if len(r.Claims) != 1 || r.Claims[0].From != r.Entities[0].ID {
				t.Errorf("a party without its listing: %+v", r)
			}
		}
		if strings.Contains(sink.String(), `"" ->`) {
			t.Error("a claim of nobody")
		}
	})
}
