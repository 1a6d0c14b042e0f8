package neo4j

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"debadge/graph"
	"debadge/queries"
)

// Adjacent asks for a whole frontier in one statement. Claims of one entity
// come in the order of their ids.
func (v *view) Adjacent(ctx context.Context, frontier []graph.Node, d graph.Direction, set graph.RelationSet, edges []graph.Edge) ([]graph.Edge, error) {
	start := len(edges)
	if len(frontier) == 0 || set == 0 {
		return edges, nil
	}
	text := adjacency(d, set)
	err := v.run(ctx, func(ctx context.Context) error {
		for batch := range batches(frontier, func(n graph.Node) int { return len(v.ids[n]) }) {
			var found []adjacent
			ids := make([]string, len(batch))
			for i, n := range batch {
				ids[i] = string(v.ids[n])
			}
			params := v.at()
			params["frontier"] = ids
			err := each(ctx, v.tx, text, params, func(row []any) error {
				a, err := v.decodeEdge(row, batch)
				found = append(found, a)
				return err
			})
			if err != nil {
				return err
			}
			slices.SortFunc(found, func(a, b adjacent) int {
				return cmp.Or(cmp.Compare(a.position, b.position), cmp.Compare(a.claim, b.claim))
			})
			for i := range found {
				edges = append(edges, found[i].Edge)
			}
		}
		return nil
	})
	if err != nil {
		return edges[:start], err
	}
	return edges, nil
}

// adjacency returns the statement for a direction and a set of relations.
func adjacency(d graph.Direction, set graph.RelationSet) string {
	names := make([]string, 0, len(set.Relations()))
	for _, r := range set.Relations() {
		names = append(names, r.String())
	}
	query := "store/upstream_edges"
	if d == graph.Downstream {
		query = "store/downstream_edges"
	}
	return queries.Must(query).Narrow(names...)
}

// adjacent is an edge with what it is sorted by.
type adjacent struct {
	graph.Edge
	position int64
	claim    string
}

// decodeEdge reads the columns near, far, claim, relation, status, confidence,
// valid_from, valid_to, share_min, share_max and interest.
func (v *view) decodeEdge(row []any, frontier []graph.Node) (adjacent, error) {
	position, ok0 := row[0].(int64)
	far, ok1 := row[1].(string)
	claim, ok2 := row[2].(string)
	relation, ok3 := row[3].(string)
	status, ok4 := row[4].(string)
	confidence, ok5 := row[5].(int64)
	from, ok6 := dayOf(row[6])
	to, ok7 := dayOf(row[7])
	complete := ok0 && ok1 && ok2 && ok3 && ok4 && ok5 && ok6 && ok7
	if !complete || position < 0 || position >= int64(len(frontier)) {
		return adjacent{}, damaged(fmt.Sprintf("the claim %v is incomplete", row[2]))
	}
	a := adjacent{position: position, claim: claim}
	a.Near, a.Far = frontier[position], v.intern(graph.ID(far))
	a.From, a.To = from, to
	a.Confidence = graph.Confidence(confidence) //nolint:gosec // 1 to 100
	ref, met := v.refs[graph.ID(claim)]
	if !met {
		ref = graph.ClaimRef(len(v.claims)) //nolint:gosec // bounded by memory
		v.refs[graph.ID(claim)] = ref
		v.claims = append(v.claims, graph.ID(claim))
	}
	a.Claim = ref
	var err error
	if a.Relation, err = graph.ParseRelation(relation); err != nil {
		return adjacent{}, damaged(err.Error())
	}
	if a.Status, err = graph.ParseStatus(status); err != nil {
		return adjacent{}, damaged(err.Error())
	}
	if share, stated := row[8].(int64); stated {
		a.ShareMin = int32(share) //nolint:gosec // at most a whole share
	}
	if share, stated := row[9].(int64); stated {
		a.ShareMax = int32(share) //nolint:gosec // at most a whole share
	}
	if interest, stated := row[10].(string); stated {
		if a.Interest, err = graph.ParseInterest(interest); err != nil {
			return adjacent{}, damaged(err.Error())
		}
	}
	return a, nil
}

// Claims asks for each claim once.
func (v *view) Claims(ctx context.Context, refs []graph.ClaimRef) ([]graph.Claim, error) {
	ids := make([]graph.ID, len(refs))
	for i, r := range refs {
		ids[i] = v.claims[r]
	}
	stored, err := v.StoredClaims(ctx, ids)
	if err != nil {
		return nil, err
	}
	claims := make([]graph.Claim, len(stored))
	for i, c := range stored {
		claims[i] = c.Claim
	}
	return claims, nil
}

// StoredClaims asks for each claim once.
func (v *view) StoredClaims(ctx context.Context, ids []graph.ID) ([]graph.StoredClaim, error) {
	found := make(map[graph.ID]graph.StoredClaim, len(ids))
	err := v.run(ctx, func(ctx context.Context) error {
		return eachOf(ctx, v.tx, queries.Must("store/claims").Text, distinct(ids), nil, func(row []any) error {
			c, err := decodeClaim(row)
			if err == nil && c.Recorded <= v.revision {
				found[c.ID] = c.By(v.revision)
			}
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	return inTurn(v, ids, found)
}
