package graph

import (
	"context"
	"slices"
)

// Assessor answers for many subjects, on one view and by one policy, what
// [Trace] would find, without paths and evidence: what screening needs for each
// line. It is for one goroutine at a time.
type Assessor struct {
	q       *inquiry
	w       *walk
	plain   bool // the actions grow with the strength, so the strongest path decides
	entered []uint32
	epoch   uint32
	level   []int32
}

// NewAssessor makes a policy, a date and the lists asked for ready for many
// subjects. Close gives its memory back.
func NewAssessor(ctx context.Context, v View, policy Policy, asOf Day, lists []string) (*Assessor, error) {
	q, err := newInquiry(ctx, v, &policy, asOf, lists)
	if err != nil {
		return nil, err
	}
	a := policy.Actions
	return &Assessor{
		q: q, w: newWalk(Upstream, policy.MaxEntities),
		plain: a.Confirmed >= a.Reported && a.Reported >= a.Alleged,
	}, nil
}

// Close gives the assessor's memory back; it must not be used any more.
func (a *Assessor) Close() { a.w.release() }

// Assess returns the finding about an entity of the view; NoNode is Unknown.
func (a *Assessor) Assess(ctx context.Context, n Node) (Assessment, error) {
	if n == NoNode {
		return Assessment{Finding: Unknown, Action: a.q.policy.Actions.Unknown, Complete: true}, nil
	}
	w := a.w
	w.reset()
	w.onlyToday = true
	if err := w.gather(ctx, a.q, n); err != nil {
		return Assessment{}, err
	}
	if w.hopCut || w.sizeCut || w.has(Ownership) || w.has(Affiliation) || !a.plain {
		return a.survey(ctx)
	}
	if !w.has(Listing) {
		return Assessment{Finding: Clear, Action: a.q.policy.Actions.Clear, Complete: true}, nil
	}
	for tier := Confirmed; tier <= a.q.policy.WeakestStatus; tier++ {
		if w.statuses>>tier&1 == 1 && a.arrives(tier) {
			return Assessment{Finding: Listed, Strength: tier, Action: a.q.policy.Actions.listed(tier, Direct), Complete: true}, nil
		}
	}
	return Assessment{Finding: Clear, Action: a.q.policy.Actions.Clear, Complete: true}, nil
}

// survey answers in full where affiliations, shares or limits are in play.
func (a *Assessor) survey(ctx context.Context) (Assessment, error) {
	q, w := a.q, a.w
	if err := q.loadCountries(ctx, w); err != nil {
		return Assessment{}, err
	}
	now := q.survey(w, q.asOf, noClaim)
	c := q.conclude(w, &now, undetermined(q.verdicts(w, &now)))
	return Assessment{Finding: c.finding, Strength: c.strength, Action: c.action, Complete: !w.hopCut && !w.sizeCut && !now.cut}, nil
}

// arrives reports whether claims up to a status lead from the subject to a
// listing. The walk holds nothing but claims of the day, so dates are not
// looked at again.
func (a *Assessor) arrives(tier Status) bool {
	w := a.w
	a.entered = slices.Grow(a.entered[:0], len(w.nodes))[:len(w.nodes)]
	a.epoch++
	if a.epoch == 0 {
		clear(a.entered[:cap(a.entered)])
		a.epoch = 1
	}
	a.level = append(a.level[:0], 0)
	a.entered[0] = a.epoch
	for i, end, hops := 0, 1, 0; i < len(a.level); i++ {
		if i == end {
			end, hops = len(a.level), hops+1
		}
		from := a.level[i]
		for k := w.start[from]; k < w.start[from+1]; k++ {
			e := &w.edges[k]
			if e.Status > tier {
				continue
			}
			if e.Relation == ListedOn {
				return true
			}
			if far := w.far[k]; far >= 0 && hops < a.q.policy.MaxHops && a.entered[far] != a.epoch {
				a.entered[far] = a.epoch
				a.level = append(a.level, far)
			}
		}
	}
	return false
}
