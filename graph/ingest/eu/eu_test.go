package eu_test

import (
	"strings"
	"testing"

	"debadge/graph"
	"debadge/graph/ingest"
	"debadge/graph/ingest/eu"
	"debadge/graph/ingest/ingesttest"
)

func read(tb testing.TB, name string, content []byte) (*ingesttest.Transcript, error) {
	tb.Helper()
	return ingesttest.Read(tb, eu.Format(), name, content)
}

var fixtures = []string{"csvFullSanctionsList.csv", "xmlFullSanctionsList.xml"}

func TestGolden(t *testing.T) {
	for _, name := range fixtures {
		sink, err := read(t, name, ingesttest.Fixture(t, name))
		if err != nil {
			t.Fatal(err)
		}
		ingesttest.Golden(t, name+".golden", sink)
	}
}

func TestTableAndXMLSayTheSame(t *testing.T) {
	said := map[string]string{}
	for _, name := range fixtures {
		sink, err := read(t, name, ingesttest.Fixture(t, name))
		if err != nil {
			t.Fatal(err)
		}
		var again ingesttest.Transcript
		for _, r := range sink.Records {
			r.At = ingest.Place{}
			delete(r.Entities[0].Attributes, "weak_alias") // the table does not say which names are weak
			if err := again.Record(r); err != nil {
				t.Fatal(err)
			}
		}
		said[name] = again.String()
	}
	if a, b := said[fixtures[0]], said[fixtures[1]]; a != b || a == "" {
		t.Errorf("the table says\n%s\nand the XML\n%s", a, b)
	}
}

func TestOtherFilesAreRefused(t *testing.T) {
	whole := string(ingesttest.Fixture(t, "xmlFullSanctionsList.xml"))
	ingesttest.Refused(t, eu.Format(), "x", map[string]string{
		"nothing":              "",
		"another XML":          "<list><sanctionEntity logicalId='1'/></list>",
		"another table":        "a;b\n1;2\n",
		"no end":               whole[:len(whole)/2],
		"a list inside a list": "<export><export/></export>",
	})
}

func TestACutTableIsIncomplete(t *testing.T) {
	whole := ingesttest.Fixture(t, "csvFullSanctionsList.csv")
	sink, err := read(t, "x.csv", whole[:len(whole)-40])
	if err != nil {
		t.Fatal(err)
	}
	if text := sink.String(); !strings.Contains(text, "incomplete: x.csv is cut off") {
		t.Errorf("a cut file is not said to be incomplete:\n%s", text)
	}
}

func FuzzRead(f *testing.F) {
	for _, name := range fixtures {
		f.Add(ingesttest.Fixture(f, name))
	}
	f.Add([]byte("Entity_LogicalId,NameAlias_WholeName\n1,A\n1,\n,B\n2,\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		sink, err := read(t, "x", text)
		if err != nil && graph.KindOf(err) != graph.KindInvalid {
			t.Errorf("%v is not the fault of the file", err)
		}
		for _, r := range sink.Records {
			if len(r.Claims) == 0 || r.Claims[0].From != r.Entities[0].ID || r.Entities[0].Name == "" {
				t.Errorf("a party without its listing or its name: %+v", r)
			}
		}
	})
}
