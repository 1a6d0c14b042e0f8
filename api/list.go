package api

import (
	"context"
	"time"

	"debadge/graph"
)

type listsInput struct {
	Freshness

	AsOf    day    `query:"as_of"`
	KnownAt moment `query:"known_at"`
}

type listInput struct {
	Freshness

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
	Members  []graph.Member  `json:"members"` // in id order
	Next     string          `json:"next,omitempty"`
}

func (s *server) addLists() {
	register(s, operation("lists", "/v1/lists", "entities", "The lists, with the number of their members",
		"Counts the companies that are listed as of a day by claims that are not disputed, and says of which day the edition is that was imported last, "+
			"when that was last known to be the newest, whether it was cut off (complete is false), and whether it is older than it may be (stale).", notFound, unavailable, timeout), s.lists)
	register(s, operation("list", "/v1/lists/{id}", "entities", "A list with its members",
		"Answers with the companies that are listed as of a day, in the order of their ids, and the claims by which they are.",
		notFound, ambiguous, unavailable, timeout), s.list)
}

func (s *server) lists(ctx context.Context, in *listsInput) (graph.ListsAnswer, error) {
	return graph.Lists(ctx, s.Store, in.KnownAt.at, s.dayOr(in.AsOf))
}

func (s *server) list(ctx context.Context, in *listInput) (listAnswer, error) {
	var answer listAnswer
	asOf := s.dayOr(in.AsOf)
	at := in.Cursor.bind(in.KnownAt)
	err := s.Store.View(ctx, at, func(v graph.View) error {
		answer = listAnswer{AsOf: asOf.Date(), Members: []graph.Member{}}
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
	all, err := graph.Memberships(ctx, v, a.List.ID, asOf)
	if err != nil {
		return err
	}
	a.Total = len(all)
	all, a.Next = page(all, in.Cursor, in.Limit, a.Revision, func(m graph.Membership) string { return string(m.Company) })
	a.Members, err = graph.ReadMembers(ctx, v, all)
	return err
}
