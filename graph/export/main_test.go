package export_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	neo4jdriver "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"debadge/graph"
	"debadge/graph/export"
	"debadge/graph/index"
	"debadge/graph/neo4j"
	"debadge/graph/neo4j/neo4jtest"
	"debadge/graph/storetest"
)

// randomGraphs is how many each property draws here, unless -rapid.checks says
// otherwise: each of them goes through a server.
const randomGraphs = "6"

func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", randomGraphs); err != nil {
		panic(err)
	}
	os.Exit(neo4jtest.Main(m)) //nolint:forbidigo // a test binary is a process of its own
}

func fixed() time.Time { return storetest.FixedTime }

// memory returns a store in memory with some change sets.
func memory(tb testing.TB, sets ...graph.ChangeSet) *index.Memory {
	tb.Helper()
	m := index.NewMemory(fixed)
	appendAll(tb, m, sets...)
	return m
}

func appendAll(tb testing.TB, s graph.Store, sets ...graph.ChangeSet) {
	tb.Helper()
	for _, cs := range sets {
		if _, err := s.Append(tb.Context(), cs); err != nil {
			tb.Fatal(err)
		}
	}
}

// empty removes what is in the database of the shared server.
func empty(tb testing.TB) *neo4jtest.Server {
	tb.Helper()
	server := neo4jtest.Start(tb)
	run(tb, server, "MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS", nil)
	return server
}

func openNeo4j(tb testing.TB, server *neo4jtest.Server) *neo4j.Store {
	tb.Helper()
	s, err := neo4j.Open(tb.Context(), neo4j.Config{
		URI: server.URI, User: server.User, Password: server.Password, Clock: fixed, Timeout: 10 * time.Minute,
	})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// drivers are those of run, by address; they end with the process.
var drivers = map[string]neo4jdriver.DriverWithContext{}

// run runs a statement outside of any store, and returns its rows.
func run(tb testing.TB, server *neo4jtest.Server, text string, params map[string]any) []*neo4jdriver.Record {
	tb.Helper()
	rows, err := tryRun(tb.Context(), server, text, params)
	if err != nil {
		tb.Fatalf("%v\n%.2000s", err, text)
	}
	return rows
}

func tryRun(ctx context.Context, server *neo4jtest.Server, text string, params map[string]any) ([]*neo4jdriver.Record, error) {
	driver, ok := drivers[server.URI]
	if !ok {
		var err error
		if driver, err = neo4jdriver.NewDriverWithContext(server.URI, server.Auth()); err != nil {
			return nil, err
		}
		drivers[server.URI] = driver
	}
	session := driver.NewSession(ctx, neo4jdriver.SessionConfig{})
	defer func() { _ = session.Close(ctx) }()
	result, err := session.Run(ctx, text, params)
	if err != nil {
		return nil, err
	}
	return result.Collect(ctx)
}

// script exports a store as one.
func script(tb testing.TB, s graph.Store, form export.Parameters) string {
	tb.Helper()
	var b bytes.Buffer
	if err := export.Cypher(tb.Context(), s, &b, form, export.Options{}); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

// statements takes a script apart as a shell does: a statement ends with a
// semicolon at the end of a line.
func statements(text string) []string {
	all := strings.Split(text, ";\n")
	return all[:len(all)-1]
}

// founded are the servers on which a script has put the schema in place.
var founded = map[string]bool{}

// play runs a script; the schema of one server only once, since emptying it
// leaves that.
func play(tb testing.TB, server *neo4jtest.Server, text string) {
	tb.Helper()
	for _, s := range statements(text) {
		if !founded[server.URI] || strings.Contains(s, "UNWIND ") {
			run(tb, server, s, nil)
		}
	}
	founded[server.URI] = true
}

// dump writes down everything that is in a database, but for what a store
// notes for itself.
func dump(tb testing.TB, server *neo4jtest.Server) []string {
	tb.Helper()
	var lines []string
	for _, question := range []string{
		"MATCH (n) RETURN labels(n) AS what, properties(n) AS p",
		"MATCH (a)-[r]->(b) RETURN [type(r), a.id, b.id, b.revision] AS what, properties(r) AS p",
	} {
		for _, row := range run(tb, server, question, nil) {
			what, ok := row.Values[0].([]any)
			p, ok2 := row.Values[1].(map[string]any)
			if !ok || !ok2 {
				tb.Fatalf("%v", row.Values)
			}
			delete(p, "writer")
			lines = append(lines, fmt.Sprintf("%v %#v", sortedLabels(what), p))
		}
	}
	slices.Sort(lines)
	return lines
}

func sortedLabels(what []any) []string {
	var texts []string
	for _, v := range what {
		texts = append(texts, fmt.Sprint(v))
	}
	if texts[0] == "Entity" || len(texts) == 2 {
		slices.Sort(texts)
	}
	return texts
}
