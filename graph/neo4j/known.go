package neo4j

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"debadge/graph"
	"debadge/queries"
)

// existing looks up what the store holds of the ids that a change set names:
// whole what the change set may change, and whether it is there what it only
// refers to.
func existing(ctx context.Context, tx neo4j.ManagedTransaction, cs graph.ChangeSet, misnamed bool) (graph.Existing, error) {
	known := graph.Existing{
		Entities: map[graph.ID]graph.Entity{},
		Sources:  map[graph.ID]graph.Source{},
		Claims:   map[graph.ID]graph.StoredClaim{},
	}
	names := cs.Names()
	brought := make(map[graph.ID]bool, len(cs.Entities))
	for _, e := range cs.Entities {
		brought[e.ID] = true
	}
	own, referred := split(names.Entities, func(id graph.ID) bool { return brought[id] })
	err := errors.Join(
		eachOf(ctx, tx, steady+queries.Must("store/known_entities").Text, own, nil, func(row []any) error {
			e, err := decodeEntity(row[0])
			known.Entities[e.ID] = e
			return err
		}),
		eachOf(ctx, tx, steady+queries.Must("store/nodes").Text, referred, map[string]any{"revision": never}, func(row []any) error {
			id, ok := row[0].(string)
			if !ok {
				return damaged("an entity has no id")
			}
			known.Entities[graph.ID(id)] = graph.Entity{ID: graph.ID(id)}
			return nil
		}),
		eachOf(ctx, tx, steady+queries.Must("store/known_sources").Text, names.Sources, nil, func(row []any) error {
			s, err := decodeSource(row[0])
			known.Sources[s.ID] = s
			return err
		}),
		knownClaims(ctx, tx, cs.Claims, names.Claims, misnamed, func(row []any) error {
			c, err := decodeClaim(row)
			known.Claims[c.ID] = c
			return err
		}))
	return known, err
}

// knownClaims looks up claims. A claim with a derived id cannot be there under
// another relation, unless one that is there was misnamed; any other id is
// looked for in every relation, each of which has an index of its own.
func knownClaims(ctx context.Context, tx neo4j.ManagedTransaction, brought []graph.Claim, ids []graph.ID, misnamed bool, row func([]any) error) error {
	derived := map[graph.ID]bool{}
	byRelation := map[graph.Relation][]graph.ID{}
	for _, c := range brought {
		if !misnamed && c.HasDerivedID() {
			derived[c.ID] = true
			byRelation[c.Relation] = append(byRelation[c.Relation], c.ID)
		}
	}
	for _, relation := range slices.Sorted(maps.Keys(byRelation)) {
		text := steady + queries.Must("store/known_claims").Of(relation.String())
		if err := eachOf(ctx, tx, text, byRelation[relation], nil, row); err != nil {
			return err
		}
	}
	_, others := split(ids, func(id graph.ID) bool { return derived[id] })
	return eachOf(ctx, tx, steady+queries.Must("store/claims").Text, others, nil, row)
}

// split separates the items of which something is true from the others.
func split[T any](items []T, is func(T) bool) (those, others []T) {
	for _, item := range items {
		if is(item) {
			those = append(those, item)
		} else {
			others = append(others, item)
		}
	}
	return those, others
}
