package neo4j

import (
	"context"
	"errors"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

// work is what happens in a transaction. The driver may call it again from the
// start, so it changes nothing outside of the transaction but what it sets anew
// each time. It returns the driver's errors as they are: the driver decides by
// them whether to try again.
type work func(ctx context.Context, tx neo4j.ManagedTransaction) error

// read runs work in a transaction that reads, once the schema is in place.
func (s *Store) read(ctx context.Context, do work) error {
	if err := s.ready(ctx); err != nil {
		return err
	}
	return s.translate(s.transact(ctx, neo4j.AccessModeRead, do))
}

// transact runs work in a managed transaction of a session of its own, and
// returns the error of the driver, or of the work, as it is.
func (s *Store) transact(ctx context.Context, mode neo4j.AccessMode, do work) error {
	ctx, cancel := s.bounded(ctx)
	defer cancel()
	session := s.driver.NewSession(ctx, neo4j.SessionConfig{
		AccessMode:      mode,
		DatabaseName:    s.config.Database,
		BookmarkManager: s.bookmarks,
		FetchSize:       neo4j.FetchAll, // a result is always read to its end
	})
	defer closeSession(ctx, session)
	execute := session.ExecuteRead
	if mode == neo4j.AccessModeWrite {
		execute = session.ExecuteWrite
	}
	_, err := execute(ctx, func(tx neo4j.ManagedTransaction) (any, error) {
		return nil, do(ctx, tx)
	}, s.limit(ctx))
	if over := ctx.Err(); err != nil && over != nil {
		return errors.Join(err, over) // the driver tells of the socket that it closed
	}
	return err
}

// bounded gives a call that has no deadline, or a later one, the store's.
func (s *Store) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, s.config.Timeout)
}

// limit tells the server the deadline too: if the connection breaks, it would
// otherwise go on working for nobody.
func (s *Store) limit(ctx context.Context) func(*neo4j.TransactionConfig) {
	left := s.config.Timeout
	if deadline, ok := ctx.Deadline(); ok {
		left = max(time.Until(deadline), time.Millisecond) // 0 would be no limit
	}
	return neo4j.WithTxTimeout(left)
}

// closeSession closes a session even if its context is over: it would keep its
// connection otherwise.
func closeSession(ctx context.Context, session neo4j.SessionWithContext) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
	defer cancel()
	_ = session.Close(ctx) // the work is done, or its error is on the way
}

// each runs a statement and hands over its rows one by one.
func each(ctx context.Context, tx neo4j.ManagedTransaction, text string, params map[string]any, row func([]any) error) error {
	result, err := tx.Run(ctx, text, params)
	if err != nil {
		return err
	}
	for result.Next(ctx) {
		if err := row(result.Record().Values); err != nil {
			return err
		}
	}
	return result.Err()
}

// first runs a statement and returns its first row, or nil if there is none.
func first(ctx context.Context, tx neo4j.ManagedTransaction, text string, params map[string]any) ([]any, error) {
	var found []any
	err := each(ctx, tx, text, params, func(row []any) error {
		if found == nil {
			found = row
		}
		return nil
	})
	return found, err
}
