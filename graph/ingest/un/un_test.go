package un_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"debadge/graph"
	"debadge/graph/file"
	"debadge/graph/ingest/transcript"
	"debadge/graph/ingest/un"
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
	err = un.Format().Read(tb.Context(), []*file.File{f}, &sink)
	return &sink, err
}

var fixtures = []string{"consolidated.xml"}

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

func TestOtherFilesAreRefused(t *testing.T) {
	whole := string(content(t, "consolidated.xml"))
	for what, text := range map[string]string{
		"nothing":         "",
		"another XML":     "<list><ENTITY><DATAID>1</DATAID></ENTITY></list>",
		"a table":         "a,b\n1,2\n",
		"no parties' end": whole[:len(whole)/2],
		"a document type": `<!DOCTYPE x [<!ENTITY a "b">]>` + "<CONSOLIDATED_LIST/>",
		"two lists":       "<CONSOLIDATED_LIST><CONSOLIDATED_LIST/></CONSOLIDATED_LIST>",
	} {
		if _, err := read(t, "x.xml", []byte(text)); err == nil || graph.KindOf(err) != graph.KindInvalid {
			t.Errorf("%s: %v, want an invalid file", what, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(content(f, "consolidated.xml"))
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
