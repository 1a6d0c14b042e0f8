package export_test

import (
	"bytes"
	"context"
	"flag"
	"io"
	"slices"
	"strings"
	"testing"

	"debadge/graph"
	"debadge/graph/export"
	"debadge/graph/index"
	"debadge/graph/storetest"
)

// many raises the number of random graphs for tests that ask no server.
func many(t *testing.T) {
	t.Helper()
	if err := flag.Set("rapid.checks", "300"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := flag.Set("rapid.checks", randomGraphs); err != nil {
			t.Error(err)
		}
	})
}

// restored makes a store in memory of a part.
func restored(from graph.Store, opts export.Options) (*index.Memory, error) {
	var b bytes.Buffer
	if err := export.NDJSON(context.Background(), from, &b, opts); err != nil {
		return nil, err
	}
	m := index.NewMemory(fixed)
	_, err := export.Restore(context.Background(), m, "f", &b, func(export.Restored) {})
	return m, err
}

func upstream(subject graph.ID) export.Part {
	return export.Part{Subjects: []graph.ID{subject}, Upstream: true}
}

// TestPartTracesAlike wants the trace of a subject to be the same in the part
// upstream of it as in the whole store.
func TestPartTracesAlike(t *testing.T) {
	many(t)
	storetest.RunParts(t, func(from graph.Store, subject graph.ID, _ graph.Day) (graph.Store, error) {
		return restored(from, export.Options{Part: upstream(subject)})
	})
}

// world is a small case: a maker behind a seller, on a list with a stranger.
func world() graph.ChangeSet {
	cites := []graph.Citation{{Source: "source:s", Stance: graph.Supports}}
	claim := func(id graph.ID, r graph.Relation, from, to graph.ID, status graph.Status) graph.Claim {
		return graph.Claim{ID: id, Relation: r, From: from, To: to, Status: status, Citations: cites}
	}
	cs := graph.ChangeSet{
		ID: "world", Sources: []graph.Source{{ID: "source:s", Title: "S", Publisher: "P"}, {ID: "source:unused", Title: "U", Publisher: "P"}},
		Claims: []graph.Claim{
			claim("claim:1", graph.Makes, "company:maker", "product:old", graph.Confirmed),
			claim("claim:2", graph.RebrandedAs, "product:old", "product:new", graph.Alleged),
			claim("claim:3", graph.ListedOn, "company:maker", "list:l", graph.Confirmed),
			claim("claim:4", graph.ListedOn, "company:stranger", "list:l", graph.Confirmed),
			claim("claim:5", graph.SucceededBy, "product:new", "product:newer", graph.Reported),
			claim("claim:6", graph.PartyTo, "company:maker", "proceeding:p", graph.Confirmed),
			claim("claim:7", graph.PartyTo, "company:stranger", "proceeding:p", graph.Confirmed),
			claim("claim:8", graph.Sells, "company:seller", "product:new", graph.Disputed),
			claim("claim:9", graph.ListedOn, "company:seller", "list:other", graph.Alleged),
		},
	}
	cs.Claims[4].ValidFrom = date("2024")
	for _, id := range []graph.ID{
		"company:maker", "company:stranger", "company:seller", "product:old", "product:new", "product:newer", "list:l", "list:other", "list:far", "proceeding:p",
	} {
		cs.Entities = append(cs.Entities, graph.Entity{ID: id, Name: string(id)})
	}
	return cs
}

// TestWhatAPartHolds names the claims that go out.
func TestWhatAPartHolds(t *testing.T) {
	early := date("2020-01-01").Earliest()
	strict := graph.DefaultPolicy()
	strict.WeakestStatus, strict.Lists = graph.Confirmed, []graph.ID{"list:l"}
	m := memory(t, world())
	for name, c := range map[string]struct {
		opts export.Options
		want string
	}{
		"whole":        {export.Options{}, "1 2 3 4 5 6 7 8 9"},
		"on a day":     {export.Options{AsOf: &early}, "1 2 3 4 6 7 8 9"},
		"by a policy":  {export.Options{Policy: &strict}, "1 3 4 6 7 8"},
		"upstream":     {export.Options{Part: upstream("product:new")}, "1 2 3 6 8 9"},
		"of an origin": {export.Options{Part: upstream("company:maker")}, "3 6"},
		"downstream":   {export.Options{Part: export.Part{Subjects: []graph.ID{"company:maker"}, Downstream: true}}, "1 2 3 5 6"},
		"of a list":    {export.Options{Part: export.Part{Subjects: []graph.ID{"list:l"}, Downstream: true}}, "1 2 3 4 5 6 7"},
		"one hop":      {export.Options{Part: export.Part{Subjects: []graph.ID{"product:old"}, Around: 1}}, "1 2 3 6"},
		"on that day":  {export.Options{AsOf: &early, Part: export.Part{Subjects: []graph.ID{"product:new"}, Around: 1}}, "2 8 9"},
		"two of them": {
			export.Options{Part: export.Part{Subjects: []graph.ID{"product:newer", "company:stranger"}, Upstream: true}}, "1 2 3 4 5 6 7 8 9",
		},
	} {
		t.Run(name, func(t *testing.T) {
			part, err := restored(m, c.opts)
			if err != nil {
				t.Fatal(err)
			}
			_, sources, claims := state(t, part)
			var got []string
			for id := range claims {
				got = append(got, strings.TrimPrefix(string(id), "claim:"))
			}
			slices.Sort(got)
			if text := strings.Join(got, " "); text != c.want {
				t.Errorf("claims %s, not %s", text, c.want)
			}
			if _, there := sources["source:unused"]; there == (len(c.opts.Part.Subjects) > 0) {
				t.Errorf("a source that nothing cites is there: %t", there)
			}
		})
	}
	_, err := restored(m, export.Options{Part: upstream("product:none")})
	if graph.KindOf(err) != graph.KindNotFound {
		t.Errorf("an unknown subject: %v", err)
	}
}

// TestPartIsNotTheWhole wants what a part was made of to be new to it: else an
// import would be acknowledged and leave claims out.
func TestPartIsNotTheWhole(t *testing.T) {
	part, err := restored(memory(t, world()), export.Options{Part: upstream("product:old")})
	if err != nil {
		t.Fatal(err)
	}
	receipt, err := part.Append(t.Context(), world())
	if err != nil || receipt.Replayed || receipt.Added == 0 {
		t.Errorf("%+v, %v", receipt, err)
	}
}

// TestKnownThen exports a former revision as if nothing had come after it.
func TestKnownThen(t *testing.T) {
	sets := rich()
	then := memory(t, sets[:2]...)
	now := memory(t, sets...)
	for _, write := range []writer{export.NDJSON, export.GraphML, export.GEXF, export.FtM, func(ctx context.Context, s graph.Store, w io.Writer, o export.Options) error {
		return export.Cypher(ctx, s, w, export.Literals, o)
	}} {
		var a, b, again bytes.Buffer
		if err := write(t.Context(), then, &a, export.Options{}); err != nil {
			t.Fatal(err)
		}
		if err := write(t.Context(), now, &b, export.Options{KnownAt: graph.Moment{Revision: 2}}); err != nil {
			t.Fatal(err)
		}
		if a.String() != b.String() {
			t.Errorf("what was known then:\n%s\nand now of then:\n%s", &a, &b)
		}
		if err := write(t.Context(), now, &again, export.Options{KnownAt: graph.Moment{Revision: 2}}); err != nil || again.String() != b.String() {
			t.Errorf("two exports of one revision differ: %v", err)
		}
	}
}
