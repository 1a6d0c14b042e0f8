package graph

import (
	"context"
	"slices"
)

// flood finds every product downstream of some listings. Companies are few and
// are walked exactly; products are many, and what matters of the claims between
// them fits in five bytes each, so that a reach of hundreds of thousands costs
// little more than a walk over bare integers.
type flood struct {
	q         *inquiry
	origins   []origin // in the order of ids
	companies *walk    // what the listed companies own, are renamed to or are linked with

	products *walk   // for its numbering; none of its claims
	start    []int32 // by product: its claims to other products
	far      []int32
	status   []Status
	sold     []attribution // by company: the claims that lead to products
	soldFrom []int32
	statuses uint8

	found  []flooded // by product
	closed []uint32  // by product: the last closure that entered it
	hops   []int8    // by product: the hops by which that closure entered it
	epoch  uint32
	level  []int32
}

// attribution is a claim that leads from a company to a product.
type attribution struct {
	product int32
	status  Status
}

// flooded is how a product is reached: by the strongest claims, and by them
// the most direct way; of several listings the first in the order of ids.
type flooded struct {
	tier   Status
	way    Way
	origin int32
}

// entrance is a product that is reached from a company.
type entrance struct {
	product int32
	origin  int32
	hops    int8
}

func (q *inquiry) newFlood(ctx context.Context, listings []Edge) (*flood, error) {
	f := &flood{q: q, products: newWalk(Downstream, entityLimit)}
	up := *q
	up.walked = SetOfLayers(Identity, Ownership, Affiliation) & q.walked
	f.companies = newWalk(Downstream, entityLimit)
	f.companies.onlyToday = true
	if err := f.companies.gather(ctx, &up, companiesOf(listings)...); err != nil {
		f.close()
		return nil, err
	}
	f.origins = f.companies.origins(q.view, listings)
	if err := f.gather(ctx); err != nil {
		f.close()
		return nil, err
	}
	return f, nil
}

func (f *flood) close() {
	f.companies.release()
	f.products.release()
}

// gather walks from the companies to their products and on to everything that
// came from those.
func (f *flood) gather(ctx context.Context) error {
	w, q := f.products, f.q
	raw, err := q.view.Adjacent(ctx, f.companies.nodes, Downstream, SetOfLayers(Attribution)&q.walked, nil)
	if err != nil {
		return err
	}
	next := 0
	for _, company := range f.companies.nodes {
		f.soldFrom = append(f.soldFrom, int32(len(f.sold))) //nolint:gosec // bounded by memory
		for ; next < len(raw) && raw[next].Near == company; next++ {
			if e := &raw[next]; q.admits(e) {
				f.sold = append(f.sold, attribution{w.enter(e.Far), e.Status})
				f.statuses |= 1 << e.Status
			}
		}
	}
	f.soldFrom = append(f.soldFrom, int32(len(f.sold))) //nolint:gosec // bounded by memory
	set := SetOfLayers(Lineage) & q.walked
	for begin := 0; begin < len(w.nodes); {
		if err := ctx.Err(); err != nil {
			return Unavailable("the question took too long and was given up; no answer was computed", err)
		}
		end := len(w.nodes)
		if raw, err = q.view.Adjacent(ctx, w.nodes[begin:end], Downstream, set, raw[:0]); err != nil {
			return err
		}
		f.keep(w, raw, begin, end)
		begin = end
	}
	f.start = append(f.start, int32(len(f.far))) //nolint:gosec // bounded by memory
	return nil
}

// keep notes the claims of the products from begin to end.
func (f *flood) keep(w *walk, raw []Edge, begin, end int) {
	near := begin - 1
	for i := range raw {
		e := &raw[i]
		for near < begin || w.nodes[near] != e.Near {
			near++
			f.start = append(f.start, int32(len(f.far))) //nolint:gosec // bounded by memory
		}
		if f.q.admits(e) {
			f.far = append(f.far, w.enter(e.Far))
			f.status = append(f.status, e.Status)
			f.statuses |= 1 << e.Status
		}
	}
	for near++; near < end; near++ {
		f.start = append(f.start, int32(len(f.far))) //nolint:gosec // bounded by memory
	}
}

// admits reports whether a claim counts on the day asked about.
func (q *inquiry) admits(e *Edge) bool {
	return e.From <= q.asOf && q.asOf < e.To && e.Status <= q.policy.WeakestStatus && e.Confidence >= q.policy.MinConfidence
}

// run finds how each product is reached. It reports false if some path that it
// took has more hops than the policy allows: then a slower search, which looks
// for paths of fewest hops, has to decide.
func (f *flood) run(ctx context.Context) (bool, error) {
	if f.companies.hopCut {
		return false, nil
	}
	f.found = make([]flooded, len(f.products.nodes))
	f.closed = make([]uint32, len(f.products.nodes))
	f.hops = make([]int8, len(f.products.nodes))
	statuses := f.statuses | f.companies.statuses
	for _, o := range f.origins {
		statuses |= 1 << o.listing.Status
	}
	for tier := Confirmed; tier <= f.q.policy.WeakestStatus; tier++ {
		if statuses>>tier&1 == 0 && !f.companies.has(Ownership) { // what other owners hold may be of any status
			continue
		}
		ev, err := f.q.evaluateDownstream(ctx, f.companies, tier)
		if err != nil {
			return false, err
		}
		if !f.runTier(ev) {
			return false, nil
		}
	}
	return true, nil
}

// runTier reaches products by claims up to a status, the most direct way first.
func (f *flood) runTier(ev *evaluation) bool {
	f.epoch++
	entered := make([]bool, len(f.companies.nodes))
	ways := append([]Way{ByLineage}, slices.DeleteFunc(f.companies.ways(), func(w Way) bool { return w < ByOwnership })...)
	for _, way := range ways {
		for _, l := range ev.searches(way) {
			doors := f.doors(ev, l, entered)
			if l.way == ByLineage {
				for _, d := range doors {
					f.reach(d.product, ev.tier, Direct, d.origin)
				}
			}
			if !f.pour(ev.tier, l.way, doors) {
				return false
			}
		}
	}
	return true
}

// doors returns the products of the companies that one run reaches and none
// before it did, in the order of origins.
func (f *flood) doors(ev *evaluation, l limits, entered []bool) []entrance {
	var (
		s     spread
		doors []entrance
		width = int32(l.affiliations + 1) //nolint:gosec // at most affiliationLimit
	)
	for o := range f.origins {
		from := f.origins[o]
		if from.listing.Status > ev.tier || (l.way == ByOwnership && !f.q.rules[l.rule].covers(from.listing.Far)) {
			continue
		}
		s.run(ev, l, f.origins[o:o+1])
		for i := range f.companies.nodes {
			used := s.best(int32(i), width) //nolint:gosec // bounded by the walk
			if entered[i] || used < 0 {
				continue
			}
			entered[i] = true
			hops := s.hops[int32(i)*width+used] + 1 //nolint:gosec // bounded by the walk
			for _, a := range f.sold[f.soldFrom[i]:f.soldFrom[i+1]] {
				if a.status <= ev.tier {
					doors = append(doors, entrance{a.product, int32(o), hops}) //nolint:gosec // bounded by the walk
				}
			}
		}
	}
	return doors
}

func (f *flood) reach(product int32, tier Status, way Way, origin int32) {
	if f.found[product].tier == 0 {
		f.found[product] = flooded{tier, way, origin}
	}
}

// pour enters everything that came from some products and that this tier has
// not entered yet, origin by origin.
func (f *flood) pour(tier Status, way Way, doors []entrance) bool {
	deepest := int8(0)
	for len(doors) > 0 {
		origin := doors[0].origin
		f.level = f.level[:0]
		for ; len(doors) > 0 && doors[0].origin == origin; doors = doors[1:] {
			if d := doors[0]; f.closed[d.product] != f.epoch {
				deepest = max(deepest, d.hops)
				f.closed[d.product], f.hops[d.product] = f.epoch, d.hops
				f.reach(d.product, tier, way, origin)
				f.level = append(f.level, d.product)
			}
		}
		for i := 0; i < len(f.level) && int(deepest) <= f.q.policy.MaxHops; i++ {
			p := f.level[i]
			hops := f.hops[p] + 1
			for k := f.start[p]; k < f.start[p+1]; k++ {
				far := f.far[k]
				if f.status[k] > tier || f.closed[far] == f.epoch {
					continue
				}
				deepest = max(deepest, hops)
				f.closed[far], f.hops[far] = f.epoch, hops
				f.reach(far, tier, way, origin)
				f.level = append(f.level, far)
			}
		}
	}
	return int(deepest) <= f.q.policy.MaxHops
}
