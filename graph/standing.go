package graph

import (
	"context"
	"slices"
)

// standing is what a company adds to the finding about everything that it makes,
// sells or licenses: how far the listings are behind it. It depends on the day
// and the policy alone, so an assessor works it out once a company, however many
// products lead there.
type standing struct {
	entities, claims int  // that stand upstream of it, itself among the entities
	depth            int  // hops to the last of them
	cut              bool // they were too many: nothing else is known
	listing          bool // there is one among them

	direct [Disputed]int8 // by status: hops to the nearest listing without an affiliation
	any    [Disputed]int8 // the same with as many affiliations as the policy allows
	open   int8           // hops by new names to a company that an ownership rule catches or not

	upstream upstream
}

// noHops is more than any policy allows: there is no way.
const noHops int8 = 100

// standings are those of the companies that an assessor met.
type standings struct {
	number     map[Node]int32
	all        []standing
	remembered int // entities upstream of them
}

// standing returns the number of a company's.
func (a *Assessor) standing(ctx context.Context, company Node) (int32, error) {
	if i, ok := a.standings.number[company]; ok {
		return i, nil
	}
	if err := a.gather(ctx, company); err != nil {
		return 0, err
	}
	w := a.w
	s := standing{
		entities: len(w.nodes), claims: len(w.edges), depth: len(w.levels) - 1,
		cut: w.sizeCut || w.claimCut, listing: w.has(Listing), open: noHops,
	}
	for tier := range s.direct {
		s.direct[tier], s.any[tier] = noHops, noHops
	}
	if s.listing && !s.cut {
		a.measure(&s)
	}
	if 2*s.depth > a.q.policy.MaxHops {
		a.remember(&s)
	}
	i := int32(len(a.standings.all)) //nolint:gosec // bounded by the companies
	if i == 0 {
		a.standings.number = map[Node]int32{}
	}
	a.standings.number[company], a.standings.all = i, append(a.standings.all, s)
	return i, nil
}

// measure finds the listings nearest to the start of the walk.
func (a *Assessor) measure(s *standing) {
	w, hops := a.w, a.q.policy.MaxHops
	linked := w.has(Ownership) || w.has(Affiliation)
	for tier := Confirmed; tier <= a.q.policy.WeakestStatus; tier++ {
		s.direct[tier], s.any[tier] = s.direct[tier-1], s.any[tier-1] // the 0th is none
		if w.statuses>>tier&1 == 0 {
			continue
		}
		a.prepare(tier)
		s.direct[tier] = a.nearest(limits{way: ByLineage, hops: hops}, nil)
		for i := range a.q.rules {
			if w.has(Ownership) && a.ev.force>>i&1 == 1 {
				s.direct[tier] = min(s.direct[tier], a.nearest(limits{way: ByOwnership, rule: i, hops: hops}, &a.q.rules[i]))
			}
		}
		s.any[tier] = s.direct[tier]
		if linked {
			s.any[tier] = min(s.any[tier], a.nearest(limits{way: ByAffiliation, hops: hops, affiliations: a.q.policy.MaxAffiliations}, nil))
		}
	}
	if w.has(Ownership) {
		s.open = a.undetermined()
	}
}

// nearest returns the hops of a run to a listing, of those that the rule covers
// if there is one.
func (a *Assessor) nearest(l limits, rule *ownershipRule) int8 {
	a.reached.run(&a.ev, l)
	w, width := a.w, int32(l.affiliations+1)  //nolint:gosec // at most affiliationLimit
	for _, state := range a.reached.reached { // those of fewest hops first
		i := state / width
		for k := w.start[i]; k < w.start[i+1]; k++ {
			e := &w.edges[k]
			if e.Relation == ListedOn && a.ev.holds(e) && (rule == nil || rule.covers(e.Far)) {
				return a.reached.hops[state]
			}
		}
	}
	return noHops
}

// descent is what a product came from, and the companies behind all of that.
type descent struct {
	products  []Node
	companies []Node
	behind    []int32 // by company: the number of its standing
	links     []descentLink
	statuses  uint8 // of the links
	reader    linkReader

	counted              Status // up to which the hops were counted
	toProduct, toCompany []int8 // the fewest hops by claims up to that status
}

// descentLink leads from a product to one that it came from, or to a company.
type descentLink struct {
	from, to int32
	company  bool
	status   Status
}

// fewAncestors is up to how many products, or companies, are told apart by
// looking at each of them; most have no more.
const fewAncestors = 64

// descend reads what an entity came from. It reports false if that is too much.
func (d *descent) descend(ctx context.Context, n Node) (bool, error) {
	walked := d.reader.q.walked & toProducts
	d.products, d.companies, d.links, d.statuses = append(d.products[:0], n), d.companies[:0], d.links[:0], 0
	d.counted = Disputed // as none is
	for begin := 0; begin < len(d.products); {
		frontier := d.products[begin:]
		begin = len(d.products)
		first := int32(begin - len(frontier)) //nolint:gosec // few
		if err := d.reader.read(ctx, frontier, Upstream, walked); err != nil {
			return false, err
		}
		for _, l := range d.reader.links {
			to := &d.products
			if rules[l.Relation].Layer == Attribution {
				to = &d.companies
			}
			d.links = append(d.links, descentLink{first + l.At, place(to, l.Far), to == &d.companies, l.Status})
			d.statuses |= 1 << l.Status
		}
		if len(d.products) > fewAncestors || len(d.companies) > fewAncestors {
			return false, nil
		}
	}
	if len(d.links) == 0 { // a company, behind which the same is looked for as behind a product's
		d.companies = append(d.companies, n)
	}
	return true, nil
}

// toProducts are the relations that lead to products.
var toProducts = SetOfLayers(Lineage, Attribution)

// place returns the place of a node among some, adding it.
func place(nodes *[]Node, n Node) int32 {
	i := slices.Index(*nodes, n)
	if i < 0 {
		i = len(*nodes)
		*nodes = append(*nodes, n)
	}
	return int32(i) //nolint:gosec // few
}

// count finds the fewest hops to each product and company by claims up to a
// status. Links stand in the order in which they were met, so that mostly one
// round finds all.
func (d *descent) count(tier Status) {
	for tier > 0 && d.statuses>>tier&1 == 0 {
		tier--
	}
	if tier == d.counted {
		return
	}
	d.counted = tier
	d.toProduct, d.toCompany = fill(d.toProduct, len(d.products)), fill(d.toCompany, len(d.companies))
	d.toProduct[0] = 0
	if len(d.links) == 0 {
		d.toCompany[0] = 0
	}
	for changed := true; changed; {
		changed = false
		for i := range d.links {
			l := &d.links[i]
			hops := d.toProduct[l.from] + 1
			switch {
			case l.status > tier || hops > noHops:
			case l.company:
				d.toCompany[l.to] = min(d.toCompany[l.to], hops)
			case hops < d.toProduct[l.to]:
				d.toProduct[l.to], changed = hops, true
			}
		}
	}
}

// fill returns n times no hops.
func fill(hops []int8, n int) []int8 {
	hops = slices.Grow(hops[:0], n)[:n]
	for i := range hops {
		hops[i] = noHops
	}
	return hops
}

// compose puts a finding together from the standings of companies. It reports
// false if the entity has to be walked from.
func (a *Assessor) compose(ctx context.Context, n Node) (Assessment, bool, error) {
	d := &a.descent
	if err := gaveUp(ctx); err != nil {
		return Assessment{}, false, err
	}
	if ok, err := d.descend(ctx, n); err != nil || !ok {
		return Assessment{}, false, err
	}
	listing, entities, claims := false, len(d.products), len(d.links)
	d.behind = d.behind[:0]
	for _, company := range d.companies {
		i, err := a.standing(ctx, company)
		if err != nil {
			return Assessment{}, false, err
		}
		d.behind = append(d.behind, i)
		s := &a.standings.all[i]
		if entities, claims = entities+s.entities, claims+s.claims; s.cut {
			return Assessment{}, false, nil
		}
		listing = listing || s.listing
	}
	if entities > a.w.most || claims >= a.w.mostClaims() {
		return Assessment{}, false, nil
	}
	d.count(a.q.policy.WeakestStatus)
	cut, err := a.cut(ctx, n)
	if err != nil {
		return Assessment{}, false, err
	}
	found := Assessment{Finding: Clear, Complete: true}
	if listing {
		a.list(&found)
	}
	a.q.policy.Actions.finish(&found, cut)
	return found, true, nil
}

// cut reports whether something stands beyond the most hops.
func (a *Assessor) cut(ctx context.Context, n Node) (bool, error) {
	d := &a.descent
	deepest := int(slices.Max(d.toProduct))
	for i, hops := range d.toCompany {
		deepest = max(deepest, int(hops)+a.standings.all[d.behind[i]].depth)
	}
	if deepest <= a.q.policy.MaxHops {
		return false, nil
	}
	if is, known, err := a.beyond(ctx); err != nil || known {
		return is, err
	}
	err := a.gather(ctx, n)
	return a.w.hopCut, err
}

// list notes the strongest listing, and whether a rule is undetermined, by the
// hops counted by claims of any status.
func (a *Assessor) list(found *Assessment) {
	d, actions := &a.descent, &a.q.policy.Actions
	if a.leads(func(s *standing) int8 { return s.open }) {
		found.Action = actions.Undetermined
	}
	for tier := Confirmed; tier <= a.q.policy.WeakestStatus; tier++ {
		d.count(tier)
		if a.leads(func(s *standing) int8 { return s.direct[tier] }) {
			found.list(tier, actions.listed(tier, Direct))
			return
		}
		if a.leads(func(s *standing) int8 { return s.any[tier] }) {
			found.list(tier, actions.Affiliation)
		}
	}
}

// leads reports whether what is so many hops behind a company is within the most
// hops of the subject.
func (a *Assessor) leads(behind func(*standing) int8) bool {
	for i, hops := range a.descent.toCompany {
		if int(hops)+int(behind(&a.standings.all[a.descent.behind[i]])) <= a.q.policy.MaxHops {
			return true
		}
	}
	return false
}

// finish settles a finding that is clear so far: it stays so only where
// everything was seen, and where nothing else asks for an action.
func (a Actions) finish(found *Assessment, cut bool) {
	if cut {
		found.Complete, found.Action = false, max(found.Action, a.Incomplete)
	}
	if found.Finding != Clear {
		return
	}
	if cut || found.Action != 0 {
		found.Finding, found.Action = Unknown, max(found.Action, a.Unknown)
		return
	}
	found.Action = a.Clear
}
