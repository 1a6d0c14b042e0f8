package export_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"debadge/graph"
	"debadge/graph/export"
	"debadge/graph/storetest"
)

// TestScriptMakesWhatTheStoreWrites compares the graph that a script makes with
// the one that graph/neo4j writes, property by property, runs it again, and
// wants the same script from the Neo4j store as from memory.
func TestScriptMakesWhatTheStoreWrites(t *testing.T) {
	sets := rich()
	server := empty(t)
	appendAll(t, openNeo4j(t, server), sets...)
	want := dump(t, server)
	text := script(t, memory(t, sets...), export.Literals)
	if again := script(t, openNeo4j(t, server), export.Literals); again != text {
		t.Errorf("the scripts from Neo4j and from memory differ:\n%s", cmp.Diff(text, again))
	}
	empty(t)
	for range 2 {
		play(t, server, text)
		if diff := cmp.Diff(want, dump(t, server)); diff != "" {
			t.Fatalf("the store (-) and the script (+) differ:\n%s", diff)
		}
	}
	empty(t)
	for line := range strings.Lines(script(t, memory(t, sets...), export.JSONParameters)) {
		var call struct {
			Statement  string         `json:"statement"`
			Parameters map[string]any `json:"parameters"`
		}
		if err := json.Unmarshal([]byte(line), &call); err != nil {
			t.Fatal(err)
		}
		run(t, server, call.Statement, call.Parameters)
	}
	if diff := cmp.Diff(want, dump(t, server)); diff != "" {
		t.Fatalf("the store (-) and the script with parameters (+) differ:\n%s", diff)
	}
}

// TestShellParameters runs the form for cypher-shell as the shell does: what
// stands behind :param is an expression that the server evaluates.
func TestShellParameters(t *testing.T) {
	sets := rich()
	server := empty(t)
	appendAll(t, openNeo4j(t, server), sets...)
	want := dump(t, server)
	empty(t)
	params := map[string]any{}
	for _, s := range statements(script(t, memory(t, sets...), export.ShellParameters)) {
		if rows, ok := strings.CutPrefix(s, ":param rows => "); ok {
			if strings.Contains(rows, "\n") {
				t.Fatal("a command of the shell has more than one line")
			}
			params["rows"] = run(t, server, "RETURN "+rows, nil)[0].Values[0]
			continue
		}
		run(t, server, s, params)
	}
	if diff := cmp.Diff(want, dump(t, server)); diff != "" {
		t.Fatalf("the store (-) and the script (+) differ:\n%s", diff)
	}
}

// TestScriptCases asks every case of a Neo4j store that a script made.
func TestScriptCases(t *testing.T) {
	storetest.RunCases(t, func(t *testing.T, sets []graph.ChangeSet) storetest.Asker {
		t.Helper()
		server := empty(t)
		play(t, server, script(t, memory(t, sets...), export.Literals))
		return storetest.StoreAsker(followed(t, openNeo4j(t, server)))
	})
}

// TestScriptKeepsStoresApart runs a script on a database that holds another
// store, which must stay as it is.
func TestScriptKeepsStoresApart(t *testing.T) {
	server := empty(t)
	appendAll(t, openNeo4j(t, server), graph.ChangeSet{ID: "another", Entities: []graph.Entity{{ID: "company:canary", Name: "Canary"}}})
	before := dump(t, server)
	for _, s := range statements(script(t, memory(t, rich()...), export.Literals)) {
		if _, err := tryRun(t.Context(), server, s, nil); err != nil {
			if diff := cmp.Diff(before, dump(t, server)); diff != "" {
				t.Errorf("the store was changed:\n%s", diff)
			}
			return
		}
	}
	t.Error("the script ran on another store")
}
