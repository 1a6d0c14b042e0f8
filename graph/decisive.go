package graph

import (
	"context"
	"slices"
)

// strengthOf returns the strength with which a listing is reached by a way or
// a more direct one, 0 if it is not.
func (s *survey) strengthOf(t target, way Way) Status {
	best := Status(0)
	for _, e := range s.entries {
		if e.target == t && e.way <= way && (best == 0 || e.tier < best) {
			best = e.tier
		}
	}
	return best
}

func (s *survey) strength() Status {
	best := Status(0)
	for _, e := range s.entries {
		if best == 0 || e.tier < best {
			best = e.tier
		}
	}
	return best
}

func weaker(after, before Status) bool { return after == 0 || after > before }

// decisive returns the claims without any one of which a listing would not be
// reached, or only by weaker claims.
func (q *inquiry) decisive(ctx context.Context, w *walk, now *survey, e entry) (found []ClaimRef, err error) {
	for _, c := range q.candidates(w, now.tiers[q.policy.WeakestStatus], e.route) {
		if err := gaveUp(ctx); err != nil {
			return nil, err
		}
		if !q.spend(&q.onDecisive, w) {
			break
		}
		without := q.surveyWithout(w, c)
		if weaker(without.strengthOf(e.target, e.way), e.tier) {
			found = append(found, c)
		}
	}
	return found, nil
}

// decisiveOverall returns the claims without any one of which the finding would
// change or lose strength. Each must stand on every strongest path, so the
// first one holds all candidates.
func (q *inquiry) decisiveOverall(ctx context.Context, w *walk, now *survey) (found []ClaimRef, err error) {
	strongest := slices.IndexFunc(now.entries, func(e entry) bool { return e.tier == now.strength() })
	if strongest < 0 {
		return nil, nil
	}
	for _, c := range q.candidates(w, now.tiers[q.policy.WeakestStatus], now.entries[strongest].route) {
		if err := gaveUp(ctx); err != nil {
			return nil, err
		}
		if !q.spend(&q.onDecisive, w) {
			break
		}
		without := q.surveyWithout(w, c)
		if weaker(without.strength(), now.strength()) {
			found = append(found, c)
		}
	}
	return found, nil
}

// surveyWithout returns what a walk shows without a claim, but not how it was
// evaluated. Paths to several listings rest on the same claims.
func (q *inquiry) surveyWithout(w *walk, c ClaimRef) survey {
	if known, ok := q.without[c]; ok {
		return known
	}
	given := len(w.bits)
	s := survey{entries: q.survey(w, q.asOf, c).entries}
	w.rewind(given)
	if q.without == nil {
		q.without = map[ClaimRef]survey{}
	}
	q.without[c] = s
	return s
}

// candidates returns the claims that a path rests on: those of its hops and,
// where shares of several owners add up, those of the other owners and of
// their listings.
func (q *inquiry) candidates(w *walk, ev *evaluation, r route) []ClaimRef {
	var refs []ClaimRef
	added := map[ClaimRef]bool{}
	add := func(k int32) {
		if c := w.edges[k].Claim; !added[c] {
			added[c] = true
			refs = append(refs, c)
		}
	}
	var owned []int32
	for _, k := range r.hops {
		for _, other := range ev.parallel(k) {
			add(other)
		}
		if w.edges[k].Relation == Owns {
			owned = append(owned, ev.localNear(k))
		}
	}
	for _, k := range ev.parallel(r.listing) {
		add(k)
	}
	for _, i := range ev.upstreamOwners(owned) {
		for k := w.start[i]; k < w.start[i+1]; k++ {
			e := &w.edges[k]
			if (e.Relation == Owns || e.Relation == ListedOn || rules[e.Relation].Layer == Identity) && ev.holds(e) {
				add(k)
			}
		}
	}
	return refs
}

// parallel returns the edges of the same hop that hold: other claims that say
// the same.
func (ev *evaluation) parallel(edge int32) []int32 {
	w, near := ev.w, ev.localNear(edge)
	var same []int32
	for k := w.start[near]; k < w.start[near+1]; k++ {
		if ev.sameHop(edge, k) && ev.holds(&w.edges[k]) {
			same = append(same, k)
		}
	}
	return same
}

func (ev *evaluation) localNear(edge int32) int32 {
	i, _ := ev.w.local(ev.w.edges[edge].Near)
	return i
}

// upstreamOwners returns some companies and all of their owners, under every
// name and id.
func (ev *evaluation) upstreamOwners(companies []int32) []int32 {
	w := ev.w
	seen, entered := slices.Clone(companies), map[int32]bool{}
	for _, i := range companies {
		entered[i] = true
	}
	for i := 0; i < len(seen); i++ {
		for k := w.start[seen[i]]; k < w.start[seen[i]+1]; k++ {
			e := &w.edges[k]
			if (e.Relation == Owns || rules[e.Relation].Layer == Identity) && w.far[k] >= 0 && ev.holds(e) && !entered[w.far[k]] {
				entered[w.far[k]] = true
				seen = append(seen, w.far[k])
			}
		}
	}
	return seen
}
