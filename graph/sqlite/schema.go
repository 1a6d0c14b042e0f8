package sqlite

import (
	"context"
	"database/sql"
	_ "embed"
	"fmt"
	"time"

	"debadge/graph"
)

//go:embed schema.sql
var schema string

const (
	applicationID = 0x64626467 // "dbdg", by which a file is known as debadge's
	schemaVersion = 2
)

// establish makes sure that the file is a store of this version: an empty file
// becomes one, any other is refused before anything is written to it.
func establish(ctx context.Context, w *session) error {
	// A store that is there is only looked at: to open it, nobody waits for another process that writes.
	var empty bool
	err := w.transaction(ctx, "BEGIN", func() (err error) {
		empty, err = isEmpty(ctx, w)
		return err
	})
	if err == nil && empty {
		err = create(ctx, w)
	}
	if err != nil {
		return err
	}
	if err := writeAhead(ctx, w); err != nil {
		return err
	}
	// In one transaction: another process may append meanwhile.
	return w.transaction(ctx, "BEGIN", func() error { return checkTotals(ctx, w) })
}

// create makes a store of an empty file, unless another process just did.
func create(ctx context.Context, w *session) error {
	return w.transaction(ctx, "BEGIN IMMEDIATE", func() error {
		empty, err := isEmpty(ctx, w)
		if err != nil || !empty {
			return err
		}
		if _, err := w.conn.ExecContext(ctx, schema); err != nil {
			return translate(err)
		}
		_, err = w.conn.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, schemaVersion))
		return translate(err)
	})
}

// isEmpty refuses a file that is not a store of this version, and reports
// whether it has nothing in it yet.
func isEmpty(ctx context.Context, w *session) (empty bool, err error) {
	var id, version, objects int64
	for _, q := range []struct {
		into *int64
		text string
	}{
		{&id, "PRAGMA application_id"},
		{&version, "PRAGMA user_version"},
		{&objects, "SELECT count(*) FROM sqlite_schema"},
	} {
		if _, err := w.one(ctx, []any{q.into}, q.text); err != nil {
			return false, err
		}
	}
	if id == 0 && version == 0 && objects == 0 {
		return true, nil
	}
	return false, recognize(id, version)
}

// writeAhead switches the file to a write-ahead log. SQLite does not wait for
// another process that is about to do the same, so this does.
func writeAhead(ctx context.Context, w *session) error {
	const attempts, pause = 50, 100 * time.Millisecond
	for i := 0; ; i++ {
		var mode string
		_, err := w.one(ctx, []any{&mode}, "PRAGMA journal_mode = wal")
		switch {
		case err == nil && mode == "wal":
			return nil
		case err == nil:
			return graph.Errorf(graph.KindUnavailable, "the store's file system has no write-ahead log (the journal is %q)", mode)
		case i == attempts || !isCode(err, codeBusy, codeLocked):
			return err
		}
		select {
		case <-ctx.Done():
			return translate(ctx.Err())
		case <-time.After(pause):
		}
	}
}

// checkTotals compares the end of each table with what the newest change says.
// It costs a few page reads; a file that was cut or spliced does not pass.
func checkTotals(ctx context.Context, s *session) error {
	head, err := s.head(ctx)
	if err != nil {
		return err
	}
	for _, table := range []struct {
		name string
		want int64
	}{
		{"changes", int64(head.revision)},
		{"entities", head.entities},
		{"entity_versions", head.entityVersions},
		{"sources", head.sources},
		{"source_versions", head.sourceVersions},
		{"claims", head.claims},
		{"retractions", head.retractions},
	} {
		key := "key"
		if table.name == "changes" {
			key = "revision"
		}
		var last sql.NullInt64
		if _, err := s.one(ctx, []any{&last}, "SELECT max("+key+") FROM "+table.name); err != nil {
			return err
		}
		if last.Int64 != table.want {
			return damaged("%s ends at %d instead of %d", table.name, last.Int64, table.want)
		}
	}
	return nil
}
