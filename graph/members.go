package graph

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// ListsAnswer says which lists a store holds, and how they stand on a day.
type ListsAnswer struct {
	AsOf     Date          `json:"as_of"`
	KnownAt  *time.Time    `json:"known_at"`
	Revision Revision      `json:"revision"`
	Lists    []ListSummary `json:"lists"` // in id order
}

// ListSummary is a list, how many are on it, and which edition of it was imported.
type ListSummary struct {
	EntityRef
	Members    int    `json:"members"` // listed as of the day, by claims that are not disputed
	Edition    Date   `json:"edition"` // null: none was imported
	Checked    Date   `json:"checked"` // the last day on which that was still the newest; null: not known
	Complete   *bool  `json:"complete,omitempty"`
	AgeDays    *int   `json:"age_days,omitempty"` // of the edition on the day
	MaxAgeDays int    `json:"max_age_days,omitempty"`
	Stale      bool   `json:"stale"`
	Register   string `json:"register,omitempty"` // that the edition came from
}

// Lists answers which lists there are.
func Lists(ctx context.Context, s Store, at Moment, asOf Day) (ListsAnswer, error) {
	var answer ListsAnswer
	err := s.View(ctx, at, func(v View) error {
		revision, recorded := v.At()
		answer = ListsAnswer{AsOf: asOf.Date(), KnownAt: knownAt(at, recorded), Revision: revision, Lists: []ListSummary{}}
		ids, err := v.Find(ctx, Find{Kind: List})
		if err != nil {
			return err
		}
		lists, err := v.Entities(ctx, ids)
		if err != nil {
			return err
		}
		for _, list := range lists {
			members, err := Memberships(ctx, v, list.ID, asOf)
			if err != nil {
				return err
			}
			answer.Lists = append(answer.Lists, summaryOf(list, len(members), asOf))
		}
		return nil
	})
	return answer, err
}

func summaryOf(list Entity, members int, asOf Day) ListSummary {
	s := ListSummary{EntityRef: list.Ref(), Members: members}
	if e, ok := editionOf(list, asOf); ok {
		age := int(asOf - e.Edition.Latest())
		s.Register, s.Edition, s.Checked, s.Complete, s.AgeDays = e.Register, e.Edition, e.Checked, &e.Complete, &age
		s.MaxAgeDays, s.Stale = e.MaxAgeDays, e.Stale
	}
	return s
}

// Membership is a company that is on a list.
type Membership struct {
	Company ID
	claims  []ClaimRef
}

// Memberships returns the companies that are on a list as of a day, by claims
// that are not disputed, in the order of ids. They belong to the view.
func Memberships(ctx context.Context, v View, list ID, asOf Day) ([]Membership, error) {
	nodes, err := v.Nodes(ctx, []ID{list})
	if err != nil || nodes[0] == NoNode {
		return nil, err
	}
	edges, err := v.Adjacent(ctx, nodes, Downstream, SetOf(ListedOn), nil)
	if err != nil {
		return nil, err
	}
	at := make(map[Node]int)
	var all []Membership
	for _, e := range edges {
		if e.From > asOf || asOf >= e.To || e.Status == Disputed {
			continue
		}
		i, ok := at[e.Far]
		if !ok {
			i = len(all)
			at[e.Far] = i
			all = append(all, Membership{Company: v.ID(e.Far)})
		}
		all[i].claims = append(all[i].claims, e.Claim)
	}
	slices.SortFunc(all, func(a, b Membership) int { return cmp.Compare(a.Company, b.Company) })
	return all, nil
}

// Member is a company on a list, with the claims by which it is, in the order
// of their ids.
type Member struct {
	Entity EntityRef `json:"entity"`
	Claims []Claim   `json:"claims"`
}

// ReadMembers fetches what some memberships of a view stand for, in their order.
func ReadMembers(ctx context.Context, v View, memberships []Membership) ([]Member, error) {
	ids, refs := make([]ID, 0, len(memberships)), []ClaimRef(nil)
	for _, m := range memberships {
		ids, refs = append(ids, m.Company), append(refs, m.claims...)
	}
	entities, err := v.Entities(ctx, ids)
	if err != nil {
		return nil, err
	}
	claims, err := v.Claims(ctx, refs)
	if err != nil {
		return nil, err
	}
	members := make([]Member, len(memberships))
	for i, m := range memberships {
		own := slices.Clone(claims[:len(m.claims)])
		claims = claims[len(m.claims):]
		slices.SortFunc(own, func(a, b Claim) int { return cmp.Compare(a.ID, b.ID) })
		members[i] = Member{entities[i].Ref(), own}
	}
	return members, nil
}
