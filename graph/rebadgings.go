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
	question.Limit = 0
	answer, err := AnswerRebadgings(ctx, s, question)
	return answer.Rows, err
}

// RebadgingsAnswer says which products of a listed company, or of those on a
// list, got a new badge or another seller after the listing.
type RebadgingsAnswer struct {
	Query    string     `json:"query"`
	Origin   *EntityRef `json:"origin"`
	Complete bool       `json:"complete"`
	Reasons  []string   `json:"reasons,omitempty"`
	Basis
	Total int         `json:"total"` // of all, also those that Limit leaves out
	Rows  []Rebadging `json:"rows"`  // in the order of product ids
}

// AnswerRebadgings answers as [Rebadgings] does, with what the answer goes by and
// whether everything was seen. Limit bounds the rows; there is no cursor.
func AnswerRebadgings(ctx context.Context, s Store, question ReachQuestion) (RebadgingsAnswer, error) {
	var answer RebadgingsAnswer
	err := s.View(ctx, question.KnownAt, func(v View) error {
		var err error
		answer, err = rebadgings(ctx, v, question)
		return err
	})
	answer.Total = len(answer.Rows)
	if question.Limit > 0 && answer.Total > question.Limit {
		answer.Rows = answer.Rows[:question.Limit]
	}
	return answer, err
}

func rebadgings(ctx context.Context, v View, question ReachQuestion) (RebadgingsAnswer, error) {
	q, err := newInquiry(ctx, v, &question.Policy, question.AsOf, question.Lists)
	if err != nil {
		return RebadgingsAnswer{}, err
	}
	start, err := Resolve(ctx, v, question.Origin, Company, List)
	if err != nil {
		return RebadgingsAnswer{}, err
	}
	ref := start.Ref()
	answer := RebadgingsAnswer{
		Query: question.Origin, Origin: &ref, Complete: true, Basis: q.basis(Question{KnownAt: question.KnownAt}), Rows: []Rebadging{},
	}
	listings, err := q.listings(ctx, start)
	if err != nil {
		return RebadgingsAnswer{}, err
	}
	byTarget := map[target][]Edge{}
	for _, l := range listings {
		t := target{int32(l.Near), l.Far}
		byTarget[t] = append(byTarget[t], l)
	}
	for _, same := range byTarget {
		var cut []string
		if answer.Rows, cut, err = q.rebadgingsOf(ctx, same, answer.Rows); err != nil {
			return RebadgingsAnswer{}, err
		}
		answer.Reasons = append(answer.Reasons, cut...)
	}
	slices.Sort(answer.Reasons)
	answer.Reasons = slices.Compact(answer.Reasons)
	answer.Complete = len(answer.Reasons) == 0
	slices.SortFunc(answer.Rows, func(a, b Rebadging) int {
		return cmp.Or(
			cmp.Compare(a.To.ID, b.To.ID), cmp.Compare(a.From.ID, b.From.ID), cmp.Compare(a.Relation, b.Relation),
			cmp.Compare(a.Entity.ID, b.Entity.ID), cmp.Compare(a.List.ID, b.List.ID),
		)
	})
	return answer, nil
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
// state, and says what cut the search short.
func (q *inquiry) rebadgingsOf(ctx context.Context, same []Edge, found []Rebadging) (all []Rebadging, cut []string, err error) {
	listing, err := q.bestListing(ctx, same)
	if err != nil || listing.From == MinDay {
		return found, nil, err
	}
	hits, _, cut, err := q.hits(ctx, same, part{})
	if err != nil {
		return nil, nil, err
	}
	nodes := make([]Node, hits.total)
	byNode := make(map[Node]hit, hits.total)
	for i, h := range hits.rows {
		nodes[i] = h.product
		byNode[h.product] = h
	}
	rebranded, err := q.view.Adjacent(ctx, nodes, Downstream, SetOf(RebrandedAs)&q.walked, nil)
	if err != nil {
		return nil, nil, err
	}
	sold, err := q.view.Adjacent(ctx, nodes, Upstream, SetOf(Sells)&q.walked, nil)
	if err != nil {
		return nil, nil, err
	}
	for _, e := range append(rebranded, sold...) {
		late := e.From >= listing.From && e.From <= q.asOf && q.asOf < e.To
		if !late || e.Status > q.policy.WeakestStatus || e.Confidence < q.policy.MinConfidence || e.Far == listing.Near {
			continue
		}
		r, err := q.rebadging(ctx, e, listing, byNode[e.Near])
		if err != nil {
			return nil, nil, err
		}
		if i := slices.IndexFunc(found, r.sameHop); i >= 0 {
			found[i].Claims = append(found[i].Claims, r.Claims...)
			slices.SortFunc(found[i].Claims, compareClaims)
			found[i].Date = found[i].Claims[0].ValidFrom
			continue
		}
		found = append(found, r)
	}
	return found, cut, nil
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
