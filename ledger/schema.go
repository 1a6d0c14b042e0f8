package ledger

import (
	"context"
	"crypto/rand"
	"database/sql"
	_ "embed"
	"encoding/hex"
	"fmt"

	"debadge/graph"
)

//go:embed schema.sql
var schema string

const (
	applicationID = 0x6462_6c67 // "dblg", by which a file is known as a ledger
	schemaVersion = 2

	// originName begins the name of every log.
	originName = "debadge-ledger-"
)

// establish makes sure that the file is a ledger of this version: an empty file
// becomes one, any other is refused before anything is written to it.
func (l *Ledger) establish(ctx context.Context) error {
	err := l.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		empty, err := recognize(ctx, tx)
		if err != nil || !empty {
			return err
		}
		var id [8]byte
		_, _ = rand.Read(id[:]) // never fails
		if _, err := tx.ExecContext(ctx, schema); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO log (one, origin) VALUES (1, ?)", originName+hex.EncodeToString(id[:])); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, schemaVersion))
		return err
	})
	if err != nil || l.path == "" {
		return err
	}
	var mode string
	if err := l.writing.QueryRowContext(ctx, "PRAGMA journal_mode = wal").Scan(&mode); err != nil {
		return translate(err)
	}
	if mode != "wal" {
		return graph.Errorf(graph.KindUnavailable, "the ledger's file system has no write-ahead log (the journal is %q)", mode)
	}
	return nil
}

// mustBeLedger refuses a file that is not a ledger of this version.
func mustBeLedger(ctx context.Context, tx *sql.Tx) error {
	empty, err := recognize(ctx, tx)
	if err == nil && empty {
		err = graph.Errorf(graph.KindNotFound, "the file is empty, and no ledger yet")
	}
	return err
}

// recognize refuses a file that is not a ledger of this version, and reports
// whether it has nothing in it yet.
func recognize(ctx context.Context, tx *sql.Tx) (empty bool, err error) {
	var id, version, objects int64
	for _, q := range []struct {
		into *int64
		text string
	}{
		{&id, "PRAGMA application_id"},
		{&version, "PRAGMA user_version"},
		{&objects, "SELECT count(*) FROM sqlite_schema"},
	} {
		if err := tx.QueryRowContext(ctx, q.text).Scan(q.into); err != nil {
			return false, err
		}
	}
	switch {
	case id == 0 && version == 0 && objects == 0:
		return true, nil
	case id != applicationID:
		return false, graph.Errorf(graph.KindInvalid, "the file is a database of another program, not a debadge ledger")
	case version > schemaVersion:
		return false, graph.Errorf(graph.KindInvalid,
			"the ledger was written by a newer debadge (its schema is version %d, this debadge knows %d); use that one", version, schemaVersion)
	case version < schemaVersion:
		return false, graph.Errorf(graph.KindInvalid, "the ledger has schema version %d, which debadge never released", version)
	}
	return false, nil
}
