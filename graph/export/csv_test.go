package export_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"debadge/graph"
	"debadge/graph/export"
	"debadge/graph/neo4j/neo4jtest"
)

// admin exports a store for neo4j-admin, imports it with the real tool and
// starts a Neo4j on what that makes.
func admin(tb testing.TB, s graph.Store, opts export.Options) *neo4jtest.Server {
	tb.Helper()
	made := csvFiles(tb, s, opts)
	server, took := neo4jtest.StartImported(tb, made.Arguments(made.Dir, "neo4j")...)
	tb.Logf("neo4j-admin took %v", took)
	return server
}

func csvFiles(tb testing.TB, s graph.Store, opts export.Options) export.Import {
	tb.Helper()
	made, err := export.Neo4jCSV(tb.Context(), s, filepath.Join(tb.TempDir(), "csv"), opts)
	if err != nil {
		tb.Fatal(err)
	}
	return made
}

// TestImportMakesWhatTheStoreWrites compares the graph that neo4j-admin makes
// of the files with the one that graph/neo4j writes: hostile texts, former
// versions, retractions and all.
func TestImportMakesWhatTheStoreWrites(t *testing.T) {
	sets := append(rich(), attacked()...)
	server := empty(t)
	appendAll(t, openNeo4j(t, server), sets...)
	want := withoutEmptyLists(dump(t, server))
	m := memory(t, sets...)
	imported := admin(t, m, export.Options{})
	s := openNeo4j(t, imported) // makes the constraints and indexes
	if diff := cmp.Diff(want, withoutEmptyLists(dump(t, imported))); diff != "" {
		t.Fatalf("the store (-) and the importer (+) differ:\n%s", diff)
	}
	same(t, m, s)
	if n := len(run(t, imported, "SHOW CONSTRAINTS YIELD name RETURN name", nil)); n < 15 {
		t.Errorf("the store has %d constraints after it was opened", n)
	}
	appendAll(t, s, graph.ChangeSet{ID: "later", Entities: []graph.Entity{{ID: "company:b", Name: "B four"}}})
	appendAll(t, m, graph.ChangeSet{ID: "later", Entities: []graph.Entity{{ID: "company:b", Name: "B four"}}})
	same(t, m, s)
	if text, again := script(t, m, export.Literals), script(t, s, export.Literals); text != again {
		t.Errorf("the imported store exports\n%s", cmp.Diff(text, again))
	}
}

// withoutEmptyLists leaves out lists of one empty text, of which neo4j-admin
// makes nothing; the store reads both as one.
func withoutEmptyLists(lines []string) []string {
	for i, line := range lines {
		for _, name := range []string{"alias_languages", "cite_locator", "cite_text"} {
			line = strings.Replace(line, `"`+name+`":[]interface {}{""}, `, "", 1)
		}
		lines[i] = line
	}
	return lines
}

func TestFolderMustBeEmpty(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "x"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := export.Neo4jCSV(t.Context(), memory(t), dir, export.Options{}); graph.KindOf(err) != graph.KindConflict {
		t.Errorf("into a folder that holds a file: %v", err)
	}
}

func TestCommandIsQuoted(t *testing.T) {
	made := export.Import{Dir: "/data/it's here", Files: []export.ImportFile{{Label: "Entity:List", Header: "a", Data: "b"}}}
	if got := made.Command(); !strings.Contains(got, `'--nodes=Entity:List=/data/it'\''s here/a,/data/it'\''s here/b'`) {
		t.Error(got)
	}
}
