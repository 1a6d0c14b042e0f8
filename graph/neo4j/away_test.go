package neo4j_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"
	"time"

	"debadge/graph"
	"debadge/graph/neo4j"
	"debadge/graph/neo4j/neo4jtest"
	"debadge/queries"
)

// calls are the methods of a store, each of which must say so if Neo4j is away.
func calls(s graph.Store) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"Append": func(ctx context.Context) error {
			_, err := s.Append(ctx, chain("away"))
			return err
		},
		"Changes": func(ctx context.Context) error {
			return s.Changes(ctx, 0, func(graph.Change) error { return nil })
		},
		"View": func(ctx context.Context) error {
			return s.View(ctx, graph.Moment{}, func(v graph.View) error { return walkUp(ctx, v, "product:before") })
		},
		"Status": func(ctx context.Context) error {
			_, err := s.Status(ctx)
			return err
		},
	}
}

// allAway checks that every call answers with KindUnavailable, and in time.
func allAway(t *testing.T, s graph.Store) {
	t.Helper()
	const limit = 2 * time.Second
	var calling sync.WaitGroup
	for name, call := range calls(s) {
		for range 5 {
			calling.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), limit)
				defer cancel()
				began := now()
				if err := call(ctx); graph.KindOf(err) != graph.KindUnavailable || err == nil {
					t.Errorf("%s while Neo4j is away: %v", name, err)
				}
				if took := time.Since(began); took > limit+time.Second {
					t.Errorf("%s took %v, with a deadline of %v", name, took, limit)
				}
			})
		}
	}
	calling.Wait()
}

// TestAway opens a store whose server is away, puts it to use when it comes, and
// kills it: the store must work again without being opened again, and lose
// nothing.
func TestAway(t *testing.T) {
	server := neo4jtest.StartOwn(t)
	server.Stop(t)
	config := configOf(server, now)
	config.Retry = time.Second
	if _, err := neo4j.Open(t.Context(), config); graph.KindOf(err) != graph.KindUnavailable {
		t.Errorf("Open while Neo4j is away: %v", err)
	}
	config.Lazy = true
	s, err := neo4j.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	allAway(t, s)
	server.Restart(t)
	appendAll(t, s, chain("before"))
	back(t, s)

	server.Kill(t)
	allAway(t, s)
	before := runtime.NumGoroutine()
	allAway(t, s)
	if n := runtime.NumGoroutine(); n > before+5 {
		t.Errorf("%d goroutines became %d", before, n)
	}
	server.Restart(t)
	back(t, s)
	if status, err := s.Status(t.Context()); err != nil || status.Revision != 2 || status.Claims != 2 {
		t.Errorf("the store holds %+v, %v", status, err)
	}
}

// back checks that all calls work again. A server that has just started on a
// busy machine takes seconds to compile its first plans.
func back(t *testing.T, s graph.Store) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	for method, call := range calls(s) {
		err := call(ctx)
		for err != nil && ctx.Err() == nil {
			if graph.KindOf(err) != graph.KindUnavailable {
				t.Fatalf("%s: %v", method, err)
			}
			err = call(ctx)
		}
		if err != nil {
			t.Errorf("%s is not back: %v: %v", method, err, errors.Unwrap(err))
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, c := range []struct {
		config neo4j.Config
		want   graph.ErrorKind
	}{
		{neo4j.Config{URI: "http://localhost:7474", Clock: now}, graph.KindInvalid},
		{neo4j.Config{URI: "bolt://127.0.0.1:1", Clock: now, Retry: time.Millisecond}, graph.KindUnavailable},
		{neo4j.Config{URI: "bolt://127.0.0.1:1"}, graph.KindInternal},
	} {
		if _, err := neo4j.Open(t.Context(), c.config); err == nil || graph.KindOf(err) != c.want {
			t.Errorf("Open(%q) fails with %v, not %v", c.config.URI, err, c.want)
		}
	}
}

// TestNewerSchema refuses a store that it might damage.
func TestNewerSchema(t *testing.T) {
	server := empty(t)
	openAt(t, server, now)
	run(t, server, "MATCH (s:Store) SET s.schema = 1000", nil)
	if _, err := neo4j.Open(t.Context(), configOf(server, now)); graph.KindOf(err) != graph.KindConflict {
		t.Errorf("Open a newer store: %v", err)
	}
}

// TestOlderSchema brings a store up to date that was made before a relation
// came, and leaves what is in it alone.
func TestOlderSchema(t *testing.T) {
	server := empty(t)
	s := openAt(t, server, now)
	if _, err := s.Append(t.Context(), graph.ChangeSet{Entities: []graph.Entity{{ID: "company:a", Name: "A"}}}); err != nil {
		t.Fatal(err)
	}
	run(t, server, "DROP CONSTRAINT same_as_id", nil)
	run(t, server, "MATCH (s:Store) SET s.schema = 1", nil)
	again := openAt(t, server, now)
	if rows, _ := run(t, server, "SHOW CONSTRAINTS YIELD name WHERE name = 'same_as_id' RETURN name", nil); len(rows) != 1 {
		t.Errorf("the constraint of SAME_AS was not made: %v", rows)
	}
	if rows, _ := run(t, server, "MATCH (s:Store) WHERE s.schema = $schema RETURN s", map[string]any{"schema": int64(queries.SchemaVersion)}); len(rows) != 1 {
		t.Error("the store does not say by which schema it is now")
	}
	if status, err := again.Status(t.Context()); err != nil || status.Entities != 1 || status.Revision != 1 {
		t.Errorf("status %+v, %v", status, err)
	}
}
