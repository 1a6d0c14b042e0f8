package ingest_test

import (
	"strings"
	"testing"

	"debadge/graph"
	"debadge/graph/ingest"
)

func TestReferencesNeverMeet(t *testing.T) {
	same := map[string]string{"q42": "q42", "gb-coh-01234": "gb-coh-01234"}
	for in, want := range same {
		if got := ingest.Reference(in); got != want {
			t.Errorf("Reference(%q) = %q, want it as it is", in, got)
		}
	}
	seen := map[string]string{}
	for _, in := range []string{"NK-aB", "NK-Ab", "nk-ab", "nk ab", "浪潮", "浪 潮", "", "-", strings.Repeat("a", 81), strings.Repeat("a", 82), "q42"} {
		got := ingest.Reference(in)
		if first, ok := seen[got]; ok {
			t.Errorf("%q and %q are both %q", first, in, got)
		}
		seen[got] = in
		e := graph.ChangeSet{Entities: []graph.Entity{{ID: graph.ID("company:x:" + got), Name: "x"}}}
		if _, err := e.Prepare(); err != nil {
			t.Errorf("Reference(%q) = %q, which no id can hold: %v", in, got, err)
		}
	}
}

func TestLEI(t *testing.T) {
	for text, ok := range map[string]bool{
		"529900ABCDEFGHIJKL12": true, " 529900abcdefghijkl12 ": true,
		"529900ABCDEFGHIJKL1": false, "529900ABCDEFGHIJKLMN": false, "": false, "529900ABCDEFGHIJ-L12": false,
	} {
		lei, got := ingest.LEI(text)
		if got != ok || (ok && ingest.LEIParty(lei) != "company:lei:529900abcdefghijkl12") {
			t.Errorf("LEI(%q) = %q, %v, want %v", text, lei, got, ok)
		}
	}
}

func TestShareBoundsNeverNarrowABand(t *testing.T) {
	for _, c := range []struct {
		text  string
		bound ingest.Bound
		want  string // empty: refused
	}{
		{"25", ingest.AtLeast, "25"},
		{"33.3333333", ingest.AtLeast, "33.333333"},
		{"33.3333333", ingest.AtMost, "33.333334"},
		{"33.3333333", ingest.MoreThan, "33.333334"},
		{"33.3333333", ingest.LessThan, "33.333333"},
		{"50", ingest.MoreThan, "50.000001"},
		{"50", ingest.LessThan, "49.999999"},
		{"100", ingest.AtMost, "100"},
		{"0", ingest.AtLeast, "0"},
		{".5", ingest.AtLeast, "0.5"},
		{"100.0000", ingest.AtMost, "100"},
		{"100", ingest.MoreThan, ""},
		{"0", ingest.LessThan, ""},
		{"100.0000001", ingest.AtMost, ""},
		{"1e9", ingest.AtMost, ""},
		{"-1", ingest.AtMost, ""},
		{"1/3", ingest.AtMost, ""},
		{"", ingest.AtMost, ""},
		{".", ingest.AtMost, ""},
		{"1.2.3", ingest.AtMost, ""},
		{strings.Repeat("9", 1000), ingest.AtMost, ""},
	} {
		got, err := ingest.ShareBound(c.text, c.bound)
		if (err != nil) != (c.want == "") || got.String() != c.want {
			t.Errorf("ShareBound(%q, %d) = %q, %v, want %q", c.text, c.bound, got, err, c.want)
		}
	}
}
