package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"debadge/graph"
)

// FindingChanged is what an event says: the finding about a subject that
// somebody watches is another one.
type FindingChanged struct {
	Watch      string           `json:"watch"`
	Subject    string           `json:"subject"`
	Before     graph.Assessment `json:"before"`
	After      graph.Assessment `json:"after"`
	AsOf       graph.Date       `json:"as_of"`
	Revision   graph.Revision   `json:"revision"` // at which the finding was found
	Policy     graph.PolicyRef  `json:"policy"`
	Lists      []string         `json:"lists,omitempty"`
	Difference                  // from the last time that it was looked at
}

// Delivery is how far an event has come.
type Delivery string

// The ways of an event.
const (
	Pending   Delivery = "pending"
	Delivered Delivery = "delivered"
	Dead      Delivery = "dead" // given up, until it is replayed
)

// OutboxEvent is an event that is to be delivered, or was.
type OutboxEvent struct {
	Seq       int64           `json:"seq"` // events are in this order, without repetition
	ID        string          `json:"id"`
	Watch     string          `json:"watch"`
	Endpoint  string          `json:"endpoint,omitempty"`
	Event     json.RawMessage `json:"event"` // a [FindingChanged]
	CreatedAt time.Time       `json:"created_at"`
	State     Delivery        `json:"state"`
	Attempts  int             `json:"attempts"`
	NextAt    time.Time       `json:"next_at,omitzero"`
	LastError string          `json:"last_error,omitempty"`
}

// pendingEvent is an event that a rescreening has found.
type pendingEvent struct {
	watch         int64
	then, now     graph.Question
	before, after graph.Assessment
	difference    Difference
}

// tell finds out for each event what made the finding differ.
func (r *rescreening) tell(ctx context.Context) (err error) {
	for i := range r.events {
		e := &r.events[i]
		if e.difference, err = difference(ctx, r.store, e.then, e.now); err != nil {
			return err
		}
	}
	return nil
}

func (e *pendingEvent) insert(ctx context.Context, tx *sql.Tx, now int64) error {
	text, err := canonical(FindingChanged{
		Watch: watchID + strconv.FormatInt(e.watch, 10), Subject: e.now.Subject, Before: e.before, After: e.after,
		AsOf: e.now.AsOf.Date(), Revision: e.now.KnownAt.Revision,
		Policy: graph.PolicyRef{Name: e.now.Policy.Name, Digest: e.now.Policy.Digest()}, Lists: e.now.Lists, Difference: e.difference,
	})
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx,
		"INSERT INTO outbox (watch, event, created_at, state, attempts, next_at, last_error) VALUES (?, ?, ?, ?, 0, 0, '')",
		e.watch, string(text), now, Pending)
	return err
}

const (
	eventID     = "event-"
	outboxFrom  = " FROM outbox o JOIN watches w ON w.id = o.watch"
	outboxQuery = "SELECT o.seq, o.watch, w.endpoint, o.event, o.created_at, o.state, o.attempts, o.next_at, o.last_error" + outboxFrom
)

func (l *Ledger) outbox(ctx context.Context, rest string, args ...any) ([]OutboxEvent, error) {
	all := []OutboxEvent{}
	err := l.read(ctx, func(tx *sql.Tx) error {
		return each(ctx, tx, func(rows *sql.Rows) error {
			var (
				e                    OutboxEvent
				watch, created, next int64
				event                string
			)
			if err := rows.Scan(&e.Seq, &watch, &e.Endpoint, &event, &created, &e.State, &e.Attempts, &next, &e.LastError); err != nil {
				return err
			}
			e.ID, e.Watch, e.Event = eventID+strconv.FormatInt(e.Seq, 10), watchID+strconv.FormatInt(watch, 10), json.RawMessage(event)
			e.CreatedAt, e.NextAt = fromMicros(created), fromMicros(next)
			all = append(all, e)
			return nil
		}, outboxQuery+rest, args...)
	})
	return all, err
}

// Events returns events after one of them, whatever became of them, in order:
// the feed.
func (l *Ledger) Events(ctx context.Context, after int64, limit int) ([]OutboxEvent, error) {
	return l.outbox(ctx, " WHERE o.seq > ? ORDER BY o.seq LIMIT ?", after, limit)
}

// Due returns the events that are to be delivered now, the oldest first: those
// of active watches with an endpoint whose next attempt is not later. There are
// at most each of one endpoint, so that none fills the place of the others.
func (l *Ledger) Due(ctx context.Context, limit, each int) ([]OutboxEvent, error) {
	return l.outbox(ctx, " WHERE o.seq IN (SELECT seq FROM (SELECT o.seq, row_number() OVER (PARTITION BY w.endpoint ORDER BY o.seq) AS place"+outboxFrom+
		" WHERE o.state = ? AND o.next_at <= ? AND w.endpoint <> '' AND w.state = ?) WHERE place <= ?) ORDER BY o.seq LIMIT ?",
		Pending, micros(l.now()), WatchActive, each, limit)
}

// settle says what became of an event; one that is in no such state any more is
// left as it is.
func (l *Ledger) settle(ctx context.Context, id string, from []Delivery, change string, args ...any) error {
	seq, err := parseNumbered(eventID, id, "event")
	if err != nil {
		return err
	}
	return l.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		states, err := json.Marshal(from)
		if err != nil {
			return err
		}
		args := append(args, seq, string(states))
		done, err := tx.ExecContext(ctx, "UPDATE outbox SET "+change+" WHERE seq = ? AND state IN (SELECT value FROM json_each(?))", args...) //nolint:gosec // the change is one of the texts below
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 1 {
			return err
		}
		return graph.Errorf(graph.KindConflict, "there is no %s to which that could happen: it was delivered, or there is none", id)
	})
}

// MarkDelivered notes that the endpoint took an event.
func (l *Ledger) MarkDelivered(ctx context.Context, id string) error {
	return l.settle(ctx, id, []Delivery{Pending}, "state = ?, attempts = attempts + 1, last_error = ''", Delivered)
}

// maxReason bounds what is kept of an endpoint's answer.
const maxReason = 500

// MarkFailed notes that an endpoint did not take an event, and when to try again;
// no time gives it up.
func (l *Ledger) MarkFailed(ctx context.Context, id, reason string, next time.Time) error {
	state := Pending
	if next.IsZero() {
		state = Dead
	}
	return l.settle(ctx, id, []Delivery{Pending}, "state = ?, attempts = attempts + 1, next_at = ?, last_error = ?",
		state, micros(next), strings.ToValidUTF8(reason[:min(len(reason), maxReason)], ""))
}

// Replay makes an event pending again that was delivered or given up.
func (l *Ledger) Replay(ctx context.Context, id string) error {
	return l.settle(ctx, id, []Delivery{Delivered, Dead}, "state = ?, attempts = 0, next_at = 0, last_error = ''", Pending)
}
