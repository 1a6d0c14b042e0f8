package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"maps"
	"slices"

	"debadge/graph"
)

// Rescreened says how far findings were brought up to date.
type Rescreened struct {
	Revision graph.Revision `json:"revision"` // of the store
	AsOf     graph.Date     `json:"as_of"`
	Total    int            `json:"total"`   // decisions and watches
	Looked   int            `json:"looked"`  // of them were computed again: those downstream of what was learned, and those whose time came
	Changed  int            `json:"changed"` // of them have another finding, strength or action than at the last time
	Events   int            `json:"events"`  // were put into the outbox
}

// standingPosition is the name of the position up to which all standings hold.
const standingPosition = "standing"

// Rescreen brings the findings of all decisions and watches up to the newest
// revision and a day. Only those are computed again that lie downstream of
// what was learned since, or whose finding differs by the day. For each watch
// whose finding changed there is an event in the outbox, in the transaction
// that also moves the position on: none is lost or written twice, wherever it
// was cut short. A ledger that can only be read is left as it is.
func (l *Ledger) Rescreen(ctx context.Context, store graph.Store, today graph.Day) (Rescreened, error) {
	done, _, err := l.rescreen(ctx, store, today)
	return done, err
}

// rescreen returns also the standings that were computed again.
func (l *Ledger) rescreen(ctx context.Context, store graph.Store, today graph.Day) (Rescreened, []standing, error) {
	select { // two at once would be in each other's way
	case l.rescreens <- struct{}{}:
		defer func() { <-l.rescreens }()
	case <-ctx.Done():
		return Rescreened{}, nil, ctx.Err()
	}
	status, err := store.Status(ctx)
	if err != nil {
		return Rescreened{}, nil, err
	}
	r := rescreening{ledger: l, store: store, to: position{revision: status.Revision, day: today}}
	var groups []standingGroup
	err = l.read(ctx, func(tx *sql.Tx) (err error) {
		if r.from, err = readPosition(ctx, tx, standingPosition); err != nil {
			return err
		}
		if r.policies, err = readPolicies(ctx, tx); err != nil {
			return err
		}
		groups, err = readGroups(ctx, tx, r.from.revision)
		return err
	})
	if err != nil {
		return Rescreened{}, nil, err
	}
	if r.from.revision > r.to.revision {
		return Rescreened{}, nil, graph.Errorf(graph.KindConflict,
			"findings are known at revision %d, and the store ends at revision %d: it was rolled back, or is not the one of this ledger", r.from.revision, r.to.revision)
	}
	if err := r.compute(ctx, groups); err != nil {
		return Rescreened{}, nil, err
	}
	if !l.options.ReadOnly && (r.from != r.to || len(r.fresh) > 0) {
		if err := l.write(ctx, func(ctx context.Context, tx *sql.Tx) error { return r.write(ctx, tx, micros(l.now())) }); err != nil {
			return Rescreened{}, nil, err
		}
	}
	done := Rescreened{Revision: r.to.revision, AsOf: today.Date(), Looked: len(r.fresh), Changed: r.changed, Events: len(r.events)}
	for _, g := range groups {
		done.Total += g.count
	}
	return done, r.fresh, nil
}

// rescreening is one run from a position to another one.
type rescreening struct {
	ledger   *Ledger
	store    graph.Store
	from, to position
	policies map[string]graph.Policy
	touched  map[graph.ID]graph.Revision

	fresh   []standing // that were computed again
	changed int
	events  []pendingEvent
}

func (r *rescreening) compute(ctx context.Context, groups []standingGroup) (err error) {
	oldest := r.to.revision
	for _, g := range groups {
		oldest = min(oldest, g.since)
	}
	if r.touched, err = graph.Touched(ctx, r.store, oldest, r.to.revision); err != nil {
		return err
	}
	for _, g := range groups {
		if err := r.group(ctx, g); err != nil {
			return err
		}
	}
	return r.tell(ctx)
}

// group computes again those standings of a group that can have changed.
func (r *rescreening) group(ctx context.Context, g standingGroup) error {
	policy := r.policies[g.policy]
	came, err := r.downstream(ctx, policy, g.since)
	if err != nil {
		return err
	}
	var lists []string
	if err := json.Unmarshal([]byte(g.lists), &lists); err != nil {
		return damaged("the lists of a standing cannot be read: %v", err)
	}
	var stale bool
	err = r.store.View(ctx, graph.Moment{Revision: r.to.revision}, func(v graph.View) error {
		a, err := graph.NewAssessor(ctx, v, policy, r.to.day, lists)
		if err != nil {
			return err
		}
		defer a.Close()
		stale = isStale(a)
		return nil
	})
	if err != nil {
		return err
	}
	var due []standing
	if err := r.ledger.read(ctx, func(tx *sql.Tx) error {
		due, err = readDue(ctx, tx, r.from.revision, g, r.to, stale, came)
		return err
	}); err != nil {
		return err
	}
	for i := range due {
		if err := r.again(ctx, &due[i], policy); err != nil {
			return err
		}
	}
	r.fresh = append(r.fresh, due...)
	return nil
}

// isStale reports whether a list that counts is too old.
func isStale(a *graph.Assessor) bool {
	return slices.ContainsFunc(a.Editions(), func(e graph.ListEdition) bool { return e.Stale })
}

// downstream returns what came from the entities touched since a revision: as it
// came at that revision, or comes now.
func (r *rescreening) downstream(ctx context.Context, policy graph.Policy, since graph.Revision) ([]graph.ID, error) {
	origins := []graph.ID{}
	for id, at := range r.touched {
		if at > since {
			origins = append(origins, id)
		}
	}
	came := map[graph.ID]bool{}
	for _, at := range []graph.Revision{since, r.to.revision} {
		if len(origins) == 0 {
			break
		}
		err := r.store.View(ctx, graph.Moment{Revision: at}, func(v graph.View) error {
			found, err := graph.CameFrom(ctx, v, policy, origins)
			maps.Copy(came, found)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return slices.Sorted(maps.Keys(came)), nil
}

// again computes one standing. A text that was not known may name an entity by
// now, or another one later; several of them are as good as none.
func (r *rescreening) again(ctx context.Context, s *standing, policy graph.Policy) error {
	q := graph.Question{
		Subject: s.subject, AsOf: r.to.day, KnownAt: graph.Moment{Revision: r.to.revision}, Policy: policy, Lists: s.lists,
	}
	before, then := s.found, q
	then.AsOf, then.KnownAt.Revision = s.day, s.revision
	s.revision, s.day = r.to.revision, r.to.day
	err := r.store.View(ctx, q.KnownAt, func(v graph.View) error {
		a, err := graph.NewAssessor(ctx, v, policy, q.AsOf, s.lists)
		if err != nil {
			return err
		}
		defer a.Close()
		node := graph.NoNode
		entity, err := graph.Resolve(ctx, v, s.subject, graph.Product, graph.Company)
		switch kind := graph.KindOf(err); {
		case err == nil:
			nodes, err := v.Nodes(ctx, []graph.ID{entity.ID})
			if err != nil {
				return err
			}
			node = nodes[0]
		case kind != graph.KindNotFound && kind != graph.KindAmbiguous:
			return err
		}
		s.stale = isStale(a)
		s.found, err = a.Assess(ctx, node)
		return err
	})
	if err != nil {
		return err
	}
	if before != s.found {
		r.changed++
		if s.watch != 0 {
			r.events = append(r.events, pendingEvent{watch: s.watch, then: then, now: q, before: before, after: s.found})
		}
	}
	err = s.look(ctx, r.store, q)
	if graph.KindOf(err) == graph.KindAmbiguous {
		s.until = q.AsOf + 1 // nothing is known of its dates
		return nil
	}
	return err
}

// write keeps what was computed, unless somebody else was faster.
func (r *rescreening) write(ctx context.Context, tx *sql.Tx, now int64) error {
	at, err := readPosition(ctx, tx, standingPosition)
	if err != nil {
		return err
	}
	if at != r.from {
		return graph.Errorf(graph.KindUnavailable, "another process is bringing findings up to date; try again")
	}
	for i := range r.fresh {
		if err := r.fresh[i].update(ctx, tx); err != nil {
			return err
		}
	}
	for i := range r.events {
		if err := r.events[i].insert(ctx, tx, now); err != nil {
			return err
		}
	}
	return r.to.write(ctx, tx, standingPosition)
}
