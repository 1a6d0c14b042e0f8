package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"strconv"

	"debadge/graph"
)

// Difference says what makes two answers about one subject differ.
type Difference struct {
	Gained       []graph.StepListing `json:"gained"` // listings that it did not trace back to then, or not in that way or strength
	Lost         []graph.StepListing `json:"lost"`
	ClaimsGained []graph.Claim       `json:"claims_gained"` // on which the answer rests now, and did not then
	ClaimsLost   []graph.Claim       `json:"claims_lost"`
}

// difference asks both questions. Without a difference in claims something
// beside the paths has changed: the age of a list, or what is known of a name.
func difference(ctx context.Context, store graph.Store, then, now graph.Question) (d Difference, err error) {
	a, err := traceAny(ctx, store, then)
	if err != nil {
		return d, err
	}
	b, err := traceAny(ctx, store, now)
	if err != nil {
		return d, err
	}
	return Difference{
		Gained: b.ListingsBeyond(&a), Lost: a.ListingsBeyond(&b),
		ClaimsGained: claimsBeyond(b.RestsOn(), a.RestsOn()), ClaimsLost: claimsBeyond(a.RestsOn(), b.RestsOn()),
	}, nil
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
// returns the decisions whose question, asked today with what is known today,
// finds something else than it did, with what made it so.
func (l *Ledger) ChangedDecisions(ctx context.Context, store graph.Store, today graph.Day) (Rescreened, []ChangedDecision, error) {
	done, all, err := l.rescreen(ctx, store, today)
	if err != nil {
		return Rescreened{}, nil, err
	}
	decided := map[int64]graph.Assessment{}
	err = l.read(ctx, func(tx *sql.Tx) error {
		return each(ctx, tx, func(rows *sql.Rows) error {
			var (
				id     int64
				answer string
				ref    AnswerRef
			)
			if err := rows.Scan(&id, &answer); err != nil {
				return err
			}
			if err := json.Unmarshal([]byte(answer), &ref); err != nil {
				return damaged("%s%d has no answer: %v", decisionID, id, err)
			}
			decided[id] = ref.Assessment
			return nil
		}, "SELECT id, record -> '$.answer' FROM decisions")
	})
	if err != nil {
		return Rescreened{}, nil, err
	}
	changed := []ChangedDecision{}
	for i := range all {
		s := &all[i]
		before, ok := decided[s.decision]
		if !ok || before == s.found {
			continue
		}
		c := ChangedDecision{Now: s.found, AsOf: today.Date(), Revision: done.Revision}
		if c.Decision, err = l.Decision(ctx, decisionID+strconv.FormatInt(s.decision, 10)); err != nil {
			return Rescreened{}, nil, err
		}
		then := c.Question.graphQuestion()
		now := then
		now.Subject, now.AsOf, now.KnownAt = s.subject, today, graph.Moment{Revision: done.Revision}
		if c.Difference, err = difference(ctx, store, then, now); err != nil {
			return Rescreened{}, nil, err
		}
		changed = append(changed, c)
	}
	return done, changed, nil
}
