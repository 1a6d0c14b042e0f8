package api

import (
	"context"
	"time"

	"debadge/graph"
)

type sourcesInput struct {
	Freshness

	AsOf    day    `query:"as_of"`
	KnownAt moment `query:"known_at"`
	Limit   int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
	Cursor  cursor `query:"cursor"`
}

// asked of a page is the revision of the pages before.
func (in *sourcesInput) asked() *graph.Moment {
	in.KnownAt.at = in.Cursor.bind(in.KnownAt)
	return &in.KnownAt.at
}

// sourcesAnswer is a part of the documents that claims rest on.
type sourcesAnswer struct {
	AsOf     graph.Date     `json:"as_of"`
	KnownAt  *time.Time     `json:"known_at"`
	Revision graph.Revision `json:"revision"`
	Sources  []agedSource   `json:"sources"` // in id order
	Next     string         `json:"next,omitempty"`
}

// agedSource is a document with its age on a day.
type agedSource struct {
	graph.Source
	AgeDays *int `json:"age_days,omitempty"` // since the last day that its date allows; left out where it has none, or a later one
}

func (s *server) sources(ctx context.Context, in *sourcesInput) (sourcesAnswer, error) {
	var answer sourcesAnswer
	asOf, at := s.dayOr(in.AsOf), in.Cursor.bind(in.KnownAt)
	err := s.Store.View(ctx, at, func(v graph.View) error {
		answer = sourcesAnswer{AsOf: asOf.Date(), Sources: []agedSource{}}
		answer.Revision, answer.KnownAt = basis(v, at)
		ids, err := v.Find(ctx, graph.Find{Sources: true, After: in.Cursor.afterID(), Limit: in.Limit + 1})
		if err != nil {
			return err
		}
		ids, answer.Next = page(ids, in.Cursor, in.Limit, answer.Revision, func(id graph.ID) string { return string(id) })
		found, err := v.Sources(ctx, ids)
		if err != nil {
			return err
		}
		for _, one := range found {
			answer.Sources = append(answer.Sources, agedSource{one, ageOf(one.Date, asOf)})
		}
		return nil
	})
	return answer, err
}

// ageOf is how many days ago a date was at the latest.
func ageOf(d graph.Date, on graph.Day) *int {
	if d.IsZero() || d.Latest() > on {
		return nil
	}
	return new(int(on - d.Latest()))
}
