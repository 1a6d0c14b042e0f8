package bench_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	neo4jdriver "github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"debadge/bench"
	"debadge/graph"
	"debadge/graph/export"
	"debadge/graph/index"
	"debadge/graph/neo4j"
	"debadge/graph/neo4j/neo4jtest"
	"debadge/graph/synth"
	"debadge/queries"
)

// onNeo4j is a Neo4j as debadge's store and as a bare driver sees it.
type onNeo4j struct {
	server *neo4jtest.Server
	store  *neo4j.Store
	driver neo4jdriver.DriverWithContext
}

// patience is how long one call may take that brings a whole graph.
const patience = 30 * time.Minute

// neo4j starts a server that holds the graph, once, and measures the import in turns
// with one of the same rows by bare batches into another server.
func (w *world) neo4j() *onNeo4j {
	t := w.whole
	t.Helper()
	if w.inNeo4j != nil {
		return w.inNeo4j
	}
	n, bare := startNeo4j(t), startNeo4j(t)
	var full, floor time.Duration
	sets, claims := 0, 0
	err := synth.Generate(options(w.sheet.run.Products), func(cs graph.ChangeSet) error {
		sets++
		began := now()
		if _, err := n.store.Append(t.Context(), cs); err != nil {
			return err
		}
		between := now()
		if err := bare.write(t.Context(), cs, int64(sets)); err != nil {
			return err
		}
		if sets > coldSets || w.sheet.run.Products < guarded {
			claims += len(cs.Claims)
			full, floor = full+between.Sub(began), floor+now().Sub(between)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	w.sheet.value(bench.Import, bench.Neo4jImport, "claims/s", float64(claims)/full.Seconds())
	w.sheet.value(bench.Import, bench.Neo4jBare, "claims/s", float64(claims)/floor.Seconds())
	t.Logf("the graph is in Neo4j after %s, by bare batches after %s", full.Round(time.Second), floor.Round(time.Second))
	bare.rest(t)
	w.inNeo4j = n
	return n
}

// coldSets is how many change sets a server gets before its work is timed: Java
// compiles what it meets again and again.
const coldSets = 3

// startNeo4j starts a server that holds nothing but the schema.
func startNeo4j(t *testing.T) *onNeo4j {
	t.Helper()
	return openNeo4j(t, neo4jtest.StartOwn(t))
}

func openNeo4j(t *testing.T, server *neo4jtest.Server) *onNeo4j {
	t.Helper()
	n := &onNeo4j{server: server}
	var err error
	if n.store, err = neo4j.Open(t.Context(), configOf(server)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = n.store.Close() })
	if n.driver, err = neo4jdriver.NewDriverWithContext(server.URI, server.Auth()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = n.driver.Close(context.WithoutCancel(t.Context())) })
	return n
}

func configOf(server *neo4jtest.Server) neo4j.Config {
	return neo4j.Config{URI: server.URI, User: server.User, Password: server.Password, Clock: now, Timeout: patience}
}

// rest ends a server that is not asked any more, so that it takes nothing from the
// others.
func (n *onNeo4j) rest(t *testing.T) {
	t.Helper()
	if err := errors.Join(n.store.Close(), n.driver.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
	n.server.Stop(t)
}

// read runs a statement in a managed transaction, as a service would, and returns
// how many rows there were.
func (n *onNeo4j) read(ctx context.Context, text string, params map[string]any) (int, error) {
	session := n.driver.NewSession(ctx, neo4jdriver.SessionConfig{AccessMode: neo4jdriver.AccessModeRead})
	defer session.Close(context.WithoutCancel(ctx))
	rows, err := session.ExecuteRead(ctx, func(tx neo4jdriver.ManagedTransaction) (any, error) {
		result, err := tx.Run(ctx, text, params)
		if err != nil {
			return nil, err
		}
		return result.Collect(ctx)
	})
	if err != nil {
		return 0, err
	}
	all, _ := rows.([]*neo4jdriver.Record)
	return len(all), nil
}

// tracersInNeo4j are one round trip that asks nothing, debadge on the database
// without an index, and Cypher alone.
func (w *world) tracersInNeo4j(t *testing.T, subjects []int32, a amount) []tracer {
	t.Helper()
	n := w.neo4j()
	text := queries.Must("upstream_trace").Text
	return []tracer{
		{name: "Neo4j: RETURN 1, a bare round trip", most: a.slow.each, asks: nothing, listed: func(int) (bool, error) {
			_, err := n.read(t.Context(), "RETURN 1", nil)
			return false, err
		}},
		{name: bench.Cypher, most: a.slow.each, asks: byOneOwner, listed: func(i int) (bool, error) {
			rows, err := n.read(t.Context(), text, cypherParameters(string(w.ids[subjects[i]])))
			return rows > 0, err
		}},
		{name: "debadge, Neo4j directly: the finding", most: a.slow.each, listed: w.finding(t, n.store, subjects)},
		{name: "debadge, Neo4j directly: the answer with all evidence", most: a.slow.each, listed: w.answer(t, n.store, subjects, 1)},
	}
}

// byAdmin imports debadge's files with neo4j-admin, until the copy can be asked.
func (w *world) byAdmin(t *testing.T) {
	t.Helper()
	began := now()
	made, err := export.Neo4jCSV(t.Context(), w.index, filepath.Join(t.TempDir(), "csv"), export.Options{})
	if err != nil {
		t.Fatal(err)
	}
	written := now().Sub(began)
	server, admin := neo4jtest.StartImported(t, made.Arguments(made.Dir, "neo4j")...)
	began = now()
	n := openNeo4j(t, server) // which makes the constraints and indexes
	indexed := now().Sub(began)
	want, err := w.index.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := n.store.Status(t.Context()); err != nil || got != want {
		t.Fatalf("neo4j-admin made %+v, %v of %+v", got, err, want)
	}
	t.Logf("neo4j-csv: files %s, neo4j-admin %s, indexes %s", written, admin, indexed)
	w.sheet.value(bench.Import, bench.Neo4jAdmin, "claims/s", w.perSecond(written+admin+indexed))
	n.rest(t)
}

// besideNeo4j are starts of a service whose Neo4j is there already.
func (w *world) besideNeo4j(t *testing.T) []side {
	t.Helper()
	n := w.neo4j()
	open := func() (graph.Store, error) { return neo4j.Open(t.Context(), configOf(n.server)) }
	opts := &index.Options{Clock: now, SnapshotPath: filepath.Join(t.TempDir(), "index")}
	atRest := w.opening(t, bench.AtRest, opts, open)
	if err := atRest.ask(0); err != nil { // leaves the snapshot
		t.Fatal(err)
	}
	return []side{atRest, w.opening(t, bench.Scanned, &index.Options{Clock: now}, open)}
}

// write brings a change set by one bare UNWIND and CREATE for each sort, in one
// transaction, with the properties that every claim has, and with neither look-up,
// check nor history.
func (n *onNeo4j) write(ctx context.Context, cs graph.ChangeSet, revision int64) error {
	cs, err := cs.Prepare()
	if err != nil {
		return err
	}
	entities, relations := bareRows(cs, revision)
	session := n.driver.NewSession(ctx, neo4jdriver.SessionConfig{})
	defer session.Close(context.WithoutCancel(ctx))
	_, err = session.ExecuteWrite(ctx, func(tx neo4jdriver.ManagedTransaction) (any, error) {
		if err := bareRun(ctx, tx, "UNWIND $rows AS row CREATE (e:Entity) SET e = row", entities); err != nil {
			return nil, err
		}
		for relation, rows := range relations {
			text := "UNWIND $rows AS row MATCH (a:Entity {id: row.from}) MATCH (b:Entity {id: row.to}) CREATE (a)-[r:" +
				relation.String() + "]->(b) SET r = row.properties"
			if err := bareRun(ctx, tx, text, rows); err != nil {
				return nil, err
			}
		}
		return nil, nil //nolint:nilnil // nothing is read
	})
	return err
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
