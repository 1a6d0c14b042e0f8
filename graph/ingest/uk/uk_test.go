package uk_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"debadge/graph"
	"debadge/graph/file"
	"debadge/graph/ingest/transcript"
	"debadge/graph/ingest/uk"
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
	err = uk.Format().Read(tb.Context(), []*file.File{f}, &sink)
	return &sink, err
}

var fixtures = []string{"ConList.csv", "UK-Sanctions-List.csv"}

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

func TestOneListGoesOnInTheOther(t *testing.T) {
	ids := map[string]string{}
	for _, name := range fixtures {
		sink, err := read(t, name, content(t, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range sink.Records {
			if r.Entities[0].Name == "Sam Q. SPECIMEN" {
				ids[name] = string(r.Entities[0].ID) + " " + string(r.Claims[0].To) + " " + r.Claims[0].Key
			}
		}
	}
	if a, b := ids[fixtures[0]], ids[fixtures[1]]; a == "" || a != b {
		t.Errorf("the party is %q in one list and %q in the other", a, b)
	}
}

func TestOtherFilesAreRefused(t *testing.T) {
	for what, text := range map[string]string{
		"nothing":       "",
		"another table": "a,b\n1,2\n",
		"no number":     "Name 6,Name 1\nX,Y\n",
		"XML":           "<Designations/>",
	} {
		if _, err := read(t, "x.csv", []byte(text)); err == nil || graph.KindOf(err) != graph.KindInvalid {
			t.Errorf("%s: %v, want an invalid file", what, err)
		}
	}
}

func TestACutFileIsIncomplete(t *testing.T) {
	whole := content(t, "UK-Sanctions-List.csv")
	sink, err := read(t, "x.csv", whole[:len(whole)-60])
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
	f.Add([]byte("Report Date: 1-Feb-2031\nUnique ID,Name 1,Name 6,Date Designated\nA,B,C,00/00/0000\nA,,,\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		sink, err := read(t, "x.csv", text)
		if err != nil && graph.KindOf(err) != graph.KindInvalid {
			t.Errorf("%v is not the fault of the file", err)
		}
		for _, r := range sink.Records {
			if len(r.Claims) == 0 || r.Claims[0].From != r.Entities[0].ID {
				t.Errorf("a party without its listing: %+v", r)
			}
		}
	})
}
