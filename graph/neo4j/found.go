package neo4j

import (
	"context"
	"errors"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"debadge/graph"
	"debadge/queries"
)

// founding is one attempt to put the schema in place, which all calls that need
// it share.
type founding struct {
	done chan struct{}
	err  error // once done
}

// ready returns once the schema is in place. While the server is away, calls at
// one time make one attempt together.
func (s *Store) ready(ctx context.Context) error {
	for !s.founded.Load() {
		if s.closed.Load() {
			break
		}
		s.mu.Lock()
		attempt, mine := s.founding, s.founding == nil
		if mine {
			attempt = &founding{done: make(chan struct{})}
			s.founding = attempt
		}
		s.mu.Unlock()
		if mine {
			s.attempt(ctx, attempt)
			return attempt.err
		}
		select {
		case <-ctx.Done():
			return s.translate(ctx.Err())
		case <-attempt.done:
		}
		// One that was given up by its caller says nothing about the server.
		if attempt.err != nil && !errors.Is(attempt.err, context.Canceled) && !errors.Is(attempt.err, context.DeadlineExceeded) {
			return attempt.err
		}
	}
	if s.closed.Load() {
		return errClosed()
	}
	return nil
}

// attempt puts the schema in place and tells those who wait for it.
func (s *Store) attempt(ctx context.Context, a *founding) {
	defer func() {
		s.mu.Lock()
		s.founding = nil
		s.mu.Unlock()
		close(a.done)
	}()
	a.err = s.translate(s.found(ctx))
	if a.err == nil {
		s.founded.Store(true)
	}
}

// found puts the schema in place under the node that stands for the store. What
// is there already is left alone.
func (s *Store) found(ctx context.Context) error {
	version, err := s.schemaVersion(ctx)
	if err != nil || version == queries.SchemaVersion {
		return err
	}
	if version > queries.SchemaVersion {
		return graph.Errorf(graph.KindConflict,
			"the store in Neo4j has schema %d, this debadge knows %d; use a newer debadge", version, queries.SchemaVersion)
	}
	ctx, cancel := s.bounded(ctx)
	defer cancel()
	steps := []work{applySchema, awaitIndexes, markFounded}
	for _, step := range steps { // the server refuses to mix schema and data in one transaction
		if err := s.transact(ctx, neo4j.AccessModeWrite, step); err != nil {
			return err
		}
	}
	return nil
}

// schemaVersion is 0 for a database that holds no store.
func (s *Store) schemaVersion(ctx context.Context) (version int64, err error) {
	err = s.transact(ctx, neo4j.AccessModeRead, func(ctx context.Context, tx neo4j.ManagedTransaction) error {
		version = 0
		row, err := first(ctx, tx, queries.Must("store/schema_version").Text, nil)
		if err != nil || row == nil {
			return err
		}
		found, ok := row[0].(int64)
		if !ok {
			return damaged("the node of the store has no schema version")
		}
		version = found
		return nil
	})
	return version, err
}

func applySchema(ctx context.Context, tx neo4j.ManagedTransaction) error {
	for _, statement := range queries.Schema() {
		if _, err := first(ctx, tx, statement, nil); err != nil {
			return err
		}
	}
	return nil
}

func awaitIndexes(ctx context.Context, tx neo4j.ManagedTransaction) error {
	seconds := int64(1)
	if deadline, ok := ctx.Deadline(); ok {
		seconds = max(seconds, int64(time.Until(deadline)/time.Second))
	}
	_, err := first(ctx, tx, queries.Must("store/await_indexes").Text, map[string]any{"seconds": seconds})
	return err
}

func markFounded(ctx context.Context, tx neo4j.ManagedTransaction) error {
	_, err := first(ctx, tx, queries.Must("store/found").Text, map[string]any{"schema": int64(queries.SchemaVersion)})
	return err
}
