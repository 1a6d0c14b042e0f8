package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"slices"

	"debadge/graph"
)

// side is one of the two ends by which a claim is found. The frontier is one
// parameter and the relations are another, so that each side is one prepared
// statement. Each relation of each entity is looked up in the index by itself:
// what a company owns is found without a look at the products that it makes.
type side struct {
	text     string
	outwards bool // a claim of an outward relation is found at this end by an upstream walk
}

const edgeColumns = `SELECT j.key, j.value, e.key, e.id, c.key, c.first_day, c.end_day,
	coalesce(c.share_min, 0), coalesce(c.share_max, 0), c.relation, c.status, c.confidence, c.interest FROM json_each(?1) j CROSS JOIN json_each(?2) r `

const edgeConditions = " WHERE c.recorded <= ?3 AND (c.retracted = 0 OR c.retracted > ?3)"

var sides = []side{
	{text: edgeColumns + "CROSS JOIN claims c INDEXED BY claims_by_to ON c.to_entity = j.value AND c.relation = r.value" +
		" CROSS JOIN entities e ON e.key = c.from_entity" + edgeConditions},
	{text: edgeColumns + "CROSS JOIN claims c INDEXED BY claims_by_from ON c.from_entity = j.value AND c.relation = r.value" +
		" CROSS JOIN entities e ON e.key = c.to_entity" + edgeConditions, outwards: true},
}

// relations returns the numbers of those of a set that are found at this end by a
// walk: symmetric ones at both, the others at one.
func (s side) relations(set graph.RelationSet, d graph.Direction) []int {
	var here []int
	for _, r := range set.Relations() {
		rule := r.Rule()
		if rule.Symmetric || (rule.Outward == s.outwards) == (d == graph.Upstream) {
			here = append(here, int(r))
		}
	}
	return here
}

// found is an edge and the place of its near end in the frontier.
type found struct {
	edge  graph.Edge
	place int
}

func (v *view) Adjacent(
	ctx context.Context, frontier []graph.Node, d graph.Direction, set graph.RelationSet, edges []graph.Edge,
) ([]graph.Edge, error) {
	if err := v.usable(ctx); err != nil {
		return nil, err
	}
	if len(frontier) == 0 {
		return edges, nil
	}
	wanted, err := list(frontier)
	if err != nil {
		return nil, err
	}
	var all []found
	for _, s := range sides {
		relations := s.relations(set, d)
		if len(relations) == 0 {
			continue
		}
		asked, err := list(relations)
		if err != nil {
			return nil, err
		}
		if err := v.session.each(ctx, func(r *sql.Rows) error {
			f, err := v.scanEdge(r)
			all = append(all, f)
			return err
		}, s.text, wanted, asked, int64(v.mark.revision)); err != nil {
			return nil, err
		}
	}
	// Both sides come in the order of the frontier, so this merges two runs at most.
	slices.SortStableFunc(all, func(a, b found) int { return cmp.Compare(a.place, b.place) })
	edges = slices.Grow(edges, len(all))
	for i := range all {
		edges = append(edges, all[i].edge)
	}
	return edges, nil
}

func (v *view) scanEdge(r *sql.Rows) (f found, err error) {
	var (
		near, far, claim, first, end, shareMin, shareMax int32
		relation, status, confidence, interest           uint8
		id                                               sql.RawBytes
	)
	if err := r.Scan(&f.place, &near, &far, &id, &claim, &first, &end, &shareMin, &shareMax,
		&relation, &status, &confidence, &interest); err != nil {
		return f, err
	}
	f.edge = graph.Edge{
		Near: graph.Node(near), Far: graph.Node(far), Claim: graph.ClaimRef(claim),
		From: graph.Day(first), To: graph.Day(end), ShareMin: shareMin, ShareMax: shareMax,
		Relation: graph.Relation(relation), Status: graph.Status(status),
		Confidence: graph.Confidence(confidence), Interest: graph.Interest(interest),
	}
	if _, ok := v.ids[f.edge.Far]; !ok {
		v.ids[f.edge.Far] = graph.ID(id)
	}
	return f, nil
}
