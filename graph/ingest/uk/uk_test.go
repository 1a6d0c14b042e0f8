package uk_test

import (
	"strings"
	"testing"

	"debadge/graph"
	"debadge/graph/ingest/ingesttest"
	"debadge/graph/ingest/uk"
)

func read(tb testing.TB, name string, content []byte) (*ingesttest.Transcript, error) {
	tb.Helper()
	return ingesttest.Read(tb, uk.Format(), name, content)
}

var fixtures = []string{"ConList.csv", "UK-Sanctions-List.csv"}

func TestGolden(t *testing.T) {
	for _, name := range fixtures {
		sink, err := read(t, name, ingesttest.Fixture(t, name))
		if err != nil {
			t.Fatal(err)
		}
		ingesttest.Golden(t, name+".golden", sink)
	}
}

func TestOneListGoesOnInTheOther(t *testing.T) {
	ids := map[string]string{}
	for _, name := range fixtures {
		sink, err := read(t, name, ingesttest.Fixture(t, name))
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
	ingesttest.Refused(t, uk.Format(), "x.csv", map[string]string{
		"nothing":       "",
		"another table": "a,b\n1,2\n",
		"no number":     "Name 6,Name 1\nX,Y\n",
		"XML":           "<Designations/>",
	})
}

func TestACutFileIsIncomplete(t *testing.T) {
	whole := ingesttest.Fixture(t, "UK-Sanctions-List.csv")
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
		f.Add(ingesttest.Fixture(f, name))
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
