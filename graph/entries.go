package graph

import (
	"cmp"
	"slices"
)

// target is a listing: a company, by its number in the walk, on a list.
type target struct {
	company int32
	list    Node
}

// route is a path through a walk: the edges from the subject to the listed
// company, and the strongest of the claims that list it.
type route struct {
	hops         []int32
	listing      int32
	tier         Status
	way          Way
	affiliations int
	confidence   product
}

// entry is a listing reached by one way, with the best path.
type entry struct {
	target
	route
}

// compare orders paths, best first: the strongest, then the fewest
// affiliations, then the fewest hops, then the highest confidence, then ids.
func (ev *evaluation) compare(a, b route) int {
	c := cmp.Or(
		cmp.Compare(a.tier, b.tier),
		cmp.Compare(a.affiliations, b.affiliations),
		cmp.Compare(len(a.hops), len(b.hops)),
		b.confidence.compare(a.confidence),
	)
	if c != 0 {
		return c
	}
	switch {
	case ev.lessHops(a.hops, b.hops):
		return -1
	case ev.lessHops(b.hops, a.hops):
		return 1
	}
	return 0
}

// survey is what a walk shows on one day.
type survey struct {
	entries []entry                  // the most severe question first: by way, then by path
	tiers   [Alleged + 1]*evaluation // none if the walk holds no listing
}

// survey finds the best path to each listing, for each way in which a path is
// better than what the more direct ways offer. A path counts for the way of its
// least direct hop; the search for a way may use the hops of the more direct
// ones, so a listing reached by ownership is also found when an allegation
// reaches it directly.
func (q *inquiry) survey(w *walk, day Day, without ClaimRef) survey {
	var s survey
	if !w.has(Listing) {
		return s
	}
	for tier := Confirmed; tier <= q.policy.WeakestStatus; tier++ {
		if w.statuses>>tier&1 == 1 || tier == q.policy.WeakestStatus {
			s.tiers[tier] = q.evaluate(w, day, tier, without)
		}
	}
	for _, way := range w.ways() {
		best := q.bestByWay(way, &s)
		for _, e := range best {
			if e.way == way {
				s.entries = append(s.entries, e)
			}
		}
	}
	return s
}

// ways returns the ways that the claims of the walk allow.
func (w *walk) ways() []Way {
	ways := []Way{Direct}
	if w.has(Lineage) {
		ways = append(ways, ByLineage)
	}
	if w.has(Ownership) {
		ways = append(ways, ByOwnership)
	}
	if w.has(Ownership) || w.has(Affiliation) {
		ways = append(ways, ByAffiliation)
	}
	return ways
}

func (q *inquiry) bestByWay(way Way, s *survey) []entry {
	var best []entry
	for _, ev := range s.tiers {
		if ev == nil {
			continue
		}
		found := len(best)
		for _, l := range ev.searches(way) {
			ev.run(l)
			best = ev.collect(l, best, found)
		}
	}
	slices.SortFunc(best, func(a, b entry) int { return s.tiers[q.policy.WeakestStatus].compareEntries(a, b) })
	return best
}

func (ev *evaluation) compareEntries(a, b entry) int {
	v := ev.q.view
	return cmp.Or(
		ev.compare(a.route, b.route),
		cmp.Compare(v.ID(ev.w.nodes[a.company]), v.ID(ev.w.nodes[b.company])),
		cmp.Compare(v.ID(a.list), v.ID(b.list)),
	)
}

// searches returns the limits of the runs that one way needs: one for each
// ownership rule in force where that is the way.
func (ev *evaluation) searches(way Way) []limits {
	l := limits{way: way, hops: ev.q.policy.MaxHops}
	if way == ByAffiliation {
		l.affiliations = ev.q.policy.MaxAffiliations
	}
	if way != ByOwnership {
		return []limits{l}
	}
	var all []limits
	for i := range ev.q.rules {
		if ev.force>>i&1 == 1 {
			l.rule = i
			all = append(all, l)
		}
	}
	return all
}

// collect adds the listings that a run reached: those at best[:found] are
// reached by stronger claims already and stay as they are.
func (ev *evaluation) collect(l limits, best []entry, found int) []entry {
	w, width := ev.w, int32(l.affiliations+1)      //nolint:gosec // at most affiliationLimit
	for company := range int32(len(w.start) - 1) { //nolint:gosec // bounded by MaxEntities
		reached := w.search.best(company, width)
		if reached < 0 {
			continue
		}
		for k := w.start[company]; k < w.start[company+1]; k++ {
			e := &w.edges[k]
			if e.Relation != ListedOn || !ev.holds(e) || (l.way == ByOwnership && !ev.q.rules[l.rule].covers(e.Far)) {
				continue
			}
			best = ev.offer(best, found, entry{target{company, e.Far}, ev.route(l, company, reached, k)})
		}
	}
	return best
}

// best returns the state in which an entity was entered with the fewest
// affiliations, below 0 if it was not.
func (s *search) best(local, width int32) int32 {
	for a := range width {
		if s.states[local*width+a].hops >= 0 {
			return a
		}
	}
	return -1
}

func (ev *evaluation) route(l limits, company, used, listing int32) route {
	s := &ev.w.search
	end := s.states[company*int32(l.affiliations+1)+used] //nolint:gosec // at most affiliationLimit
	r := route{
		hops: s.hopsTo(end), listing: listing, tier: ev.tier, affiliations: int(used),
		confidence: end.confidence.times(ev.w.edges[listing].Confidence),
	}
	r.way = ev.wayOf(r.hops, ev.w.edges[listing].Far)
	return r
}

func (ev *evaluation) offer(best []entry, found int, e entry) []entry {
	for i := range best {
		if best[i].target != e.target {
			continue
		}
		if i >= found && ev.betterListing(e, best[i]) {
			best[i] = e
		}
		return best
	}
	return append(best, e)
}

func (ev *evaluation) betterListing(a, b entry) bool {
	if c := ev.compare(a.route, b.route); c != 0 {
		return c < 0
	}
	x, y := &ev.w.edges[a.listing], &ev.w.edges[b.listing]
	return x.Status < y.Status
}

// wayOf classes a path by its least direct hop.
func (ev *evaluation) wayOf(hops []int32, list Node) Way {
	way, owned := Direct, ev.force
	for _, k := range hops {
		switch rules[ev.w.edges[k].Relation].Layer {
		case Lineage:
			way = max(way, ByLineage)
		case Ownership:
			way = max(way, ByOwnership)
			owned &= ev.countedBy(k)
		case Affiliation:
			return ByAffiliation
		case Attribution, Identity, Listing, Context:
		}
	}
	if way < ByOwnership {
		return way
	}
	for i := range ev.q.rules {
		if owned>>i&1 == 1 && ev.q.rules[i].covers(list) {
			return ByOwnership
		}
	}
	return ByAffiliation
}

// countedBy returns the rules, as bits, that count a share as ownership by any
// claim of the hop.
func (ev *evaluation) countedBy(hop int32) uint8 {
	var bits uint8
	for _, k := range ev.parallel(hop) {
		bits |= ev.counts[k]
	}
	return bits
}
