package graph

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// verdict is what one ownership rule says of one company of a walk.
type verdict struct {
	company  int32
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
	needed := slices.ContainsFunc(q.rules, func(r ownershipRule) bool { return len(r.ExcludeCountries) > 0 })
	if !needed || !w.has(Ownership) {
		return nil
	}
	var ids []ID
	var nodes []Node
	for _, n := range w.nodes {
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
		rule.excluded = make(map[Node]bool)
		if len(rule.ExcludeCountries) == 0 {
			continue
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
	if !w.has(Ownership) {
		return nil
	}
	ev := s.tiers[q.policy.WeakestStatus]
	ev.run(limits{way: ByLineage, hops: q.policy.MaxHops})
	var companies []int32
	for i := range int32(len(w.start) - 1) { //nolint:gosec // bounded by MaxEntities
		if w.search.states[i].hops >= 0 && ev.hasOwners(i) && q.view.ID(w.nodes[i]).Kind() == Company {
			companies = append(companies, i)
		}
	}
	slices.SortFunc(companies, func(a, b int32) int {
		return strings.Compare(string(q.view.ID(w.nodes[a])), string(q.view.ID(w.nodes[b])))
	})
	if len(companies) == 0 {
		return nil
	}
	var all []verdict
	var inLeast, inMost membership
	for i := range q.rules {
		rule := &q.rules[i]
		least, most := ev.members(rule, atLeast, &inLeast), ev.members(rule, atMost, &inMost)
		for _, c := range companies {
			all = append(all, ev.verdict(rule, c, least, most))
		}
	}
	slices.SortStableFunc(all, func(a, b verdict) int { return slices.Index(companies, a.company) - slices.Index(companies, b.company) })
	return all
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
	v := verdict{company: company, rule: rule, verdict: Out}
	v.force, v.note = rule.at(ev.day)
	in, _ := ev.joins(company, rule, atLeast, least)
	perhaps, _ := ev.joins(company, rule, atMost, most)
	switch {
	case in:
		v.verdict = In
	case perhaps:
		v.verdict = Undetermined
	}
	ev.addOwners(&v, least, most)
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
func (ev *evaluation) addOwners(v *verdict, least, most *membership) {
	w := ev.w
	for id, again := v.company, true; again; again = id != v.company {
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

// undetermined says in words which ownership rules cannot be decided. Rules
// that an earlier one implies are left to that one.
func (q *inquiry) undetermined(w *walk, verdicts []verdict) []string {
	var why []string
	for _, v := range verdicts {
		if v.verdict != Undetermined || v.rule.implied {
			continue
		}
		why = append(why, fmt.Sprintf("whether the ownership rule %q catches %s is undetermined by the shares that are known",
			v.rule.Name, q.view.ID(w.nodes[v.company])))
	}
	slices.Sort(why)
	return slices.Compact(why)
}
