package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

	"debadge/graph"
)

// WatchState is what happens to the events of a watch.
type WatchState string

// The states of a watch.
const (
	WatchActive WatchState = "active" // they are delivered
	WatchPaused WatchState = "paused" // they are gathered, and delivered once it is active again
	WatchEnded  WatchState = "ended"  // there are no more; for good
)

// Watch is a subject on somebody's watch list.
type Watch struct {
	ID        string          `json:"id"`
	Subject   graph.ID        `json:"subject"`
	Watcher   string          `json:"watcher"`
	Endpoint  string          `json:"endpoint,omitempty"` // where events are delivered; none: they are fetched
	Policy    graph.PolicyRef `json:"policy"`
	Lists     []string        `json:"lists,omitempty"`
	State     WatchState      `json:"state"`
	CreatedAt time.Time       `json:"created_at"`
	CreatedBy string          `json:"created_by"`
	// Found is the finding by the last look at it.
	Found graph.Assessment `json:"found"`
	// Secret is what its webhooks are signed with. It is there when it was made,
	// and never again.
	Secret string `json:"secret,omitempty"`
}

// NewWatch says what to watch.
type NewWatch struct {
	Subject  string // an id, or a name that one product or company has
	Watcher  string
	Endpoint string
	Policy   graph.Policy
	Lists    []string
}

const (
	watchID     = "watch-"
	maxEndpoint = 2000
)

func (n *NewWatch) check() error {
	if err := checkName(n.Watcher); err != nil {
		return graph.Errorf(graph.KindInvalid, "who watches: %w", err)
	}
	if n.Endpoint == "" {
		return nil
	}
	u, err := url.Parse(n.Endpoint)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Hostname() == "" || u.User != nil || u.Fragment != "" || len(n.Endpoint) > maxEndpoint {
		return graph.Errorf(graph.KindInvalid, "the endpoint is not an address such as https://example.com/hook, without user, password and fragment")
	}
	return nil
}

// watchDetails are what the log says of a watch.
type watchDetails struct {
	What    WatchState `json:"what"`
	Subject graph.ID   `json:"subject"`
	Watcher string     `json:"watcher"`
}

// Watch puts a subject on a watch list. Its finding from now on counts: what
// changed before is no event. A subject that is not known is KindNotFound.
func (l *Ledger) Watch(ctx context.Context, store graph.Store, actor string, n NewWatch) (Watch, error) {
	if err := n.check(); err != nil {
		return Watch{}, err
	}
	now := l.now()
	q := graph.Question{Subject: n.Subject, AsOf: graph.DayOf(now), Policy: n.Policy, Lists: n.Lists}
	answer, err := graph.Trace(ctx, store, q)
	if err != nil {
		return Watch{}, err
	}
	if answer.Subject == nil {
		return Watch{}, graph.Errorf(graph.KindNotFound, "%s; nothing can be watched that debadge does not know", strings.Join(answer.Reasons, "; "))
	}
	p := pinned(q, answer)
	w := Watch{
		Subject: answer.Subject.ID, Watcher: n.Watcher, Endpoint: n.Endpoint, Policy: answer.Policy, Lists: p.Lists,
		State: WatchActive, CreatedAt: now, CreatedBy: actor, Found: assessmentOf(answer),
	}
	s := standing{
		subject: p.Subject, policy: p.PolicyDigest, lists: p.Lists, revision: p.Revision, day: q.AsOf, found: w.Found,
	}
	if err := s.look(ctx, store, p.graphQuestion()); err != nil {
		return Watch{}, err
	}
	err = l.write(ctx, func(ctx context.Context, tx *sql.Tx) error { return w.insert(ctx, tx, n.Policy, s) })
	return w, err
}

func (w *Watch) insert(ctx context.Context, tx *sql.Tx, policy graph.Policy, s standing) error {
	var id int64
	if err := tx.QueryRowContext(ctx, "SELECT coalesce(max(id), 0) + 1 FROM watches").Scan(&id); err != nil {
		return err
	}
	w.ID = watchID + strconv.FormatInt(id, 10)
	if err := keepPolicy(ctx, tx, policy); err != nil {
		return err
	}
	lists, _, err := s.texts()
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx,
		"INSERT INTO watches (id, subject, policy, lists, watcher, endpoint, state, created_at, created_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		id, w.Subject, s.policy, lists, w.Watcher, w.Endpoint, w.State, micros(w.CreatedAt), w.CreatedBy); err != nil {
		return err
	}
	s.watch = id
	if err := s.insert(ctx, tx); err != nil {
		return err
	}
	if w.Endpoint != "" {
		if w.Secret, err = insertSecret(ctx, tx, id); err != nil {
			return err
		}
	}
	_, err = appendEntries(ctx, tx, w.CreatedAt, Event{
		Actor: w.CreatedBy, Kind: WatchEntry, Subject: w.ID, Details: watchDetails{w.State, w.Subject, w.Watcher},
	})
	return err
}

// Watches returns all watches that have not ended, in the order in which they
// were made.
func (l *Ledger) Watches(ctx context.Context) ([]Watch, error) {
	all := []Watch{}
	err := l.read(ctx, func(tx *sql.Tx) error {
		return each(ctx, tx, func(rows *sql.Rows) error {
			w, err := scanWatch(rows)
			all = append(all, w)
			return err
		}, watchQuery+" WHERE w.state <> ? ORDER BY w.id", WatchEnded)
	})
	return all, err
}

const watchQuery = "SELECT w.id, w.subject, w.policy, p.rules ->> '$.name', w.lists, w.watcher, w.endpoint, w.state, w.created_at, w.created_by, s.found " +
	"FROM watches w JOIN policies p ON p.digest = w.policy JOIN standings s ON s.watch = w.id"

func scanWatch(row interface{ Scan(into ...any) error }) (w Watch, err error) {
	var (
		id, created  int64
		lists, found string
	)
	if err := row.Scan(&id, &w.Subject, &w.Policy.Digest, &w.Policy.Name, &lists, &w.Watcher, &w.Endpoint, &w.State, &created, &w.CreatedBy, &found); err != nil {
		return Watch{}, err
	}
	w.ID, w.CreatedAt = watchID+strconv.FormatInt(id, 10), fromMicros(created)
	if json.Unmarshal([]byte(lists), &w.Lists) != nil || json.Unmarshal([]byte(found), &w.Found) != nil {
		return Watch{}, damaged("%s cannot be read", w.ID)
	}
	return w, nil
}

// Watched returns a watch by its id, also one that has ended.
func (l *Ledger) Watched(ctx context.Context, id string) (w Watch, err error) {
	n, err := parseNumbered(watchID, id, "watch")
	if err != nil {
		return Watch{}, err
	}
	err = l.read(ctx, func(tx *sql.Tx) error {
		w, err = scanWatch(tx.QueryRowContext(ctx, watchQuery+" WHERE w.id = ?", n))
		if errors.Is(err, sql.ErrNoRows) {
			err = graph.Errorf(graph.KindNotFound, "there is no %s", id)
		}
		return err
	})
	return w, err
}

// SetWatch pauses, goes on with or ends a watch; one that has ended stays so.
func (l *Ledger) SetWatch(ctx context.Context, actor, id string, state WatchState) (w Watch, err error) {
	n, err := parseNumbered(watchID, id, "watch")
	if err != nil {
		return Watch{}, err
	}
	if state != WatchActive && state != WatchPaused && state != WatchEnded {
		return Watch{}, graph.Errorf(graph.KindInvalid, "%.60q is not a state of a watch; use active, paused or ended", state)
	}
	now := l.now()
	err = l.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		w, err = scanWatch(tx.QueryRowContext(ctx, watchQuery+" WHERE w.id = ?", n))
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return graph.Errorf(graph.KindNotFound, "there is no %s", id)
		case err != nil || w.State == state:
			return err
		case w.State == WatchEnded:
			return graph.Errorf(graph.KindConflict, "%s has ended; make a new one", id)
		}
		w.State = state
		if _, err := tx.ExecContext(ctx, "UPDATE watches SET state = ? WHERE id = ?", state, n); err != nil {
			return err
		}
		_, err := appendEntries(ctx, tx, now, Event{
			Actor: actor, Kind: WatchEntry, Subject: w.ID, Details: watchDetails{state, w.Subject, w.Watcher},
		})
		return err
	})
	return w, err
}
