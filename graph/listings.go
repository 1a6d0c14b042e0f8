package graph

import (
	"cmp"
	"context"
	"slices"
)

// ReachedListing is a listing that an assessed entity traces back to, without
// the path.
type ReachedListing struct {
	Entity   ID     `json:"entity"`
	List     ID     `json:"list"`
	Way      Way    `json:"way"`
	Strength Status `json:"strength"`
}

// Listings returns the listings that the entity of the last [Assessor.Assess]
// traces back to, in the order of [Answer.Listings]: at most so many, and how
// many there are. It costs more than the assessment, so it is asked where that
// says listed.
func (a *Assessor) Listings(ctx context.Context, most int) ([]ReachedListing, int, error) {
	q, w := a.q, a.w
	if a.open {
		if err := a.gather(ctx, a.last); err != nil {
			return nil, 0, err
		}
		a.open = false
	}
	if !w.has(Listing) {
		return nil, 0, nil
	}
	if a.countries {
		if err := q.loadCountries(ctx, w); err != nil {
			return nil, 0, err
		}
	}
	now := q.survey(w, q.asOf, noClaim)
	slices.SortFunc(now.entries, func(x, y entry) int { return q.compareListings(w, &x, &y) })
	if len(now.entries) == 0 {
		return nil, 0, nil
	}
	all := make([]ReachedListing, min(most, len(now.entries)))
	for i := range all {
		e := &now.entries[i]
		all[i] = ReachedListing{Entity: q.view.ID(w.nodes[e.company]), List: q.view.ID(e.list), Way: e.way, Strength: e.tier}
	}
	return all, len(now.entries), nil
}

// compareListings orders listings as answers show them.
func (q *inquiry) compareListings(w *walk, x, y *entry) int {
	if c := cmp.Or(cmp.Compare(x.tier, y.tier), cmp.Compare(x.way, y.way), cmp.Compare(len(x.hops), len(y.hops))); c != 0 {
		return c
	}
	if c := cmp.Compare(y.confidence.decimalOf(len(y.hops)+1), x.confidence.decimalOf(len(x.hops)+1)); c != 0 {
		return c
	}
	return cmp.Or(
		cmp.Compare(q.view.ID(w.nodes[x.company]), q.view.ID(w.nodes[y.company])),
		cmp.Compare(q.view.ID(x.list), q.view.ID(y.list)),
	)
}

// Basis says at which revision and dates, and by which rules, the assessor
// answers; asked is the point in record time that the question named.
func (a *Assessor) Basis(asked Moment) Basis { return a.q.basis(Question{KnownAt: asked}) }
