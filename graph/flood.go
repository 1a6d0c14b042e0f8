package graph

import (
	"context"
	"slices"
	"sync"
)

// flood finds every product downstream of some listings. Companies are few and
// are walked exactly; products are many, and of each only a byte matters on the
// way: the strongest status by which it has been reached. Every claim between
// them is looked at once, when its nearer end is reached; a claim that is weaker
// than what led to it waits until claims of its status have their turn.
//
// What a row shows is the least of (status, way, listing in the order of ids).
// The runs go through the ways, and within a way through the listings, in that
// order; a run enters a product only by stronger claims than any run before it
// did, since what came from that product is then served as well by the former.
type flood struct {
	origins   []origin      // in the order of ids
	companies *walk         // what the listed companies own, are renamed to, are the same as or are linked with
	tiers     []*evaluation // by status; nil: no claim of it matters

	sold     []attribution // by company: the claims that lead to products
	soldFrom []int32

	best    []Status  // by Node: the strongest status by which a product is reached; 0: not yet
	apart   []Status  // the same before the runs by affiliation
	nodes   []Node    // products in the order in which they were entered
	entered []int32   // by Node, of those whose row is wanted: the place in stretch that says how
	hops    []int8    // by which they were
	stretch []stretch // how they were
	direct  []direct
	total   int                  // distinct products
	deepest int8                 // the most hops
	doors   [Disputed][]entrance // by status
	later   [Disputed][]entrance // by status: over claims weaker than what led to them

	cone *cone // nil: every product may be entered
	linkReader
	spread spread
}

var floods = sync.Pool{New: func() any { return new(flood) }}

// attribution is a claim that leads from a company to a product.
type attribution struct {
	product Node
	status  Status
}

// entrance is a product that is about to be entered.
type entrance struct {
	product Node
	hops    int8
}

// arrived is how a product was entered.
type arrived struct {
	origin int32
	way    Way
	tier   Status
	apart  Status // by affiliation alone: of the strongest claims without one
}

// stretch says how the products were entered that stand in a row from one on.
type stretch struct {
	from int
	arrived
}

// direct is a product of an origin itself that had been entered through another
// product by claims that are as strong.
type direct struct {
	product Node
	arrived
}

func (q *inquiry) newFlood(ctx context.Context, listings []Edge) (*flood, error) {
	f, ok := floods.Get().(*flood)
	if !ok {
		f = new(flood)
	}
	f.tiers = f.tiers[:0]
	f.of(q)
	if f.dense != nil {
		f.grow(f.dense.NodeCount())
	}
	up := *q
	up.walked = SetOfLayers(Identity, Ownership, Affiliation) & q.walked
	f.companies = newWalk(Downstream, entityLimit)
	f.companies.onlyToday, f.companies.amongCompanies = true, true
	if err := f.companies.gather(ctx, &up, companiesOf(listings)...); err != nil {
		f.close()
		return nil, err
	}
	f.origins = f.companies.origins(q.view, listings)
	if err := f.evaluate(ctx); err != nil {
		f.close()
		return nil, err
	}
	return f, nil
}

func (f *flood) close() {
	f.forget()
	f.companies.release()
	f.q, f.companies, f.origins, f.dense, f.cone = nil, nil, nil, nil, nil
	floods.Put(f)
}

// forget leaves nothing reached, and best all zero.
func (f *flood) forget() {
	if len(f.nodes) > len(f.best)/16 {
		clear(f.best)
	} else {
		for _, n := range f.nodes {
			f.best[n] = 0
		}
	}
	for i := range f.doors {
		f.doors[i], f.later[i] = f.doors[i][:0], f.later[i][:0]
	}
	f.nodes, f.hops, f.stretch, f.direct = f.nodes[:0], f.hops[:0], f.stretch[:0], f.direct[:0]
	f.total, f.deepest = 0, 0
}

// grow makes room for so many nodes.
func (f *flood) grow(nodes int) {
	if more := nodes - len(f.best); more > 0 {
		f.best = append(f.best, make([]Status, more)...)
	}
}

// gather reads which products the companies make, sell or license.
func (f *flood) gather(ctx context.Context) error {
	f.sold, f.soldFrom = f.sold[:0], f.soldFrom[:0]
	if err := f.read(ctx, f.companies.nodes, SetOfLayers(Attribution)); err != nil {
		return err
	}
	next := 0
	for i := range f.companies.nodes {
		f.soldFrom = append(f.soldFrom, int32(len(f.sold))) //nolint:gosec // bounded by memory
		for ; next < len(f.links) && int(f.links[next].At) == i; next++ {
			f.sold = append(f.sold, attribution{f.links[next].Far, f.links[next].Status})
		}
	}
	f.soldFrom = append(f.soldFrom, int32(len(f.sold))) //nolint:gosec // bounded by memory
	return nil
}

// evaluate reads the claims among the companies up to each status.
func (f *flood) evaluate(ctx context.Context) error {
	statuses := f.companies.statuses
	for _, o := range f.origins {
		statuses |= 1 << o.listing.Status
	}
	d, err := f.q.newDownstream(ctx, f.companies)
	if err != nil {
		return err
	}
	defer d.close()
	for tier := Confirmed; tier <= f.q.policy.WeakestStatus; tier++ {
		var ev *evaluation // none if no claim has the status; but what other owners hold may be of any
		if statuses>>tier&1 == 1 || f.companies.has(Ownership) {
			ev = d.evaluate(tier)
		}
		f.tiers = append(f.tiers, ev)
	}
	return nil
}

// run finds how each product is reached. It reports false if some path that it
// took has more hops than the policy allows: then a slower search, which looks
// for paths of fewest hops, has to decide.
func (f *flood) run(ctx context.Context) (bool, error) {
	if f.companies.hopCut {
		return false, nil
	}
	reached := make([]Status, len(f.companies.nodes)) // by company: the strongest claims of any run
	for _, way := range f.companies.ways() {
		if way == Direct {
			way = ByLineage // the products of the companies themselves are the doors of these runs
		}
		if way == ByAffiliation {
			f.apart = append(f.apart[:0], f.best...)
		}
		for o := range f.origins {
			f.open(o, way, reached)
			if ok, err := f.pour(ctx, way, int32(o)); err != nil || !ok {
				return false, err
			}
		}
	}
	return true, nil
}

// open puts the products of the companies that one run reaches by stronger
// claims than any run before it did into doors, by status.
func (f *flood) open(o int, way Way, reached []Status) {
	from := &f.origins[o]
	s := &f.spread
	for t, ev := range f.tiers {
		tier := Status(t + 1)
		if ev == nil || from.listing.Status > tier {
			continue
		}
		for _, l := range ev.searches(way) {
			if way == ByOwnership && !f.q.rules[l.rule].covers(from.listing.Far) {
				continue
			}
			l.start = from.company
			s.run(ev, l)
			f.openCompanies(s, l, tier, reached)
		}
	}
}

func (f *flood) openCompanies(s *spread, l limits, tier Status, reached []Status) {
	width := int32(l.affiliations + 1) //nolint:gosec // at most affiliationLimit
	for _, state := range s.reached {
		i := state / width
		if reached[i] != 0 && reached[i] <= tier {
			continue
		}
		reached[i] = tier
		hops := s.hops[state] + 1
		for _, a := range f.sold[f.soldFrom[i]:f.soldFrom[i+1]] {
			status := max(tier, a.status)
			f.doors[status] = append(f.doors[status], entrance{a.product, hops})
		}
	}
}

// pour enters the doors of one run and everything that came from them, the
// strongest claims first. It reports whether that took no more hops than the
// policy allows.
func (f *flood) pour(ctx context.Context, way Way, origin int32) (bool, error) {
	head := len(f.nodes)
	for tier := Confirmed; tier <= f.q.policy.WeakestStatus; tier++ {
		f.openDoors(arrived{origin: origin, way: way, tier: tier})
		f.begin(arrived{origin: origin, way: way, tier: tier})
		for _, d := range f.later[tier] {
			if old := f.best[d.product]; old == 0 || tier < old {
				f.enter(d.product, tier, d.hops)
			}
		}
		f.later[tier] = f.later[tier][:0]
		for head < len(f.nodes) {
			end := min(len(f.nodes), head+floodBlock)
			if err := f.follow(ctx, head, end, tier); err != nil {
				return false, err
			}
			head = end
		}
	}
	return int(f.deepest) <= f.q.policy.MaxHops, nil
}

// openDoors enters products that companies make, sell or license. By lineage
// that is the more direct way than through another product that is as strong.
func (f *flood) openDoors(as arrived) {
	if as.way == ByLineage {
		as.way = Direct
	}
	f.begin(as)
	for _, d := range f.doors[as.tier] {
		switch old := f.best[d.product]; {
		case old == 0 || as.tier < old:
			f.enter(d.product, as.tier, d.hops)
		case old == as.tier && as.way == Direct:
			f.direct = append(f.direct, direct{d.product, as})
		}
	}
	f.doors[as.tier] = f.doors[as.tier][:0]
}

// begin says how the products are entered that come next.
func (f *flood) begin(as arrived) {
	if last := len(f.stretch) - 1; last >= 0 && f.stretch[last].from == len(f.nodes) {
		f.stretch = f.stretch[:last] // nothing was entered so
	}
	f.stretch = append(f.stretch, stretch{len(f.nodes), as})
}

func (f *flood) enter(n Node, tier Status, hops int8) {
	if f.best[n] == 0 {
		f.total++
	}
	f.best[n] = tier
	f.nodes, f.hops = append(f.nodes, n), append(f.hops, hops)
	f.deepest = max(f.deepest, hops)
}

// floodBlock is how many products are asked about at a time, so that what is
// read of them is still at hand when it is used.
const floodBlock = 2048

// follow enters what came from the products from begin to end, all of which this
// run has entered by claims up to a status.
func (f *flood) follow(ctx context.Context, begin, end int, tier Status) error {
	if err := gaveUp(ctx); err != nil {
		return err
	}
	if f.cone != nil {
		f.links = f.cone.leadOn(f.nodes[begin:end], f.links[:0])
	} else if err := f.read(ctx, f.nodes[begin:end], SetOfLayers(Lineage)); err != nil {
		return err
	}
	for _, l := range f.links {
		status, old := max(tier, l.Status), f.best[l.Far]
		if old != 0 && old <= status {
			continue
		}
		hops := f.hops[begin+int(l.At)] + 1
		if status == tier {
			f.enter(l.Far, tier, hops)
		} else {
			f.later[status] = append(f.later[status], entrance{l.Far, hops})
		}
	}
	return nil
}

// read puts what leads on from some entities into links, in their order.
func (f *flood) read(ctx context.Context, frontier []Node, set RelationSet) error {
	if err := f.linkReader.read(ctx, frontier, Downstream, set&f.q.walked); err != nil {
		return err
	}
	if f.dense == nil {
		for _, l := range f.links {
			f.grow(int(l.Far) + 1)
		}
	}
	return nil
}

// hit is a product that is reached, and how.
type hit struct {
	product Node
	arrived
}

// hitPage is a page of the products that were reached, in the order of ids.
type hitPage struct {
	total int
	rows  []hit // those after some id, no more than some limit
	more  bool  // there are others behind the page
}

// hits cuts a page from what was reached.
func (f *flood) hits(after ID, limit int) hitPage {
	found := hitPage{total: f.total}
	if limit == 0 {
		found.rows = make([]hit, 0, f.total)
	}
	for _, n := range f.inOrder(after) {
		if f.best[n] == 0 {
			continue
		}
		if limit > 0 && len(found.rows) == limit {
			found.more = true
			break
		}
		found.rows = append(found.rows, hit{product: n})
	}
	f.tell(found.rows)
	return found
}

// inOrder returns nodes in the order of ids, those reached among them.
func (f *flood) inOrder(after ID) []Node {
	if f.dense != nil && f.total > f.dense.NodeCount()/16 { // to go through all is cheaper than to sort many
		if all := f.dense.Order(after, 0); all != nil {
			return all
		}
	}
	reached := slices.Clone(f.nodes)
	if len(reached) > f.total { // some were entered again by stronger claims
		slices.Sort(reached)
		reached = slices.Compact(reached)
	}
	return sorted(f.q.view, reached, after)
}

// asked marks a product in best whose row is wanted.
const asked = 1 << 7

// tell writes into rows how their products were reached.
func (f *flood) tell(rows []hit) {
	if more := len(f.best) - len(f.entered); more > 0 {
		f.entered = append(f.entered, make([]int32, more)...)
	}
	for i := range rows {
		f.best[rows[i].product] |= asked
	}
	f.findEntered()
	for i := range rows {
		h := &rows[i]
		f.best[h.product] &^= asked
		h.arrived = f.stretch[f.entered[h.product]].arrived
		if h.way == ByAffiliation && int(h.product) < len(f.apart) {
			h.apart = f.apart[h.product]
		}
	}
}

// findEntered notes of each product that is asked about where in stretch it says
// how it was reached.
func (f *flood) findEntered() {
	for s, begin := range f.stretch {
		end := len(f.nodes)
		if s+1 < len(f.stretch) {
			end = f.stretch[s+1].from
		}
		for _, n := range f.nodes[begin.from:end] {
			if f.best[n] == begin.tier|asked {
				f.entered[n] = int32(s)
			}
		}
	}
	for _, d := range f.direct {
		if f.best[d.product] == d.tier|asked && f.stretch[f.entered[d.product]].way == ByLineage {
			if f.stretch[len(f.stretch)-1].arrived != d.arrived {
				f.stretch = append(f.stretch, stretch{len(f.nodes), d.arrived})
			}
			f.entered[d.product] = int32(len(f.stretch) - 1) //nolint:gosec // bounded by memory
		}
	}
}
