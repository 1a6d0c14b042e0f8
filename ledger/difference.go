package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strconv"

	"debadge/graph"
)

// Difference says what makes two answers about one subject differ.
type Difference struct {
	Gained       []graph.StepListing `json:"gained"` // listings that it did not trace back to then, or not in that way or strength
	Lost         []graph.StepListing `json:"lost"`
	ClaimsGained []graph.Claim       `json:"claims_gained"` // that the answer rests on, and that were not known or not in force then
	ClaimsLost   []graph.Claim       `json:"claims_lost"`   // that it rested on, and that are retracted or no longer in force
}

// difference asks both questions. Of the claims on which one answer rests and
// the other does not, it tells those that came or went: the others are still
// there, and lead nowhere any more. Without any something beside the paths has
// changed: the age of a list, or what is known of a name.
func difference(ctx context.Context, store graph.Store, then, now graph.Question) (d Difference, err error) {
	a, err := traceAny(ctx, store, then)
	if err != nil {
		return d, err
	}
	b, err := traceAny(ctx, store, now)
	if err != nil {
		return d, err
	}
	d = Difference{Gained: b.ListingsBeyond(&a), Lost: a.ListingsBeyond(&b)}
	if d.ClaimsGained, err = notHeld(ctx, store, then, claimsBeyond(b.RestsOn(), a.RestsOn())); err != nil {
		return d, err
	}
	d.ClaimsLost, err = notHeld(ctx, store, now, claimsBeyond(a.RestsOn(), b.RestsOn()))
	return d, err
}

// notHeld returns the claims that a store did not hold, or that were not in
// force, when a question was asked.
func notHeld(ctx context.Context, store graph.Store, q graph.Question, claims []graph.Claim) (left []graph.Claim, err error) {
	if len(claims) == 0 || q.KnownAt == (graph.Moment{}) {
		return claims, nil
	}
	err = store.View(ctx, q.KnownAt, func(v graph.View) error {
		left = []graph.Claim{}
		for _, c := range claims {
			held, err := holds(ctx, v, q.AsOf, c)
			if err != nil {
				return err
			}
			if !held {
				left = append(left, c)
			}
		}
		return nil
	})
	return left, err
}

// holds reports whether a view holds a claim that is in force on a day. It looks
// from the end with few claims: what leads upstream.
func holds(ctx context.Context, v graph.View, day graph.Day, c graph.Claim) (bool, error) {
	near, _ := c.Relation.Ends(c.From, c.To)
	nodes, err := v.Nodes(ctx, []graph.ID{near})
	if err != nil || nodes[0] == graph.NoNode {
		return false, err
	}
	edges, err := v.Adjacent(ctx, nodes, graph.Upstream, graph.SetOf(c.Relation), nil)
	if err != nil {
		return false, err
	}
	var refs []graph.ClaimRef
	for _, e := range edges {
		if e.From <= day && day < e.To {
			refs = append(refs, e.Claim)
		}
	}
	found, err := v.Claims(ctx, refs)
	return slices.ContainsFunc(found, func(other graph.Claim) bool { return other.ID == c.ID }), err
}

// traceAny is a trace in which a text that names several entities, or a store
// that was empty, has found nothing.
func traceAny(ctx context.Context, store graph.Store, q graph.Question) (graph.Answer, error) {
	if q.KnownAt == (graph.Moment{}) {
		return graph.Answer{}, nil // revision 0, which no moment names
	}
	a, err := graph.Trace(ctx, store, q)
	if graph.KindOf(err) == graph.KindAmbiguous {
		return graph.Answer{}, nil
	}
	return a, err
}

// claimsBeyond returns the claims that stand in one list and not in the other,
// each once.
func claimsBeyond(here, there []graph.Claim) []graph.Claim {
	known := map[graph.ID]bool{}
	for _, c := range there {
		known[c.ID] = true
	}
	found := []graph.Claim{}
	for _, c := range here {
		if !known[c.ID] {
			known[c.ID] = true
			found = append(found, c)
		}
	}
	return found
}

// ChangedDecision is a decision whose finding would differ if it were asked for
// today.
type ChangedDecision struct {
	Decision
	Now      graph.Assessment `json:"now"`
	AsOf     graph.Date       `json:"now_as_of"`
	Revision graph.Revision   `json:"now_revision"`
	Difference
}

// ChangedDecisions brings findings up to date, as [Ledger.Rescreen] does, and
// returns the decisions that match and whose question, asked today with what is
// known today, finds something else than it did, with what made it so.
func (l *Ledger) ChangedDecisions(ctx context.Context, store graph.Store, today graph.Day, which Decisions) (Rescreened, []ChangedDecision, error) {
	done, fresh, err := l.rescreen(ctx, store, today)
	if err != nil {
		return Rescreened{}, nil, err
	}
	found, err := l.changedFindings(ctx, fresh, which)
	if err != nil {
		return Rescreened{}, nil, err
	}
	changed := []ChangedDecision{}
	for _, f := range found {
		c := ChangedDecision{Now: f.found, AsOf: today.Date(), Revision: done.Revision}
		if c.Decision, err = l.Decision(ctx, decisionID+strconv.FormatInt(f.decision, 10)); err != nil {
			return Rescreened{}, nil, err
		}
		then := c.Question.graphQuestion()
		now := then
		now.AsOf, now.KnownAt = today, graph.Moment{Revision: done.Revision}
		if c.Difference, err = difference(ctx, store, then, now); err != nil {
			return Rescreened{}, nil, err
		}
		changed = append(changed, c)
	}
	return done, changed, nil
}

// changedFindings returns the decisions whose finding is another one by now, in
// their order, those just computed as they were computed.
func (l *Ledger) changedFindings(ctx context.Context, fresh []standing, which Decisions) (changed []standing, err error) {
	where, args, err := which.where()
	if err != nil {
		return nil, err
	}
	now := make(map[int64]graph.Assessment, len(fresh))
	for _, s := range fresh {
		now[s.decision] = s.found
	}
	err = l.read(ctx, func(tx *sql.Tx) error {
		return each(ctx, tx, func(rows *sql.Rows) error {
			var (
				s             standing
				answer, found string
				ref           AnswerRef
			)
			if err := rows.Scan(&s.decision, &answer, &found); err != nil {
				return err
			}
			if json.Unmarshal([]byte(answer), &ref) != nil || json.Unmarshal([]byte(found), &s.found) != nil {
				return damaged("the finding of %s%d cannot be read", decisionID, s.decision)
			}
			if computed, ok := now[s.decision]; ok {
				s.found = computed
			}
			if s.found != ref.Assessment && (which.Limit == 0 || len(changed) < which.Limit) {
				changed = append(changed, s)
			}
			return nil
		}, "SELECT d.id, d.record -> '$.answer', s.found FROM decisions d JOIN standings s ON s.decision = d.id WHERE "+where+" ORDER BY d.id", args...)
	})
	return changed, err
}
