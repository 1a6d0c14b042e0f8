package eu_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"debadge/graph"
	"debadge/graph/file"
	"debadge/graph/ingest"
	"debadge/graph/ingest/eu"
	"debadge/graph/ingest/transcript"
)

var update = flag.Bool("update", false, "write the golden files anew")

func content(tb testing.TB, name string) []byte {
	tb.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

func read(tb testing.TB, name string, content []byte) (*transcript.Sink, error) {
	tb.Helper()
	f, err := file.New(name, content, file.Options{})
	if err != nil {
		return &transcript.Sink{}, err
	}
	var sink transcript.Sink
	err = eu.Format().Read(tb.Context(), []*file.File{f}, &sink)
	return &sink, err
}

var fixtures = []string{"csvFullSanctionsList.csv", "xmlFullSanctionsList.xml"}

func TestGolden(t *testing.T) {
	for _, name := range fixtures {
		sink, err := read(t, name, content(t, name))
		if err != nil {
			t.Fatal(err)
		}
		got, golden := sink.String(), filepath.Join("testdata", name+".golden")
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if want := string(content(t, name+".golden")); got != want {
			t.Errorf("got\n%s\nwant what is in %s", got, golden)
		}
	}
}

func TestTableAndXMLSayTheSame(t *testing.T) {
	said := map[string]string{}
	for _, name := range fixtures {
		sink, err := read(t, name, content(t, name))
		if err != nil {
			t.Fatal(err)
		}
		var again transcript.Sink
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
	whole := string(content(t, "xmlFullSanctionsList.xml"))
	for what, text := range map[string]string{
		"nothing":              "",
		"another XML":          "<list><sanctionEntity logicalId='1'/></list>",
		"another table":        "a;b\n1;2\n",
		"no end":               whole[:len(whole)/2],
		"a list inside a list": "<export><export/></export>",
	} {
		if _, err := read(t, "x", []byte(text)); err == nil || graph.KindOf(err) != graph.KindInvalid {
			t.Errorf("%s: %v, want an invalid file", what, err)
		}
	}
}

func TestACutTableIsIncomplete(t *testing.T) {
	whole := content(t, "csvFullSanctionsList.csv")
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
		f.Add(content(f, name))
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
