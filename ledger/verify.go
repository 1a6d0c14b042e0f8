package ledger

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"debadge/graph"
)

// Verified says what was found right.
type Verified struct {
	Checkpoint                // of the log as it is now
	Entries    int64          `json:"entries"`
	Since      []int64        `json:"since,omitempty"` // the sizes of the earlier checkpoints that it goes on from
	Revision   graph.Revision `json:"revision"`        // of the claim store, the newest one that the log knows
	Keys       int            `json:"keys"`
	Decisions  int            `json:"decisions"`
}

// Verify reads the whole log, compares every entry with its hashes, and what
// the other tables say with the log. With earlier checkpoints, whose signatures
// the caller has opened, it also proves that everything up to them is there,
// unchanged and in order. What does not fit is KindConflict.
func (l *Ledger) Verify(ctx context.Context, earlier ...Checkpoint) (v Verified, err error) {
	err = l.read(ctx, func(tx *sql.Tx) error {
		v, err = verify(ctx, tx, earlier)
		return err
	})
	if err != nil {
		return Verified{}, err
	}
	return v, nil
}

func verify(ctx context.Context, tx *sql.Tx, earlier []Checkpoint) (v Verified, err error) {
	t := tables{keys: map[string]string{}, revoked: map[string]bool{}, decisions: map[int64]string{}, signOffs: map[int64]string{}}
	if v.Entries, err = verifyLog(ctx, tx, t.note); err != nil {
		return v, err
	}
	if v.Checkpoint, err = stateOf(ctx, tx); err != nil {
		return v, err
	}
	for _, c := range earlier {
		if err := goesOnFrom(ctx, tx, v.Checkpoint, c); err != nil {
			return v, err
		}
		v.Since = append(v.Since, c.Size)
	}
	if err := t.verifyPosition(ctx, tx); err != nil {
		return v, err
	}
	v.Revision = t.last.revision
	if v.Keys, err = t.verifyKeys(ctx, tx); err != nil {
		return v, err
	}
	v.Decisions, err = t.verifyDecisions(ctx, tx)
	return v, err
}

func tampered(format string, args ...any) error {
	return graph.Errorf(graph.KindConflict, format, args...)
}

// verifyLog computes every hash again from the entries alone.
func verifyLog(ctx context.Context, tx *sql.Tx, note func(IndexedEntry) error) (size int64, err error) {
	rows, err := tx.QueryContext(ctx, "SELECT n, hash FROM hashes ORDER BY n")
	if err != nil {
		return 0, err
	}
	defer func() { _ = rows.Close() }() // Err tells what went wrong
	last := lastHashes{}
	err = each(ctx, tx, func(entry *sql.Rows) error {
		var (
			e    = IndexedEntry{}
			data []byte
		)
		if err := entry.Scan(&e.Index, &data); err != nil {
			return err
		}
		if e.Index != size {
			return tampered("entry %d of the log is missing", size)
		}
		if err := json.Unmarshal(data, &e.Entry); err != nil {
			return tampered("entry %d of the log was changed: it is no entry", size)
		}
		hashes, err := tlog.StoredHashes(size, data, last)
		if err != nil {
			return err
		}
		if err := last.compare(rows, size, hashes); err != nil {
			return err
		}
		size++
		return note(e)
	}, "SELECT n, data FROM entries ORDER BY n")
	if err != nil {
		return 0, err
	}
	if rows.Next() {
		return 0, tampered("the log has hashes of entries after the last one, %d: the end of it is missing", size-1)
	}
	return size, rows.Err()
}

// lastHashes holds the hash of the last subtree of each level that is whole: all
// that the next entry's hashes are made of.
type lastHashes map[int64]tlog.Hash

// ReadHashes returns hashes that were computed before.
func (last lastHashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for i, n := range indexes {
		h, ok := last[n]
		if !ok {
			return nil, fmt.Errorf("hash %d is not at hand", n)
		}
		found[i] = h
	}
	return found, nil
}

// compare compares the hashes that an entry adds with the stored ones, and keeps
// what later ones are made of.
func (last lastHashes) compare(stored *sql.Rows, entry int64, hashes []tlog.Hash) error {
	at := tlog.StoredHashIndex(0, entry)
	for i, h := range hashes {
		var (
			n    int64
			kept []byte
		)
		if !stored.Next() {
			if err := stored.Err(); err != nil {
				return err
			}
			return tampered("the hashes of entry %d of the log are missing", entry)
		}
		if err := stored.Scan(&n, &kept); err != nil {
			return err
		}
		if n != at+int64(i) || !bytes.Equal(kept, h[:]) {
			return tampered("entry %d of the log was changed, or its hash was", entry)
		}
		level, position := tlog.SplitStoredHashIndex(n)
		if position%2 == 1 { // with its left neighbor it has become a hash of the level above
			delete(last, tlog.StoredHashIndex(level, position-1))
			continue
		}
		last[n] = h
	}
	return nil
}

// goesOnFrom proves that the log has all that it had at an earlier checkpoint.
func goesOnFrom(ctx context.Context, tx *sql.Tx, now, then Checkpoint) error {
	switch {
	case then.Origin != now.Origin:
		return tampered("the checkpoint is of another log, %s; this one is %s", then.Origin, now.Origin)
	case then.Size > now.Size:
		return tampered("the log has %d entries, and had %d at the checkpoint: it was cut or rolled back", now.Size, then.Size)
	case then.Size == 0:
		return nil // every log goes on from nothing
	}
	proof, err := tlog.ProveTree(now.Size, then.Size, storedHashes(ctx, tx))
	if err != nil {
		return err
	}
	if tlog.CheckTree(proof, now.Size, now.Root, then.Size, then.Root) != nil {
		return tampered("the log is not the one of the checkpoint: among its first %d entries some were changed, removed, added or moved", then.Size)
	}
	return nil
}
