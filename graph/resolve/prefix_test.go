package resolve_test

import (
	"strings"
	"testing"

	"debadge/graph"
	"debadge/graph/index"
	"debadge/graph/resolve"
)

// TestBeginning finds what a person who types may mean.
func TestBeginning(t *testing.T) {
	t.Parallel()
	s := index.NewMemory(ticking())
	if _, err := s.Append(t.Context(), graph.ChangeSet{Author: "tests", Entities: []graph.Entity{
		{ID: "product:acme:kr-2280", Name: "KR-2280", Brand: "Acme"},
		{ID: "product:acme:kr-2290", Name: "KR-2290", Brand: "Acme"},
		{ID: "company:krone", Name: "Krone", Aliases: []graph.Alias{{Text: "皇冠集团"}}},
		{ID: "list:kr", Name: "KR list"},
	}}); err != nil {
		t.Fatal(err)
	}
	x, err := resolve.Open(t.Context(), s, graph.Moment{}, resolve.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		text  string
		kind  graph.Kind
		limit int
		ids   string
		more  bool
	}{
		{"kr", "", 9, "company:krone product:acme:kr-2280 product:acme:kr-2290", false},
		{"K R 22", "", 9, "product:acme:kr-2280 product:acme:kr-2290", false},
		{"acme kr228", "", 9, "product:acme:kr-2280", false},
		{"Acme", graph.Product, 1, "product:acme:kr-2280", true},
		{"KR", graph.Company, 9, "company:krone", false},
		{"皇", "", 9, "company:krone", false},
		{"kr-22800", "", 9, "", false},
		{"2280", "", 9, "", false},
		{"-", "", 9, "", false},
	} {
		found, more := x.Beginning(test.text, test.kind, test.limit)
		ids := make([]string, len(found))
		for i, f := range found {
			ids[i] = string(f.ID)
		}
		if got := strings.Join(ids, " "); got != test.ids || more != test.more {
			t.Errorf("%q: %s, %v", test.text, got, more)
		}
	}
}
