package neo4j_test

import (
	"flag"
	"os"
	"testing"
	"time"

	neo4jdriver "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"debadge/graph/neo4j"
	"debadge/graph/neo4j/neo4jtest"
)

// randomGraphs is how many each property draws here, unless -rapid.checks says
// otherwise: a question to a server takes a thousand times as long as one in memory.
const randomGraphs = "8"

func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", randomGraphs); err != nil {
		panic(err)
	}
	os.Exit(neo4jtest.Main(m)) //nolint:forbidigo // a test binary is a process of its own
}

// now is the clock of the tests.
var now = time.Now //nolint:forbidigo // tests measure time

// open returns a store in the database of the shared server, which holds
// nothing but its schema.
func open(tb testing.TB) *neo4j.Store {
	tb.Helper()
	return openAt(tb, empty(tb), now)
}

func openAt(tb testing.TB, server *neo4jtest.Server, clock func() time.Time) *neo4j.Store {
	tb.Helper()
	s, err := neo4j.Open(tb.Context(), configOf(server, clock))
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

func configOf(server *neo4jtest.Server, clock func() time.Time) neo4j.Config {
	return neo4j.Config{URI: server.URI, User: server.User, Password: server.Password, Clock: clock}
}

// empty removes what is in the database of the shared server, but not the
// constraints and indexes: to make them anew takes seconds.
func empty(tb testing.TB) *neo4jtest.Server {
	tb.Helper()
	server := neo4jtest.Start(tb)
	run(tb, server, "MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS", nil)
	return server
}

// drivers are those of run, by address; they end with the process.
var drivers = map[string]neo4jdriver.DriverWithContext{}

// run runs a statement outside of the store, and returns its rows and what the
// server says about it.
func run(tb testing.TB, server *neo4jtest.Server, text string, params map[string]any) ([]*neo4jdriver.Record, neo4jdriver.ResultSummary) {
	tb.Helper()
	ctx := tb.Context()
	driver, ok := drivers[server.URI]
	if !ok {
		var err error
		if driver, err = neo4jdriver.NewDriverWithContext(server.URI, server.Auth()); err != nil {
			tb.Fatal(err)
		}
		drivers[server.URI] = driver
	}
	session := driver.NewSession(ctx, neo4jdriver.SessionConfig{})
	defer func() { _ = session.Close(ctx) }()
	result, err := session.Run(ctx, text, params)
	if err != nil {
		tb.Fatalf("%v\n%s", err, text)
	}
	rows, err := result.Collect(ctx)
	if err != nil {
		tb.Fatalf("%v\n%s", err, text)
	}
	summary, err := result.Consume(ctx)
	if err != nil {
		tb.Fatal(err)
	}
	return rows, summary
}
