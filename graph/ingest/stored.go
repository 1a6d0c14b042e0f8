package ingest

import (
	"context"
	"slices"

	"debadge/graph"
)

// storedEntities returns those of the entities that a view knows.
func storedEntities(ctx context.Context, v graph.View, ids []graph.ID) (map[graph.ID]graph.Entity, error) {
	nodes, err := v.Nodes(ctx, ids)
	if err != nil {
		return nil, err
	}
	var known []graph.ID
	for i, n := range nodes {
		if n != graph.NoNode {
			known = append(known, ids[i])
		}
	}
	entities, err := v.Entities(ctx, known)
	if err != nil {
		return nil, err
	}
	found := make(map[graph.ID]graph.Entity, len(entities))
	for _, e := range entities {
		found[e.ID] = e
	}
	return found, nil
}

// storedSources returns which of the sources a view knows. They are asked for
// one by one only where some are not known.
func storedSources(ctx context.Context, v graph.View, ids []graph.ID) (map[graph.ID]graph.Source, error) {
	found := make(map[graph.ID]graph.Source, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	sources, err := v.Sources(ctx, ids)
	if err != nil && graph.KindOf(err) != graph.KindNotFound {
		return nil, err
	}
	if err != nil {
		for _, id := range ids {
			one, err := v.Sources(ctx, []graph.ID{id})
			if err != nil && graph.KindOf(err) != graph.KindNotFound {
				return nil, err
			}
			sources = append(sources, one...)
		}
	}
	for _, s := range sources {
		found[s.ID] = s
	}
	return found, nil
}

// storedClaims returns the register's claims that a view holds between the ends
// of some statements, by their keys.
func (im *run) storedClaims(ctx context.Context, v graph.View, claims []stated) (map[keyHash][]graph.Claim, error) {
	type pair struct{ from, to graph.Node }
	ids, at := []graph.ID{}, map[graph.ID]int{}
	note := func(id graph.ID) {
		if _, ok := at[id]; !ok {
			at[id] = len(ids)
			ids = append(ids, id)
		}
	}
	for _, c := range claims {
		note(c.From)
		note(c.To)
	}
	nodes, err := v.Nodes(ctx, ids)
	if err != nil {
		return nil, err
	}
	var (
		pairs     = map[pair]bool{}
		relations graph.RelationSet
		frontier  []graph.Node
	)
	for _, c := range claims {
		p := pair{nodes[at[c.From]], nodes[at[c.To]]}
		if p.from == graph.NoNode || p.to == graph.NoNode || pairs[p] {
			relations |= graph.SetOf(c.Relation)
			continue
		}
		pairs[p] = true
		relations |= graph.SetOf(c.Relation)
		frontier = append(frontier, p.from)
	}
	slices.Sort(frontier)
	frontier = slices.Compact(frontier)
	edges, err := outgoing(ctx, v, frontier, relations)
	if err != nil {
		return nil, err
	}
	var refs []graph.ClaimRef
	for _, e := range edges {
		if pairs[pair{e.Near, e.Far}] {
			refs = append(refs, e.Claim)
		}
	}
	groups := map[keyHash][]graph.Claim{}
	err = eachClaim(ctx, v, refs, func(c graph.Claim) {
		if key, ok := keyIn(im.format.Register, c.ID); ok {
			groups[key] = append(groups[key], c)
		}
	})
	return groups, err
}

// outgoing returns the edges whose arrow begins in a frontier.
func outgoing(ctx context.Context, v graph.View, frontier []graph.Node, set graph.RelationSet) ([]graph.Edge, error) {
	var outward, rest graph.RelationSet
	for _, r := range set.Relations() {
		if r.Rule().Outward {
			outward |= graph.SetOf(r)
		} else {
			rest |= graph.SetOf(r)
		}
	}
	var (
		edges []graph.Edge
		err   error
	)
	for _, ask := range []struct {
		way graph.Direction
		set graph.RelationSet
	}{{graph.Upstream, outward}, {graph.Downstream, rest}} {
		if ask.set == 0 || len(frontier) == 0 {
			continue
		}
		if edges, err = v.Adjacent(ctx, frontier, ask.way, ask.set, edges); err != nil {
			return nil, err
		}
	}
	return edges, nil
}

// eachClaim reads claims in portions.
func eachClaim(ctx context.Context, v graph.View, refs []graph.ClaimRef, each func(graph.Claim)) error {
	for chunk := range slices.Chunk(refs, maxItems) {
		claims, err := v.Claims(ctx, chunk)
		if err != nil {
			return err
		}
		for _, c := range claims {
			each(c)
		}
	}
	return nil
}

// listings calls each for every listing on a list that the register stated and
// the view holds.
func (im *run) listings(ctx context.Context, v graph.View, list graph.ID, each func(keyHash, graph.Claim)) error {
	nodes, err := v.Nodes(ctx, []graph.ID{list})
	if err != nil || nodes[0] == graph.NoNode {
		return err
	}
	edges, err := v.Adjacent(ctx, nodes, graph.Downstream, graph.SetOf(graph.ListedOn), nil)
	if err != nil {
		return err
	}
	refs := make([]graph.ClaimRef, len(edges))
	for i, e := range edges {
		refs[i] = e.Claim
	}
	return eachClaim(ctx, v, refs, func(c graph.Claim) {
		if key, ok := keyIn(im.format.Register, c.ID); ok {
			each(key, c)
		}
	})
}

// stands reports whether a claim still holds on the day of the edition.
func (im *run) stands(c graph.Claim) bool {
	return c.ValidTo.IsZero() || (!im.edition.date.IsZero() && c.ValidTo.Latest() > im.edition.date.Earliest())
}
