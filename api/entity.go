package api

import (
	"cmp"
	"context"
	"slices"
	"time"

	"debadge/graph"
)

type entityInput struct {
	Freshness

	ID       string         `path:"id" maxLength:"200"`
	AsOf     day            `query:"as_of"`
	KnownAt  moment         `query:"known_at"`
	Relation []relationName `query:"relation,explode" maxItems:"20"`
	Limit    int            `query:"limit" minimum:"1" maximum:"10000" default:"1000"`
	Cursor   cursor         `query:"cursor"`
}

// entityAnswer is an entity with a page of the claims about it, those that it
// is a party to included.
type entityAnswer struct {
	Entity   entityDetail      `json:"entity"`
	AsOf     graph.Date        `json:"as_of"` // null: claims of any day
	KnownAt  *time.Time        `json:"known_at"`
	Revision graph.Revision    `json:"revision"`
	Total    int               `json:"total"` // claims about it, of the relations asked for
	Claims   []graph.Claim     `json:"claims"`
	Entities []graph.EntityRef `json:"entities"` // the ends of the claims, in id order
	Sources  []graph.Source    `json:"sources"`  // cited by the claims, in id order
	Next     string            `json:"next,omitempty"`
}

type entityDetail struct {
	graph.Entity
	Kind graph.Kind `json:"kind"`
}

func (s *server) addEntities() {
	register(s, operation("entity", "/v1/entities/{id}", "entities", "An entity with the claims about it",
		"Answers with the claims in both directions, in the order of their ids, and the sources that they cite.",
		notFound, unavailable, timeout), s.entity)
}

func (s *server) entity(ctx context.Context, in *entityInput) (entityAnswer, error) {
	var answer entityAnswer
	at := in.Cursor.bind(in.KnownAt)
	err := s.Store.View(ctx, at, func(v graph.View) error {
		answer = entityAnswer{Claims: []graph.Claim{}, Entities: []graph.EntityRef{}, Sources: []graph.Source{}}
		answer.Revision, answer.KnownAt = basis(v, at)
		id := graph.ID(in.ID)
		nodes, err := v.Nodes(ctx, []graph.ID{id})
		if err != nil {
			return err
		}
		if nodes[0] == graph.NoNode {
			return graph.Errorf(graph.KindNotFound, "debadge knows nothing by the id %q at this revision", clip(in.ID))
		}
		entities, err := v.Entities(ctx, []graph.ID{id})
		if err != nil {
			return err
		}
		answer.Entity = entityDetail{Entity: entities[0], Kind: id.Kind()}
		return answer.addClaims(ctx, v, nodes[0], in)
	})
	return answer, err
}

// basis is the record time that an answer states, as a trace does: the time
// asked for, or that of the revision; none for an empty store.
func basis(v graph.View, asked graph.Moment) (graph.Revision, *time.Time) {
	revision, at := v.At()
	if asked.Revision == 0 && !asked.Time.IsZero() {
		at = asked.Time
	}
	if at.IsZero() {
		return revision, nil
	}
	at = at.UTC()
	return revision, &at
}

func (a *entityAnswer) addClaims(ctx context.Context, v graph.View, n graph.Node, in *entityInput) error {
	holds := func(graph.Edge) bool { return true }
	if in.AsOf.given {
		a.AsOf = in.AsOf.day.Date()
		holds = func(e graph.Edge) bool { return e.From <= in.AsOf.day && in.AsOf.day < e.To }
	}
	relations := setOf(in.Relation)
	if relations == 0 {
		relations = graph.SetOf(graph.Relations()...)
	}
	var edges []graph.Edge
	var err error
	for _, d := range []graph.Direction{graph.Upstream, graph.Downstream} {
		if edges, err = v.Adjacent(ctx, []graph.Node{n}, d, relations, edges); err != nil {
			return err
		}
	}
	var refs []graph.ClaimRef
	for _, e := range edges {
		if holds(e) {
			refs = append(refs, e.Claim)
		}
	}
	slices.Sort(refs)
	refs = slices.Compact(refs) // a symmetric one is adjacent in both directions
	a.Total = len(refs)
	claims, err := claimsAfter(ctx, v, refs, graph.ID(in.Cursor.after), in.Limit+1)
	if err != nil {
		return err
	}
	a.Claims, a.Next = page(claims, in.Cursor, in.Limit, a.Revision, func(c graph.Claim) string { return string(c.ID) })
	a.Entities, a.Sources, err = contextOf(ctx, v, a.Claims)
	return err
}

// claimsAtOnce is how many claims of an entity are in memory at a time, beside
// those of its page: a hub has a million.
const claimsAtOnce = 10_000

// claimsAfter returns the first claims after an id, in the order of ids.
func claimsAfter(ctx context.Context, v graph.View, refs []graph.ClaimRef, after graph.ID, most int) ([]graph.Claim, error) {
	kept := make([]graph.Claim, 0, min(len(refs), most+claimsAtOnce))
	for part := range slices.Chunk(refs, claimsAtOnce) {
		claims, err := v.Claims(ctx, part)
		if err != nil {
			return nil, err
		}
		for _, c := range claims {
			if c.ID > after {
				kept = append(kept, c)
			}
		}
		slices.SortFunc(kept, func(a, b graph.Claim) int { return cmp.Compare(a.ID, b.ID) })
		if len(kept) > most {
			clear(kept[most:])
			kept = kept[:most]
		}
	}
	return kept, nil
}

// contextOf returns what claims name: their ends, and the documents that they cite.
func contextOf(ctx context.Context, v graph.View, claims []graph.Claim) ([]graph.EntityRef, []graph.Source, error) {
	var ends, cited []graph.ID
	for _, c := range claims {
		ends = append(ends, c.From, c.To)
		for _, q := range c.Citations {
			cited = append(cited, q.Source)
		}
	}
	entities, err := v.Entities(ctx, distinct(ends))
	if err != nil {
		return nil, nil, err
	}
	refs := make([]graph.EntityRef, len(entities))
	for i, e := range entities {
		refs[i] = e.Ref()
	}
	sources, err := v.Sources(ctx, distinct(cited))
	return refs, append([]graph.Source{}, sources...), err
}

func distinct(ids []graph.ID) []graph.ID {
	slices.Sort(ids)
	return slices.Compact(ids)
}
