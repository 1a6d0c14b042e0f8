package graph

import (
	"context"
	"slices"
)

// A page of a reach of which nobody asks how many there are in all is found by
// looking at products in the order of ids, until the page is full: a hub has
// hundreds of thousands, a page some hundred. Where few products belong to the
// reach, everything downstream is found sooner than the next one of them.
const (
	probeBlock = 2  // products that are looked at together at first, for each row of the page
	probeMore  = 16 // products more than are likely to fill the page
	probeMost  = 32 // products that may be looked at for each that is found
	coneMost   = 64 // products that may stand upstream, for each that is looked at
)

// cone is what some products came from: they, and every product upstream of
// them. A flood that is kept to it reaches them as one that is not would, since
// every way to them lies in it.
type cone struct {
	products *walk // numbers them
	start    []int32
	down     []Link // down[start[i]:start[i+1]] lead on from the i-th
}

// probe finds a page after an id. It reports false if everything downstream has
// to be found instead.
func (f *flood) probe(ctx context.Context, after ID, limit int) (hitPage, bool, error) {
	if f.companies.hopCut {
		return hitPage{}, false, nil
	}
	next := candidates{f.q.view, f.dense, after}
	found := hitPage{total: NotCounted}
	for looked, size := 0, probeBlock*(limit+1); ; size = nextBlock(&found, looked, size, limit) {
		block, err := next.some(ctx, size)
		if err != nil {
			return hitPage{}, false, err
		}
		ok, err := f.reachBlock(ctx, block)
		if ok {
			f.take(&found, block, limit)
		}
		f.cone = nil
		f.forget()
		looked += len(block)
		switch {
		case err != nil || !ok:
			return hitPage{}, false, err
		case found.more:
			return found, true, nil
		case len(block) < size:
			if after == "" {
				found.total = len(found.rows)
			}
			return found, true, nil
		case looked > probeMost*(len(found.rows)+1):
			return hitPage{}, false, nil
		}
	}
}

// nextBlock returns how many products to look at next: not many more than hold
// what the page lacks, if as many of them are reached as of those before.
func nextBlock(found *hitPage, looked, size, limit int) int {
	lacking := limit + 1 - len(found.rows)
	return min(2*size, lacking*looked/(len(found.rows)+1)*5/4+probeMore)
}

// candidates hands out the products after an id in the order of ids.
type candidates struct {
	view  View
	dense dense // the view, if it is one
	after ID
}

func (c *candidates) some(ctx context.Context, n int) (nodes []Node, err error) {
	if c.dense != nil {
		c.after = max(c.after, ID(Product)+":") // no kind comes after it
		if nodes = c.dense.Order(c.after, n); len(nodes) > 0 {
			c.after = c.view.ID(nodes[len(nodes)-1])
		}
		return nodes, nil
	}
	ids, err := c.view.Find(ctx, Find{Kind: Product, After: c.after, Limit: n})
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	c.after = ids[len(ids)-1]
	return c.view.Nodes(ctx, ids)
}

// take adds those of a block that are reached to a page.
func (f *flood) take(found *hitPage, block []Node, limit int) {
	had := len(found.rows)
	for _, n := range block {
		if f.best[n] == 0 {
			continue
		}
		if len(found.rows) == limit {
			found.more = true
			break
		}
		found.rows = append(found.rows, hit{product: n})
	}
	f.tell(found.rows[had:])
}

// reachBlock floods what some products came from. It reports false if that is
// too much, or takes more hops than the policy allows.
func (f *flood) reachBlock(ctx context.Context, block []Node) (bool, error) {
	products := newWalk(Upstream, entityLimit)
	defer products.release()
	for _, n := range block {
		products.add(n)
	}
	f.cone = &cone{products: products}
	if ok, err := f.gatherCone(ctx, coneMost*len(block)); err != nil || !ok {
		return false, err
	}
	if err := f.gatherSold(ctx); err != nil {
		return false, err
	}
	return f.run(ctx)
}

// coneLink leads from one product of a cone to another one.
type coneLink struct {
	from int32
	Link
}

// gatherCone walks upstream from the products of the cone, to at most so many.
func (f *flood) gatherCone(ctx context.Context, most int) (bool, error) {
	products := f.cone.products
	var all []coneLink
	for begin := 0; begin < len(products.nodes); {
		end := len(products.nodes)
		if end > most {
			return false, nil
		}
		frontier := products.nodes[begin:end]
		if err := f.linkReader.read(ctx, frontier, Upstream, SetOfLayers(Lineage)&f.q.walked); err != nil {
			return false, err
		}
		for _, l := range f.links {
			all = append(all, coneLink{products.enter(l.Far), Link{Far: frontier[l.At], Status: l.Status}})
		}
		begin = end
	}
	f.grow(int(slices.Max(append(products.nodes, NoNode))) + 1)
	f.cone.start = make([]int32, len(products.nodes)+1)
	for _, l := range all {
		f.cone.start[l.from+1]++
	}
	for i := range products.nodes {
		f.cone.start[i+1] += f.cone.start[i]
	}
	f.cone.down = make([]Link, len(all))
	at := slices.Clone(f.cone.start)
	for _, l := range all {
		f.cone.down[at[l.from]] = l.Link
		at[l.from]++
	}
	return true, nil
}

// gatherSold reads which products of the cone the companies make, sell or
// license.
func (f *flood) gatherSold(ctx context.Context) error {
	products := f.cone.products.nodes
	if err := f.linkReader.read(ctx, products, Upstream, SetOfLayers(Attribution)&f.q.walked); err != nil {
		return err
	}
	count := make([]int32, len(f.companies.nodes)+1)
	for _, l := range f.links {
		if company, ok := f.companies.local(l.Far); ok {
			count[company+1]++
		}
	}
	for i := range f.companies.nodes {
		count[i+1] += count[i]
	}
	f.soldFrom = append(f.soldFrom[:0], count...)
	f.sold = append(f.sold[:0], make([]attribution, count[len(count)-1])...)
	for _, l := range f.links {
		if company, ok := f.companies.local(l.Far); ok {
			f.sold[count[company]] = attribution{products[l.At], l.Status}
			count[company]++
		}
	}
	return nil
}

// leadOn appends what leads on from some products of the cone.
func (c *cone) leadOn(frontier []Node, links []Link) []Link {
	for at, n := range frontier {
		i, _ := c.products.local(n)
		for _, l := range c.down[c.start[i]:c.start[i+1]] {
			l.At = int32(at)
			links = append(links, l)
		}
	}
	return links
}
