package api

import (
	"context"
	"time"

	"debadge/graph"
)

type contestedInput struct {
	Freshness

	KnownAt moment `query:"known_at"`
	Limit   int    `query:"limit" minimum:"1" maximum:"1000" default:"50"`
	Cursor  cursor `query:"cursor"`
}

// asked of a page is the revision of the pages before.
func (in *contestedInput) asked() *graph.Moment {
	in.KnownAt.at = in.Cursor.bind(in.KnownAt)
	return &in.KnownAt.at
}

// contestedAnswer is a part of the claims that are contested.
type contestedAnswer struct {
	KnownAt  *time.Time     `json:"known_at"`
	Revision graph.Revision `json:"revision"`
	graph.Contested
	Entities []graph.EntityRef `json:"entities"` // the ends of the claims, in id order
	Sources  []graph.Source    `json:"sources"`  // cited by them, in id order
	Next     string            `json:"next,omitempty"`
}

func (s *server) addContested() {
	register(s, operation("contested", "/v1/contested", "claims", "Which claims are disputed, denied, or in conflict with another one?",
		"Goes through the claims in the order of the entities that they lead to. One answer looks at some 20,000 claims at the most (looked says how many), so that it may have few rows or none and still a next: go on until there is none. "+
			"In conflict are claims about the same two whose dates or shares cannot both be right, and claims that one product was rebadged from different ones; a date that is less precise is in no conflict with one that it holds.",
		notFound, unavailable, timeout), s.contested)
}

func (s *server) contested(ctx context.Context, in *contestedInput) (contestedAnswer, error) {
	var answer contestedAnswer
	at := in.Cursor.bind(in.KnownAt)
	err := s.Store.View(ctx, at, func(v graph.View) error {
		answer = contestedAnswer{}
		answer.Revision, answer.KnownAt = basis(v, at)
		var err error
		if answer.Contested, err = graph.FindContested(ctx, v, in.Cursor.afterID(), in.Limit); err != nil {
			return err
		}
		if answer.After != "" {
			next := cursor{answer.Revision, string(answer.After)}
			answer.Next = next.text()
		}
		var claims []graph.Claim
		for _, r := range answer.Rows {
			claims = append(claims, r.Claim)
			if r.Other != nil {
				claims = append(claims, *r.Other)
			}
		}
		answer.Entities, answer.Sources, err = contextOf(ctx, v, claims)
		return err
	})
	return answer, err
}
