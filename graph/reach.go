package graph

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
)

// reached is a product that traces back to an origin, in handles.
type reached struct {
	product      ID
	way          Way
	tier         Status
	hops         int
	entity, list ID
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
		var err error
		answer, rows, err = reach(ctx, v, question)
		return err
	})
	if err != nil {
		return ReachAnswer{}, err
	}
	answer.Total = len(rows)
	from, _ := slices.BinarySearchFunc(rows, after, func(r reached, id ID) int {
		if r.product <= id {
			return -1
		}
		return 1
	})
	rows = rows[from:]
	if question.Limit > 0 && len(rows) > question.Limit {
		rows = rows[:question.Limit]
		answer.Next = question.cursor(answer.Revision, rows[len(rows)-1].product)
	}
	for page := range slices.Chunk(rows, reachPage) {
		if err := yieldRows(ctx, s, answer, question.Policy.Actions, page, yield); err != nil {
			return ReachAnswer{}, err
		}
	}
	return answer, nil
}

// yieldRows writes down a page of rows at the revision of the answer.
func yieldRows(ctx context.Context, s Store, answer ReachAnswer, actions Actions, page []reached, yield func(ReachRow) error) error {
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
			Product: refs[r.product], Way: r.way, Strength: r.tier, Action: actions.listed(r.tier, r.way),
			Hops: r.hops, Entity: refs[r.entity], List: refs[r.list],
		}
		if err := yield(row); err != nil {
			return err
		}
	}
	return nil
}

func reach(ctx context.Context, v View, question ReachQuestion) (ReachAnswer, []reached, error) {
	q, err := newInquiry(ctx, v, &question.Policy, question.AsOf, question.Lists)
	if err != nil {
		return ReachAnswer{}, nil, err
	}
	start, err := Resolve(ctx, v, question.Origin, Company, List)
	if err != nil {
		return ReachAnswer{}, nil, err
	}
	ref := start.Ref()
	a := ReachAnswer{
		Query: question.Origin, Origin: &ref, Complete: true,
		Basis: q.basis(Question{KnownAt: question.KnownAt}),
	}
	listings, err := q.listings(ctx, start)
	if err != nil {
		return ReachAnswer{}, nil, err
	}
	if len(listings) == 0 {
		a.Reasons = []string{fmt.Sprintf("nothing is listed by %s on %s on the lists that count", start.ID, q.asOf)}
		return a, nil, nil
	}
	w, err := q.gatherDownstream(ctx, companiesOf(listings))
	if err != nil {
		return ReachAnswer{}, nil, err
	}
	defer w.release()
	rows, err := q.spreadAll(ctx, w, w.origins(v, listings))
	if err != nil {
		return ReachAnswer{}, nil, err
	}
	a.Reasons = w.reasons(false, q.policy.MaxHops)
	a.Complete = len(a.Reasons) == 0
	return a, rows, nil
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

// spreadAll finds every product reached, with its strongest and then most
// direct way, in the order of ids.
func (q *inquiry) spreadAll(ctx context.Context, w *walk, origins []origin) ([]reached, error) {
	var (
		s       spread
		found   = make([]Node, 0, len(w.nodes))
		best    = make([]reached, len(w.nodes))
		product = w.products()
	)
	for tier := Confirmed; tier <= q.policy.WeakestStatus; tier++ {
		ev, err := q.evaluateDownstream(ctx, w, tier)
		if err != nil {
			return nil, err
		}
		for _, way := range w.ways() {
			for _, l := range ev.searches(way) {
				s.run(ev, l, origins, func(o *origin) bool {
					return o.listing.Status <= tier && (way != ByOwnership || q.rules[l.rule].covers(o.listing.Far))
				})
				s.collect(w, l, product, func(i int32, hops int, from int32) {
					next := reached{way: way, tier: tier, hops: hops, entity: q.view.ID(origins[from].listing.Near), list: q.view.ID(origins[from].listing.Far)}
					if best[i].tier == 0 {
						found = append(found, w.nodes[i])
					} else if best[i].tier < tier || best[i].way < way || best[i].hops <= hops {
						return
					}
					best[i] = next
				})
			}
		}
	}
	sortNodes(q.view, found)
	rows := make([]reached, len(found))
	for i, n := range found {
		local, _ := w.local(n)
		rows[i] = best[local]
		rows[i].product = q.view.ID(n)
	}
	return rows, nil
}

// collect hands out the products reached by a run.
func (s *spread) collect(w *walk, l limits, product []bool, found func(i int32, hops int, origin int32)) {
	width := int32(l.affiliations + 1)   //nolint:gosec // at most affiliationLimit
	for i := range int32(len(w.nodes)) { //nolint:gosec // bounded by entityLimit
		if !product[i] {
			continue
		}
		if a := s.best(i, width); a >= 0 {
			found(i, int(s.hops[i*width+a]), s.origin[i*width+a])
		}
	}
}

// products tells which entities of a downstream walk are products: those at
// which claims about products arrive.
func (w *walk) products() []bool {
	is := make([]bool, len(w.nodes))
	for k, far := range w.far {
		if l := rules[w.edges[k].Relation].Layer; far >= 0 && (l == Lineage || l == Attribution) {
			is[far] = true
		}
	}
	return is
}

func sortNodes(v View, nodes []Node) {
	if quick, ok := v.(interface{ SortNodes(nodes []Node) }); ok {
		quick.SortNodes(nodes)
		return
	}
	slices.SortFunc(nodes, func(a, b Node) int { return cmp.Compare(v.ID(a), v.ID(b)) })
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
