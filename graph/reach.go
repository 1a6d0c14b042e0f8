package graph

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
)

// reached is a row of a reach without names.
type reached struct {
	product      ID
	way          Way
	tier         Status
	action       Action
	entity, list ID
}

// part says which rows of a reach are wanted.
type part struct {
	after     ID
	limit     int  // 0 is none
	uncounted bool // how many there are in all may be left out
}

// reachFound is what a view says about a reach.
type reachFound struct {
	q *inquiry
	hitPage
	origins []origin
}

// action is what the policy makes of a row.
func (f *reachFound) action(h *hit) Action {
	return max(h.action(&f.q.policy.Actions), f.q.least)
}

// reached returns the rows with ids, which mean the same in any view.
func (f *reachFound) reached() []reached {
	v := f.q.view
	rows := make([]reached, len(f.rows))
	for i := range f.rows {
		h := &f.rows[i]
		from := f.origins[h.origin].listing
		rows[i] = reached{v.ID(h.product), h.way, h.tier, f.action(h), v.ID(from.Near), v.ID(from.Far)}
	}
	return rows
}

// reachPage is how many rows are written down at a time.
const reachPage = 1000

// Reach answers downstream: every product that traces back to a company, or to
// any company on a list, in the order of product ids, handed to yield one by
// one. Product p traces back to a listing if and only if the listing reaches p.
// With a Limit, the answer's Next is the cursor for the rest; a cursor is bound
// to the revision and the question, so the pages together are one answer.
func Reach(ctx context.Context, s Store, question ReachQuestion, yield func(ReachRow) error) (ReachAnswer, error) {
	after, err := question.resume()
	if err != nil {
		return ReachAnswer{}, err
	}
	var (
		answer ReachAnswer
		rows   []reached
	)
	err = s.View(ctx, question.KnownAt, func(v View) error {
		var found reachFound
		var err error
		if answer, found, err = reach(ctx, v, &question, after); err != nil {
			return err
		}
		if rows = found.reached(); found.more {
			answer.Next = question.cursor(answer.Revision, rows[len(rows)-1].product)
		}
		return nil
	})
	if err != nil {
		return ReachAnswer{}, err
	}
	for page := range slices.Chunk(rows, reachPage) {
		if err := yieldRows(ctx, s, answer, page, yield); err != nil {
			return ReachAnswer{}, err
		}
	}
	return answer, nil
}

// yieldRows writes down a page of rows at the revision of the answer.
func yieldRows(ctx context.Context, s Store, answer ReachAnswer, page []reached, yield func(ReachRow) error) error {
	var refs map[ID]EntityRef
	err := s.View(ctx, Moment{Revision: answer.Revision}, func(v View) error {
		ids := make([]ID, 0, len(page)+2)
		seen := map[ID]bool{}
		for _, r := range page {
			for _, id := range []ID{r.product, r.entity, r.list} {
				if !seen[id] {
					seen[id] = true
					ids = append(ids, id)
				}
			}
		}
		entities, err := v.Entities(ctx, ids)
		if err != nil {
			return err
		}
		refs = make(map[ID]EntityRef, len(entities))
		for _, e := range entities {
			refs[e.ID] = e.Ref()
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, r := range page {
		row := ReachRow{
			Product: refs[r.product], Way: r.way, Strength: r.tier, Action: r.action,
			Entity: refs[r.entity], List: refs[r.list],
		}
		if err := yield(row); err != nil {
			return err
		}
	}
	return nil
}

// reach finds a page of the products of a reach that come after an id.
func reach(ctx context.Context, v View, question *ReachQuestion, after ID) (ReachAnswer, reachFound, error) {
	q, err := newInquiry(ctx, v, &question.Policy, question.AsOf, question.Lists)
	found := reachFound{q: q}
	if err != nil {
		return ReachAnswer{}, found, err
	}
	start, err := Resolve(ctx, v, question.Origin, Company, List)
	if err != nil {
		return ReachAnswer{}, found, err
	}
	ref := start.Ref()
	a := ReachAnswer{
		Query: question.Origin, Origin: &ref, Complete: true,
		Basis: q.basis(Question{KnownAt: question.KnownAt}),
	}
	listings, err := q.listings(ctx, start)
	if err != nil {
		return ReachAnswer{}, found, err
	}
	if len(listings) == 0 {
		a.Reasons = []string{fmt.Sprintf("nothing is listed by %s on %s on the lists that count", start.ID, q.asOf)}
		return a, found, nil
	}
	found.hitPage, found.origins, a.Reasons, err = q.hits(ctx, listings, part{after, question.Limit, question.Uncounted})
	if err != nil {
		return ReachAnswer{}, found, err
	}
	a.Total, a.Complete = found.total, len(a.Reasons) == 0
	return a, found, nil
}

// listings returns the claims that count by which a company is listed, or by
// which companies are on a list.
func (q *inquiry) listings(ctx context.Context, start Entity) ([]Edge, error) {
	nodes, err := q.view.Nodes(ctx, []ID{start.ID})
	if err != nil {
		return nil, err
	}
	direction := Upstream
	if start.ID.Kind() == List {
		direction = Downstream
		if !q.listCounts(nodes[0]) {
			return nil, Errorf(KindInvalid, "the list %s does not count under the policy %q and the lists asked for", start.ID, q.policy.Name)
		}
	}
	edges, err := q.view.Adjacent(ctx, nodes, direction, SetOf(ListedOn), nil)
	if err != nil {
		return nil, err
	}
	kept := edges[:0]
	for _, e := range edges {
		if direction == Downstream {
			e.Near, e.Far = e.Far, e.Near // a listing leads from its company to its list
		}
		if q.listCounts(e.Far) && e.Status <= q.policy.WeakestStatus && e.Confidence >= q.policy.MinConfidence && e.From <= q.asOf && q.asOf < e.To {
			kept = append(kept, e)
		}
	}
	return kept, nil
}

func companiesOf(listings []Edge) []Node {
	var nodes []Node
	seen := map[Node]bool{}
	for _, e := range listings {
		if !seen[e.Near] {
			seen[e.Near] = true
			nodes = append(nodes, e.Near)
		}
	}
	return nodes
}

// origins returns the listings in the order of company ids, then list ids.
func (w *walk) origins(v View, listings []Edge) []origin {
	all := make([]origin, 0, len(listings))
	for _, e := range listings {
		i, _ := w.local(e.Near)
		all = append(all, origin{i, e})
	}
	slices.SortFunc(all, func(a, b origin) int {
		return cmp.Or(cmp.Compare(v.ID(a.listing.Near), v.ID(b.listing.Near)), cmp.Compare(v.ID(a.listing.Far), v.ID(b.listing.Far)))
	})
	return all
}

// action is what a policy makes of a product reached in this way.
func (how *arrived) action(a *Actions) Action {
	action := a.listed(how.tier, how.way)
	if how.apart != 0 {
		action = max(action, a.listed(how.apart, Direct))
	}
	return action
}

// reach notes that a product is reached, if it is not by stronger claims or in
// a more direct way.
func (how *arrived) reach(tier Status, way Way, origin int32) {
	switch {
	case how.tier == 0:
		how.tier, how.way, how.origin = tier, way, origin
	case how.way == ByAffiliation && way != ByAffiliation && how.apart == 0:
		how.apart = tier
	}
}

// hits returns the products that some listings reach, the listings to which they
// refer, and why some may be missing.
func (q *inquiry) hits(ctx context.Context, listings []Edge, part part) (hitPage, []origin, []string, error) {
	f, err := q.newFlood(ctx, listings)
	if err != nil {
		return hitPage{}, nil, nil, err
	}
	defer f.close()
	if part.uncounted && part.limit > 0 {
		found, ok, err := f.probe(ctx, part.after, part.limit)
		if err != nil || ok {
			return found, f.origins, f.companies.reasons(false, q.policy.MaxHops), err
		}
	}
	if err := f.gather(ctx); err != nil {
		return hitPage{}, nil, nil, err
	}
	decided, err := f.run(ctx)
	if err != nil {
		return hitPage{}, nil, nil, err
	}
	if !decided {
		return q.spreadAll(ctx, listings, part)
	}
	return f.hits(part.after, part.limit), f.origins, f.companies.reasons(false, q.policy.MaxHops), nil
}

// spreadAll finds the same as a flood by paths of fewest hops, so that it can
// tell which products are within the most hops.
func (q *inquiry) spreadAll(ctx context.Context, listings []Edge, part part) (hitPage, []origin, []string, error) {
	w, err := q.gatherDownstream(ctx, companiesOf(listings))
	if err != nil {
		return hitPage{}, nil, nil, err
	}
	defer w.release()
	origins, product := w.origins(q.view, listings), w.productMarks()
	how := make([]arrived, len(w.nodes))
	d, err := q.newDownstream(ctx, w)
	if err != nil {
		return hitPage{}, nil, nil, err
	}
	defer d.close()
	for tier := Confirmed; tier <= q.policy.WeakestStatus; tier++ {
		if err := gaveUp(ctx); err != nil {
			return hitPage{}, nil, nil, err
		}
		ev := d.evaluate(tier)
		for _, way := range w.ways() {
			for _, l := range ev.searches(way) {
				ev.spreadFrom(l, origins, product, how)
			}
		}
	}
	reached := make([]Node, 0, len(w.nodes))
	for i, n := range w.nodes {
		if how[i].tier != 0 {
			reached = append(reached, n)
		}
	}
	found := hitPage{total: len(reached)}
	for _, n := range sorted(q.view, reached, part.after) {
		if part.limit > 0 && len(found.rows) == part.limit {
			found.more = true
			break
		}
		i, _ := w.local(n)
		found.rows = append(found.rows, hit{n, how[i]})
	}
	return found, origins, w.reasons(false, q.policy.MaxHops), nil
}

// spreadFrom notes the products that a run reaches.
func (ev *evaluation) spreadFrom(l limits, origins []origin, product []bool, how []arrived) {
	var s spread
	for o := range origins {
		from := origins[o].listing
		if from.Status > ev.tier || (l.way == ByOwnership && !ev.q.rules[l.rule].covers(from.Far)) {
			continue
		}
		l.start = origins[o].company
		s.run(ev, l)
		for i := range how {
			if product[i] && s.best(int32(i), int32(l.affiliations+1)) >= 0 { //nolint:gosec // bounded by entityLimit
				how[i].reach(ev.tier, l.way, int32(o))
			}
		}
	}
}

type idNode struct {
	id   ID
	node Node
}

// sorted returns the nodes whose ids come after one in the order of ids. It
// uses the memory of nodes.
func sorted(v View, nodes []Node, after ID) []Node {
	ranks := make([]uint32, len(nodes))
	if d, ok := v.(dense); ok && d.Ranks(nodes, ranks) {
		pairs := make([]uint64, len(nodes))
		for i, n := range nodes {
			pairs[i] = uint64(ranks[i])<<32 | uint64(uint32(n)) //nolint:gosec // a node is not negative
		}
		slices.Sort(pairs)
		for i, p := range pairs {
			nodes[i] = Node(uint32(p)) //nolint:gosec // the lower half
		}
	} else { // to read an id costs more than to compare two
		pairs := make([]idNode, len(nodes))
		for i, n := range nodes {
			pairs[i] = idNode{v.ID(n), n}
		}
		slices.SortFunc(pairs, func(a, b idNode) int { return cmp.Compare(a.id, b.id) })
		for i, p := range pairs {
			nodes[i] = p.node
		}
	}
	from, _ := slices.BinarySearchFunc(nodes, after, func(n Node, id ID) int {
		if v.ID(n) <= id {
			return -1
		}
		return 1
	})
	return nodes[from:]
}

// productMarks tells which entities of a downstream walk are products: those at
// which claims about products arrive.
func (w *walk) productMarks() []bool {
	is := make([]bool, len(w.nodes))
	for k, far := range w.far {
		if l := rules[w.edges[k].Relation].Layer; far >= 0 && (l == Lineage || l == Attribution) {
			is[far] = true
		}
	}
	return is
}

// cursor is where a reach goes on.
type cursor struct {
	Revision Revision `json:"r"`
	Question string   `json:"q"`
	After    ID       `json:"a"`
}

// digest identifies the question without its record time and page.
func (question *ReachQuestion) digest() string {
	c := newCanon("reach")
	c.text(question.Origin, question.AsOf.String(), question.Policy.Digest())
	c.text(question.Lists...)
	return c.sum()[:digestIDLength]
}

func (question *ReachQuestion) cursor(at Revision, after ID) string {
	data, err := json.Marshal(cursor{at, question.digest(), after})
	if err != nil {
		panic(err) // a cursor holds nothing that JSON cannot write
	}
	return base64.RawURLEncoding.EncodeToString(data)
}

// resume binds the question to the revision of its cursor and returns the id
// after which to go on.
func (question *ReachQuestion) resume() (ID, error) {
	if question.Cursor == "" {
		return "", nil
	}
	var c cursor
	data, err := base64.RawURLEncoding.DecodeString(question.Cursor)
	if err == nil {
		err = json.Unmarshal(data, &c)
	}
	if err != nil || c.Revision == 0 {
		return "", &Error{Kind: KindInvalid, Message: "the cursor is not one of debadge's; ask without one", Cause: err}
	}
	if c.Question != question.digest() {
		return "", Errorf(KindInvalid, "the cursor belongs to another question; ask with the same origin, date, policy and lists")
	}
	question.KnownAt = Moment{Revision: c.Revision}
	return c.After, nil
}
