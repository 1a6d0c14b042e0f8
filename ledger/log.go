package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"debadge/graph"
)

// EntryKind is what an entry of the log tells of.
type EntryKind string

// The kinds of entry.
const (
	ChangeEntry    EntryKind = "change"    // a revision of the claim store
	ImportEntry    EntryKind = "import"    // an edition was read, or refused
	ScreeningEntry EntryKind = "screening" // lines were screened
	DecisionEntry  EntryKind = "decision"
	SignOffEntry   EntryKind = "signoff" // a second officer signed a decision, or refused it
	KeyEntry       EntryKind = "key"     // made or revoked
	PolicyEntry    EntryKind = "policy"  // the rules that the service answers by
	WatchEntry     EntryKind = "watch"   // begun or ended
)

// CommandLine is the actor of what was done on the machine itself.
const CommandLine = "command line"

// Entry is one thing that was done, as the log keeps it.
type Entry struct {
	Time    time.Time       `json:"time"`
	Actor   string          `json:"actor"` // "key:NAME", "oidc:SUBJECT", an author, or [CommandLine]
	Kind    EntryKind       `json:"kind"`
	Subject string          `json:"subject"`          // what it was done to
	Digest  string          `json:"digest,omitempty"` // of what was done, where it is kept elsewhere
	Details json.RawMessage `json:"details,omitempty"`
}

// IndexedEntry is an entry with its place in the log.
type IndexedEntry struct {
	Index int64 `json:"index"` // counted from 0
	Entry
}

// Event is what becomes an entry: the ledger adds the time.
type Event struct {
	Actor   string
	Kind    EntryKind
	Subject string
	Digest  string // empty, or "sha256:" and 64 hexadecimal digits
	Details any    // written as JSON; must not hold a secret
}

// maxEntry bounds an entry in bytes.
const maxEntry = 1 << 20

func (e Event) check() error {
	switch {
	case strings.TrimSpace(e.Actor) == "":
		return graph.Errorf(graph.KindInternal, "an entry of the log names nobody who did it")
	case e.Kind == "" || strings.Trim(string(e.Kind), "abcdefghijklmnopqrstuvwxyz") != "":
		return graph.Errorf(graph.KindInternal, "%q is not a kind of entry", e.Kind)
	case e.Digest != "" && !isDigest(e.Digest):
		return graph.Errorf(graph.KindInternal, "%q is not a digest", e.Digest)
	}
	return nil
}

// Log adds entries, all of them or none, and returns the index of the last one.
func (l *Ledger) Log(ctx context.Context, events ...Event) (last int64, err error) {
	now := l.now()
	err = l.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		last, err = appendEntries(ctx, tx, now, events...)
		return err
	})
	return last, err
}

// appendEntries adds entries with their hashes in the transaction of what they
// tell of.
func appendEntries(ctx context.Context, tx *sql.Tx, now time.Time, events ...Event) (last int64, err error) {
	size, err := treeSize(ctx, tx)
	if err != nil {
		return 0, err
	}
	for _, event := range events {
		data, err := event.encode(now)
		if err != nil {
			return 0, err
		}
		hashes, err := tlog.StoredHashes(size, data, storedHashes(ctx, tx))
		if err != nil {
			return 0, err
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO entries (n, data) VALUES (?, ?)", size, string(data)); err != nil {
			return 0, err
		}
		at := tlog.StoredHashIndex(0, size)
		for i, h := range hashes {
			if _, err := tx.ExecContext(ctx, "INSERT INTO hashes (n, hash) VALUES (?, ?)", at+int64(i), h[:]); err != nil {
				return 0, err
			}
		}
		size++
	}
	return size - 1, nil
}

func (e Event) encode(now time.Time) ([]byte, error) {
	if err := e.check(); err != nil {
		return nil, err
	}
	entry := Entry{Time: now, Actor: e.Actor, Kind: e.Kind, Subject: e.Subject, Digest: e.Digest}
	if e.Details != nil {
		details, err := canonical(e.Details)
		if err != nil {
			return nil, err
		}
		entry.Details = details
	}
	data, err := canonical(entry)
	if err == nil && len(data) > maxEntry {
		err = graph.Errorf(graph.KindInvalid, "an entry of the log would have %d bytes; at most %d are kept", len(data), maxEntry)
	}
	return data, err
}

// treeSize is how many entries the log has, if it ends where its hashes do.
func treeSize(ctx context.Context, tx *sql.Tx) (size int64, err error) {
	var hashes int64
	if err := tx.QueryRowContext(ctx, "SELECT (SELECT coalesce(max(n), -1) + 1 FROM entries), (SELECT coalesce(max(n), -1) + 1 FROM hashes)").
		Scan(&size, &hashes); err != nil {
		return 0, err
	}
	if hashes != tlog.StoredHashCount(size) {
		return 0, damaged("the log has %d entries and %d hashes; there should be %d", size, hashes, tlog.StoredHashCount(size))
	}
	return size, nil
}

// storedHashes reads hashes of the tree.
func storedHashes(ctx context.Context, tx *sql.Tx) tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		found := make([]tlog.Hash, len(indexes))
		for i, n := range indexes {
			var h []byte
			if err := tx.QueryRowContext(ctx, "SELECT hash FROM hashes WHERE n = ?", n).Scan(&h); err != nil {
				return nil, fmt.Errorf("hash %d of the log: %w", n, err)
			}
			if len(h) != len(found[i]) {
				return nil, damaged("hash %d of the log has %d bytes", n, len(h))
			}
			copy(found[i][:], h)
		}
		return found, nil
	})
}

// Entries selects entries; all conditions that are given must hold.
type Entries struct {
	Kind    EntryKind
	Subject string
	From    int64 // only from this index on
	Limit   int   // at most so many; 0 is no limit
	Newest  bool  // from the newest on, in place of the oldest
}

// Entries yields the entries that match, in order. yield must not call the
// ledger.
func (l *Ledger) Entries(ctx context.Context, which Entries, yield func(IndexedEntry) error) error {
	text, args := "SELECT n, data FROM entries WHERE n >= ?", []any{which.From}
	if which.Kind != "" {
		text, args = text+" AND kind = ?", append(args, which.Kind)
	}
	if which.Subject != "" {
		text, args = text+" AND subject = ?", append(args, which.Subject)
	}
	text += " ORDER BY n"
	if which.Newest {
		text += " DESC"
	}
	if which.Limit > 0 {
		text, args = text+" LIMIT ?", append(args, which.Limit)
	}
	return l.read(ctx, func(tx *sql.Tx) error {
		return each(ctx, tx, func(rows *sql.Rows) error {
			var (
				e    IndexedEntry
				data string
			)
			if err := rows.Scan(&e.Index, &data); err != nil {
				return err
			}
			if err := json.Unmarshal([]byte(data), &e.Entry); err != nil {
				return damaged("entry %d of the log is no entry: %v", e.Index, err)
			}
			return yield(e)
		}, text, args...)
	})
}

// Export yields every entry as the bytes that are hashed, in order.
func (l *Ledger) Export(ctx context.Context, yield func(data string) error) error {
	return l.read(ctx, func(tx *sql.Tx) error {
		return each(ctx, tx, func(rows *sql.Rows) error {
			var data string
			if err := rows.Scan(&data); err != nil {
				return err
			}
			return yield(data)
		}, "SELECT data FROM entries ORDER BY n")
	})
}

// each calls row with every row of a query.
func each(ctx context.Context, tx *sql.Tx, row func(*sql.Rows) error, text string, args ...any) error {
	rows, err := tx.QueryContext(ctx, text, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // Err tells what went wrong
	for rows.Next() {
		if err := row(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// damaged reports what should never be found in a file that only debadge wrote.
func damaged(format string, args ...any) error {
	cause := graph.Errorf(graph.KindInternal, format, args...)
	return graph.Unavailable("the ledger's file is damaged or was changed by something else ("+cause.Message+")", cause)
}
