package neo4jtest

import (
	"context"
	"fmt"
	"testing"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

// Wipe removes every node, relationship, constraint and index, so that the database is as good as new.
// What stays is what Neo4j cannot forget: the names of labels, types and properties, and its two
// indexes that look up labels and types.
func (s *Server) Wipe(tb testing.TB) {
	tb.Helper()
	// Also in a cleanup, where the context of the test is over.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(tb.Context()), wipeLimit)
	defer cancel()
	driver, err := s.driver()
	if err != nil {
		tb.Fatal(err)
	}
	defer closeDriver(ctx, driver)
	if err := wipe(ctx, driver); err != nil {
		tb.Fatalf("wipe the Neo4j at %s: %v", s.URI, err)
	}
}

// wipe drops the schema first: nodes go faster when no index has to follow.
func wipe(ctx context.Context, driver neo4j.DriverWithContext) error {
	schema := []struct{ show, drop string }{
		{"SHOW CONSTRAINTS YIELD name RETURN name", "DROP CONSTRAINT $name IF EXISTS"},
		{"SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP' RETURN name", "DROP INDEX $name IF EXISTS"},
	}
	for _, kind := range schema {
		names, err := column(ctx, driver, kind.show, nil)
		if err != nil {
			return err
		}
		for _, name := range names {
			if _, err := column(ctx, driver, kind.drop, map[string]any{"name": name}); err != nil {
				return err
			}
		}
	}
	// In batches, since a transaction holds all that it deletes in memory.
	_, err := column(ctx, driver, "MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS", nil)
	return err
}

// column runs a statement outside of a managed transaction, which CALL … IN TRANSACTIONS refuses, and
// returns the texts in its first column.
func column(ctx context.Context, driver neo4j.DriverWithContext, cypher string, params map[string]any) (texts []string, err error) {
	session := driver.NewSession(ctx, neo4j.SessionConfig{})
	defer func() {
		if e := session.Close(context.WithoutCancel(ctx)); e != nil && err == nil {
			err = fmt.Errorf("close the session: %w", e)
		}
	}()
	result, err := session.Run(ctx, cypher, params)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", cypher, err)
	}
	for result.Next(ctx) {
		text, ok := result.Record().Values[0].(string)
		if !ok {
			return nil, fmt.Errorf("%s: returned %T in place of a text", cypher, result.Record().Values[0])
		}
		texts = append(texts, text)
	}
	if err := result.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", cypher, err)
	}
	return texts, nil
}
