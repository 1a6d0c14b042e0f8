package export_test

import (
	"bytes"
	"testing"

	"debadge/fixtures"
	"debadge/graph"
	"debadge/graph/export"
	"debadge/graph/index"
	"debadge/graph/ingest/bundle"
	"debadge/graph/storetest"
)

// shipped is a store with the cases that ship with debadge.
func shipped(tb testing.TB) *index.Memory {
	tb.Helper()
	m := memory(tb)
	for _, f := range fixtures.Files() {
		if _, err := bundle.Import(tb.Context(), m, f.Name, bytes.NewReader(f.Data), nil); err != nil {
			tb.Fatal(err)
		}
	}
	return m
}

// followed reads a store through an index, which asks for its feed alone.
func followed(tb testing.TB, s graph.Store) graph.Store {
	tb.Helper()
	x, err := index.Follow(tb.Context(), s, index.Options{Clock: fixed})
	if err != nil {
		tb.Fatal(err)
	}
	return x
}

// byScript copies a store into the empty Neo4j by a script.
func byScript(t *testing.T, from graph.Store) graph.Store {
	t.Helper()
	server := empty(t)
	play(t, server, script(t, from, export.Literals))
	return openNeo4j(t, server)
}

// byImport copies a store into a Neo4j of its own by neo4j-admin.
func byImport(t *testing.T, from graph.Store) graph.Store {
	t.Helper()
	return openNeo4j(t, admin(t, from, export.Options{}))
}

// TestCopies asks copies about random graphs.
func TestCopies(t *testing.T) {
	t.Run("script", func(t *testing.T) { storetest.RunCopies(t, byScript) })
	t.Run("import", func(t *testing.T) { storetest.RunCopies(t, byImport) })
}

// TestShippedCases asks copies of the shipped cases about everything in them.
func TestShippedCases(t *testing.T) {
	m := shipped(t)
	day := graph.DayOf(fixed())
	for name, copyOf := range map[string]func(*testing.T, graph.Store) graph.Store{"script": byScript, "import": byImport} {
		t.Run(name, func(t *testing.T) {
			s := copyOf(t, m)
			t.Logf("%d questions", storetest.SameAnswers(t, m, followed(t, s), day))
		})
	}
}
