package ledger

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"strings"

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

func (l *Ledger) rescreen(ctx context.Context, store graph.Store, today graph.Day) (Rescreened, []standing, error) {
	status, err := store.Status(ctx)
	if err != nil {
		return Rescreened{}, nil, err
	}
	r := rescreening{store: store, to: position{revision: status.Revision, day: today}}
	err = l.read(ctx, func(tx *sql.Tx) (err error) {
		if r.from, err = readPosition(ctx, tx, standingPosition); err != nil {
			return err
		}
		if r.policies, err = readPolicies(ctx, tx); err != nil {
			return err
		}
		r.all, err = readStandings(ctx, tx)
		return err
	})
	if err != nil {
		return Rescreened{}, nil, err
	}
	if r.from.revision > r.to.revision {
		return Rescreened{}, nil, graph.Errorf(graph.KindConflict,
			"findings are known at revision %d, and the store ends at revision %d: it was rolled back, or is not the one of this ledger", r.from.revision, r.to.revision)
	}
	if err := r.compute(ctx); err != nil {
		return Rescreened{}, nil, err
	}
	if !l.options.ReadOnly && (r.from != r.to || len(r.fresh) > 0) {
		if err := l.write(ctx, func(ctx context.Context, tx *sql.Tx) error { return r.write(ctx, tx, micros(l.now())) }); err != nil {
			return Rescreened{}, nil, err
		}
	}
	return Rescreened{
		Revision: r.to.revision, AsOf: today.Date(), Total: len(r.all), Looked: len(r.fresh), Changed: r.changed, Events: len(r.events),
	}, r.all, nil
}

// rescreening is one run from a position to another one.
type rescreening struct {
	store    graph.Store
	from, to position
	policies map[string]graph.Policy
	all      []standing
	touched  map[graph.ID]graph.Revision

	fresh   []int // those of all that were computed again
	changed int
	events  []pendingEvent
}

// rules is what standings have in common that are computed together.
type rules struct{ policy, lists string }

func (r *rescreening) compute(ctx context.Context) error {
	groups := map[rules][]int{}
	oldest := r.to.revision
	for i := range r.all {
		s := &r.all[i]
		oldest = min(oldest, r.since(s))
		k := rules{s.policy, strings.Join(s.lists, "\n")}
		groups[k] = append(groups[k], i)
	}
	var err error
	if r.touched, err = graph.Touched(ctx, r.store, oldest, r.to.revision); err != nil {
		return err
	}
	order := slices.SortedFunc(maps.Keys(groups), func(a, b rules) int {
		return strings.Compare(a.policy+"\n"+a.lists, b.policy+"\n"+b.lists)
	})
	for _, k := range order {
		if err := r.group(ctx, groups[k]); err != nil {
			return err
		}
	}
	slices.Sort(r.fresh)
	return r.tell(ctx)
}

// since is the revision up to which a standing holds: nothing before the
// position touched it.
func (r *rescreening) since(s *standing) graph.Revision { return max(s.revision, r.from.revision) }

// group computes again those standings of one policy that can have changed.
func (r *rescreening) group(ctx context.Context, group []int) error {
	first := &r.all[group[0]]
	policy := r.policies[first.policy]
	came, err := r.downstream(ctx, policy, group)
	if err != nil {
		return err
	}
	var again []int
	err = r.store.View(ctx, graph.Moment{Revision: r.to.revision}, func(v graph.View) error {
		again = again[:0]
		a, err := graph.NewAssessor(ctx, v, policy, r.to.day, first.lists)
		if err != nil {
			return err
		}
		defer a.Close()
		stale := isStale(a)
		for _, i := range group {
			s := &r.all[i]
			switch {
			case s.stale != stale, r.to.day < s.day, r.to.day >= s.until:
			case s.isKnown() && came[r.since(s)][graph.ID(s.subject)]:
			case !s.isKnown() && r.since(s) < r.to.revision: // somebody may know it by now
			default:
				continue
			}
			again = append(again, i)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, i := range again {
		if err := r.again(ctx, &r.all[i], policy); err != nil {
			return err
		}
	}
	r.fresh = append(r.fresh, again...)
	return nil
}

// isStale reports whether a list that counts is too old.
func isStale(a *graph.Assessor) bool {
	return slices.ContainsFunc(a.Editions(), func(e graph.ListEdition) bool { return e.Stale })
}

// downstream returns what came from the entities touched, by the revision since
// when they were: as it came at that revision, or comes now.
func (r *rescreening) downstream(ctx context.Context, policy graph.Policy, group []int) (map[graph.Revision]map[graph.ID]bool, error) {
	came := map[graph.Revision]map[graph.ID]bool{}
	for _, i := range group {
		since := r.since(&r.all[i])
		if _, ok := came[since]; ok || since == r.to.revision {
			continue
		}
		var origins []graph.ID
		for id, at := range r.touched {
			if at > since {
				origins = append(origins, id)
			}
		}
		came[since] = map[graph.ID]bool{}
		for _, at := range []graph.Revision{since, r.to.revision} {
			err := r.store.View(ctx, graph.Moment{Revision: at}, func(v graph.View) error {
				found, err := graph.CameFrom(ctx, v, policy, origins)
				maps.Copy(came[since], found)
				return err
			})
			if err != nil {
				return nil, err
			}
		}
	}
	return came, nil
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
	for _, i := range r.fresh {
		if err := r.all[i].update(ctx, tx); err != nil {
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
