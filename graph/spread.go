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

// downstream reads a downstream walk on the day asked about.
type downstream struct {
	q      *inquiry
	w      *walk
	force  uint8
	owners *walk   // of the companies of w; nil: nobody owns any of them
	at     []int32 // by edge of w: which edge of owners is the same claim; -1: none
}

// newDownstream makes a downstream walk ready to be read. Which shares count as
// ownership depends on all owners of a company, so they are looked at upstream of
// every company that the walk met. Close gives their memory back.
func (q *inquiry) newDownstream(ctx context.Context, w *walk) (*downstream, error) {
	d := &downstream{q: q, w: w, force: q.inForce(q.asOf)}
	if !w.has(Ownership) {
		return d, nil
	}
	if err := d.gatherOwners(ctx); err != nil {
		d.close()
		return nil, err
	}
	w.claimCut = w.claimCut || d.owners.claimCut
	d.at = make([]int32, len(w.edges))
	for k := range w.edges {
		d.at[k] = d.inOwners(&w.edges[k])
	}
	return d, nil
}

func (d *downstream) close() {
	if d.owners != nil {
		d.owners.release()
	}
}

// inOwners returns which edge of the owners is the same claim as one of the walk.
func (d *downstream) inOwners(e *Edge) int32 {
	owned, ok := d.owners.local(e.Far)
	if e.Relation != Owns || !ok || int(owned) >= len(d.owners.start)-1 {
		return -1
	}
	for k := d.owners.start[owned]; k < d.owners.start[owned+1]; k++ {
		if d.owners.edges[k].Claim == e.Claim {
			return k
		}
	}
	return -1
}

// evaluate reads the walk with claims up to a status.
func (d *downstream) evaluate(tier Status) *evaluation {
	ev := &evaluation{q: d.q, w: d.w, day: d.q.asOf, tier: tier, without: noClaim, force: d.force}
	if d.owners == nil {
		return ev
	}
	up := d.q.evaluate(d.owners, d.q.asOf, tier, noClaim)
	ev.counts = make([]uint8, len(d.w.edges))
	if up.counts == nil { // a share that was cut off
		return ev
	}
	for k, at := range d.at {
		if at >= 0 {
			ev.counts[k] = up.counts[at]
		}
	}
	return ev
}

// gatherOwners walks upstream from every company of the walk.
func (d *downstream) gatherOwners(ctx context.Context) error {
	companies := make([]Node, 0, 2*len(d.w.edges))
	for k := range d.w.edges {
		if l := rules[d.w.edges[k].Relation].Layer; l >= Identity && l <= Affiliation {
			companies = append(companies, d.w.edges[k].Near, d.w.edges[k].Far)
		}
	}
	up := *d.q
	up.walked = SetOfLayers(Identity, Ownership, Listing) & d.q.walked
	d.owners = newWalk(Upstream, entityLimit)
	d.owners.amongCompanies = true
	if err := d.owners.gather(ctx, &up, companies...); err != nil {
		return err
	}
	for i := range d.q.rules { // those that are not in force count no shares
		if d.force>>i&1 == 1 && len(d.q.rules[i].ExcludeCountries) > 0 {
			return d.q.loadCountries(ctx, d.owners)
		}
	}
	return nil
}
