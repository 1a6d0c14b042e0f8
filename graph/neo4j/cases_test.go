package neo4j_test

import (
	"context"
	"testing"
	"time"

	neo4jdriver "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"debadge/graph"
	"debadge/graph/index"
	"debadge/graph/neo4j"
	"debadge/graph/storetest"
	"debadge/queries"
)

func fixed() time.Time { return storetest.FixedTime }

// follow returns an index on a store.
func follow(t *testing.T, s *neo4j.Store, clock func() time.Time) *index.Store {
	t.Helper()
	indexed, err := index.Follow(t.Context(), s, index.Options{Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	return indexed
}

// TestCases asks a Neo4j store every case, directly and through an index.
func TestCases(t *testing.T) {
	for _, read := range []string{"direct", "index"} {
		t.Run(read, func(t *testing.T) {
			storetest.RunCases(t, func(t *testing.T, sets []graph.ChangeSet) storetest.Asker {
				t.Helper()
				s := openAt(t, empty(t), fixed)
				for _, cs := range sets {
					if _, err := s.Append(t.Context(), cs); err != nil {
						t.Fatal(err)
					}
				}
				if read == "index" {
					return storetest.StoreAsker(follow(t, s, fixed))
				}
				return storetest.StoreAsker(s)
			})
		})
	}
}

// TestProperties asks about random graphs. The server has one database, so the
// store that is given the claims in order is asked directly and the one that is
// given them in another order is the index on it in a second run.
func TestProperties(t *testing.T) {
	for _, read := range []string{"direct", "index"} {
		t.Run(read, func(t *testing.T) {
			opened := false
			storetest.RunProperties(t, func(t *testing.T, clock func() time.Time) (graph.Store, func() graph.Store) {
				t.Helper()
				if opened { // the shuffled store is in memory
					m := index.NewMemory(clock)
					return m, func() graph.Store { return m }
				}
				opened = true
				s := openAt(t, empty(t), clock)
				if read == "index" {
					indexed := follow(t, s, clock)
					return indexed, func() graph.Store { return indexed }
				}
				return s, func() graph.Store { return s }
			})
		})
	}
}

// TestCypherTraceAgrees compares the trace in Cypher alone with the reference.
func TestCypherTraceAgrees(t *testing.T) {
	server := empty(t)
	s := openAt(t, server, fixed)
	text := queries.Must("upstream_trace").Text
	storetest.RunCypher(t, s, func(_ context.Context, a storetest.CypherAsk) ([]storetest.CypherRow, error) {
		rows, _ := run(t, server, text, cypherParams(a)) //nolint:contextcheck // run takes that of the test
		var found []storetest.CypherRow
		for _, row := range rows {
			found = append(found, cypherRow(t, row))
		}
		return found, nil
	})
}

func cypherParams(a storetest.CypherAsk) map[string]any {
	lists, statuses := make([]any, 0, len(a.Lists)), make([]any, 0, len(a.Statuses))
	for _, l := range a.Lists {
		lists = append(lists, string(l))
	}
	for _, s := range a.Statuses {
		statuses = append(statuses, s.String())
	}
	return map[string]any{
		"subject": string(a.Subject), "as_of": neo4jdriver.DateOf(a.AsOf.Time()), "revision": int64(a.Revision),
		"lists": lists, "statuses": statuses, "min_confidence": int64(a.MinConfidence),
		"share_min": int64(a.ShareMin.Micro()), "affiliations": int64(a.Affiliations),
	}
}

func cypherRow(t *testing.T, row *neo4jdriver.Record) storetest.CypherRow {
	t.Helper()
	values := row.AsMap()
	company, _ := values["company"].(string)
	list, _ := values["list"].(string)
	affiliations, _ := values["affiliations"].(int64)
	hops, _ := values["hops"].(int64)
	return storetest.CypherRow{Company: graph.ID(company), List: graph.ID(list), Affiliations: int(affiliations), Hops: int(hops)}
}
