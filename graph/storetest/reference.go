package storetest

import (
	"slices"

	"debadge/graph"
)

// Reference answers questions by the plainest means: it lists every simple
// path, asks every company whether it counts as listed until nothing changes,
// takes out every claim in turn, looks at every day. It shares no code with the
// engine, it is slow, and where the two disagree one of them is wrong.
//
// Subjects and lists are asked for by their ids.
type Reference struct {
	entities map[graph.ID]graph.Entity
	claims   []graph.Claim
}

// NewReference knows what a store knows at a revision (0: the newest) that was
// given these change sets in order.
func NewReference(sets []graph.ChangeSet, at graph.Revision) (*Reference, error) {
	s := newPlainStore(nil)
	for _, cs := range sets {
		if _, err := s.append(cs); err != nil {
			return nil, err
		}
	}
	r := &Reference{entities: map[graph.ID]graph.Entity{}}
	if at == 0 {
		at = s.newest()
	}
	for id := range s.entities {
		if e, ok := s.entity(id, at); ok {
			r.entities[id] = e
		}
	}
	for _, c := range s.claims {
		if c.Recorded <= at && (c.Retracted == 0 || c.Retracted > at) {
			r.claims = append(r.claims, c.Claim)
		}
	}
	return r, nil
}

// reading is what one question takes from the claims: those that hold on a day,
// of a status or a stronger one, perhaps without one of them.
type reading struct {
	*Reference
	policy  *graph.Policy
	lists   []graph.ID // narrowed to; empty: no narrowing
	day     graph.Day
	tier    graph.Status
	without graph.ID
}

func (r reading) at(day graph.Day) reading { r.day = day; return r }

func (r reading) upTo(tier graph.Status) reading { r.tier = tier; return r }

func (r reading) leaving(out graph.ID) reading { r.without = out; return r }

// counts is whether a claim can count on some day.
func (r reading) counts(c graph.Claim) bool {
	switch {
	case c.ID == r.without, c.Relation == graph.PartyTo, c.Status > r.tier, c.Confidence < r.policy.MinConfidence:
		return false
	case c.Relation == graph.ListedOn:
		return r.listCounts(c.To)
	}
	return len(r.policy.Relations) == 0 || slices.Contains(r.policy.Relations, c.Relation)
}

func (r reading) listCounts(list graph.ID) bool {
	return (len(r.policy.Lists) == 0 || slices.Contains(r.policy.Lists, list)) &&
		(len(r.lists) == 0 || slices.Contains(r.lists, list))
}

// admissible returns the claims that count on the day.
func (r reading) admissible() []graph.Claim {
	var all []graph.Claim
	for _, c := range r.claims {
		if r.counts(c) && c.ValidFrom.Earliest() <= r.day && r.day < c.ValidTo.Latest() {
			all = append(all, c)
		}
	}
	return all
}

// mutual is whether a relation says the same of its two ends.
func mutual(r graph.Relation) bool {
	return r == graph.IdenticalTo || r == graph.AffiliatedWith || r == graph.SameAs
}

// step1 is a hop upstream: from an entity to what it came from, with the claims
// that say so.
type step1 struct {
	relation  graph.Relation
	near, far graph.ID
	claims    []graph.Claim
}

func (s step1) same(o step1) bool {
	return s.relation == o.relation && s.near == o.near && s.far == o.far
}

// hopsFrom returns the hops that lead upstream from an entity.
func hopsFrom(claims []graph.Claim, near graph.ID) []step1 {
	var all []step1
	add := func(c graph.Claim, far graph.ID) {
		hop := step1{c.Relation, near, far, []graph.Claim{c}}
		for i := range all {
			if all[i].same(hop) {
				all[i].claims = append(all[i].claims, c)
				return
			}
		}
		all = append(all, hop)
	}
	for _, c := range claims {
		switch {
		case c.Relation == graph.ListedOn:
		case c.To == near:
			add(c, c.From)
		case c.From == near && mutual(c.Relation):
			add(c, c.To)
		}
	}
	return all
}

// inForce is whether a rule is in force on the day: "yes", "no" or
// "unconfirmed".
func (r reading) inForce(rule *graph.OwnershipRule) string {
	answer := "no"
	if len(rule.InForce) == 0 {
		answer = "yes"
	}
	for _, p := range rule.InForce {
		switch {
		case r.day < p.From.Earliest() || r.day >= p.To.Latest() || answer == "yes":
		case p.Unconfirmed:
			answer = "unconfirmed"
		default:
			answer = "yes"
		}
	}
	return answer
}
