package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"

	"debadge/graph"
)

// lock holds a ledger for one process. It is an open transaction on a small
// database beside the ledger: the operating system ends it with the process,
// however that ends, on every system that SQLite runs on.
type lock struct {
	db   *sql.DB
	conn *sql.Conn
}

// ErrHeld is the cause of the error where another process has the ledger.
var ErrHeld = errors.New("the ledger is held")

// take takes the ledger, or says who has it.
func take(ctx context.Context, path, holder string) (*lock, error) {
	name, err := dataSource(path + ".lock")
	if err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", name)
	if err != nil {
		return nil, translate(err)
	}
	l := &lock{db: db}
	if l.conn, err = db.Conn(ctx); err == nil {
		err = l.hold(ctx, fmt.Sprintf("%s (process %d)", holder, os.Getpid()))
	}
	if err == nil {
		return l, nil
	}
	if isBusy(err) {
		err = &graph.Error{
			Kind: graph.KindConflict, Cause: ErrHeld,
			Message: l.holder(ctx) + " has the ledger, and only one process writes to it; ask that one over HTTP, or stop it",
		}
	}
	_ = l.release() // why is what matters
	return nil, translate(err)
}

// hold leaves the name of the holder where others can read it, and begins the
// transaction that is the lock.
func (l *lock) hold(ctx context.Context, holder string) error {
	for _, step := range []struct {
		text string
		args []any
	}{
		{"BEGIN IMMEDIATE", nil},
		{"CREATE TABLE IF NOT EXISTS holder (one INTEGER PRIMARY KEY, name TEXT NOT NULL)", nil},
		{"INSERT INTO holder (one, name) VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET name = excluded.name", []any{holder}},
		{"COMMIT", nil},
		{"BEGIN IMMEDIATE", nil},
	} {
		if _, err := l.conn.ExecContext(ctx, step.text, step.args...); err != nil {
			return err
		}
	}
	return nil
}

// holder is who has the ledger, as far as can be read.
func (l *lock) holder(ctx context.Context) string {
	var name string
	if err := l.db.QueryRowContext(ctx, "SELECT name FROM holder").Scan(&name); err != nil {
		return "another process"
	}
	return name
}

func (l *lock) release() error {
	var errs []error
	if l.conn != nil {
		errs = append(errs, l.conn.Close())
	}
	return errors.Join(append(errs, l.db.Close())...)
}
