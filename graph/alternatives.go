package graph

import (
	"context"
	"slices"
)

// alternatives returns up to k distinct simple paths to a listing with the hops
// that a way allows, best first (Yen's algorithm, Management Science 17, 1971,
// run once a status: the paths over stronger claims come first). In a dense graph
// that takes long, so it ends with ctx.
func (q *inquiry) alternatives(ctx context.Context, s *survey, t target, way Way, k int) (all []route, err error) {
	for _, ev := range s.tiers {
		if ev == nil {
			continue
		}
		for _, l := range ev.searches(way) {
			if way == ByOwnership && !q.rules[l.rule].covers(t.list) {
				continue
			}
			listing := ev.listingOf(t)
			if listing < 0 {
				continue
			}
			if all, err = ev.yen(ctx, l, t.company, listing, k, all); err != nil {
				return nil, err
			}
		}
		if len(all) >= k {
			break
		}
	}
	slices.SortStableFunc(all, func(a, b route) int { return s.tiers[q.policy.WeakestStatus].compare(a, b) })
	return all[:min(k, len(all))], nil
}

// listingOf returns the edge by which a listing holds: the most trusted, below
// 0 if there is none.
func (ev *evaluation) listingOf(t target) int32 {
	w, found := ev.w, noFar
	for k := w.start[t.company]; k < w.start[t.company+1]; k++ {
		e := &w.edges[k]
		if e.Relation != ListedOn || e.Far != t.list || !ev.holds(e) {
			continue
		}
		if found < 0 || e.Confidence > w.edges[found].Confidence {
			found = k
		}
	}
	return found
}

// yen adds to all the paths of one run's limits that are not yet among them,
// until there are k of its status.
func (ev *evaluation) yen(ctx context.Context, l limits, company, listing int32, k int, all []route) ([]route, error) {
	var taken, waiting []route
	if first, ok := ev.shortest(l, nil, company, listing); ok {
		waiting = append(waiting, first)
	}
	for added := 0; len(waiting) > 0 && added < k; {
		slices.SortFunc(waiting, ev.compare)
		best := waiting[0]
		waiting = waiting[1:]
		taken = append(taken, best)
		switch known := slices.IndexFunc(all, func(r route) bool { return ev.sameHops(r.hops, best.hops) }); {
		case known < 0:
			all = append(all, best)
			added++
		case ev.compare(best, all[known]) < 0: // another rule counts a claim of the hops that is trusted more
			all[known] = best
		}
		for i := range best.hops {
			if err := gaveUp(ctx); err != nil {
				return nil, err
			}
			if !ev.q.spend(&ev.q.onPaths, ev.w) {
				return all, nil
			}
			spur, ok := ev.spur(l, best.hops[:i], taken, company, listing)
			if ok && !slices.ContainsFunc(waiting, func(r route) bool { return ev.sameHops(r.hops, spur.hops) }) {
				waiting = append(waiting, spur)
			}
		}
		if len(taken) > maxSpurs {
			break // many paths over stronger claims were already among them
		}
	}
	return all, nil
}

// maxSpurs bounds the paths that one run of yen takes out.
const maxSpurs = 1000

// spur returns the best path that begins with the hops of root and then leaves
// every path taken so far.
func (ev *evaluation) spur(l limits, root []int32, taken []route, company, listing int32) (route, bool) {
	l.bannedFirst = func(edge int32) bool {
		return slices.ContainsFunc(taken, func(r route) bool {
			return len(r.hops) > len(root) && ev.sameHops(r.hops[:len(root)], root) && ev.sameHop(r.hops[len(root)], edge)
		})
	}
	return ev.shortest(l, root, company, listing)
}

func (ev *evaluation) sameHop(a, b int32) bool {
	x, y := &ev.w.edges[a], &ev.w.edges[b]
	return x.Near == y.Near && x.Far == y.Far && x.Relation == y.Relation
}

func (ev *evaluation) sameHops(a, b []int32) bool { return slices.EqualFunc(a, b, ev.sameHop) }

// shortest returns the best path to a company behind the hops of root.
func (ev *evaluation) shortest(l limits, root []int32, company, listing int32) (route, bool) {
	l.banned = make([]bool, len(ev.w.nodes))
	trust := product{lo: 1}
	for _, k := range root {
		e := &ev.w.edges[k]
		l.banned[l.start] = true
		l.start = ev.w.far[k]
		l.affiliations -= int(ev.cost(l, k, e))
		trust = trust.times(e.Confidence)
	}
	l.hops -= len(root)
	if l.banned[company] || l.affiliations < 0 {
		return route{}, false
	}
	ev.run(l)
	used := ev.w.search.best(company, int32(l.affiliations+1)) //nolint:gosec // at most affiliationLimit
	if used < 0 {
		return route{}, false
	}
	r := ev.route(l, company, used, listing)
	for _, k := range r.hops {
		trust = trust.times(ev.w.edges[k].Confidence)
	}
	for _, k := range root {
		r.affiliations += int(ev.cost(l, k, &ev.w.edges[k]))
	}
	r.hops = append(slices.Clone(root), r.hops...)
	r.confidence = trust.times(ev.w.edges[listing].Confidence)
	r.way = ev.wayOf(r.hops, ev.w.edges[listing].Far)
	return r, true
}
