package graph

import "context"

// Link is what matters of a claim to a walk that only asks what can be reached.
type Link struct {
	At       int32 // of which entity of the frontier
	Far      Node
	Status   Status
	Relation Relation
}

// dense is a view whose nodes are small consecutive numbers, and which knows
// more of them than a [View] has to.
type dense interface {
	// NodeCount is above every node.
	NodeCount() int

	// Ranks sets ranks[i] to the place of nodes[i] in the order of ids. It
	// reports false if it does not know it.
	Ranks(nodes []Node, ranks []uint32) bool

	// Order returns the nodes of the view whose ids come after one in the order of
	// ids, at most so many unless that is 0, not to be changed; nil if it does not
	// know it.
	Order(after ID, most int) []Node

	// Links appends the links of a frontier of entities, as Adjacent would,
	// leaving out claims that do not hold on a day, are weaker than a status
	// or below a confidence. It reports false if it cannot.
	Links(frontier []Node, d Direction, set RelationSet, on Day, weakest Status, least Confidence, links []Link) ([]Link, bool)

	// Brands sets brands[i] to a number for the brand of nodes[i]: one for each
	// text, which Brand returns. They may be called while another goroutine asks
	// for something else.
	Brands(nodes []Node, brands []uint32)
	Brand(brand uint32) string

	// Numbering is the same for views whose handles mean the same entities.
	Numbering() any
}

// linkReader reads the links that count on the day of a question, in whichever
// way the view has them.
type linkReader struct {
	q     *inquiry
	dense dense // the view, if it is one
	links []Link
	raw   []Edge
}

// of makes it read for a question.
func (r *linkReader) of(q *inquiry) {
	r.q = q
	r.dense, _ = q.view.(dense)
}

// read puts what leads on from some entities into links, in their order.
func (r *linkReader) read(ctx context.Context, frontier []Node, d Direction, set RelationSet) error {
	q, ok := r.q, false
	if r.dense != nil {
		r.links, ok = r.dense.Links(frontier, d, set, q.asOf, q.policy.WeakestStatus, q.policy.MinConfidence, r.links[:0])
	}
	if ok {
		return nil
	}
	raw, err := q.view.Adjacent(ctx, frontier, d, set, r.raw[:0])
	if err != nil {
		return err
	}
	r.raw, r.links = raw, r.links[:0]
	at := 0
	for i := range raw {
		e := &raw[i]
		for frontier[at] != e.Near {
			at++
		}
		if q.admits(e) {
			r.links = append(r.links, Link{int32(at), e.Far, e.Status, e.Relation})
		}
	}
	return nil
}

// admits reports whether a claim counts on the day asked about.
func (q *inquiry) admits(e *Edge) bool {
	return e.From <= q.asOf && q.asOf < e.To && e.Status <= q.policy.WeakestStatus && e.Confidence >= q.policy.MinConfidence
}
