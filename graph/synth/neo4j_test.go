package synth_test

import (
	"context"
	"errors"
	"testing"
	"time"

	neo4jdriver "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"debadge/extent"
	"debadge/graph"
	"debadge/graph/neo4j"
	"debadge/graph/neo4j/neo4jtest"
	"debadge/graph/synth"
	"debadge/queries"
)

// neo4jWorld is the same graph in a Neo4j.
type neo4jWorld struct {
	store  *neo4j.Store
	driver neo4jdriver.DriverWithContext
}

var madeNeo4j *neo4jWorld

// buildNeo4j makes it once a process: it takes longer than all else.
func (w *world) buildNeo4j(b *testing.B) *neo4jWorld {
	b.Helper()
	if madeNeo4j != nil {
		return madeNeo4j
	}
	began := now()
	n := startNeo4j(b)
	n.load(b)
	b.Logf("%d claims in Neo4j after %s", w.claims, now().Sub(began).Round(time.Second))
	madeNeo4j = n
	return n
}

// startNeo4j opens a store that holds nothing.
func startNeo4j(b *testing.B) *neo4jWorld {
	b.Helper()
	ctx := context.Background() //nolint:usetesting // outlives the benchmark that makes it
	server := neo4jtest.Start(b)
	server.Wipe(b)
	store, err := neo4j.Open(ctx, neo4j.Config{URI: server.URI, User: server.User, Password: server.Password, Clock: now})
	if err != nil {
		b.Fatal(err)
	}
	driver, err := neo4jdriver.NewDriverWithContext(server.URI, server.Auth())
	if err != nil {
		b.Fatal(err)
	}
	return &neo4jWorld{store, driver}
}

// load appends the synthetic graph, and returns how many claims it has.
func (n *neo4jWorld) load(b *testing.B) int {
	b.Helper()
	claims := 0
	err := synth.Generate(synth.Options{Products: extent.Size(b, extent.Products, 10_000), Seed: 1}, func(cs graph.ChangeSet) error {
		claims += len(cs.Claims)
		_, err := n.store.Append(b.Context(), cs)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return claims
}

// read runs a statement in a managed transaction, as a service would.
func (n *neo4jWorld) read(ctx context.Context, text string, params map[string]any) error {
	session := n.driver.NewSession(ctx, neo4jdriver.SessionConfig{AccessMode: neo4jdriver.AccessModeRead})
	defer session.Close(ctx)
	_, err := session.ExecuteRead(ctx, func(tx neo4jdriver.ManagedTransaction) (any, error) {
		result, err := tx.Run(ctx, text, params)
		if err != nil {
			return nil, err
		}
		return result.Collect(ctx)
	})
	return err
}

// BenchmarkTraceNeo4j is the same question asked of Neo4j: directly, level by
// level, and by one Cypher query; beside them a bare Bolt round trip.
func BenchmarkTraceNeo4j(b *testing.B) {
	w := build(b)
	n := w.buildNeo4j(b)
	ctx := b.Context()
	ids := w.some(10_000)
	b.Run("bolt-round-trip", func(b *testing.B) {
		quantiles(b, ids, func(graph.ID) error { return n.read(ctx, "RETURN 1", nil) })
	})
	b.Run("direct", func(b *testing.B) {
		quantiles(b, ids, func(id graph.ID) error {
			return n.store.View(ctx, graph.Moment{}, func(v graph.View) error { return assess(ctx, v, id) })
		})
	})
	b.Run("direct-with-evidence", func(b *testing.B) {
		quantiles(b, ids, func(id graph.ID) error {
			_, err := graph.Trace(ctx, n.store, graph.Question{Subject: string(id), AsOf: today, Policy: graph.DefaultPolicy()})
			return err
		})
	})
	b.Run("cypher", func(b *testing.B) {
		text := queries.Must("upstream_trace").Text
		quantiles(b, ids, func(id graph.ID) error {
			return n.read(ctx, text, map[string]any{
				"subject": string(id), "as_of": neo4jdriver.DateOf(today.Time()), "revision": int64(1) << 32, "lists": []any{},
				"statuses": []any{"confirmed", "reported", "alleged"}, "min_confidence": 0, "share_min": 50_000_000, "affiliations": 1,
			})
		})
	})
}

func assess(ctx context.Context, v graph.View, id graph.ID) error {
	a, err := graph.NewAssessor(ctx, v, graph.DefaultPolicy(), today, nil)
	if err != nil {
		return err
	}
	defer a.Close()
	nodes, err := v.Nodes(ctx, []graph.ID{id})
	if err != nil {
		return err
	}
	_, err = a.Assess(ctx, nodes[0])
	return err
}

// BenchmarkLoadNeo4j is the import of the graph, beside the floor: the same
// entities and claims, with the properties that every claim has, by one bare
// UNWIND and CREATE for each sort, with the indexes that the import's
// relationships have and no look-up, check or history. Run it once each:
// -benchtime 1x.
func BenchmarkLoadNeo4j(b *testing.B) {
	rate := func(b *testing.B, load func(n *neo4jWorld) int) {
		b.Helper()
		for b.Loop() {
			b.StopTimer()
			n := startNeo4j(b)
			b.StartTimer()
			began := now()
			claims := load(n)
			b.ReportMetric(float64(claims)/now().Sub(began).Seconds(), "claims/s")
			if err := errors.Join(n.store.Close(), n.driver.Close(b.Context())); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.Run("append", func(b *testing.B) { rate(b, func(n *neo4jWorld) int { return n.load(b) }) })
	b.Run("floor", func(b *testing.B) { rate(b, func(n *neo4jWorld) int { return n.loadBare(b) }) })
	b.Run("append-again", func(b *testing.B) { rate(b, func(n *neo4jWorld) int { return n.load(b) }) })
}

// loadBare writes a change set in one transaction, as Append does.
func (n *neo4jWorld) loadBare(b *testing.B) int {
	b.Helper()
	claims, sets := 0, 0
	err := synth.Generate(synth.Options{Products: extent.Size(b, extent.Products, 10_000), Seed: 1}, func(cs graph.ChangeSet) error {
		cs, err := cs.Prepare()
		if err != nil {
			return err
		}
		sets++
		claims += len(cs.Claims)
		entities, relations := bareRows(cs, int64(sets))
		session := n.driver.NewSession(b.Context(), neo4jdriver.SessionConfig{})
		defer session.Close(b.Context())
		_, err = session.ExecuteWrite(b.Context(), func(tx neo4jdriver.ManagedTransaction) (any, error) {
			if err := bareRun(b.Context(), tx, "UNWIND $rows AS row CREATE (e:Entity) SET e = row", entities); err != nil {
				return nil, err
			}
			for relation, rows := range relations {
				text := "UNWIND $rows AS row MATCH (a:Entity {id: row.from}) MATCH (b:Entity {id: row.to}) CREATE (a)-[r:" +
					relation.String() + "]->(b) SET r = row.properties"
				if err := bareRun(b.Context(), tx, text, rows); err != nil {
					return nil, err
				}
			}
			return nil, nil //nolint:nilnil // nothing is read
		})
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return claims
}

func bareRun(ctx context.Context, tx neo4jdriver.ManagedTransaction, text string, rows []map[string]any) error {
	result, err := tx.Run(ctx, text, map[string]any{"rows": rows})
	if err != nil {
		return err
	}
	_, err = result.Consume(ctx)
	return err
}

func bareRows(cs graph.ChangeSet, revision int64) ([]map[string]any, map[graph.Relation][]map[string]any) {
	entities := make([]map[string]any, len(cs.Entities))
	for i, e := range cs.Entities {
		entities[i] = map[string]any{"id": string(e.ID), "name": e.Name, "brand": e.Brand, "revision": revision}
	}
	relations := map[graph.Relation][]map[string]any{}
	for _, c := range cs.Claims {
		cited := c.Citations[0]
		relations[c.Relation] = append(relations[c.Relation], map[string]any{
			"from": string(c.From), "to": string(c.To), "properties": map[string]any{
				"id": string(c.ID), "mirror": false, "status": c.Status.String(), "confidence": int64(c.Confidence),
				"valid_from":      neo4jdriver.DateOf(c.ValidFrom.Earliest().Time()),
				"valid_to":        neo4jdriver.DateOf(c.ValidTo.Latest().Time()),
				"valid_from_text": c.ValidFrom.String(), "revision": revision, "retracted": int64(1) << 62, "recorded_at": now(),
				"cite_source": []string{string(cited.Source)}, "cite_stance": []string{string(cited.Stance)},
				"cite_locator": []string{cited.Locator}, "cite_text": []string{cited.Text},
			},
		})
	}
	return entities, relations
}
