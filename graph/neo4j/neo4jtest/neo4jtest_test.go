package neo4jtest_test

import (
	"os"
	"regexp"
	"testing"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"debadge/graph/neo4j/neo4jtest"
)

func TestMain(m *testing.M) {
	neo4jtest.Main(m)
}

// query runs a statement and returns the first value of each row.
func query(t *testing.T, server *neo4jtest.Server, cypher string) []any {
	t.Helper()
	driver, err := neo4j.NewDriverWithContext(server.URI, server.Auth())
	if err != nil {
		t.Fatal(err)
	}
	defer driver.Close(t.Context())
	result, err := neo4j.ExecuteQuery(t.Context(), driver, cypher, nil, neo4j.EagerResultTransformer)
	if err != nil {
		t.Fatalf("%s: %v", cypher, err)
	}
	var values []any
	for _, record := range result.Records {
		values = append(values, record.Values[0])
	}
	return values
}

func TestStart(t *testing.T) {
	server := neo4jtest.Start(t)
	if got := query(t, server, "RETURN 1"); len(got) != 1 || got[0] != int64(1) {
		t.Errorf("RETURN 1 gave %v", got)
	}
	if again := neo4jtest.Start(t); again != server {
		t.Errorf("a second Start gave another server: %s and %s", server.URI, again.URI)
	}
}

func TestWipe(t *testing.T) {
	server := neo4jtest.Start(t)
	server.Wipe(t)
	before := query(t, server, "SHOW INDEXES YIELD name RETURN name ORDER BY name")
	query(t, server, "CREATE CONSTRAINT `an odd`` name` FOR (t:Thing) REQUIRE t.id IS UNIQUE")
	query(t, server, "CREATE INDEX FOR (t:Thing) ON (t.size)")
	query(t, server, "CREATE FULLTEXT INDEX texts FOR (t:Thing) ON EACH [t.name]")
	query(t, server, "UNWIND range(1, 12000) AS i CREATE (:Thing {id: i, name: 'thing ' + i})-[:NEXT]->(:Other)")
	began := time.Now()
	server.Wipe(t)
	t.Logf("wiping 24,000 nodes took %v", time.Since(began))
	if left := query(t, server, "MATCH (n) RETURN n LIMIT 1"); len(left) != 0 {
		t.Errorf("nodes are left: %v", left)
	}
	if left := query(t, server, "SHOW CONSTRAINTS YIELD name"); len(left) != 0 {
		t.Errorf("constraints are left: %v", left)
	}
	if after := query(t, server, "SHOW INDEXES YIELD name RETURN name ORDER BY name"); len(after) != len(before) {
		t.Errorf("indexes after: %v, before: %v", after, before)
	}
	began = time.Now()
	server.Wipe(t)
	t.Logf("wiping nothing took %v", time.Since(began))
}

func TestRestartKeepsData(t *testing.T) {
	server := neo4jtest.StartOwn(t)
	uri := server.URI
	ends := []struct {
		how string
		end func(testing.TB)
	}{
		{"stopped", server.Stop},
		{"killed", server.Kill},
	}
	for _, e := range ends {
		query(t, server, "CREATE (:Restart {how: '"+e.how+"'})")
		began := time.Now()
		e.end(t)
		gone := time.Since(began)
		server.Restart(t)
		t.Logf("%s: gone after %v, back after %v", e.how, gone, time.Since(began))
		if got := query(t, server, "MATCH (r:Restart {how: '"+e.how+"'}) RETURN r.how"); len(got) != 1 {
			t.Errorf("after a restart of a server that was %s: %v", e.how, got)
		}
	}
	if server.URI != uri {
		t.Errorf("the address changed from %s to %s", uri, server.URI)
	}
}

// The script that fetches the jars and the package that looks for them name the same release.
func TestVersionOfJars(t *testing.T) {
	script, err := os.ReadFile("../../../.ci/neo4j-jars")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^version=(\S+)$`).FindSubmatch(script)
	if found == nil || string(found[1]) != neo4jtest.Version {
		t.Errorf(".ci/neo4j-jars has %q, the package %q", found, neo4jtest.Version)
	}
}
