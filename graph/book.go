package graph

import (
	"cmp"
	"context"
	"maps"
	"math/big"
	"slices"
)

// book holds what an answer shows: it notes the entities and claims wanted,
// loads them in one go, and writes them down.
type book struct {
	q        *inquiry
	w        *walk
	chosen   []chosen
	nodes    map[Node]EntityRef
	claims   map[ClaimRef]Claim
	dating   map[ClaimRef]bool // claims wanted for their dates alone
	byID     map[ID]EntityRef
	cited    map[ID]Source
	rejected []ClaimRef // disputed claims about the entities shown
}

// chosen is a listing with the paths that the answer shows.
type chosen struct {
	entry
	routes   []route
	ev       *evaluation
	decisive []ClaimRef
}

func newBook(q *inquiry, w *walk) *book {
	return &book{q: q, w: w, nodes: map[Node]EntityRef{}, claims: map[ClaimRef]Claim{}, dating: map[ClaimRef]bool{}, byID: map[ID]EntityRef{}, cited: map[ID]Source{}}
}

// chooseRoutes decides which paths the answer shows, and notes what they need.
func (q *inquiry) chooseRoutes(ctx context.Context, b *book, now *survey, paths int) (err error) {
	ev := now.tiers[q.policy.WeakestStatus]
	for _, e := range now.entries {
		c := chosen{entry: e, routes: []route{e.route}, ev: ev}
		if c.decisive, err = q.decisive(ctx, b.w, now, e); err != nil {
			return err
		}
		if paths > 1 {
			if c.routes, err = q.alternatives(ctx, now, e.target, e.way, paths); err != nil {
				return err
			}
		}
		b.chosen = append(b.chosen, c)
		b.wantRefs(c.decisive)
		for _, r := range c.routes {
			for _, k := range append(slices.Clone(r.hops), r.listing) {
				b.wantEdges(ev.parallel(k))
				b.wantEdges(ev.jointly(k))
			}
		}
	}
	b.noteDisputed()
	return nil
}

// noteDisputed notes the disputed claims about the entities that are shown.
func (b *book) noteDisputed() {
	for _, e := range b.w.disputed {
		_, near := b.nodes[e.Near]
		subject := e.Near == b.w.nodes[0]
		if (near || subject) && !slices.Contains(b.rejected, e.Claim) {
			b.rejected = append(b.rejected, e.Claim)
		}
	}
	b.wantRefs(b.rejected)
	for i := range b.w.disputed {
		if e := &b.w.disputed[i]; slices.Contains(b.rejected, e.Claim) {
			b.nodes[e.Near], b.nodes[e.Far] = EntityRef{}, EntityRef{}
		}
	}
}

// jointly returns the shares of other owners that an ownership rule adds to
// those of a hop: none where a share of the hop is enough by some rule.
func (ev *evaluation) jointly(edge int32) []int32 {
	if ev.w.edges[edge].Relation != Owns {
		return nil
	}
	adding := ev.adding(ev.parallel(edge))
	if adding == nil {
		return nil
	}
	in := ev.members(adding, atLeast, new(membership)).in
	owner, near := ev.w.edges[edge].Far, ev.localNear(edge)
	var others []int32
	for id, again := near, true; again; again = id != near {
		for k := ev.w.start[id]; k < ev.w.start[id+1]; k++ {
			o := &ev.w.edges[k]
			if o.Relation == Owns && o.Far != owner && ev.w.far[k] >= 0 && in[ev.w.far[k]] && ev.holds(o) && adding.counts(o) {
				others = append(others, k)
			}
		}
		id = ev.persons.after(id)
	}
	return others
}

// adding returns the first rule that counts a share only together with those
// of other owners, nil if a share is enough by itself or none counts.
func (ev *evaluation) adding(shares []int32) *ownershipRule {
	var found *ownershipRule
	for i := range ev.q.rules {
		rule := &ev.q.rules[i]
		for _, k := range shares {
			switch {
			case ev.counts[k]>>i&1 == 0:
			case rule.hop(&ev.w.edges[k], false):
				return nil
			case found == nil:
				found = rule
			}
		}
	}
	return found
}

func (b *book) wantEdges(edges []int32) {
	for _, k := range edges {
		e := &b.w.edges[k]
		b.nodes[e.Near], b.nodes[e.Far] = EntityRef{}, EntityRef{}
		b.claims[e.Claim] = Claim{}
	}
}

func (b *book) wantRefs(refs []ClaimRef) {
	for _, r := range refs {
		b.claims[r] = Claim{}
	}
}

// wantSteps notes what the steps show, and the claims of a whole walk that tell
// on which days they begin and end.
func (b *book) wantSteps(w *walk, steps []step) {
	for _, s := range steps {
		for _, e := range s.entries {
			b.nodes[b.w.nodes[e.company]], b.nodes[e.list] = EntityRef{}, EntityRef{}
		}
	}
	// the dates at which steps begin and end, as the sources give them
	at := map[Day]bool{}
	for _, s := range steps {
		at[s.from], at[s.to] = true, true
	}
	for i := range w.edges {
		if e := &w.edges[i]; (e.From != MinDay && at[e.From]) || (e.To != MaxDay && at[e.To]) {
			b.dating[e.Claim] = true
		}
	}
}

func (b *book) wantVerdicts(verdicts []verdict) {
	for _, v := range verdicts {
		b.nodes[v.company] = EntityRef{}
		for _, o := range v.owners {
			b.wantEdges(o.edges)
		}
	}
}

// load fetches everything that was wanted.
func (b *book) load(ctx context.Context) error {
	v := b.q.view
	nodes := make([]Node, 0, len(b.nodes))
	ids := make([]ID, 0, len(b.nodes))
	for n := range b.nodes {
		nodes, ids = append(nodes, n), append(ids, v.ID(n))
	}
	entities, err := v.Entities(ctx, ids)
	if err != nil {
		return err
	}
	for i, e := range entities {
		b.nodes[nodes[i]], b.byID[e.ID] = e.Ref(), e.Ref()
	}
	shown := maps.Clone(b.claims)
	for r := range b.dating {
		b.claims[r] = Claim{}
	}
	refs := make([]ClaimRef, 0, len(b.claims))
	for r := range b.claims {
		refs = append(refs, r)
	}
	claims, err := v.Claims(ctx, refs)
	if err != nil {
		return err
	}
	for i, c := range claims {
		b.claims[refs[i]] = c
	}
	return b.loadSources(ctx, shown)
}

// loadSources fetches the sources of the claims that the answer shows.
func (b *book) loadSources(ctx context.Context, shown map[ClaimRef]Claim) error {
	var ids []ID
	for ref := range shown {
		for _, q := range b.claims[ref].Citations {
			if _, ok := b.cited[q.Source]; !ok {
				b.cited[q.Source] = Source{}
				ids = append(ids, q.Source)
			}
		}
	}
	slices.Sort(ids)
	sources, err := b.q.view.Sources(ctx, ids)
	if err != nil {
		return err
	}
	for _, s := range sources {
		b.cited[s.ID] = s
	}
	return nil
}

// sources returns every source that a claim of the answer cites.
func (b *book) sources() []Source {
	all := make([]Source, 0, len(b.cited))
	for _, s := range b.cited {
		all = append(all, s)
	}
	slices.SortFunc(all, func(x, y Source) int { return cmp.Compare(x.ID, y.ID) })
	return all
}

// byEdge returns the claims of some edges, best first.
func (b *book) byEdge(edges []int32) []Claim {
	claims := make([]Claim, len(edges))
	for i, k := range edges {
		claims[i] = b.claims[b.w.edges[k].Claim]
	}
	slices.SortFunc(claims, compareClaims)
	return slices.CompactFunc(claims, func(x, y Claim) bool { return x.ID == y.ID })
}

func compareClaims(x, y Claim) int {
	return cmp.Or(cmp.Compare(x.Status, y.Status), cmp.Compare(y.Confidence, x.Confidence), cmp.Compare(x.ID, y.ID))
}

func (b *book) ids(refs []ClaimRef) []ID {
	ids := make([]ID, len(refs))
	for i, r := range refs {
		ids[i] = b.claims[r].ID
	}
	slices.Sort(ids)
	return ids
}

const confidencePlaces = 10_000

// decimalOf returns a product of n confidences as a number from 0 to 1, rounded
// to four decimals by whole-number arithmetic, so that every machine prints the
// same.
func (p product) decimalOf(n int) float64 {
	value := new(big.Int).SetUint64(p.hi)
	value.Lsh(value, 64).Or(value, new(big.Int).SetUint64(p.lo))
	unit := new(big.Int).Exp(big.NewInt(100), big.NewInt(int64(n)), nil)
	value.Mul(value, big.NewInt(2*confidencePlaces)).Add(value, unit)
	value.Div(value, unit.Mul(unit, big.NewInt(2)))
	return float64(value.Int64()) / confidencePlaces
}
