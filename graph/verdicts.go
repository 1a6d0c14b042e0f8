package graph

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// verdict is what one ownership rule says of one company of a walk.
type verdict struct {
	company  Node
	rule     *ownershipRule
	force    force
	verdict  Verdict
	min, max int64
	owners   []ownerPart
	note     string
}

type ownerPart struct {
	owner    int32
	verdict  Verdict
	min, max int32
	edges    []int32
}

// loadCountries finds out which companies of a walk a rule does not cover
// because of where they are seated. Where no country is known the rule covers
// the company: not knowing must not make it clear.
func (q *inquiry) loadCountries(ctx context.Context, w *walk) error {
	if !w.has(Ownership) {
		return nil
	}
	return q.loadCountriesOf(ctx, w.nodes)
}

func (q *inquiry) loadCountriesOf(ctx context.Context, entities []Node) error {
	if !slices.ContainsFunc(q.rules, func(r ownershipRule) bool { return len(r.ExcludeCountries) > 0 }) {
		return nil
	}
	var ids []ID
	var nodes []Node
	for _, n := range entities {
		if id := q.view.ID(n); id.Kind() == Company {
			ids, nodes = append(ids, id), append(nodes, n)
		}
	}
	companies, err := q.view.Entities(ctx, ids)
	if err != nil {
		return err
	}
	for i := range q.rules {
		rule := &q.rules[i]
		if len(rule.ExcludeCountries) == 0 {
			continue
		}
		if rule.excluded == nil {
			rule.excluded = make(map[Node]bool, len(nodes))
		}
		for j, company := range companies {
			countries := company.Attributes[CountryAttribute]
			outside := slices.ContainsFunc(countries, func(c string) bool { return !slices.Contains(rule.ExcludeCountries, c) })
			if len(countries) > 0 {
				rule.excluded[nodes[j]] = !outside
			}
		}
	}
	return nil
}

// verdicts asks each ownership rule about each company that the subject leads
// to otherwise than by ownership or affiliation: itself, or its makers, sellers
// and licensors.
func (q *inquiry) verdicts(w *walk, s *survey) []verdict {
	ev := s.tiers[q.policy.WeakestStatus]
	if ev == nil || !w.has(Ownership) {
		return nil
	}
	return q.verdictsBy(ev, nil)
}

// verdictsBy returns the verdicts of the rules that are asked for, of all if left
// out is nil.
func (q *inquiry) verdictsBy(ev *evaluation, leftOut func(*ownershipRule) bool) []verdict {
	companies := ev.owned()
	if len(companies) == 0 {
		return nil
	}
	var all []verdict
	var inLeast, inMost membership
	for i := range q.rules {
		rule := &q.rules[i]
		if leftOut != nil && leftOut(rule) {
			continue
		}
		least, most := ev.members(rule, atLeast, &inLeast), ev.members(rule, atMost, &inMost)
		for _, c := range companies {
			all = append(all, ev.verdict(rule, c, least, most))
		}
	}
	q.orderVerdicts(all)
	return all
}

// allVerdicts adds to the verdicts on a part of a walk those on the companies
// whose owners lead to no listing: they are out.
func (q *inquiry) allVerdicts(ctx context.Context, w *walk, onPart []verdict) ([]verdict, error) {
	if !w.has(Ownership) {
		return onPart, nil
	}
	ev := &evaluation{q: q, w: w, day: q.asOf, tier: q.policy.WeakestStatus, without: noClaim, force: q.inForce(q.asOf)}
	ev.gatherPersons()
	out := slices.DeleteFunc(ev.owned(), func(c int32) bool {
		return slices.ContainsFunc(onPart, func(v verdict) bool { return v.company == w.nodes[c] })
	})
	if len(out) == 0 {
		return onPart, nil
	}
	var seats []Node
	for _, c := range out {
		for id, again := c, true; again; again = id != c {
			seats = append(seats, w.nodes[id])
			id = ev.persons.after(id)
		}
	}
	if err := q.loadCountriesOf(ctx, seats); err != nil {
		return nil, err
	}
	all := make([]verdict, 0, len(onPart)+len(out)*len(q.rules))
	all = append(all, onPart...)
	w.scratch.reset(len(w.nodes)) // no member
	for _, c := range out {
		for i := range q.rules {
			all = append(all, ev.verdict(&q.rules[i], c, &w.scratch, &w.scratch))
		}
	}
	q.orderVerdicts(all)
	return all, nil
}

// orderVerdicts sorts verdicts by company, those of one in the order of the rules.
func (q *inquiry) orderVerdicts(all []verdict) {
	slices.SortStableFunc(all, func(a, b verdict) int {
		if a.company == b.company {
			return 0
		}
		return strings.Compare(string(q.view.ID(a.company)), string(q.view.ID(b.company)))
	})
}

// owned returns the companies that the start of the walk leads to otherwise
// than by ownership or affiliation, and that have owners.
func (ev *evaluation) owned() []int32 {
	w := ev.w
	ev.run(limits{way: ByLineage, hops: ev.q.policy.MaxHops})
	var companies []int32
	for i := range int32(len(w.start) - 1) { //nolint:gosec // bounded by MaxEntities
		if w.search.states[i].hops >= 0 && ev.hasOwners(i) && ev.q.view.ID(w.nodes[i]).Kind() == Company {
			companies = append(companies, i)
		}
	}
	return companies
}

func (ev *evaluation) hasOwners(i int32) bool {
	for k := ev.w.start[i]; k < ev.w.start[i+1]; k++ {
		if e := &ev.w.edges[k]; e.Relation == Owns && ev.holds(e) {
			return true
		}
	}
	return false
}

func (ev *evaluation) verdict(rule *ownershipRule, company int32, least, most *membership) verdict {
	v := verdict{company: ev.w.nodes[company], rule: rule, verdict: Out}
	v.force, v.note = rule.at(ev.day)
	in, _ := ev.joins(company, rule, atLeast, least)
	perhaps, _ := ev.joins(company, rule, atMost, most)
	switch {
	case in:
		v.verdict = In
	case perhaps:
		v.verdict = Undetermined
	}
	ev.addOwners(&v, company, least, most)
	switch {
	case ev.leftOut(rule, company):
		v.note = "the rule does not cover companies seated in " + strings.Join(rule.ExcludeCountries, " or ")
	case v.force == notInForce && v.verdict != Out:
		v.note = fmt.Sprintf("the rule is not in force on %s; by the shares the answer would be %s", ev.day, v.verdict)
		v.verdict = Out
	case v.force == unconfirmedForce && v.verdict == In:
		v.verdict = Undetermined
	}
	return v
}

// addOwners adds up what the owners that count as listed hold, by claims about
// any id of the company.
func (ev *evaluation) addOwners(v *verdict, company int32, least, most *membership) {
	w := ev.w
	for id, again := company, true; again; again = id != company {
		for k := w.start[id]; k < w.start[id+1]; k++ {
			e, far := &w.edges[k], w.far[k]
			if e.Relation == Owns && far >= 0 && most.in[far] && ev.holds(e) && v.rule.counts(e) {
				v.addShare(far, k, e, least.in[far])
			}
		}
		id = ev.persons.after(id)
	}
	least.sums.reset()
	for _, o := range v.owners {
		least.sums.add(o.owner, o.min)
		v.max += int64(o.max)
	}
	v.min, v.max = min(ev.sum(atLeast, least), WholeShare), min(v.max, WholeShare)
}

// addShare adds a claim that an owner, which counts as listed or perhaps does,
// holds a share.
func (v *verdict) addShare(owner, edge int32, e *Edge, listed bool) {
	i := slices.IndexFunc(v.owners, func(o ownerPart) bool { return o.owner == owner })
	if i < 0 {
		i = len(v.owners)
		v.owners = append(v.owners, ownerPart{owner: owner, verdict: Undetermined})
	}
	o := &v.owners[i]
	o.edges = append(o.edges, edge)
	o.max = max(o.max, e.ShareMax)
	if listed {
		o.verdict = In
		o.min = max(o.min, e.ShareMin)
	}
}

// doubts says in words which ownership rules cannot be decided on the day of a
// survey, without a look at those that can.
func (q *inquiry) doubts(w *walk, s *survey) []string {
	ev := s.tiers[q.policy.WeakestStatus]
	if ev == nil || !w.has(Ownership) {
		return nil
	}
	open := ev.open()
	decided := func(r *ownershipRule) bool { return r.decided(ev.day, open) }
	for i := range q.rules {
		if !decided(&q.rules[i]) {
			return q.undetermined(q.verdictsBy(ev, decided))
		}
	}
	return nil
}

// decided reports whether a rule leaves nothing undetermined on a day of its own
// accord: open is whether owners may hold more than is sure.
func (r *ownershipRule) decided(day Day, open bool) bool {
	force, _ := r.at(day)
	return r.implied || force == notInForce || (force == inForce && !open)
}

// undetermined says in words which ownership rules cannot be decided. Rules
// that an earlier one implies are left to that one.
func (q *inquiry) undetermined(verdicts []verdict) []string {
	var why []string
	for _, v := range verdicts {
		if v.verdict != Undetermined || v.rule.implied {
			continue
		}
		why = append(why, fmt.Sprintf("whether the ownership rule %q catches %s is undetermined by the shares that are known",
			v.rule.Name, q.view.ID(v.company)))
	}
	slices.Sort(why)
	return slices.Compact(why)
}
