package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
)

// tables is what the log says that other tables hold.
type tables struct {
	keys    map[string]string // digests by id
	revoked map[string]bool
	last    position // in the feed of the claim store

	decisions, signOffs map[int64]string // digests by the index of the entry
}

// note takes in what an entry says.
func (t *tables) note(e IndexedEntry) error {
	switch e.Kind { //nolint:exhaustive // the others are kept nowhere else
	case KeyEntry:
		var details keyDetails
		if json.Unmarshal(e.Details, &details) != nil {
			return tampered("entry %d of the log says nothing of a key", e.Index)
		}
		switch details.What {
		case keyCreated:
			t.keys[e.Subject] = e.Digest
		case keyRevoked:
			t.revoked[e.Subject] = true
		}
	case DecisionEntry:
		t.decisions[e.Index] = e.Digest
	case SignOffEntry:
		t.signOffs[e.Index] = e.Digest
	case ChangeEntry:
		if next := t.last.revision + 1; e.Subject != revisionSubject(next) {
			return tampered("entry %d of the log tells of %s where revision %d is next", e.Index, e.Subject, next)
		}
		t.last = position{revision: t.last.revision + 1, digest: e.Digest}
	}
	return nil
}

// verifyPosition compares how far the feed was followed with the entries.
func (t *tables) verifyPosition(ctx context.Context, tx *sql.Tx) error {
	at, err := readPosition(ctx, tx, auditPosition)
	if err == nil && at != t.last {
		err = tampered("the log tells of revisions up to %d, and should go up to %d", t.last.revision, at.revision)
	}
	return err
}

// verifyKeys compares the keys with what the log says of them.
func (t *tables) verifyKeys(ctx context.Context, tx *sql.Tx) (n int, err error) {
	err = each(ctx, tx, func(rows *sql.Rows) error {
		k, err := scanKey(rows)
		if err != nil {
			return err
		}
		digest, err := k.digest()
		if err != nil {
			return err
		}
		if t.keys[k.ID] != digest {
			return tampered("the key %s is not the one that the log tells of", k.ID)
		}
		if t.revoked[k.ID] == k.RevokedAt.IsZero() {
			return tampered("the log and the key %s do not agree whether it is revoked", k.ID)
		}
		n++
		return nil
	}, "SELECT "+keyColumns+" FROM keys ORDER BY id")
	if err == nil && n != len(t.keys) {
		err = tampered("the log tells of %d keys, and %d are there", len(t.keys), n)
	}
	return n, err
}

// verifyDecisions compares the decisions, and what second officers said to them,
// with what the log says.
func (t *tables) verifyDecisions(ctx context.Context, tx *sql.Tx) (n int, err error) {
	n, err = verifyRecords(ctx, tx, "", "decisions", t.decisions, "SELECT id, entry, record FROM decisions ORDER BY id")
	if err == nil {
		_, err = verifyRecords(ctx, tx, "the sign-off of ", "sign-offs", t.signOffs, "SELECT decision, entry, record FROM signoffs ORDER BY decision")
	}
	return n, err
}

// verifyRecords compares records with the digests that entries have; one and many
// say what they are called.
func verifyRecords(ctx context.Context, tx *sql.Tx, one, many string, logged map[int64]string, query string) (n int, err error) {
	err = each(ctx, tx, func(rows *sql.Rows) error {
		var (
			id, entry int64
			record    []byte
		)
		if err := rows.Scan(&id, &entry, &record); err != nil {
			return err
		}
		if logged[entry] != digestOf(record) {
			return tampered("%s%s%d is not the one that the log tells of", one, decisionID, id)
		}
		n++
		return nil
	}, query)
	if err == nil && n != len(logged) {
		err = tampered("the log tells of %d %s, and %d are there", len(logged), many, n)
	}
	return n, err
}
