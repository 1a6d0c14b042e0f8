package resolve_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/text/unicode/norm"

	"debadge/graph"
	"debadge/graph/index"
	"debadge/graph/resolve"
)

// fixtures are an index of the names of the labeled set, each an entity.
func fixtures(t *testing.T) (*resolve.Index, []resolve.Pair) {
	t.Helper()
	pairs := labeled(t)
	seen := map[string]bool{}
	var entities []graph.Entity
	var names []resolve.Pair
	for i, p := range pairs {
		key := string(p.Kind) + p.Brand + "|" + p.Name
		if seen[key] {
			continue
		}
		seen[key] = true
		entities = append(entities, graph.Entity{ID: graph.ID(fmt.Sprintf("%s:%d", p.Kind, i)), Name: p.Name, Brand: p.Brand})
		names = append(names, p)
	}
	return build(t, entities...), names
}

var looksLike = map[rune]string{
	'a': "аɑα", 'c': "сϲ", 'e': "еҽ", 'i': "іı", 'j': "ј", 'o': "оο", 'p': "рρ", 's': "ѕ", 'x': "х", 'y': "у", 'h': "һ", 'd': "ԁ",
	'A': "АΑ", 'B': "ВΒ", 'C': "СϹ", 'E': "ЕΕ", 'H': "НΗ", 'I': "ІΙ", 'K': "КΚ", 'M': "МΜ", 'N': "Ν", 'O': "ОΟ", 'P': "РΡ", 'S': "Ѕ", 'T': "ТΤ", 'X': "ХΧ", 'Y': "ҮΥ", 'Z': "Ζ",
}

// disguise writes a name in one of the ways that look the same, or nearly so.
func disguise(r *rand.Rand, name string) string {
	var b strings.Builder
	way := r.IntN(5)
	for _, c := range name {
		switch other := []rune(looksLike[c]); {
		case way == 0 && len(other) > 0 && r.IntN(3) == 0:
			b.WriteRune(other[r.IntN(len(other))])
		case way == 1 && c > ' ' && c <= '~':
			b.WriteRune(c - '!' + '！')
		case way == 2 && r.IntN(4) == 0:
			b.WriteRune(c)
			b.WriteRune([]rune("\u200b\u200c\u200d\u2060\ufeff\u00ad\ufe0f")[r.IntN(7)])
		case way == 3 && r.IntN(4) == 0:
			b.WriteRune([]rune("\u200e\u200f\u202a\u202e\u2066\u2069\u061c")[r.IntN(7)])
			b.WriteRune(c)
		case way == 3 && c == '-':
			b.WriteRune([]rune("‐‑‒–—―−－")[r.IntN(8)])
		default:
			b.WriteRune(c)
		}
	}
	if way == 4 {
		return norm.NFD.String(b.String())
	}
	return b.String()
}

// TestDisguisedNames is trial A16: a thousand names in look-alikes, zero-width
// characters, direction marks, decomposed and full-width forms.
func TestDisguisedNames(t *testing.T) {
	const rounds, least = 1000, 0.99
	x, names := fixtures(t)
	r := rand.New(rand.NewPCG(16, 16))
	right, wrong, missed := 0, 0, 0
	for range rounds {
		p := names[r.IntN(len(names))]
		text := disguise(r, p.Name)
		got := x.Resolve(resolve.Query{Text: text, Kind: p.Kind, Brand: p.Brand})
		switch {
		case got.Entity != nil && got.Entity.Name == p.Name:
			right++
		case got.Entity != nil:
			wrong++
			t.Logf("%+q for %q is taken for %q", text, p.Name, got.Entity.Name)
		case slices.ContainsFunc(got.Candidates, func(c resolve.Candidate) bool { return c.Entity.Name == p.Name && c.Score >= got.Threshold }):
			right++ // a tie with another spelling of it
		default:
			missed++
			t.Logf("%+q is not found to be %q", text, p.Name)
		}
	}
	recall := float64(right) / rounds
	t.Logf("%d disguised names: recall %.3f, precision %.3f", rounds, recall, float64(right)/float64(right+wrong))
	if recall < least || wrong > 0 {
		t.Errorf("recall %.3f with %d taken for others, want at least %v and none", recall, wrong, least)
	}
	if missed == rounds {
		t.Error("nothing was looked up")
	}
}

// TestRelatedChangesNoOutcome: looking for more candidates does not change what
// a text resolves to.
func TestRelatedChangesNoOutcome(t *testing.T) {
	x, _ := fixtures(t)
	for _, p := range labeled(t) {
		a := x.Resolve(resolve.Query{Text: p.Text, Kind: p.Kind})
		b := x.Resolve(resolve.Query{Text: p.Text, Kind: p.Kind, Related: true})
		if a.Outcome != b.Outcome || !reflect.DeepEqual(a.Entity, b.Entity) {
			t.Errorf("%q: %s %v, but with related ones %s %v", p.Text, a.Outcome, a.Entity, b.Outcome, b.Entity)
		}
	}
}

// TestManyAskAtOnce compares the answers of goroutines that share an index.
func TestManyAskAtOnce(t *testing.T) {
	x, _ := fixtures(t)
	pairs := labeled(t)
	want := make([]resolve.Result, len(pairs))
	for i, p := range pairs {
		want[i] = x.Resolve(resolve.Query{Text: p.Text})
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for i, p := range pairs {
				if got := x.Resolve(resolve.Query{Text: p.Text}); !reflect.DeepEqual(got, want[i]) {
					t.Errorf("%q: %+v, then %+v", p.Text, want[i], got)
				}
			}
		})
	}
	all.Wait()
}

func TestUpdateKnowsWhatChanged(t *testing.T) {
	ctx := t.Context()
	s := index.NewMemory(clock)
	add := func(entities ...graph.Entity) {
		t.Helper()
		if _, err := s.Append(ctx, graph.ChangeSet{Entities: entities}); err != nil {
			t.Fatal(err)
		}
	}
	add(world()...)
	old, err := resolve.Open(ctx, s, graph.Moment{}, resolve.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if same, err := old.Update(ctx, s); err != nil || same != old {
		t.Errorf("nothing is newer, but the index is another one (%v)", err)
	}
	add(company("huawei", "Hua Yi Industries"), company("newcomer", "Newcomer AG"))
	add(product("new:q9", "Newcomer", "Q9000-Z1"))
	x, err := old.Update(ctx, s)
	if err != nil {
		t.Fatal(err)
	}
	add(company("newcomer", "Renamed AG"))
	if x, err = x.Update(ctx, s); err != nil {
		t.Fatal(err)
	}
	built, err := resolve.Open(ctx, s, graph.Moment{}, resolve.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"Huawei", "Hua Yi Industries", "Newcomer AG", "Renamed", "newcomer q9000 z1", "Inspur", "KR2280-X3", "Q9000-Z2", "Hua Yi Industry", "company:newcomer"} {
		q := resolve.Query{Text: text, Related: true}
		got, want := x.Resolve(q), built.Resolve(q)
		if got.Scored, want.Scored = 0, 0; !reflect.DeepEqual(got, want) {
			t.Errorf("%q: extended %+v, built anew %+v", text, got, want)
		}
	}
	if r := old.Resolve(resolve.Query{Text: "Huawei"}); r.Outcome != resolve.Resolved {
		t.Errorf("the former index says %s", r.Outcome)
	}
	if x.Revision() != 4 || x.Size().Entities != built.Size().Entities {
		t.Errorf("revision %d with %+v, built anew %+v", x.Revision(), x.Size(), built.Size())
	}
}

func TestChoices(t *testing.T) {
	ctx := t.Context()
	s := store(t, world()...)
	decide := func(choose func(graph.Entity, resolve.Choice) (graph.ChangeSet, error), id graph.ID, text string) {
		t.Helper()
		err := s.View(ctx, graph.Moment{}, func(v graph.View) error {
			found, err := v.Entities(ctx, []graph.ID{id})
			if err != nil {
				return err
			}
			cs, err := choose(found[0], resolve.Choice{Text: text, Author: "a.lopez", Reason: "invoice 17 shows it"})
			if err != nil {
				return err
			}
			_, err = s.Append(ctx, cs)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	ask := func(text string, at graph.Moment) resolve.Result {
		t.Helper()
		x, err := resolve.Open(ctx, s, at, resolve.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return x.Resolve(resolve.Query{Text: text})
	}
	const kr, lorex graph.ID = "product:aivres:kr2280-x2", "company:lorex-tech"

	decide(resolve.Means, kr, "Box 17")
	got := ask("box-17", graph.Moment{})
	if got.Outcome != resolve.Resolved || got.Entity.ID != kr || got.Candidates[0].Basis != resolve.ByChoice ||
		got.Candidates[0].Choice.Author != "a.lopez" || !strings.Contains(got.Candidates[0].Why, "invoice 17 shows it") {
		t.Errorf("a text that was said to mean it: %+v", got)
	}
	if got := ask("box-17", graph.Moment{Revision: 1}); got.Outcome != resolve.Unknown {
		t.Errorf("before the choice: %+v", got)
	}

	decide(resolve.Never, lorex, "Lorex")
	got = ask("LOREX", graph.Moment{})
	if len(got.Excluded) != 0 && got.Excluded[0].Choice.Author != "a.lopez" {
		t.Errorf("the choice is not named: %+v", got)
	}
	if slices.ContainsFunc(got.Candidates, func(c resolve.Candidate) bool { return c.Entity.ID == lorex }) {
		t.Errorf("a company that was said never to be meant is a candidate: %+v", got)
	}

	decide(resolve.Means, lorex, "Lorex")
	if got = ask("lorex", graph.Moment{}); got.Outcome != resolve.Resolved || got.Entity.ID != lorex {
		t.Errorf("the later choice counts: %+v", got)
	}

	twin := func(id, name, brand string) graph.ChangeSet {
		return graph.ChangeSet{Author: "test", Reason: "a twin", Entities: []graph.Entity{{ID: graph.ID(id), Name: name, Brand: brand}}}
	}
	for _, cs := range []graph.ChangeSet{twin("product:a:tq7700", "TQ7700", "Alpha"), twin("product:b:tq7700", "TQ7700", "Beta")} {
		if _, err := s.Append(ctx, cs); err != nil {
			t.Fatal(err)
		}
	}
	if got = ask("tq7700", graph.Moment{}); got.Outcome != resolve.Ambiguous {
		t.Errorf("two of one name: %+v", got)
	}
	decide(resolve.Means, "product:b:tq7700", "TQ7700")
	if got = ask("tq7700", graph.Moment{}); got.Outcome != resolve.Resolved || got.Entity.ID != "product:b:tq7700" || len(got.Candidates) != 2 {
		t.Errorf("a person said which of two is meant: %+v", got)
	}
	x, err := resolve.Open(ctx, s, graph.Moment{}, resolve.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got = x.Resolve(resolve.Query{Text: "TQ7700", Brand: "Alpha"}); got.Outcome == resolve.Resolved && got.Entity.ID != "product:a:tq7700" {
		t.Errorf("a brand that speaks for the other one: %+v", got)
	}
	decide(resolve.Means, "product:a:tq7700", "TQ7700")
	if got = ask("tq7700", graph.Moment{}); got.Outcome != resolve.Ambiguous {
		t.Errorf("two choices that contradict each other: %+v", got)
	}

	for _, c := range []resolve.Choice{{Text: "…", Author: "a", Reason: "r"}, {Text: "x", Reason: "r"}, {Text: "x", Author: "a"}} {
		if _, err := resolve.Never(company("x", "X"), c); graph.KindOf(err) != graph.KindInvalid {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// What a value that people wrote by hand says is the text alone.
func TestReadChoice(t *testing.T) {
	want := resolve.Choice{Text: "Box", Author: "a", Reason: "r"}
	data, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if got := resolve.ReadChoice(string(data)); got != want {
		t.Errorf("got %+v", got)
	}
	if got := resolve.ReadChoice("Box 17"); got != (resolve.Choice{Text: "Box 17"}) {
		t.Errorf("got %+v", got)
	}
}

func TestOptions(t *testing.T) {
	x := build(t, world()...)
	strict, err := x.With(resolve.Options{Threshold: 0.98, Margin: 0.001, MaxScored: 1})
	if err != nil {
		t.Fatal(err)
	}
	if got := strict.Resolve(resolve.Query{Text: "Rack server Aivres KR2280-X2"}); got.Outcome != resolve.Unknown || len(got.Candidates) == 0 {
		t.Errorf("below the threshold: %+v", got)
	}
	got := strict.Resolve(resolve.Query{Text: "Inspurr"})
	if got.Complete || got.Scored > 2 || len(got.Reasons) == 0 {
		t.Errorf("a bound that bites is said: %+v", got)
	}
	for _, o := range []resolve.Options{{Threshold: -1}, {Margin: 2}, {MaxScored: -1}} {
		if _, err := x.With(o); graph.KindOf(err) != graph.KindInvalid {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

// TestATieIsATie: two entities of one name are never told apart by chance.
func TestATieIsATie(t *testing.T) {
	x := build(t, company("a", "Twin Peaks Ltd."), company("b", "Twin Peaks Ltd."))
	got := x.Resolve(resolve.Query{Text: "Twin Peaks"})
	if got.Outcome != resolve.Ambiguous || len(got.Candidates) != 2 || got.Candidates[0].Entity.ID != "company:a" {
		t.Errorf("got %+v", got)
	}
}

func FuzzResolve(f *testing.F) {
	for _, text := range []string{"KR2280-X2", "浪潮集團", "Инспур Групп", "Lorex LLC", "\u202eX", "S.p.A. & Co", "a.b.c", "-", "ﬁ٣x٣", "هواوي", "4006381333931", "パナ", strings.Repeat("ab-", 400)} {
		f.Add(text, "Aivres")
	}
	x := build(f, world()...)
	f.Fuzz(func(t *testing.T, text, brand string) {
		r := x.Resolve(resolve.Query{Text: text, Brand: brand, Related: true})
		for _, c := range r.Candidates {
			if c.Score < 0 || c.Score > 1 || c.Why == "" || c.Entity.ID == "" {
				t.Errorf("%q: %+v", text, c)
			}
			if c.DifferentModel && c.Score >= r.Threshold {
				t.Errorf("%q: another model is not above the threshold: %+v", text, c)
			}
		}
		if (r.Entity == nil) == (r.Outcome == resolve.Resolved) {
			t.Errorf("%q: %s with the entity %v", text, r.Outcome, r.Entity)
		}
	})
}
