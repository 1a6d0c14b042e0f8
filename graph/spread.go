package graph

import (
	"context"
)

// spread is one breadth-first run over a walk that keeps no paths: which entities
// are reached within some limits, by the fewest hops.
type spread struct {
	hops    []int8  // by state (entity, affiliations used); -1: not reached
	reached []int32 // the states that are, those of fewest hops first
}

// origin is a listing from which a reach starts: a company, by its number in
// the walk, and the claim that lists it.
type origin struct {
	company int32
	listing Edge
}

// run reaches what the limits allow from their start.
func (s *spread) run(ev *evaluation, l limits) {
	w, width := ev.w, int32(l.affiliations+1) //nolint:gosec // at most affiliationLimit
	for _, state := range s.reached {
		s.hops[state] = -1
	}
	for size := len(w.nodes) * int(width); len(s.hops) < size; {
		s.hops = append(s.hops, -1)
	}
	first := l.start * width
	s.hops[first] = 0
	s.reached = append(s.reached[:0], first)
	for i := 0; i < len(s.reached); i++ { //nolint:intrange // it grows
		from := s.reached[i]
		if hops := int(s.hops[from]) + 1; hops <= l.hops {
			s.expand(ev, l, from, width, int8(hops)) //nolint:gosec // at most hopLimit
		}
	}
}

func (s *spread) expand(ev *evaluation, l limits, from, width int32, hops int8) {
	w, local, used := ev.w, from/width, from%width
	if int(local) >= len(w.start)-1 {
		return
	}
	for k := w.start[local]; k < w.start[local+1]; k++ {
		far := w.far[k]
		if far < 0 || !ev.holds(&w.edges[k]) {
			continue
		}
		cost := ev.cost(l, k, &w.edges[k])
		if cost < 0 || used+cost >= width {
			continue
		}
		to := far*width + used + cost
		if s.dominated(far*width, used+cost, hops) {
			continue
		}
		if s.hops[to] < 0 {
			s.hops[to] = hops
			s.reached = append(s.reached, to)
		}
	}
}

// best returns the fewest affiliations with which an entity is reached, below 0
// if it is not.
func (s *spread) best(local, width int32) int32 {
	for a := range width {
		if s.hops[local*width+a] >= 0 {
			return a
		}
	}
	return -1
}

func (s *spread) dominated(base, used int32, hops int8) bool {
	for a := range used {
		if h := s.hops[base+a]; h >= 0 && h <= hops {
			return true
		}
	}
	h := s.hops[base+used]
	return h >= 0 && h < hops
}

// gatherDownstream walks from the origins to everything that came from them.
func (q *inquiry) gatherDownstream(ctx context.Context, companies []Node) (*walk, error) {
	w := newWalk(Downstream, entityLimit)
	if err := w.gather(ctx, q, companies...); err != nil {
		w.release()
		return nil, err
	}
	return w, nil
}

// evaluateDownstream reads a downstream walk with claims up to a status. Which
// shares count as ownership depends on all owners of a company, so they are
// looked at upstream of every company that the walk met.
func (q *inquiry) evaluateDownstream(ctx context.Context, w *walk, tier Status) (*evaluation, error) {
	ev := &evaluation{q: q, w: w, day: q.asOf, tier: tier, without: noClaim, force: q.inForce(q.asOf)}
	if !w.has(Ownership) {
		return ev, nil
	}
	owners, err := q.ownersOf(ctx, w)
	if err != nil {
		return nil, err
	}
	defer owners.release()
	w.claimCut = w.claimCut || owners.claimCut
	up := q.evaluate(owners, q.asOf, tier, noClaim)
	byClaim := make(map[ClaimRef]uint8, len(owners.edges))
	for k := range owners.edges {
		if owners.edges[k].Relation == Owns {
			byClaim[owners.edges[k].Claim] = up.counts[k]
		}
	}
	ev.counts = make([]uint8, len(w.edges))
	for k := range w.edges {
		if w.edges[k].Relation == Owns {
			ev.counts[k] = byClaim[w.edges[k].Claim]
		}
	}
	return ev, nil
}

// ownersOf gathers the owners of every company of a downstream walk.
func (q *inquiry) ownersOf(ctx context.Context, w *walk) (*walk, error) {
	companies := []Node{}
	seen := map[Node]bool{}
	for k := range w.edges {
		for _, n := range []Node{w.edges[k].Near, w.edges[k].Far} {
			if l := rules[w.edges[k].Relation].Layer; l >= Identity && l <= Affiliation && !seen[n] {
				seen[n] = true
				companies = append(companies, n)
			}
		}
	}
	up := *q
	up.walked = SetOfLayers(Identity, Ownership, Listing) & q.walked
	owners := newWalk(Upstream, entityLimit)
	owners.amongCompanies = true
	if err := owners.gather(ctx, &up, companies...); err != nil {
		owners.release()
		return nil, err
	}
	if err := q.loadCountries(ctx, owners); err != nil {
		owners.release()
		return nil, err
	}
	return owners, nil
}
