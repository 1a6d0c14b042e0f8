package graph

import (
	"context"
	"slices"
	"sync"
)

// flood finds every product downstream of some listings. Companies are few and
// are walked exactly; products are many, and what matters of the claims between
// them fits in five bytes each, so that a reach of hundreds of thousands costs
// little more than a walk over bare integers.
type flood struct {
	q         *inquiry
	origins   []origin // in the order of ids
	companies *walk    // what the listed companies own, are renamed to, are the same as or are linked with

	products *walk   // for its numbering; none of its claims
	start    []int32 // by product: its claims to other products
	far      []int32
	status   []Status
	sold     []attribution // by company: the claims that lead to products
	soldFrom []int32
	statuses uint8

	found []flooded // by product
	epoch uint32
	level []int32
	raw   []Edge
}

var floods = sync.Pool{New: func() any { return new(flood) }}

// attribution is a claim that leads from a company to a product.
type attribution struct {
	product int32
	status  Status
}

// flooded is how a product is reached: by the strongest claims, and by them
// the most direct way; of several listings the first in the order of ids.
type flooded struct {
	origin int32
	closed uint32 // the last run that entered it
	tier   Status
	way    Way
	apart  Status // of the strongest claims without an affiliation, where the strongest need one
	hops   int8   // by which that run entered it
}

// entrance is a product that is reached from a company.
type entrance struct {
	product int32
	origin  int32
	hops    int8
}

func (q *inquiry) newFlood(ctx context.Context, listings []Edge) (*flood, error) {
	f, ok := floods.Get().(*flood)
	if !ok {
		f = new(flood)
	}
	f.q, f.products, f.statuses, f.epoch = q, newWalk(Downstream, entityLimit), 0, 0
	f.start, f.far, f.status, f.sold, f.soldFrom = f.start[:0], f.far[:0], f.status[:0], f.sold[:0], f.soldFrom[:0]
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
	f.q, f.companies, f.products, f.origins = nil, nil, nil, nil
	floods.Put(f)
}

// floodBlock is how many products are asked about at a time, so that what is
// read of them is still at hand when it is kept.
const floodBlock = 2048

// gather walks from the companies to their products and on to everything that
// came from those.
func (f *flood) gather(ctx context.Context) error {
	w, q := f.products, f.q
	raw, err := q.view.Adjacent(ctx, f.companies.nodes, Downstream, SetOfLayers(Attribution)&q.walked, f.raw[:0])
	if err != nil {
		return err
	}
	f.raw = raw
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
		end := min(len(w.nodes), begin+floodBlock)
		if f.raw, err = q.view.Adjacent(ctx, w.nodes[begin:end], Downstream, set, f.raw[:0]); err != nil {
			return err
		}
		f.keep(w, f.raw, begin, end)
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
	f.found = slices.Grow(f.found[:0], len(f.products.nodes))[:len(f.products.nodes)]
	clear(f.found)
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
					f.found[d.product].reach(ev.tier, Direct, d.origin)
				}
				if !f.resume(ev.tier) {
					return false
				}
			}
			if !f.pour(ev.tier, l.way, doors) {
				return false
			}
		}
	}
	return true
}

// resume begins with the products that stronger claims reached by lineage: from
// those only the claims of this very status lead on. With several origins the
// first of them by these claims may be another, so all is entered anew.
func (f *flood) resume(tier Status) bool {
	if tier == Confirmed || len(f.origins) > 1 {
		return true
	}
	var doors []entrance
	for at := range f.found {
		p := &f.found[at]
		if p.tier == 0 || p.tier == tier || p.way > ByLineage {
			continue
		}
		p.closed = f.epoch
		for k := f.start[at]; k < f.start[at+1]; k++ {
			if f.status[k] != tier {
				continue
			}
			if q := &f.found[f.far[k]]; q.tier == 0 || q.tier == tier || q.way > ByLineage {
				doors = append(doors, entrance{f.far[k], 0, p.hops + 1})
			}
		}
	}
	return f.pour(tier, ByLineage, doors)
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
		l.start = f.origins[o].company
		s.run(ev, l)
		for i := range f.companies.nodes {
			used := s.best(int32(i), width)
			if entered[i] || used < 0 {
				continue
			}
			entered[i] = true
			hops := s.hops[int32(i)*width+used] + 1
			for _, a := range f.sold[f.soldFrom[i]:f.soldFrom[i+1]] {
				if a.status <= ev.tier {
					doors = append(doors, entrance{a.product, int32(o), hops})
				}
			}
		}
	}
	return doors
}

// reach notes that a product is reached, if it is not by stronger claims or in
// a more direct way.
func (p *flooded) reach(tier Status, way Way, origin int32) {
	switch {
	case p.tier == 0:
		p.tier, p.way, p.origin = tier, way, origin
	case p.way == ByAffiliation && way != ByAffiliation && p.apart == 0:
		p.apart = tier
	}
}

// action is what a policy makes of a product reached in this way.
func (p *flooded) action(a *Actions) Action {
	action := a.listed(p.tier, p.way)
	if p.apart != 0 {
		action = max(action, a.listed(p.apart, Direct))
	}
	return action
}

// pour enters everything that came from some products and that this tier has
// not entered yet, origin by origin. It reports whether that took no more hops
// than the policy allows.
func (f *flood) pour(tier Status, way Way, doors []entrance) bool {
	for len(doors) > 0 {
		origin := doors[0].origin
		f.level = f.level[:0]
		for ; len(doors) > 0 && doors[0].origin == origin; doors = doors[1:] {
			if d := doors[0]; !f.enter(d.product, tier, way, origin, d.hops) {
				return false
			}
		}
		for i := 0; i < len(f.level); i++ { //nolint:intrange // the level grows
			at := f.level[i]
			hops := f.found[at].hops + 1
			for k := f.start[at]; k < f.start[at+1]; k++ {
				if f.status[k] <= tier && !f.enter(f.far[k], tier, way, origin, hops) {
					return false
				}
			}
		}
	}
	return true
}

// enter notes a product and everything that is to be entered from it, unless
// this tier has been there. It reports false beyond the most hops.
func (f *flood) enter(product int32, tier Status, way Way, origin int32, hops int8) bool {
	p := &f.found[product]
	if p.closed == f.epoch {
		return true
	}
	p.closed, p.hops = f.epoch, hops
	p.reach(tier, way, origin)
	f.level = append(f.level, product)
	return int(hops) <= f.q.policy.MaxHops
}
