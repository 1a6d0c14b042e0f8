package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
)

// session is one connection with the statements that were prepared on it. It
// is for one goroutine at a time. All errors that it returns are translated.
type session struct {
	conn       *sql.Conn
	statements map[string]*sql.Stmt
	broken     bool // a transaction could not be ended: not to be used again
}

func openSession(ctx context.Context, db *sql.DB) (*session, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, translate(err)
	}
	return &session{conn: conn, statements: map[string]*sql.Stmt{}}, nil
}

func (s *session) close() error {
	var first error
	for _, st := range s.statements {
		if err := st.Close(); err != nil && first == nil {
			first = err
		}
	}
	if err := s.conn.Close(); err != nil && first == nil {
		first = err
	}
	return translate(first)
}

func (s *session) prepare(ctx context.Context, text string) (*sql.Stmt, error) {
	if st, ok := s.statements[text]; ok {
		return st, nil
	}
	st, err := s.conn.PrepareContext(ctx, text)
	if err != nil {
		return nil, translate(err)
	}
	s.statements[text] = st
	return st, nil
}

func (s *session) exec(ctx context.Context, text string, args ...any) error {
	st, err := s.prepare(ctx, text)
	if err != nil {
		return err
	}
	_, err = st.ExecContext(ctx, args...)
	return translate(err)
}

func (s *session) query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	st, err := s.prepare(ctx, text)
	if err != nil {
		return nil, err
	}
	rows, err := st.QueryContext(ctx, args...)
	return rows, translate(err)
}

// each calls row with every row of a query; row scans it.
func (s *session) each(ctx context.Context, row func(*sql.Rows) error, text string, args ...any) (err error) {
	rows, err := s.query(ctx, text, args...)
	if err != nil {
		return err
	}
	defer func() {
		if closing := rows.Close(); err == nil {
			err = translate(closing)
		}
	}()
	for rows.Next() {
		if err := row(rows); err != nil {
			return translate(err)
		}
	}
	return translate(rows.Err())
}

// one scans the only row of a query and reports whether there is one.
func (s *session) one(ctx context.Context, into []any, text string, args ...any) (found bool, err error) {
	err = s.each(ctx, func(r *sql.Rows) error {
		found = true
		return r.Scan(into...)
	}, text, args...)
	return found, err
}

// transaction runs do between begin and commit, and rolls back if it fails. It
// is committed even if ctx ends meanwhile, so that its outcome is known.
func (s *session) transaction(ctx context.Context, begin string, do func() error) error {
	committed := false
	whatever := context.WithoutCancel(ctx)
	defer func() {
		if !committed && !s.idle(whatever) {
			s.broken = true
		}
	}()
	if err := s.exec(ctx, begin); err != nil {
		return err // it may have begun all the same, if ctx ended just then
	}
	if err := do(); err != nil {
		return err
	}
	if err := s.exec(whatever, "COMMIT"); err != nil {
		return err
	}
	committed = true
	return nil
}

// idle ends the transaction, if there still is one: some errors have already
// rolled it back, and then ROLLBACK fails while a new BEGIN works.
func (s *session) idle(ctx context.Context) bool {
	if s.exec(ctx, "ROLLBACK") == nil {
		return true
	}
	return s.exec(ctx, "BEGIN") == nil && s.exec(ctx, "ROLLBACK") == nil
}

// list writes values as the JSON array that json_each reads: one parameter for
// any number of them.
func list[T any](values []T) (string, error) {
	text, err := json.Marshal(values)
	return string(text), translate(err)
}
