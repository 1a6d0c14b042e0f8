package api

import (
	"context"
	"time"

	"debadge/graph"
)

type listsInput struct {
	AsOf    day    `query:"as_of"`
	KnownAt moment `query:"known_at"`
}

type listsAnswer struct {
	AsOf     graph.Date     `json:"as_of"`
	KnownAt  *time.Time     `json:"known_at"`
	Revision graph.Revision `json:"revision"`
	Lists    []listSummary  `json:"lists"` // in id order
}

type listSummary struct {
	graph.EntityRef
	Members int `json:"members"` // companies listed as of the day, by claims that are not disputed
}

type listInput struct {
	ID      string `path:"id" maxLength:"500"`
	AsOf    day    `query:"as_of"`
	KnownAt moment `query:"known_at"`
	Limit   int    `query:"limit" minimum:"1" maximum:"10000" default:"1000"`
	Cursor  cursor `query:"cursor"`
}

type listAnswer struct {
	List     graph.EntityRef `json:"list"`
	AsOf     graph.Date      `json:"as_of"`
	KnownAt  *time.Time      `json:"known_at"`
	Revision graph.Revision  `json:"revision"`
	Total    int             `json:"total"`   // members
	Members  []listMember    `json:"members"` // in id order
	Next     string          `json:"next,omitempty"`
}

type listMember struct {
	Entity graph.EntityRef `json:"entity"`
	Claims []graph.Claim   `json:"claims"` // by which it is listed as of the day
}

func (s *server) addLists() {
	register(s, operation("lists", "/v1/lists", "entities", "The lists, with the number of their members",
		"Counts the companies that are listed as of a day by claims that are not disputed.", notFound, unavailable, timeout), s.lists)
	register(s, operation("list", "/v1/lists/{id}", "entities", "A list with its members",
		"Answers with the companies that are listed as of a day, in the order of their ids, and the claims by which they are.",
		notFound, ambiguous, unavailable, timeout), s.list)
}

func (s *server) lists(ctx context.Context, in *listsInput) (listsAnswer, error) {
	var answer listsAnswer
	asOf := s.dayOr(in.AsOf)
	err := s.Store.View(ctx, in.KnownAt.at, func(v graph.View) error {
		answer = listsAnswer{AsOf: asOf.Date(), Lists: []listSummary{}}
		answer.Revision, answer.KnownAt = basis(v, in.KnownAt.at)
		ids, err := v.Find(ctx, graph.Find{Kind: graph.List})
		if err != nil {
			return err
		}
		entities, err := v.Entities(ctx, ids)
		if err != nil {
			return err
		}
		nodes, err := v.Nodes(ctx, ids)
		if err != nil {
			return err
		}
		for i, e := range entities {
			members, err := membersOf(ctx, v, nodes[i], asOf)
			if err != nil {
				return err
			}
			answer.Lists = append(answer.Lists, listSummary{EntityRef: e.Ref(), Members: len(members)})
		}
		return nil
	})
	return answer, err
}

// membersOf returns the claims by which companies are on a list as of a day.
func membersOf(ctx context.Context, v graph.View, list graph.Node, asOf graph.Day) (map[graph.Node][]graph.ClaimRef, error) {
	edges, err := v.Adjacent(ctx, []graph.Node{list}, graph.Downstream, graph.SetOf(graph.ListedOn), nil)
	if err != nil {
		return nil, err
	}
	members := make(map[graph.Node][]graph.ClaimRef)
	for _, e := range edges {
		if e.From <= asOf && asOf < e.To && e.Status != graph.Disputed {
			members[e.Far] = append(members[e.Far], e.Claim)
		}
	}
	return members, nil
}

func (s *server) list(ctx context.Context, in *listInput) (listAnswer, error) {
	var answer listAnswer
	asOf := s.dayOr(in.AsOf)
	at := in.Cursor.bind(in.KnownAt)
	err := s.Store.View(ctx, at, func(v graph.View) error {
		answer = listAnswer{AsOf: asOf.Date(), Members: []listMember{}}
		answer.Revision, answer.KnownAt = basis(v, at)
		list, err := graph.Resolve(ctx, v, in.ID, graph.List)
		if err != nil {
			return err
		}
		answer.List = list.Ref()
		return answer.addMembers(ctx, v, asOf, in)
	})
	return answer, err
}

func (a *listAnswer) addMembers(ctx context.Context, v graph.View, asOf graph.Day, in *listInput) error {
	nodes, err := v.Nodes(ctx, []graph.ID{a.List.ID})
	if err != nil {
		return err
	}
	members, err := membersOf(ctx, v, nodes[0], asOf)
	if err != nil {
		return err
	}
	byID := make(map[graph.ID][]graph.ClaimRef, len(members))
	ids := make([]graph.ID, 0, len(members))
	for n, refs := range members {
		id := v.ID(n)
		byID[id], ids = refs, append(ids, id)
	}
	ids = distinct(ids)
	a.Total = len(ids)
	ids, a.Next = page(ids, in.Cursor, in.Limit, a.Revision, func(id graph.ID) string { return string(id) })
	entities, err := v.Entities(ctx, ids)
	if err != nil {
		return err
	}
	claims, err := claimsByFrom(ctx, v, ids, byID)
	if err != nil {
		return err
	}
	for _, e := range entities {
		a.Members = append(a.Members, listMember{Entity: e.Ref(), Claims: claims[e.ID]})
	}
	return nil
}

// claimsByFrom fetches the claims of one page at once.
func claimsByFrom(ctx context.Context, v graph.View, ids []graph.ID, refs map[graph.ID][]graph.ClaimRef) (map[graph.ID][]graph.Claim, error) {
	var wanted []graph.ClaimRef
	for _, id := range ids {
		wanted = append(wanted, refs[id]...)
	}
	claims, err := claimsInOrder(ctx, v, wanted)
	if err != nil {
		return nil, err
	}
	byFrom := make(map[graph.ID][]graph.Claim, len(ids))
	for _, c := range claims {
		byFrom[c.From] = append(byFrom[c.From], c)
	}
	return byFrom, nil
}
