package storetest

import (
	"cmp"
	"math/big"
	"slices"

	"debadge/graph"
)

// person returns the ids of a company, itself among them: those that claims
// call the same legal person, one after the other.
func person(claims []graph.Claim, company graph.ID) []graph.ID {
	ids := []graph.ID{company}
	for i := 0; i < len(ids); i++ {
		for _, c := range claims {
			far := c.From
			if far == ids[i] {
				far = c.To
			}
			if c.Relation == graph.SameAs && (c.From == ids[i] || c.To == ids[i]) && !slices.Contains(ids, far) {
				ids = append(ids, far)
			}
		}
	}
	return ids
}

// outside is whether a rule does not cover a company because of its seat: all
// seats that it is said to have are excluded, and no other id of it is said to
// be seated elsewhere.
func (r reading) outside(rule *graph.OwnershipRule, claims []graph.Claim, company graph.ID) bool {
	if len(r.entities[company].Attributes[graph.CountryAttribute]) == 0 {
		return false
	}
	for _, id := range person(claims, company) {
		seats, elsewhere := r.entities[id].Attributes[graph.CountryAttribute], false
		for _, seat := range seats {
			elsewhere = elsewhere || !slices.Contains(rule.ExcludeCountries, seat)
		}
		if elsewhere {
			return false
		}
	}
	return true
}

func countsInterest(rule *graph.OwnershipRule, c graph.Claim) bool {
	if len(rule.Interests) == 0 {
		return c.Interest() == graph.Equity
	}
	return slices.Contains(rule.Interests, c.Interest())
}

// members are the companies that count as listed by a rule, and those of them
// that do so in their own right, not merely as another id of one.
type members struct{ in, own map[graph.ID]bool }

// caught returns the companies that count as listed by a rule, reading each
// share at its least, or else at its most.
func (r reading) caught(rule *graph.OwnershipRule, claims []graph.Claim, least bool) members {
	m := members{map[graph.ID]bool{}, map[graph.ID]bool{}}
	for _, c := range claims {
		if c.Relation == graph.ListedOn && (len(rule.Lists) == 0 || slices.Contains(rule.Lists, c.To)) {
			m.in[c.From], m.own[c.From] = true, true
		}
	}
	for before := -1; before != len(m.in)+len(m.own); {
		before = len(m.in) + len(m.own)
		for company := range r.entities {
			if company.Kind() != graph.Company {
				continue
			}
			in, own := r.joins(rule, claims, m, company, least)
			if in {
				m.in[company] = true
			}
			if own {
				m.own[company] = true
			}
		}
	}
	return m
}

// joins is whether a company counts as listed because of the companies in a
// set, and whether in its own right: one of them bears its former name, or they
// own enough of it, under whichever of its ids.
func (r reading) joins(rule *graph.OwnershipRule, claims []graph.Claim, m members, company graph.ID, least bool) (in, own bool) {
	if r.outside(rule, claims, company) {
		return false, false
	}
	ids := person(claims, company)
	shares := map[graph.ID]graph.Share{}
	for _, c := range claims {
		switch {
		case c.Relation == graph.SameAs && (c.To == company && m.in[c.From] || c.From == company && m.in[c.To]):
			in = true
		case c.Relation == graph.RenamedTo && c.To == company && m.in[c.From]:
			return true, true
		case c.Relation == graph.Owns && slices.Contains(ids, c.To) && m.in[c.From] && countsInterest(rule, c):
			share := c.ShareMax
			if least {
				share = c.ShareMin
			}
			if rule.Form == graph.AnyShare || (rule.Form == graph.Majority && share.Micro() >= rule.Threshold.Micro()) {
				return true, true
			}
			if share.Micro() >= shares[c.From].Micro() {
				shares[c.From] = share
			}
		}
	}
	if rule.Form == graph.Aggregate && total(claims, m, shares, least).Cmp(big.NewInt(int64(rule.Threshold.Micro()))) >= 0 {
		return true, true
	}
	return in, false
}

// total adds up shares by owner. At the least, of the shares of one person only
// as many count, the largest ones, as it has ids that are members in their own
// right.
func total(claims []graph.Claim, m members, shares map[graph.ID]graph.Share, least bool) *big.Int {
	sum := new(big.Int)
	done := map[graph.ID]bool{}
	for owner := range shares {
		if done[owner] {
			continue
		}
		var held []int64
		counted := 0
		for _, id := range person(claims, owner) {
			done[id] = true
			if share, ok := shares[id]; ok {
				held = append(held, int64(share.Micro()))
			}
			if m.own[id] {
				counted++
			}
		}
		slices.SortFunc(held, func(a, b int64) int { return cmp.Compare(b, a) })
		if least {
			held = held[:min(counted, len(held))]
		}
		for _, share := range held {
			sum.Add(sum, big.NewInt(share))
		}
	}
	return sum
}

// shareCounts is whether a rule that is in force counts a share as ownership;
// in are the companies that it catches.
func (r reading) shareCounts(rule *graph.OwnershipRule, claims []graph.Claim, c graph.Claim, in map[graph.ID]bool) bool {
	if r.inForce(rule) != "yes" || !countsInterest(rule, c) || r.outside(rule, claims, c.To) {
		return false
	}
	switch rule.Form {
	case graph.AnyShare:
		return true
	case graph.Majority:
		return c.ShareMin.Micro() >= rule.Threshold.Micro()
	case graph.Aggregate:
		return c.ShareMin.Micro() >= rule.Threshold.Micro() || (in[c.From] && in[c.To])
	}
	return false
}
