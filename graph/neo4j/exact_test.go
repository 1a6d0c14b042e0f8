package neo4j_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"debadge/graph"
)

// hostile are texts that would do harm in a statement, in the language of the
// full-text index, or on the way to the server and back.
var hostile = []string{
	`' OR 1=1 //`, `"; MATCH (n) DETACH DELETE n; //`, `\'`, `\\`, "`", "``", `\u0060`, `\u0027) DETACH DELETE n //`,
	"$as_of", "${revision}", "{id: 'x'}", "}]->() DETACH DELETE r", "MAKES]->() //", "/* */", "line\nbreak\r\n\ttab",
	"a\u2028\u2029\u0085", "\x01\x1f\x7f", "\u200b\u202e\ufeff", "e\u0301", "é", "浪潮", "İıſK", "😀🏳️‍🌈", "\U0010FFFF",
	"name_keys:*", "*", "?", "~", "/.*/", "AND", "a OR b", "[a TO z]", `a\`, `"`, "%", "_", "null", "true", "0", "=", "a=b=c",
}

// TestExact brings hostile texts in every field that takes one, and reads them
// back by every way that there is.
func TestExact(t *testing.T) {
	s := open(t)
	var want graph.ChangeSet
	want.Entities = []graph.Entity{{ID: "company:maker", Name: "canary"}, {ID: "list:l", Name: "l"}}
	for i, text := range hostile {
		id := graph.ID(fmt.Sprintf("product:p%02d", i))
		want.Entities = append(want.Entities, graph.Entity{
			ID: id, Name: text, Brand: text, Aliases: []graph.Alias{{Text: text, Language: text}, {Text: text + "!"}},
			Attributes: map[string][]string{"a": {text, "z", text}, "b": {text}},
		})
		source := graph.Source{
			ID: graph.ID(fmt.Sprintf("source:s%02d", i)), Title: text, Publisher: text, URL: text, Language: text, Digest: text,
		}
		want.Sources = append(want.Sources, source)
		citations := []graph.Citation{
			{Source: source.ID, Stance: graph.Denies, Locator: text, Text: text},
			{Source: source.ID, Stance: graph.Supports, Locator: text, Text: text},
		}
		want.Claims = append(want.Claims, graph.Claim{
			Relation: graph.Sells, From: "company:maker", To: id, Status: graph.Alleged,
			Attributes: map[string]string{"territory": text}, Citations: citations,
		}, graph.Claim{
			Relation: graph.ListedOn, From: "company:maker", To: "list:l", Status: graph.Confirmed,
			Attributes: map[string]string{"entry": text}, Citations: citations,
		})
	}
	want.ID, want.Author, want.Reason = strings.Join(hostile, strings.Repeat("long", 100)), hostile[2], hostile[3]
	long := strings.Repeat("Long Name ", 9_000)
	want.Entities = append(want.Entities, graph.Entity{ID: "product:zz-long", Name: long})
	if _, err := s.Append(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	want, err := want.Prepare()
	if err != nil {
		t.Fatal(err)
	}
	sameInFeed(t, s, want)
	err = s.View(t.Context(), graph.Moment{}, func(v graph.View) error {
		for i, e := range want.Entities {
			found, err := v.Entities(t.Context(), []graph.ID{e.ID})
			if err != nil {
				return err
			}
			if diff := cmp.Diff(e, found[0]); diff != "" {
				t.Errorf("entity %d: %s", i, diff)
			}
			for _, key := range e.NameKeys() {
				found, err := v.Find(t.Context(), graph.Find{Key: key, After: e.ID[:len(e.ID)-1], Limit: 100})
				if err != nil {
					return err
				}
				if len(found) == 0 || !slices.Contains(found, e.ID) {
					t.Errorf("the key %.40q of %s finds %v", key, e.ID, found)
				}
			}
		}
		for _, text := range hostile {
			if found, err := v.Find(t.Context(), graph.Find{Key: text}); err != nil || (len(found) > 0 && graph.NameKey(text) != text) {
				t.Errorf("Find(%q) is %v, %v", text, found, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// sameInFeed checks that the first change of the feed is a change set, whose
// ids stand in order.
func sameInFeed(t *testing.T, s graph.Store, want graph.ChangeSet) {
	t.Helper()
	claims := map[graph.ID]graph.Claim{}
	for _, c := range want.Claims {
		claims[c.ID] = c
	}
	err := s.Changes(t.Context(), 0, func(c graph.Change) error {
		if c.ID != want.ID || c.Author != want.Author || c.Reason != want.Reason || c.Digest != want.Digest() {
			t.Errorf("the change set is %q by %q because %q", c.ID, c.Author, c.Reason)
		}
		if len(c.Entities) != len(want.Entities) || len(c.Sources) != len(want.Sources) || len(c.Claims) != len(want.Claims) {
			t.Errorf("the feed has %d entities, %d sources and %d claims", len(c.Entities), len(c.Sources), len(c.Claims))
		}
		for i := range c.Sources {
			if diff := cmp.Diff(want.Sources[i].ContentDigest(), c.Sources[i].ContentDigest()); diff != "" {
				t.Errorf("source %d: %s", i, diff)
			}
		}
		for _, got := range c.Claims {
			if want := claims[got.ID]; want.Digest() != got.Digest() {
				t.Errorf("claim %s is\n%+v, not\n%+v", got.ID, got, want)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestGraphOfAPerson asks with plain Cypher what the documentation says can be
// asked.
func TestGraphOfAPerson(t *testing.T) {
	server := empty(t)
	s := openAt(t, server, now)
	day := func(text string) graph.Date {
		d, err := graph.ParseDate(text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	cites := []graph.Citation{{Source: "source:s", Stance: graph.Supports, Locator: "¶ 41"}}
	owns := graph.Claim{
		ID: "claim:owns", Relation: graph.Owns, From: "company:a", To: "company:b", Status: graph.Reported, Citations: cites,
		ValidFrom: day("2023-03"), ShareMin: graph.ShareOf(33_330_000), ShareMax: graph.ShareOf(33_330_000),
	}
	kin := graph.Claim{ID: "claim:kin", Relation: graph.AffiliatedWith, From: "company:b", To: "company:a", Status: graph.Alleged, Citations: cites}
	appendAll(t, s, graph.ChangeSet{
		Entities: []graph.Entity{
			{ID: "company:a", Name: "A", Attributes: map[string][]string{"country": {"CN"}}},
			{ID: "company:b", Name: "B"},
		},
		Sources: []graph.Source{{ID: "source:s", Title: "S", Publisher: "P"}},
		Claims:  []graph.Claim{owns, kin},
	}, graph.ChangeSet{
		Entities:    []graph.Entity{{ID: "company:b", Name: "B two"}},
		Retractions: []graph.Retraction{{Claim: "claim:kin", Reason: "mistaken", ReplacedBy: "claim:owns"}},
	})
	for _, question := range []string{
		`MATCH (a:Company)-[r:OWNS]->(b:Entity) WHERE r.share_min = 33330000 AND r.confidence = 80 AND r.valid_from = date('2023-03-01')
		 AND r.valid_to = date('9999-12-31') AND r.valid_from_text = '2023-03' AND r.cite_locator = ['¶ 41'] AND NOT r.mirror
		 AND r.retracted > 2 AND 'country=CN' IN a.attributes RETURN b.name`,
		`MATCH (:Company {id: 'company:b'})-[r:AFFILIATED_WITH {mirror: true}]->(:Company {id: 'company:a'})
		 WHERE r.retracted = 2 AND r.retraction_reason = 'mistaken' AND r.replaced_by = 'claim:owns' AND r.valid_from = date('0001-01-01') RETURN r`,
		`MATCH (b:Company {id: 'company:b', name: 'B two', revision: 2, created: 1})-[:FORMERLY]->(v:EntityVersion {name: 'B', revision: 1, until: 2}) RETURN v`,
		`MATCH (s:Store {revision: 2, claims: 1, retracted: 1, entities: 2}), (c:ChangeSet {revision: 1}) RETURN c`,
	} {
		if rows, _ := run(t, server, question, nil); len(rows) != 1 {
			t.Errorf("%d rows for\n%s", len(rows), question)
		}
	}
}

func appendAll(tb testing.TB, s graph.Store, sets ...graph.ChangeSet) {
	tb.Helper()
	for _, cs := range sets {
		if _, err := s.Append(tb.Context(), cs); err != nil {
			tb.Fatal(err)
		}
	}
}

// TestManipulated changes the database by hand, and expects an error and never
// an answer.
func TestManipulated(t *testing.T) {
	for _, harm := range []string{
		"MATCH ()-[r:MAKES]->() REMOVE r.status", "MATCH ()-[r:MAKES]->() SET r.valid_to = 'never'",
		"MATCH ()-[r:MAKES]->() REMOVE r.cite_stance", "MATCH ()-[r:MAKES]->() SET r.cite_text = ['a', 'b']", "MATCH ()-[r:MAKES]->() SET r.confidence = 'high'",
		"MATCH (c:ChangeSet {revision: 1}) DELETE c", "MATCH (s:Store) DELETE s",
	} {
		t.Run(harm, func(t *testing.T) {
			server := empty(t)
			s := openAt(t, server, now)
			appendAll(t, s, chain("x"), chain("y"))
			run(t, server, harm, nil)
			feed := s.Changes(t.Context(), 0, func(graph.Change) error { return nil })
			view := s.View(t.Context(), graph.Moment{}, func(v graph.View) error { return walkUp(t.Context(), v, "product:x") })
			if feed == nil && view == nil {
				t.Error("both the feed and the view answer")
			}
		})
	}
}

// chain is a product and its maker.
func chain(name string) graph.ChangeSet {
	product, maker := graph.ID("product:"+name), graph.ID("company:"+name)
	return graph.ChangeSet{
		ID:       "chain " + name,
		Entities: []graph.Entity{{ID: product, Name: name}, {ID: maker, Name: name}},
		Sources:  []graph.Source{{ID: "source:s", Title: "s", Publisher: "s"}},
		Claims: []graph.Claim{{
			Relation: graph.Makes, From: maker, To: product, Status: graph.Reported,
			Citations: []graph.Citation{{Source: "source:s", Stance: graph.Supports}},
		}},
	}
}

// walkUp reads the claims one hop upstream of an entity that must have one.
func walkUp(ctx context.Context, v graph.View, id graph.ID) error {
	nodes, err := v.Nodes(ctx, []graph.ID{id})
	if err != nil {
		return err
	}
	if nodes[0] == graph.NoNode {
		return graph.Errorf(graph.KindNotFound, "%s is not there", id)
	}
	edges, err := v.Adjacent(ctx, nodes, graph.Upstream, graph.SetOf(graph.Relations()...), nil)
	if err != nil {
		return err
	}
	if len(edges) == 0 {
		return graph.Errorf(graph.KindNotFound, "%s has no claim", id)
	}
	_, err = v.Claims(ctx, []graph.ClaimRef{edges[0].Claim})
	return err
}
