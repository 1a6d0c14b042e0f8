package storetest

import (
	"cmp"
	"math/big"
	"slices"
	"strings"

	"debadge/graph"
)

// trail is a simple path from the subject to a listed company.
type trail struct {
	hops         []step1
	list         graph.ID
	listing      []graph.Claim // best first
	tier         graph.Status
	way          graph.Way
	affiliations int
	trust        *big.Int // product of the confidences, in percent
}

func (t trail) company(subject graph.ID) graph.ID {
	if len(t.hops) == 0 {
		return subject
	}
	return t.hops[len(t.hops)-1].far
}

func (t trail) confidence() float64 { return decimals(t.trust, len(t.hops)+1) }

func (t trail) sameHops(o trail) bool {
	return slices.EqualFunc(t.hops, o.hops, step1.same)
}

// compareTrails orders paths, best first.
func compareTrails(a, b trail) int {
	return cmp.Or(
		cmp.Compare(a.tier, b.tier),
		cmp.Compare(a.affiliations, b.affiliations),
		cmp.Compare(len(a.hops), len(b.hops)),
		b.trust.Cmp(a.trust),
		slices.CompareFunc(a.hops, b.hops, func(x, y step1) int {
			return cmp.Or(cmp.Compare(x.far, y.far), strings.Compare(x.relation.String(), y.relation.String()))
		}),
	)
}

// price is what a hop costs in affiliations, and the confidence of the best
// claim that makes it so cheap; below 0 the hop is not allowed.
func (s *search1) price(hop step1) (int, graph.Confidence) {
	least, trust := -1, graph.Confidence(0)
	for _, c := range hop.claims {
		cost := s.cost(c)
		if cost < 0 || (least >= 0 && cost > least) {
			continue
		}
		if cost != least {
			least, trust = cost, 0
		}
		trust = max(trust, c.Confidence)
	}
	return least, trust
}

func (s *search1) cost(c graph.Claim) int {
	switch c.Relation {
	case graph.Makes, graph.Sells, graph.Licenses, graph.RenamedTo, graph.SameAs:
		return 0
	case graph.RebrandedAs, graph.SucceededBy, graph.IdenticalTo, graph.ComponentOf:
		if s.way >= graph.ByLineage {
			return 0
		}
	case graph.Owns:
		if s.way < graph.ByOwnership {
			return -1
		}
		for i := range s.policy.Ownership {
			if (s.way == graph.ByAffiliation || i == s.rule) && s.shareCounts(&s.policy.Ownership[i], s.claims, c, s.in[i]) {
				return 0
			}
		}
		if s.way == graph.ByAffiliation {
			return 1
		}
	case graph.AffiliatedWith:
		if s.way == graph.ByAffiliation {
			return 1
		}
	case graph.ListedOn, graph.PartyTo:
	}
	return -1
}

// search1 lists the simple paths that one way, and for ownership one rule,
// allows.
type search1 struct {
	reading
	claims []graph.Claim
	in     []map[graph.ID]bool // by rule: the companies that it catches
	way    graph.Way
	rule   int
	found  []trail
}

func (r reading) search(subject graph.ID, way graph.Way, rule int) []trail {
	s := &search1{reading: r, claims: r.admissible(), way: way, rule: rule}
	for i := range r.policy.Ownership {
		s.in = append(s.in, r.caught(&r.policy.Ownership[i], s.claims, true).in)
	}
	s.walk(subject, []graph.ID{subject}, trail{tier: r.tier, trust: big.NewInt(1)})
	return s.found
}

func (s *search1) walk(near graph.ID, passed []graph.ID, t trail) {
	s.arrive(near, t)
	if len(t.hops) == s.policy.MaxHops {
		return
	}
	for _, hop := range hopsFrom(s.claims, near) {
		cost, trust := s.price(hop)
		if cost < 0 || t.affiliations+cost > s.most() || slices.Contains(passed, hop.far) {
			continue
		}
		next := t
		next.hops = append(slices.Clone(t.hops), hop)
		next.affiliations += cost
		next.trust = new(big.Int).Mul(t.trust, big.NewInt(int64(trust)))
		s.walk(hop.far, append(slices.Clone(passed), hop.far), next)
	}
}

func (s *search1) most() int {
	if s.way == graph.ByAffiliation {
		return s.policy.MaxAffiliations
	}
	return 0
}

// arrive notes the listings of a company.
func (s *search1) arrive(company graph.ID, t trail) {
	byList := map[graph.ID][]graph.Claim{}
	for _, c := range s.claims {
		if c.Relation == graph.ListedOn && c.From == company {
			byList[c.To] = append(byList[c.To], c)
		}
	}
	for list, claims := range byList {
		rule := graph.OwnershipRule{}
		if s.way == graph.ByOwnership {
			rule = s.policy.Ownership[s.rule]
		}
		if len(rule.Lists) > 0 && !slices.Contains(rule.Lists, list) {
			continue
		}
		trust := slices.MaxFunc(claims, func(a, b graph.Claim) int { return cmp.Compare(a.Confidence, b.Confidence) }).Confidence
		next := t
		next.list, next.listing = list, claims
		next.trust = new(big.Int).Mul(t.trust, big.NewInt(int64(trust)))
		next.way = s.wayOf(next)
		s.found = append(s.found, next)
	}
}

// wayOf classes a path by its least direct hop.
func (s *search1) wayOf(t trail) graph.Way {
	way := graph.Direct
	for _, hop := range t.hops {
		switch {
		case hop.far.Kind() == graph.Product:
			way = max(way, graph.ByLineage)
		case hop.relation == graph.Owns:
			way = max(way, graph.ByOwnership)
		case hop.relation == graph.AffiliatedWith:
			return graph.ByAffiliation
		}
	}
	if way < graph.ByOwnership {
		return way
	}
	for i := range s.policy.Ownership {
		if s.countsAll(&s.policy.Ownership[i], s.in[i], t) {
			return graph.ByOwnership
		}
	}
	return graph.ByAffiliation
}

// countsAll is whether one rule covers the list and counts a share on every
// hop of ownership.
func (s *search1) countsAll(rule *graph.OwnershipRule, in map[graph.ID]bool, t trail) bool {
	if len(rule.Lists) > 0 && !slices.Contains(rule.Lists, t.list) {
		return false
	}
	for _, hop := range t.hops {
		if hop.relation == graph.Owns && !slices.ContainsFunc(hop.claims, func(c graph.Claim) bool { return s.shareCounts(rule, s.claims, c, in) }) {
			return false
		}
	}
	return true
}

// trails returns every path to every listing that the hops of a way, and of the
// more direct ways, allow: each once, at its strongest.
func (r reading) trails(subject graph.ID, way graph.Way) []trail {
	var all []trail
	for tier := graph.Confirmed; tier <= r.policy.WeakestStatus; tier++ {
		rules := []int{0}
		if way == graph.ByOwnership {
			rules = nil
			for i := range r.policy.Ownership {
				rules = append(rules, i)
			}
		}
		for _, rule := range rules {
			for _, t := range r.upTo(tier).search(subject, way, rule) {
				i := slices.IndexFunc(all, func(o trail) bool { return o.list == t.list && o.sameHops(t) })
				if i < 0 {
					all = append(all, t)
				} else if compareTrails(t, all[i]) < 0 {
					all[i] = t
				}
			}
		}
	}
	slices.SortFunc(all, compareTrails)
	return all
}

// arrival is a listing reached by one way: its paths, best first.
type arrival struct {
	company, list graph.ID
	way           graph.Way
	trails        []trail
}

func (a arrival) best() trail { return a.trails[0] }

// arrivals returns each listing with each way whose best path is better than
// what the more direct ways offer.
func (r reading) arrivals(subject graph.ID) []arrival {
	var all []arrival
	for way := graph.Direct; way <= graph.ByAffiliation; way++ {
		byTarget := map[[2]graph.ID]*arrival{}
		var order []*arrival
		for _, t := range r.trails(subject, way) {
			key := [2]graph.ID{t.company(subject), t.list}
			if byTarget[key] == nil {
				byTarget[key] = &arrival{company: key[0], list: key[1], way: way}
				order = append(order, byTarget[key])
			}
			byTarget[key].trails = append(byTarget[key].trails, t)
		}
		for _, a := range order {
			if a.best().way == way {
				all = append(all, *a)
			}
		}
	}
	slices.SortFunc(all, func(a, b arrival) int {
		return cmp.Or(
			cmp.Compare(a.best().tier, b.best().tier), cmp.Compare(a.way, b.way), cmp.Compare(len(a.best().hops), len(b.best().hops)),
			cmp.Compare(b.best().confidence(), a.best().confidence()),
			cmp.Compare(a.company, b.company), cmp.Compare(a.list, b.list),
		)
	})
	return all
}
