package graph

import (
	"cmp"
	"context"
	"slices"
	"strings"
)

// Conflict is why a claim is contested.
type Conflict string

// The conflicts.
const (
	IsDisputed  Conflict = "disputed" // contradicted by evidence of equal rank
	IsDenied    Conflict = "denied"   // a source denies it
	DatesDiffer Conflict = "dates"    // another claim about the same two has other dates
	SharesApart Conflict = "shares"   // another one has shares that do not overlap
	OtherOrigin Conflict = "origin"   // the same product is said to be rebadged from another one too
)

// ContestedClaim is a claim that somebody should look at.
type ContestedClaim struct {
	Conflict Conflict `json:"conflict"`
	Claim    Claim    `json:"claim"`
	Other    *Claim   `json:"other"` // that it conflicts with; null: its own sources contradict it
}

// Contested is a part of what is contested in a store.
type Contested struct {
	Rows   []ContestedClaim `json:"rows"`   // in the order of the entities that the claims lead to
	Looked int              `json:"looked"` // claims that were looked at
	After  ID               `json:"-"`      // the last entity that was looked at; "" at the end
}

// mostLooked bounds how many claims one part looks at.
const mostLooked = 20_000

// FindContested goes through the entities after one in the order of ids, until
// it has so many rows, or has looked at 20,000 claims.
func FindContested(ctx context.Context, v View, after ID, limit int) (Contested, error) {
	found := Contested{Rows: []ContestedClaim{}}
	for {
		ids, err := v.Find(ctx, Find{After: after, Limit: 500})
		if err != nil || len(ids) == 0 {
			found.After = ""
			return found, err
		}
		groups, err := claimsInto(ctx, v, ids)
		if err != nil {
			return found, err
		}
		for i, claims := range groups {
			after = ids[i]
			found.Looked += len(claims)
			found.Rows = append(found.Rows, contested(claims)...)
			if len(found.Rows) >= limit || found.Looked >= mostLooked {
				found.After = after
				return found, nil
			}
		}
	}
}

// claimsInto returns the claims that lead upstream from each entity, in the order
// of their ids. A symmetric one belongs to its second end.
func claimsInto(ctx context.Context, v View, ids []ID) ([][]Claim, error) {
	nodes, err := v.Nodes(ctx, ids)
	if err != nil {
		return nil, err
	}
	edges, err := v.Adjacent(ctx, nodes, Upstream, SetOf(Relations()...), nil)
	if err != nil {
		return nil, err
	}
	edges = slices.DeleteFunc(edges, func(e Edge) bool { return e.Relation.Rule().Symmetric && v.ID(e.Near) < v.ID(e.Far) })
	refs := make([]ClaimRef, len(edges))
	for i, e := range edges {
		refs[i] = e.Claim
	}
	claims, err := v.Claims(ctx, refs)
	if err != nil {
		return nil, err
	}
	groups, at := make([][]Claim, len(ids)), 0
	for i, n := range nodes {
		for at < len(edges) && edges[at].Near == n {
			groups[i] = append(groups[i], claims[at])
			at++
		}
		slices.SortFunc(groups[i], func(a, b Claim) int { return cmp.Compare(a.ID, b.ID) })
	}
	return groups, nil
}

// contested finds the conflicts among the claims that lead to one entity.
func contested(claims []Claim) []ContestedClaim {
	var rows []ContestedClaim
	for i, c := range claims {
		if c.Status == Disputed {
			rows = append(rows, ContestedClaim{IsDisputed, c, nil})
		}
		if slices.ContainsFunc(c.Citations, func(q Citation) bool { return q.Stance == Denies }) {
			rows = append(rows, ContestedClaim{IsDenied, c, nil})
		}
		for k := range claims[:i] {
			o := &claims[k]
			if o.Relation != c.Relation {
				continue
			}
			if o.From != c.From || o.To != c.To {
				if c.Relation == RebrandedAs && o.To == c.To {
					rows = append(rows, ContestedClaim{OtherOrigin, c, o})
				}
				continue
			}
			if !overlap(&c, o) {
				continue
			}
			if differ(c.ValidFrom, o.ValidFrom) || differ(c.ValidTo, o.ValidTo) {
				rows = append(rows, ContestedClaim{DatesDiffer, c, o})
			}
			if c.Relation == Owns && c.Interest() == o.Interest() && (o.ShareMax.Micro() < c.ShareMin.Micro() || c.ShareMax.Micro() < o.ShareMin.Micro()) {
				rows = append(rows, ContestedClaim{SharesApart, c, o})
			}
		}
	}
	return rows
}

func overlap(a, b *Claim) bool {
	return a.ValidFrom.Earliest() < b.ValidTo.Latest() && b.ValidFrom.Earliest() < a.ValidTo.Latest()
}

// differ reports whether two dates cannot both be right: one that is less
// precise is in no conflict with one that it holds.
func differ(a, b Date) bool {
	return !a.IsZero() && !b.IsZero() && !strings.HasPrefix(a.String(), b.String()) && !strings.HasPrefix(b.String(), a.String())
}
