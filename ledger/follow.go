package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"debadge/graph"
)

// position is how far a reader of the claim store's feed has come.
type position struct {
	revision graph.Revision
	day      graph.Day
	digest   string
}

// auditPosition is the name of the log's position.
const auditPosition = "audit"

func readPosition(ctx context.Context, tx *sql.Tx, name string) (p position, err error) {
	err = tx.QueryRowContext(ctx, "SELECT revision, day, digest FROM positions WHERE name = ?", name).Scan(&p.revision, &p.day, &p.digest)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return p, err
}

func (p position) write(ctx context.Context, tx *sql.Tx, name string) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO positions (name, revision, day, digest) VALUES (?, ?, ?, ?) "+
		"ON CONFLICT (name) DO UPDATE SET revision = excluded.revision, day = excluded.day, digest = excluded.digest",
		name, p.revision, p.day, p.digest)
	return err
}

// followBatch is how many revisions become entries in one transaction.
const followBatch = 200

// changeDetails are what the log says of a revision.
type changeDetails struct {
	Revision    graph.Revision `json:"revision"`
	ChangeSet   string         `json:"change_set"`
	Author      string         `json:"author,omitempty"`
	Reason      string         `json:"reason,omitempty"`
	Content     string         `json:"content"` // digest of what the feed tells of the change
	RecordedAt  time.Time      `json:"recorded_at"`
	Entities    int            `json:"entities"`
	Sources     int            `json:"sources"`
	Claims      int            `json:"claims"`
	Retractions int            `json:"retractions"`
}

// contentOf identifies what the feed tells of a change: a change set as it was
// appended may have had more, which was not new.
func contentOf(c graph.Change) string { return "sha256:" + c.ChangeSet.Digest() }

// unnamed is the actor of a change set without an author.
const unnamed = "nobody named"

func changeEvent(c graph.Change) Event {
	e := Event{
		Actor: c.Author, Kind: ChangeEntry, Subject: revisionSubject(c.Revision), Digest: "sha256:" + c.Digest,
		Details: changeDetails{
			Revision: c.Revision, ChangeSet: c.ID, Author: c.Author, Reason: c.Reason, RecordedAt: c.RecordedAt.UTC(), Content: contentOf(c),
			Entities: len(c.Entities), Sources: len(c.Sources), Claims: len(c.Claims), Retractions: len(c.Retractions),
		},
	}
	if e.Actor == "" {
		e.Actor = unnamed
	}
	return e
}

func revisionSubject(r graph.Revision) string { return fmt.Sprintf("revision:%d", r) }

// Compare finds out whether a store has what the log says it had. One that does
// not, because it was rolled back or is another one, is KindConflict.
func (l *Ledger) Compare(ctx context.Context, store graph.Store) error {
	_, _, err := l.compare(ctx, store)
	return err
}

// compare returns how far the log has followed the store, and whether there is
// more of it.
func (l *Ledger) compare(ctx context.Context, store graph.Store) (at position, more bool, err error) {
	status, err := store.Status(ctx)
	if err != nil {
		return at, false, err
	}
	if err := l.read(ctx, func(tx *sql.Tx) error {
		at, err = readPosition(ctx, tx, auditPosition)
		return err
	}); err != nil {
		return at, false, err
	}
	if status.Revision < at.revision {
		return at, false, graph.Errorf(graph.KindConflict,
			"the log knows revision %d, and the store ends at revision %d: it was rolled back, or is not the one of this ledger", at.revision, status.Revision)
	}
	more = status.Revision > at.revision
	l.mu.Lock()
	compared := l.compared
	l.mu.Unlock()
	if at.revision == 0 || compared && !more {
		return at, more, nil
	}
	seen := errors.New("the change was seen")
	err = store.Changes(ctx, at.revision-1, func(c graph.Change) error {
		if "sha256:"+c.Digest != at.digest {
			return graph.Errorf(graph.KindConflict,
				"revision %d of the store is not the one that the log knows: the store was rolled back and went on otherwise, or is not the one of this ledger", c.Revision)
		}
		return seen
	})
	if err == nil || errors.Is(err, seen) {
		l.mu.Lock()
		l.compared = true
		l.mu.Unlock()
		err = nil
	}
	return at, more, err
}

// Follow makes an entry of each revision of the claim store that has none yet,
// and returns the newest one that has. Each revision becomes one entry, however
// often and wherever Follow was cut short. The store is compared first, as
// Compare does.
func (l *Ledger) Follow(ctx context.Context, store graph.Store) (graph.Revision, error) {
	at, more, err := l.compare(ctx, store)
	if err != nil || !more {
		return at.revision, err
	}
	f := follower{ledger: l, at: at}
	if err := store.Changes(ctx, at.revision, func(c graph.Change) error { return f.change(ctx, c) }); err != nil {
		return f.at.revision, err
	}
	err = f.flush(ctx)
	return f.at.revision, err
}

// follower gathers changes and writes them down in batches.
type follower struct {
	ledger *Ledger
	at     position // that is written down
	next   position
	events []Event
}

func (f *follower) change(ctx context.Context, c graph.Change) error {
	f.events = append(f.events, changeEvent(c))
	f.next = position{revision: c.Revision, digest: "sha256:" + c.Digest}
	if len(f.events) < followBatch {
		return nil
	}
	return f.flush(ctx)
}

// flush writes entries and position in one transaction, unless somebody else
// was faster.
func (f *follower) flush(ctx context.Context) error {
	if len(f.events) == 0 {
		return nil
	}
	now := f.ledger.now()
	err := f.ledger.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		stored, err := readPosition(ctx, tx, auditPosition)
		if err != nil {
			return err
		}
		if stored != f.at {
			return graph.Errorf(graph.KindUnavailable, "another process is writing the same revisions to the log; try again")
		}
		if _, err := appendEntries(ctx, tx, now, f.events...); err != nil {
			return err
		}
		return f.next.write(ctx, tx, auditPosition)
	})
	if err == nil {
		f.at, f.events = f.next, f.events[:0]
	}
	return err
}
