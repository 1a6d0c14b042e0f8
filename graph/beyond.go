package graph

import (
	"context"
	"slices"
)

// What stands upstream of a company is remembered, level by level, where most of
// the hops of the policy may be used up by it: whether something stands beyond
// them, seen from a product, is then known without a walk.
const (
	fewEntities  = 1000    // that may stand upstream of a company which is remembered so
	mostEntities = 1 << 20 // that are remembered in all
)

// upstream are the entities upstream of a company, those of fewest hops first.
type upstream struct {
	nodes  []Node
	levels []int32 // by hops: the first of those; none yet if it is empty
}

// beyond returns those that are more hops away.
func (u *upstream) beyond(hops int) []Node {
	if hops+1 >= len(u.levels) {
		return nil
	}
	return u.nodes[u.levels[hops+1]:]
}

// within returns the others.
func (u *upstream) within(hops int) []Node {
	if hops+1 >= len(u.levels) {
		return u.nodes
	}
	return u.nodes[:u.levels[hops+1]]
}

// remember notes what the walk from a company met.
func (a *Assessor) remember(s *standing) {
	w := a.w
	if s.cut || len(w.nodes) > fewEntities || a.standings.remembered+len(w.nodes) > mostEntities {
		return
	}
	a.standings.remembered += len(w.nodes)
	s.upstream = upstream{slices.Clone(w.nodes), slices.Clone(w.levels)}
}

// beyond reports whether something stands upstream of the subject beyond the most
// hops of the policy, and whether it can tell.
func (a *Assessor) beyond(ctx context.Context) (is, known bool, err error) {
	d, most := &a.descent, a.q.policy.MaxHops
	if int(slices.Max(d.toProduct)) > most {
		return true, true, nil
	}
	for i, company := range d.companies {
		if s := &a.standings.all[d.behind[i]]; len(s.upstream.levels) == 0 {
			if s.entities > fewEntities {
				return false, false, nil
			}
			if err := a.gather(ctx, company); err != nil {
				return false, false, err
			}
			if a.remember(s); len(s.upstream.levels) == 0 {
				return false, false, nil
			}
		}
	}
	for i, hops := range d.toCompany {
		s := &a.standings.all[d.behind[i]]
		if slices.ContainsFunc(s.upstream.beyond(most-int(hops)), a.onlyBeyond) {
			return true, true, nil
		}
	}
	return false, true, nil
}

// onlyBeyond reports whether no company of the subject leads to an entity within
// the most hops.
func (a *Assessor) onlyBeyond(n Node) bool {
	for i, hops := range a.descent.toCompany {
		s := &a.standings.all[a.descent.behind[i]]
		if left := a.q.policy.MaxHops - int(hops); left >= 0 && slices.Contains(s.upstream.within(left), n) {
			return false
		}
	}
	return true
}
