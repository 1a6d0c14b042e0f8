package graph

import "slices"

// search is one run of the best-path search over a walk: breadth first over
// states (entity, affiliations used), so that each state is entered once, by
// its best path. Its slices are used again by the next run.
type search struct {
	states []state
	level  []int32 // states entered by the last hop
	next   []int32
}

type state struct {
	hops       int16 // -1: not entered
	viaEdge    int32 // the edge by which it was entered; -1 at the start
	viaState   int32
	confidence product
}

// limits say which hops a search may take.
type limits struct {
	way          Way
	rule         int // for ByOwnership: the ownership rule whose shares count
	start        int32
	affiliations int
	hops         int
	banned       []bool                // entities not to enter; nil: none
	bannedFirst  func(edge int32) bool // first hops not to take; nil: none
}

// run enters every state that the limits allow. Among the paths to a state of
// fewest hops it keeps the one of highest confidence, then of least ids.
// A path enters no entity twice: it could be cut short to one of fewer hops.
func (ev *evaluation) run(l limits) {
	s, width := &ev.w.search, int32(l.affiliations+1) //nolint:gosec // at most affiliationLimit
	s.states = slices.Grow(s.states[:0], len(ev.w.nodes)*int(width))[:len(ev.w.nodes)*int(width)]
	for i := range s.states {
		s.states[i].hops = -1
	}
	first := l.start * width
	s.states[first] = state{viaEdge: -1, viaState: -1, confidence: product{lo: 1}}
	s.level = append(s.level[:0], first)
	for hops := int16(1); len(s.level) > 0 && int(hops) <= l.hops; hops++ {
		s.next = s.next[:0]
		for _, from := range s.level {
			ev.expand(l, s, from, width, hops)
		}
		s.level, s.next = s.next, s.level
	}
}

func (ev *evaluation) expand(l limits, s *search, from, width int32, hops int16) {
	w, local, used := ev.w, from/width, from%width
	if int(local) >= len(w.start)-1 {
		return
	}
	for k := w.start[local]; k < w.start[local+1]; k++ {
		far := w.far[k]
		if far < 0 {
			continue
		}
		e := &w.edges[k]
		if !ev.holds(e) {
			continue
		}
		cost := ev.cost(l, k, e)
		if cost < 0 || used+cost >= width || (l.banned != nil && l.banned[far]) || (hops == 1 && l.bannedFirst != nil && l.bannedFirst(k)) {
			continue
		}
		to := far*width + used + cost
		if ev.dominated(s, far*width, used+cost, hops) {
			continue
		}
		found := state{hops, k, from, s.states[from].confidence.times(e.Confidence)}
		if old := &s.states[to]; old.hops < 0 {
			*old = found
			s.next = append(s.next, to)
		} else if ev.better(s, found, *old) {
			*old = found
		}
	}
}

// dominated reports whether the entity was entered before with no more
// affiliations in fewer hops, or with fewer affiliations in as many.
func (ev *evaluation) dominated(s *search, base, used int32, hops int16) bool {
	for a := range used {
		if h := s.states[base+a].hops; h >= 0 && h <= hops {
			return true
		}
	}
	h := s.states[base+used].hops
	return h >= 0 && h < hops
}

// cost returns how many affiliations a hop uses, below 0 if the limits do not
// allow it.
func (ev *evaluation) cost(l limits, k int32, e *Edge) int32 {
	switch rules[e.Relation].Layer {
	case Attribution, Identity:
		return 0
	case Lineage:
		if l.way >= ByLineage {
			return 0
		}
	case Ownership:
		switch {
		case l.way == ByOwnership && ev.counts[k]>>l.rule&1 == 1:
			return 0
		case l.way == ByAffiliation && ev.counts[k] != 0:
			return 0
		case l.way == ByAffiliation:
			return 1
		}
	case Affiliation:
		if l.way == ByAffiliation {
			return 1
		}
	case Listing, Context:
	}
	return -1
}

// better orders two paths to one state that have equally many hops.
func (ev *evaluation) better(s *search, a, b state) bool {
	if c := a.confidence.compare(b.confidence); c != 0 {
		return c > 0
	}
	return ev.lessHops(s.hopsTo(a), s.hopsTo(b))
}

// hopsTo returns the edges by which a state is entered, from the start on.
func (s *search) hopsTo(end state) []int32 {
	hops := make([]int32, 0, hopLimit)
	for ; end.viaEdge >= 0; end = s.states[end.viaState] {
		hops = append(hops, end.viaEdge)
	}
	slices.Reverse(hops)
	return hops
}

// lessHops orders two paths of equally many hops by the ids that they pass.
func (ev *evaluation) lessHops(a, b []int32) bool {
	for i := range a {
		x, y := &ev.w.edges[a[i]], &ev.w.edges[b[i]]
		if x.Far != y.Far {
			return ev.q.view.ID(x.Far) < ev.q.view.ID(y.Far)
		}
		if x.Relation != y.Relation {
			return x.Relation.String() < y.Relation.String()
		}
	}
	return false
}
