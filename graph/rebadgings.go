package graph

import (
	"cmp"
	"context"
	"slices"
)

// Rebadgings answers with the pattern that matters most: every REBRANDED_AS or
// SELLS that began on or after the day of a listing to which the old product
// traces back, for the listings of a company or of a whole list, in the order
// of product ids. A company's sale under its own label is none.
func Rebadgings(ctx context.Context, s Store, question ReachQuestion) ([]Rebadging, error) {
	var found []Rebadging
	err := s.View(ctx, question.KnownAt, func(v View) error {
		var err error
		found, err = rebadgings(ctx, v, question)
		return err
	})
	return found, err
}

func rebadgings(ctx context.Context, v View, question ReachQuestion) ([]Rebadging, error) {
	q, err := newInquiry(ctx, v, &question.Policy, question.AsOf, question.Lists)
	if err != nil {
		return nil, err
	}
	start, err := Resolve(ctx, v, question.Origin, Company, List)
	if err != nil {
		return nil, err
	}
	listings, err := q.listings(ctx, start)
	if err != nil {
		return nil, err
	}
	found := []Rebadging{}
	byTarget := map[target][]Edge{}
	for _, l := range listings {
		t := target{int32(l.Near), l.Far}
		byTarget[t] = append(byTarget[t], l)
	}
	for _, same := range byTarget {
		if found, err = q.rebadgingsOf(ctx, same, found); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(found, func(a, b Rebadging) int {
		return cmp.Or(
			cmp.Compare(a.To.ID, b.To.ID), cmp.Compare(a.From.ID, b.From.ID), cmp.Compare(a.Relation, b.Relation),
			cmp.Compare(a.Entity.ID, b.Entity.ID), cmp.Compare(a.List.ID, b.List.ID),
		)
	})
	return found, nil
}

// bestListing returns, of claims that one company is on one list, the one that
// answers show first.
func (q *inquiry) bestListing(ctx context.Context, same []Edge) (Edge, error) {
	refs := make([]ClaimRef, len(same))
	for i, e := range same {
		refs[i] = e.Claim
	}
	claims, err := q.view.Claims(ctx, refs)
	if err != nil {
		return Edge{}, err
	}
	best := 0
	for i := range claims {
		if compareClaims(claims[i], claims[best]) < 0 {
			best = i
		}
	}
	return same[best], nil
}

// rebadgingsOf adds those that came after a listing, which several claims may
// state.
func (q *inquiry) rebadgingsOf(ctx context.Context, same []Edge, found []Rebadging) ([]Rebadging, error) {
	listing, err := q.bestListing(ctx, same)
	if err != nil || listing.From == MinDay {
		return found, err
	}
	hits, _, _, err := q.hits(ctx, same, "", 0)
	if err != nil {
		return nil, err
	}
	nodes := make([]Node, hits.total)
	byNode := make(map[Node]hit, hits.total)
	for i, h := range hits.rows {
		nodes[i] = h.product
		byNode[h.product] = h
	}
	rebranded, err := q.view.Adjacent(ctx, nodes, Downstream, SetOf(RebrandedAs)&q.walked, nil)
	if err != nil {
		return nil, err
	}
	sold, err := q.view.Adjacent(ctx, nodes, Upstream, SetOf(Sells)&q.walked, nil)
	if err != nil {
		return nil, err
	}
	for _, e := range append(rebranded, sold...) {
		late := e.From >= listing.From && e.From <= q.asOf && q.asOf < e.To
		if !late || e.Status > q.policy.WeakestStatus || e.Confidence < q.policy.MinConfidence || e.Far == listing.Near {
			continue
		}
		r, err := q.rebadging(ctx, e, listing, byNode[e.Near])
		if err != nil {
			return nil, err
		}
		if i := slices.IndexFunc(found, r.sameHop); i >= 0 {
			found[i].Claims = append(found[i].Claims, r.Claims...)
			slices.SortFunc(found[i].Claims, compareClaims)
			found[i].Date = found[i].Claims[0].ValidFrom
			continue
		}
		found = append(found, r)
	}
	return found, nil
}

func (r Rebadging) sameHop(o Rebadging) bool {
	return r.Relation == o.Relation && r.From == o.From && r.To == o.To && r.Entity == o.Entity && r.List == o.List
}

func (q *inquiry) rebadging(ctx context.Context, e, listing Edge, old hit) (Rebadging, error) {
	claims, err := q.view.Claims(ctx, []ClaimRef{e.Claim, listing.Claim})
	if err != nil {
		return Rebadging{}, err
	}
	entities, err := q.view.Entities(ctx, []ID{claims[0].From, claims[0].To, claims[1].From, claims[1].To})
	if err != nil {
		return Rebadging{}, err
	}
	return Rebadging{
		Relation: claims[0].Relation, From: entities[0].Ref(), To: entities[1].Ref(), Date: claims[0].ValidFrom,
		Claims: claims[:1:1], Entity: entities[2].Ref(), List: entities[3].Ref(), ListedFrom: claims[1].ValidFrom,
		Way: old.way, Strength: old.tier,
	}, nil
}
