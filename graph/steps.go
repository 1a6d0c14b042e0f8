package graph

import (
	"context"
	"fmt"
	"slices"
)

// step is a stretch of valid time with one conclusion.
type step struct {
	from, to Day
	conclusion
	entries []entry
}

// saysTheSame reports whether two steps conclude the same about the same listings.
func (s *step) saysTheSame(o *step) bool {
	return s.finding == o.finding && s.strength == o.strength && s.action == o.action && s.complete == o.complete &&
		slices.Equal(s.reasons, o.reasons) && slices.EqualFunc(s.entries, o.entries, func(a, b entry) bool {
		return a.target == b.target && a.way == b.way && a.tier == b.tier
	})
}

// maxStepWork bounds the claims that the steps of one question read.
const maxStepWork = 50_000_000

// breaks returns the days on which what a walk shows can change, in order, from
// MinDay on.
func (q *inquiry) breaks(w *walk) []Day {
	days := []Day{MinDay}
	for i := range w.edges {
		days = append(days, w.edges[i].From, w.edges[i].To)
	}
	for _, r := range q.rules {
		for _, p := range r.InForce {
			days = append(days, p.From.Earliest(), p.To.Latest())
		}
	}
	slices.Sort(days)
	days = slices.Compact(days)
	return slices.DeleteFunc(days, func(d Day) bool { return d >= MaxDay })
}

// steps returns the conclusions of valid time up to and with a day, newest
// first, one for each stretch without a break. If that is more work than one
// question may do, the oldest ones are missing. Part is what leads to a listing;
// last is what it shows on the day, nil if that is not known.
func (q *inquiry) steps(ctx context.Context, w, part *walk, until Day, last *survey) ([]step, error) {
	bottomless := w.longerThan(q.policy.MaxHops) // else nothing is beyond the most hops on any day
	days := []Day{MinDay}
	switch {
	case bottomless:
		days = q.breaks(w)
	case part.has(Listing):
		days = q.breaks(part)
	}
	work := 0
	var steps []step
	for i := len(days) - 1; i >= 0 && work <= maxStepWork; i-- {
		if days[i] > until {
			continue
		}
		if err := gaveUp(ctx); err != nil {
			return nil, err
		}
		end := MaxDay
		if i+1 < len(days) {
			end = days[i+1]
		}
		given := len(part.bits)
		var s survey // nothing, if no claim of the day leads to a listing
		switch {
		case !part.leadsAt(days[i]):
		case last != nil && len(steps) == 0: // nothing changes from there to the day
			s = *last
		default:
			s = q.survey(part, days[i], noClaim)
		}
		deep := bottomless && w.deep(q, days[i])
		c := q.conclude(w, &s, deep, q.doubts(part, &s))
		part.rewind(given)
		next := step{days[i], end, c, s.entries}
		if newest := len(steps) - 1; newest >= 0 && steps[newest].saysTheSame(&next) {
			steps[newest].from = next.from
		} else {
			steps = append(steps, next)
		}
		work += 10 * (len(part.edges) + len(part.nodes))
		if bottomless {
			work += len(w.edges)
		}
	}
	return steps, nil
}

// Timeline answers with the finding as a step function of valid time.
func Timeline(ctx context.Context, s Store, question Question) (TimelineAnswer, error) {
	var answer TimelineAnswer
	err := s.View(ctx, question.KnownAt, func(v View) error {
		var err error
		answer, err = timeline(ctx, v, question)
		return err
	})
	return answer, err
}

func timeline(ctx context.Context, v View, question Question) (TimelineAnswer, error) {
	q, err := newInquiry(ctx, v, &question.Policy, question.AsOf, question.Lists)
	if err != nil {
		return TimelineAnswer{}, err
	}
	basis := q.basis(question)
	a := TimelineAnswer{
		Query: question.Subject, Complete: true, KnownAt: basis.KnownAt, Revision: basis.Revision,
		Policy: basis.Policy, Lists: basis.Lists, Editions: basis.Editions, Steps: []Step{},
	}
	subject, err := Resolve(ctx, v, question.Subject, Product, Company)
	if KindOf(err) == KindNotFound {
		unknown := q.unknownSubject(question, err.Error())
		a.Reasons = unknown.Reasons
		a.Steps = []Step{{Finding: Unknown, Action: unknown.Action, Listings: []StepListing{}}}
		return a, nil
	}
	if err != nil {
		return TimelineAnswer{}, err
	}
	ref := subject.Ref()
	a.Subject = &ref
	w := newWalk(Upstream, q.policy.MaxEntities)
	defer w.release()
	if err := q.gatherAll(ctx, w, subject.ID); err != nil {
		return TimelineAnswer{}, err
	}
	part := w.leading()
	defer part.release()
	if err := q.loadCountries(ctx, part); err != nil {
		return TimelineAnswer{}, err
	}
	steps, err := q.steps(ctx, w, part, MaxDay, nil)
	if err != nil {
		return TimelineAnswer{}, err
	}
	b := newBook(q, part)
	b.wantSteps(w, steps)
	if err := b.load(ctx); err != nil {
		return TimelineAnswer{}, err
	}
	a.Steps, a.Complete, a.Reasons = b.timeline(steps)
	if len(steps) > 0 && steps[len(steps)-1].from != MinDay {
		a.Complete = false
		a.Reasons = append(a.Reasons, fmt.Sprintf("what held before %s was left out: too much changed upstream for one question", steps[len(steps)-1].from))
	}
	return a, nil
}

func (q *inquiry) gatherAll(ctx context.Context, w *walk, id ID) error {
	nodes, err := q.view.Nodes(ctx, []ID{id})
	if err != nil {
		return err
	}
	w.add(nodes[0])
	w.start = append(w.start, 0)
	return w.widen(ctx, q)
}
