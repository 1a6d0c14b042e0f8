package resolve_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"debadge/extent"
	"debadge/graph"
	"debadge/graph/index"
	"debadge/graph/resolve"
)

// idsOf writes the ids of what begins so.
func idsOf(found resolve.Beginnings) string {
	ids := make([]string, len(found.Entities))
	for i, f := range found.Entities {
		ids[i] = string(f.ID)
	}
	return strings.Join(ids, " ")
}

// TestBeginning finds what a person who types may mean.
func TestBeginning(t *testing.T) {
	t.Parallel()
	x := build(t,
		product("acme:kr-2280", "Acme", "KR-2280"), product("acme:kr-2290", "Acme", "KR-2290"),
		company("krone", "Krone", "皇冠集团"), company("kr", "K.R."), company("crown", "皇冠"),
		graph.Entity{ID: "list:kr", Name: "KR list"},
		product("acme:zx", "Acme", "ＺＸ 1"), product("bolt:zx10", "Bolt", "ZX10"), product("acme:acme", "Acme", "Acme Zoom"),
	)
	for _, test := range []struct {
		text  string
		kind  graph.Kind
		limit int
		ids   string
		more  bool
	}{
		{"kr", "", 9, "company:kr product:acme:kr-2280 product:acme:kr-2290 company:krone", false},
		{"kr", "", 1, "company:kr", true},
		{"k", "", 4, "company:kr product:acme:kr-2280 product:acme:kr-2290 company:krone", false},
		{"K R 22", "", 9, "product:acme:kr-2280 product:acme:kr-2290", false},
		{"acme kr228", "", 9, "product:acme:kr-2280", false},
		{"Acme", graph.Product, 1, "product:acme:acme", true},
		{"Acme", graph.Product, 9, "product:acme:acme product:acme:kr-2280 product:acme:kr-2290 product:acme:zx", false},
		{"KR", graph.Company, 9, "company:kr company:krone", false},
		{"KR", graph.List, 9, "", false},
		{"皇", "", 9, "company:crown company:krone", false},
		{"皇冠", "", 1, "company:crown", true},
		{"皇冠集", "", 9, "company:krone", false},
		{"zx1", "", 9, "product:acme:zx product:bolt:zx10", false},
		{"ｚｘ１０", "", 9, "product:bolt:zx10", false},
		{"kr-22800", "", 9, "", false},
		{"2280", "", 9, "", false},
		{"-", "", 9, "", false},
	} {
		found := x.Beginning(test.text, test.kind, test.limit)
		if got := idsOf(found); got != test.ids || found.More != test.more {
			t.Errorf("%q: %s, %v", test.text, got, found.More)
		}
	}
}

// naive finds what begins so by looking at every name.
func naive(entities map[graph.ID]graph.Entity, text string) string {
	type begun struct{ key, id string }
	prefix := graph.NameKey(text)
	var found []begun
	for id, e := range entities {
		first := ""
		for _, name := range append([]graph.Alias{{Text: e.Name}}, e.Aliases...) {
			for _, key := range []string{graph.NameKey(name.Text), graph.NameKey(e.Brand + name.Text)} {
				if strings.HasPrefix(key, prefix) && (first == "" || key < first) {
					first = key
				}
			}
		}
		if first != "" {
			found = append(found, begun{first, string(id)})
		}
	}
	slices.SortFunc(found, func(a, b begun) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.id, b.id)) })
	ids := make([]string, len(found))
	for i, f := range found {
		ids[i] = f.id
	}
	return strings.Join(ids, " ")
}

// TestBeginningLooksAtEveryName agrees with what looks at every name, and does so
// after names have changed.
func TestBeginningLooksAtEveryName(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 3))
	letters := []rune("abAB12 -É浪潮Ｘ")
	word := func() string {
		var b strings.Builder
		for range 1 + r.IntN(4) {
			b.WriteRune(letters[r.IntN(len(letters))])
		}
		return "n" + b.String()
	}
	entities := map[graph.ID]graph.Entity{}
	make100 := func() (made []graph.Entity) {
		for range 100 {
			e := product(strconv.Itoa(r.IntN(150)), []string{"", "Ab", "浪潮", "N"}[r.IntN(4)], word())
			if r.IntN(3) == 0 {
				e = company(strconv.Itoa(r.IntN(50)), word(), word(), word())
			}
			if !slices.ContainsFunc(made, func(o graph.Entity) bool { return o.ID == e.ID }) {
				made = append(made, e)
				entities[e.ID] = e
			}
		}
		return made
	}
	s := index.NewMemory(ticking())
	var x *resolve.Index
	for round := range 5 {
		if _, err := s.Append(t.Context(), graph.ChangeSet{Author: "tests", Entities: make100()}); err != nil {
			t.Fatal(err)
		}
		var err error
		if x == nil {
			x, err = resolve.Open(t.Context(), s, graph.Moment{}, resolve.Options{})
		} else {
			x, err = x.Update(t.Context(), s)
		}
		if err != nil {
			t.Fatal(err)
		}
		for range 300 {
			text := []rune(word())
			text = text[:1+r.IntN(len(text))]
			if r.IntN(4) == 0 {
				text = append([]rune{'A', 'b'}, text...)
			}
			all := x.Beginning(string(text), "", len(entities))
			if want := naive(entities, string(text)); idsOf(all) != want || all.More {
				t.Fatalf("round %d, %q: %s, not %s", round, string(text), idsOf(all), want)
			}
			some := x.Beginning(string(text), "", 3)
			if n := min(3, len(all.Entities)); !slices.Equal(some.Entities, all.Entities[:n]) || some.More != (len(all.Entities) > n) {
				t.Fatalf("round %d, %q: the first are %s, %v", round, string(text), idsOf(some), some.More)
			}
		}
	}
}

// TestBeginningReadsLittle counts what is looked at while somebody types the first
// letters, among names that nearly all begin with them: no more for thirty times
// as many names, and what is called just so is there.
func TestBeginningReadsLittle(t *testing.T) {
	t.Parallel()
	const limit, most = 20, 200
	for _, n := range []int{1000, 30_000} {
		entities := []graph.Entity{company("hp", "HP"), company("zz", "浪潮"), product("acme:x1", "Acme", "X1")}
		for i := range n {
			entities = append(entities,
				product(fmt.Sprint("acme:y", i), "Acme", fmt.Sprintf("X%d-HP", 10+i)),
				product(fmt.Sprint("hp:p", i), "HP", fmt.Sprint("P", i)),
				company(fmt.Sprint("l", i), fmt.Sprint("浪潮", i), fmt.Sprint("HP branch ", i)))
		}
		x := build(t, entities...)
		for text, first := range map[string]graph.ID{"x": "product:acme:x1", "x1": "product:acme:x1", "h": "company:hp", "hp": "company:hp", "浪": "company:zz", "浪潮": "company:zz", "acme": "product:acme:x1"} {
			for _, only := range []graph.Kind{"", first.Kind()} {
				found := x.Beginning(text, only, limit)
				if len(found.Entities) != limit || !found.More || found.Entities[0].ID != first {
					t.Errorf("%d names, %q: %s, %v", n, text, idsOf(found), found.More)
				}
				if found.Read > most {
					t.Errorf("%d names, %q: %d names were looked at", n, text, found.Read)
				}
			}
		}
	}
}

// BenchmarkBeginning types the first two letters of names; DEBADGE_BENCH_NAMES
// says how many names there are.
func BenchmarkBeginning(b *testing.B) {
	x := benchIndex(b)
	v := inventor{rand.New(rand.NewPCG(9, 9))}
	texts := make([]string, extent.Rounds(200, 2000))
	for i := range texts {
		texts[i] = benched.names[v.IntN(len(benched.names))][:2]
	}
	read := 0
	for i := 0; b.Loop(); i++ {
		read = max(read, x.Beginning(texts[i%len(texts)], "", 20).Read)
	}
	b.ReportMetric(float64(read), "most-read")
}
