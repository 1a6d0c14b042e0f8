package web

import (
	"encoding/csv"
	"strings"
	"testing"

	"debadge/graph"
)

func date(t *testing.T, text string) graph.Date {
	t.Helper()
	d, err := graph.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestLongDate writes a date as exactly as it is known.
func TestLongDate(t *testing.T) {
	for text, want := range map[string]string{"2023": "2023", "2023-03": "March 2023", "2023-03-02": "2 March 2023"} {
		if got := longDate(date(t, text)); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	if got := longDate(graph.Date{}); got != "" {
		t.Errorf("no date: %q", got)
	}
}

// TestNotices says what makes an answer less than whole: a list that is too old,
// one that was cut off, and a search that was cut short, each apart.
func TestNotices(t *testing.T) {
	list := graph.EntityRef{ID: "list:some", Kind: graph.List, Name: "Some List"}
	subject := graph.EntityRef{ID: "company:some", Kind: graph.Company, Name: "Some Company"}
	edition := func(stale, complete bool) []graph.ListEdition {
		return []graph.ListEdition{{List: list, Edition: date(t, "2026-01-31"), Stale: stale, Complete: complete}}
	}
	path := graph.Path{PostListingRebadge: true}
	for name, test := range map[string]struct {
		answer graph.Answer
		want   []string // kinds and titles
	}{
		"whole":     {graph.Answer{Finding: graph.Clear, Complete: true, Basis: graph.Basis{Editions: edition(false, true)}}, nil},
		"too old":   {graph.Answer{Finding: graph.Clear, Complete: true, Basis: graph.Basis{Editions: edition(true, true)}}, []string{"stale A list is older than it may be Some List, edition of 31 January 2026"}},
		"cut off":   {graph.Answer{Finding: graph.Clear, Complete: true, Basis: graph.Basis{Editions: edition(false, false)}}, []string{"stale An edition was cut off: that somebody is not in it means nothing Some List, edition of 31 January 2026"}},
		"cut short": {graph.Answer{Finding: graph.Listed, Subject: &subject, Reasons: []string{"the walk met company:some again"}, Listings: []graph.ListingAnswer{{Paths: []graph.Path{{}}}}}, []string{"review Not everything was searched: there may be more The walk met Some Company again"}},
		"rebadged":  {graph.Answer{Finding: graph.Listed, Complete: true, Listings: []graph.ListingAnswer{{Paths: []graph.Path{path}}, {Paths: []graph.Path{path}}}}, []string{"review Rebadged after the listing "}},
	} {
		var got []string
		for _, n := range noticesOf(test.answer) {
			got = append(got, n.Kind+" "+n.Title+" "+strings.Join(n.Items, "; "))
		}
		if strings.Join(got, "\n") != strings.Join(test.want, "\n") {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

// TestVerdictLooks never gives what is not known the look of a clear.
func TestVerdictLooks(t *testing.T) {
	subject := graph.EntityRef{ID: "product:some:thing", Kind: graph.Product, Name: "Thing"}
	for name, test := range map[string]struct {
		answer graph.Answer
		look   string
	}{
		"clear":                      {graph.Answer{Subject: &subject, Finding: graph.Clear, Action: graph.Pass}, "pass"},
		"clear, but an old list":     {graph.Answer{Subject: &subject, Finding: graph.Clear, Action: graph.Review}, "review"},
		"unknown":                    {graph.Answer{Subject: &subject, Finding: graph.Unknown, Action: graph.Review}, "unknown"},
		"unknown, and a lax policy":  {graph.Answer{Subject: &subject, Finding: graph.Unknown, Action: graph.Pass}, "unknown"},
		"nothing that debadge knows": {graph.Answer{Finding: graph.Unknown, Action: graph.Review}, "unknown"},
	} {
		if got := verdictOf(test.answer); got.Look != test.look || (test.look == "unknown") == strings.Contains(got.Sentence, "no listed entity") {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// TestQuestionOfAddress refuses a day that is none, and keeps the rest.
func TestQuestionOfAddress(t *testing.T) {
	for _, wrong := range []string{"2024", "2024-13-01", "yesterday", "2024-04-15T00:00:00Z"} {
		if _, err := questionOf(map[string][]string{"as_of": {wrong}}); graph.KindOf(err) != graph.KindInvalid {
			t.Errorf("%s is taken as a day", wrong)
		}
	}
	q, err := questionOf(map[string][]string{"as_of": {" 2024-04-15 "}, "known_at": {"12"}, "policy": {"strict"}, "list": {"a", " ", "b"}, "other": {"x"}})
	if err != nil {
		t.Fatal(err)
	}
	if got := q.link("/x", "page", "2", "policy", ""); got != "/x?as_of=2024-04-15&known_at=12&list=a&list=b&page=2" {
		t.Error(got)
	}
}

// FuzzLocalPath leads to no other site, whatever a link asks for.
func FuzzLocalPath(f *testing.F) {
	for _, next := range []string{"/", "/screen?x=1#y", "//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example", "/%2f/elsewhere", "\t//x", "javascript:x"} {
		f.Add(next)
	}
	f.Fuzz(func(t *testing.T, next string) {
		got := localPath(next)
		if !strings.HasPrefix(got, "/") || strings.HasPrefix(got, "//") || strings.ContainsAny(got, "\\\r\n\t") {
			t.Errorf("%q leads to %q", next, got)
		}
	})
}

// FuzzUnseal opens nothing that was not sealed under the same name.
func FuzzUnseal(f *testing.F) {
	s, err := newSealer([]byte("a secret"))
	if err != nil {
		f.Fatal(err)
	}
	sealed, err := s.seal("one", session{Credential: "x"})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sealed)
	f.Add(sealed[1:])
	f.Add("")
	f.Add("=")
	f.Fuzz(func(t *testing.T, text string) {
		var got session
		if s.unseal("two", text, &got) {
			t.Errorf("%q opens under another name", text)
		}
		if s.unseal("one", text, &got) && text != sealed {
			t.Errorf("%q was never sealed", text)
		}
	})
}

// TestExportHoldsNoFormula that a spreadsheet would compute.
func TestExportHoldsNoFormula(t *testing.T) {
	var b strings.Builder
	if err := writeRows(csv.NewWriter(&b), [][]string{{"=1+1", " =2", "＝3", "plain"}}); err != nil {
		t.Fatal(err)
	}
	if got := b.String(); got != "'=1+1,' =2,'＝3,plain\n" {
		t.Errorf("%q", got)
	}
}
