package export_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"debadge/graph"
	"debadge/graph/export"
)

// injections are texts that try to end a string and to run a statement of
// their own: each attempt in each way in which a quote could be told, and what
// confuses those who read or split statements.
func injections() []string {
	attempts := []string{
		`MATCH (n) DETACH DELETE n`, `}) DETACH DELETE n //`, `}] AS row MATCH (n) DETACH DELETE n //`, `; MATCH (n) DETACH DELETE n;`,
		`MATCH (c {name:'canary'}) SET c.name='dead'`, `CREATE (:Canary)`, `UNION MATCH (n) DETACH DELETE n RETURN 1`,
		`CALL apoc.cypher.run('MATCH (n) DETACH DELETE n',{})`, `LOAD CSV FROM 'http://127.0.0.1/' AS x`, `DROP CONSTRAINT entity_id`,
	}
	quotes := []string{
		`'`, `"`, "`", `\'`, `\\'`, `\\\'`, `''`, `\u0027`, `\\u0027`, `\\\u0027`, `\U0027`, `\u005c'`, `\u005C\u0027`, "\u2019", "\uff07",
		`\x27`, `\047`, `%27`, `&#39;`, "'\n", "\n;\n", "';\n", "*/'", "/*", "//\n'", "\x1b'", "\u2028'", "\u2029;", "\u0085'", "\ufeff'",
	}
	var all []string
	for i, q := range quotes {
		for _, a := range attempts {
			all = append(all, q+a+quotes[(i+3)%len(quotes)])
		}
	}
	return append(all, `\`, `\\`, `\u`, `\u00`, `\uXYZW`, `u0027`, `'`, strings.Repeat(`\`, 99), strings.Repeat("'", 99), "$rows", "${rows}",
		"{row}", ":param x", ":exit", ":source /etc/passwd", "null", "date('2020-01-01')", "row.id", "\ud7ff\ue000", "\U0010ffff", "\r;\r", "\t;")
}

// attacked is a store with one text in every field that takes one, and a
// canary.
func attacked() []graph.ChangeSet {
	var sets []graph.ChangeSet
	for chunk := range slices.Chunk(injections(), 40) {
		n := len(sets)
		cs := graph.ChangeSet{ID: fmt.Sprintf("%d%s", n, chunk[0]), Author: chunk[len(chunk)-1], Reason: chunk[len(chunk)/2]}
		if n == 0 {
			cs.Entities = []graph.Entity{{ID: "company:canary", Name: "canary"}, {ID: "list:l", Name: "l"}}
		} else {
			cs.Retractions = []graph.Retraction{{Claim: graph.ID(fmt.Sprintf("claim:l%d-00", n-1)), Reason: chunk[0] + "."}}
		}
		for i, text := range chunk {
			id := fmt.Sprintf("l%d-%02d", n, i)
			product, source := graph.ID("product:"+id), graph.ID("source:"+id)
			cs.Entities = append(cs.Entities, graph.Entity{
				ID: product, Name: text + ".", Brand: text, Aliases: []graph.Alias{{Text: "." + text, Language: text}, {Text: text + ","}},
				Attributes: map[string][]string{"a": {text + "!", "!" + text}},
			})
			cs.Sources = append(cs.Sources, graph.Source{ID: source, Title: text + ".", Publisher: text + ".", URL: text, Language: text, Digest: text})
			cites := []graph.Citation{
				{Source: source, Stance: graph.Supports, Locator: text, Text: text}, {Source: source, Stance: graph.Denies, Locator: text + "2", Text: "2" + text},
			}
			cs.Claims = append(cs.Claims, graph.Claim{
				ID: graph.ID("claim:s" + id), Relation: graph.Sells, From: "company:canary", To: product, Status: graph.Alleged, Citations: cites,
				Attributes: map[string]string{"territory": text + "."},
			}, graph.Claim{
				ID: graph.ID("claim:" + id), Relation: graph.ListedOn, From: "company:canary", To: "list:l", Status: graph.Disputed, Citations: cites,
				Attributes: map[string]string{"entry": text + "."},
			})
		}
		sets = append(sets, cs)
	}
	return sets
}

// TestInjection puts attempts to break out into every field, runs the script on
// a real Neo4j, and wants the canary alive and every value back byte for byte.
func TestInjection(t *testing.T) {
	if n := len(injections()); n < 200 {
		t.Fatalf("only %d attempts", n)
	}
	sets := attacked()
	server := empty(t)
	play(t, server, script(t, memory(t, sets...), export.Literals))
	if n := len(run(t, server, "MATCH (c:Company {name: 'canary'}) RETURN c", nil)); n != 1 {
		t.Errorf("%d canaries", n)
	}
	if n := len(run(t, server, "MATCH (c) WHERE NONE(l IN labels(c) WHERE l IN ['Entity','Source','ChangeSet','Store']) RETURN c", nil)); n != 0 {
		t.Errorf("%d nodes that nobody made", n)
	}
	same(t, memory(t, sets...), openNeo4j(t, server))
}

// same compares the feeds of two stores exactly.
func same(t *testing.T, want, got graph.Store) {
	t.Helper()
	if diff := cmp.Diff(changesOf(t, want), changesOf(t, got), cmp.Comparer(func(a, b graph.Date) bool { return a == b }),
		cmp.Comparer(func(a, b graph.Share) bool { return a == b })); diff != "" {
		t.Errorf("the feeds differ:\n%s", diff)
	}
	a, err := want.Status(t.Context())
	b, err2 := got.Status(t.Context())
	if err != nil || err2 != nil || a != b {
		t.Errorf("status %+v, %v and %+v, %v", a, err, b, err2)
	}
}

func changesOf(t *testing.T, s graph.Store) []graph.Change {
	t.Helper()
	var all []graph.Change
	if err := s.Changes(t.Context(), 0, func(c graph.Change) error {
		all = append(all, c)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return all
}
