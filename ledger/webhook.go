package ledger

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base64"
	"errors"
	"time"

	"debadge/graph"
)

// secretPrefix begins every secret of a webhook, as Standard Webhooks has it.
const secretPrefix = "whsec_"

// SecretOverlap is how long a secret is still signed with after another one took
// its place, so that receivers can exchange it without missing an event.
const SecretOverlap = 24 * time.Hour

// insertSecret makes a secret of a watch and returns its text. The key itself is
// kept, since signing needs it.
func insertSecret(ctx context.Context, tx *sql.Tx, watch int64) (text string, err error) {
	key := make([]byte, secretBytes)
	_, _ = rand.Read(key) // never fails
	_, err = tx.ExecContext(ctx, "INSERT INTO secrets (watch, key, until) VALUES (?, ?, 0)", watch, key)
	return secretPrefix + base64.StdEncoding.EncodeToString(key), err
}

// Secrets returns the keys that the events of a watch are signed with, the newest
// first: several while one is being exchanged.
func (l *Ledger) Secrets(ctx context.Context, id string) (keys [][]byte, err error) {
	n, err := parseNumbered(watchID, id, "watch")
	if err != nil {
		return nil, err
	}
	err = l.read(ctx, func(tx *sql.Tx) error {
		return each(ctx, tx, func(rows *sql.Rows) error {
			var key []byte
			err := rows.Scan(&key)
			keys = append(keys, key)
			return err
		}, "SELECT key FROM secrets WHERE watch = ? AND (until = 0 OR until > ?) ORDER BY id DESC", n, micros(l.now()))
	})
	return keys, err
}

// What the log says was done to a watch beside its states.
const (
	secretReplaced WatchState = "secret replaced"
	eventsReplayed WatchState = "events replayed"
)

// ReplaceSecret makes another secret of a watch and returns its text, which is
// never returned again. The one before is still signed with for [SecretOverlap].
func (l *Ledger) ReplaceSecret(ctx context.Context, actor, id string) (text string, err error) {
	err = l.changeWatch(ctx, actor, id, secretReplaced, func(ctx context.Context, tx *sql.Tx, n int64, w Watch) error {
		if w.Endpoint == "" {
			return graph.Errorf(graph.KindConflict, "%s has no endpoint, so that nothing of it is signed", id)
		}
		now := l.now()
		for _, step := range []string{
			"DELETE FROM secrets WHERE watch = ?1 AND until <> 0 AND until <= ?2",
			"UPDATE secrets SET until = ?3 WHERE watch = ?1 AND until = 0",
		} {
			if _, err := tx.ExecContext(ctx, step, n, micros(now), micros(now.Add(SecretOverlap))); err != nil {
				return err
			}
		}
		text, err = insertSecret(ctx, tx, n)
		return err
	})
	return text, err
}

// ReplayWatch makes events of a watch pending again and returns how many: those
// that were given up, or with after all those behind an event, also those that
// were delivered.
func (l *Ledger) ReplayWatch(ctx context.Context, actor, id string, after *int64) (replayed int64, err error) {
	err = l.changeWatch(ctx, actor, id, eventsReplayed, func(ctx context.Context, tx *sql.Tx, n int64, w Watch) error {
		if w.Endpoint == "" {
			return graph.Errorf(graph.KindConflict, "%s has no endpoint to which its events could be delivered; fetch them", id)
		}
		which, arg := "state = ?2", any(Dead)
		if after != nil {
			which, arg = "seq > ?2", *after
		}
		done, err := tx.ExecContext(ctx, "UPDATE outbox SET state = 'pending', attempts = 0, next_at = 0, last_error = '' WHERE watch = ?1 AND "+which, n, arg) //nolint:gosec // which is one of the texts above
		if err != nil {
			return err
		}
		replayed, err = done.RowsAffected()
		return err
	})
	return replayed, err
}

// changeWatch changes what belongs to a watch that has not ended, with its entry.
func (l *Ledger) changeWatch(ctx context.Context, actor, id string, what WatchState, change func(context.Context, *sql.Tx, int64, Watch) error) error {
	n, err := parseNumbered(watchID, id, "watch")
	if err != nil {
		return err
	}
	now := l.now()
	return l.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		w, err := scanWatch(tx.QueryRowContext(ctx, watchQuery+" WHERE w.id = ?", n))
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return graph.Errorf(graph.KindNotFound, "there is no %s", id)
		case err != nil:
			return err
		case w.State == WatchEnded:
			return graph.Errorf(graph.KindConflict, "%s has ended; make a new one", id)
		}
		if err := change(ctx, tx, n, w); err != nil {
			return err
		}
		_, err = appendEntries(ctx, tx, now, Event{
			Actor: actor, Kind: WatchEntry, Subject: w.ID, Details: watchDetails{what, w.Subject, w.Watcher},
		})
		return err
	})
}
