package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"debadge/graph"
	"debadge/graph/export"
	"debadge/graph/picture"
)

const pictureAbout = `At most 300 entities; more are for graphml or gexf. What trace draws is the path of
one finding, this is everything around the subjects. With --as-of, what was
rebadged after a listing is marked, by the policy.`

// exportPicture returns what draws a part of a store.
func (p *program) exportPicture(draw func(io.Writer, picture.Part) error) func(context.Context, graph.Store, io.Writer, export.Options) error {
	return func(ctx context.Context, s graph.Store, w io.Writer, o export.Options) error {
		e, err := export.Take(ctx, s, o, picture.MostEntities)
		if err != nil {
			return err
		}
		part := partOf(e)
		if part.After, err = rebadgedIn(ctx, s, e, o); err != nil {
			return err
		}
		return draw(w, part)
	}
}

// partOf makes a picture of an excerpt.
func partOf(e export.Excerpt) picture.Part {
	part := picture.Part{
		Title: "The whole store", Headline: fmt.Sprintf("%s, %s; no finding", plural(len(e.Entities), "entity", "entities"), plural(len(e.Claims), "claim", "claims")),
		Basis: strings.TrimSuffix(e.Basis.Words(), "."), Entities: e.Entities, Claims: e.Claims, Sources: e.Sources,
	}
	if e.Basis.Part == nil {
		return part
	}
	part.Subjects = e.Basis.Part.Subjects
	var names []string
	for _, id := range part.Subjects {
		for _, n := range e.Entities {
			if n.ID == id {
				names = append(names, n.Ref().FullName())
			}
		}
	}
	part.Title = "Around " + strings.Join(names, ", ")
	return part
}

// rebadgedIn returns what came after the listing of a company of an excerpt,
// by the day and the policy of the export; without a day there is no such
// question.
func rebadgedIn(ctx context.Context, s graph.Store, e export.Excerpt, o export.Options) ([]graph.Rebadging, error) {
	if o.AsOf == nil || e.Basis.Revision == 0 {
		return nil, nil
	}
	q := graph.ReachQuestion{AsOf: *o.AsOf, KnownAt: graph.Moment{Revision: e.Basis.Revision}, Policy: graph.DefaultPolicy()}
	if o.Policy != nil {
		q.Policy = *o.Policy
	}
	var all []graph.Rebadging
	asked := map[graph.ID]bool{}
	for i := range e.Claims {
		c := &e.Claims[i]
		if c.Relation != graph.ListedOn || asked[c.From] {
			continue
		}
		asked[c.From] = true
		q.Origin = string(c.From)
		found, err := graph.Rebadgings(ctx, s, q)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}
