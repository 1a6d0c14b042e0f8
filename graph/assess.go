package graph

import (
	"context"
	"slices"
)

// Assessor answers for many subjects, on one view and by one policy, what
// [Trace] would find, without paths and evidence: what screening needs for each
// line. It is for one goroutine at a time.
type Assessor struct {
	q         *inquiry
	w         *walk
	ordered   bool // the actions grow with the strength, and an affiliation asks for no more than a path: the strongest path decides
	composes  bool // findings are put together from the standings of companies
	countries bool // some rule that matters does not cover every country

	ev      evaluation
	counts  []uint8
	counted Status // of the walk, up to which the shares were counted; 0: not yet
	least   membership
	most    membership
	reached spread
	direct  []target // the listings reached without an affiliation

	standings standings
	descent   descent

	kept *dayFindings // what was found before; nil: nothing is kept
	last Node         // the entity that was assessed last
	open bool         // its walk is not gathered: the finding was known
}

// NewAssessor makes a policy, a date and the lists asked for ready for many
// subjects. Close gives its memory back.
func NewAssessor(ctx context.Context, v View, policy Policy, asOf Day, lists []string) (*Assessor, error) {
	q, err := newInquiry(ctx, v, &policy, asOf, lists)
	if err != nil {
		return nil, err
	}
	actions := policy.Actions
	a := &Assessor{
		q: q, w: newWalk(Upstream, policy.MaxEntities),
		ordered: actions.Confirmed >= actions.Reported && actions.Reported >= actions.Alleged && actions.Alleged >= actions.Affiliation,
		countries: slices.ContainsFunc(q.rules, func(r ownershipRule) bool {
			return !r.implied && len(r.ExcludeCountries) > 0
		}),
		ev: evaluation{q: q, day: asOf, without: noClaim, force: q.inForce(asOf)},
	}
	a.descent.reader.of(q)
	// A view that is no index is asked for all claims of a level at once.
	a.composes = a.ordered && !a.countries && a.descent.reader.dense != nil
	return a, nil
}

// Close gives the assessor's memory back; it must not be used any more.
func (a *Assessor) Close() { a.w.release() }

// Editions returns which editions of the lists that count the findings use.
func (a *Assessor) Editions() []ListEdition { return a.q.editions }

// Assess returns the finding about an entity of the view; NoNode is Unknown.
func (a *Assessor) Assess(ctx context.Context, n Node) (Assessment, error) {
	if a.kept != nil && n >= 0 {
		if c := a.kept.get(n); c != 0 {
			a.last, a.open = n, true
			return decoded[c], nil
		}
	}
	a.open = false
	found, err := a.find(ctx, n)
	found.Action = max(found.Action, a.q.least)
	if a.kept != nil && n != NoNode && err == nil {
		a.kept.put(n, found)
	}
	return found, err
}

// gather walks upstream from an entity over the claims of the day.
func (a *Assessor) gather(ctx context.Context, n Node) error {
	a.w.reset()
	a.w.onlyToday, a.counted = true, 0
	return a.w.gather(ctx, a.q, n)
}

func (a *Assessor) find(ctx context.Context, n Node) (Assessment, error) {
	actions := &a.q.policy.Actions
	if n == NoNode {
		return Assessment{Finding: Unknown, Action: actions.Unknown, Complete: true}, nil
	}
	if a.composes {
		found, ok, err := a.compose(ctx, n)
		if err != nil || ok {
			a.last, a.open = n, true
			return found, err
		}
	}
	if err := a.gather(ctx, n); err != nil {
		return Assessment{}, err
	}
	switch w := a.w; {
	case w.hopCut || w.sizeCut || w.claimCut || !a.ordered || a.countries:
		return a.survey(ctx)
	case !w.has(Listing):
		return Assessment{Finding: Clear, Action: actions.Clear, Complete: true}, nil
	}
	return a.assess()
}

// survey answers as Trace does, where limits or unusual policies are in play.
func (a *Assessor) survey(ctx context.Context) (Assessment, error) {
	q, w := a.q, a.w
	if a.countries {
		if err := q.loadCountries(ctx, w); err != nil {
			return Assessment{}, err
		}
	}
	now := q.survey(w, q.asOf, noClaim)
	c := q.conclude(w, &now, false, q.doubts(w, &now))
	return Assessment{Finding: c.finding, Strength: c.strength, Action: c.action, Complete: c.complete}, nil
}

// assess finds the strongest path to any listing, and whether an affiliation
// leads to a listing by stronger claims than anything else does.
func (a *Assessor) assess() (Assessment, error) {
	w, actions := a.w, &a.q.policy.Actions
	linked := w.has(Ownership) || w.has(Affiliation)
	found := Assessment{Finding: Clear, Complete: true}
	a.direct = a.direct[:0]
	arrived := false // otherwise than by an affiliation
	for tier := Confirmed; tier <= a.q.policy.WeakestStatus && (linked || found.Finding == Clear); tier++ {
		if w.statuses>>tier&1 == 0 {
			continue
		}
		a.prepare(tier)
		if a.reach() && !arrived {
			arrived = true
			found.list(tier, actions.listed(tier, Direct))
		}
		if linked && a.affiliated() {
			found.list(tier, actions.Affiliation)
		}
	}
	if w.has(Ownership) && a.undetermined() != noHops {
		found.Action = max(found.Action, actions.Undetermined)
	}
	actions.finish(&found, false)
	return found, nil
}

// list notes a listing reached by claims of a status; the first one noted is
// the strongest.
func (found *Assessment) list(tier Status, action Action) {
	found.Action = max(found.Action, action)
	if found.Finding == Clear {
		found.Finding, found.Strength = Listed, tier
	}
}

func (a *Assessor) prepare(tier Status) {
	a.ev.w, a.ev.tier = a.w, tier
	if a.w.has(Ownership) && a.counted != tier {
		a.counted = tier
		a.counts = slices.Grow(a.counts[:0], len(a.w.edges))[:len(a.w.edges)]
		clear(a.counts)
		a.ev.countShares(a.counts, &a.least)
	}
}

// reach adds the listings reached without an affiliation to a.direct, and
// reports whether there are any.
func (a *Assessor) reach() bool {
	l := limits{way: ByLineage, hops: a.q.policy.MaxHops}
	a.run(l, nil)
	if !a.w.has(Ownership) {
		return len(a.direct) > 0
	}
	l.way = ByOwnership
	for i := range a.q.rules {
		if a.ev.force>>i&1 == 1 {
			l.rule = i
			a.run(l, &a.q.rules[i])
		}
	}
	return len(a.direct) > 0
}

// run adds the listings that one run reaches, those that the rule covers if
// there is one.
func (a *Assessor) run(l limits, rule *ownershipRule) {
	a.reached.run(&a.ev, l)
	a.listings(l, func(t target) bool {
		if (rule == nil || rule.covers(t.list)) && !slices.Contains(a.direct, t) {
			a.direct = append(a.direct, t)
		}
		return true
	})
}

// affiliated reports whether an affiliation leads to a listing that nothing
// else leads to by claims of the same status.
func (a *Assessor) affiliated() bool {
	l := limits{way: ByAffiliation, hops: a.q.policy.MaxHops, affiliations: a.q.policy.MaxAffiliations}
	a.reached.run(&a.ev, l)
	found := false
	a.listings(l, func(t target) bool {
		found = !slices.Contains(a.direct, t)
		return !found
	})
	return found
}

// listings hands out the listings of the companies reached, until each says no.
func (a *Assessor) listings(l limits, each func(target) bool) {
	w, width := a.w, int32(l.affiliations+1) //nolint:gosec // at most affiliationLimit
	for i := range int32(len(w.start) - 1) { //nolint:gosec // bounded by MaxEntities
		if a.reached.best(i, width) < 0 {
			continue
		}
		for k := w.start[i]; k < w.start[i+1]; k++ {
			e := &w.edges[k]
			if e.Relation == ListedOn && a.ev.holds(e) && !each(target{i, e.Far}) {
				return
			}
		}
	}
}

// undetermined returns the fewest hops by which the subject leads to a company
// that an ownership rule which matters catches or not, as shares that are not
// known turn out.
func (a *Assessor) undetermined() int8 {
	ev := &a.ev
	a.prepare(a.q.policy.WeakestStatus)
	a.reached.run(ev, limits{way: ByLineage, hops: a.q.policy.MaxHops})
	nearest, open := noHops, ev.open()
	for i := range a.q.rules {
		rule := &a.q.rules[i]
		if rule.decided(ev.day, open) {
			continue
		}
		force, _ := rule.at(ev.day)
		least, most := ev.members(rule, atLeast, &a.least), ev.members(rule, atMost, &a.most)
		for _, c := range a.reached.reached { // those of fewest hops first
			if a.reached.hops[c] >= nearest {
				break
			}
			if !ev.hasOwners(c) {
				continue
			}
			in, _ := ev.joins(c, rule, atLeast, least)
			if in && force == inForce {
				continue
			}
			if perhaps, _ := ev.joins(c, rule, atMost, most); in || perhaps {
				nearest = a.reached.hops[c]
			}
		}
	}
	return nearest
}

// open reports whether owners may hold more than is sure.
func (ev *evaluation) open() bool {
	for k := range ev.w.edges {
		if e := &ev.w.edges[k]; e.Relation == Owns && e.ShareMin != e.ShareMax && ev.holds(e) {
			return true
		}
	}
	return len(ev.persons.of) > 0
}
