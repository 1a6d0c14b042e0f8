package storetest

import (
	"cmp"
	"fmt"
	"slices"

	"debadge/graph"
)

// stretch is what holds between two days on which something changes.
type stretch struct {
	from, to graph.Day
	Expected
	arrivals []arrival
}

// upstream returns the claims on the way up from a subject at any date.
func (r reading) upstream(subject graph.ID) []graph.Claim {
	seen := []graph.ID{subject}
	var all []graph.Claim
	for i := 0; i < len(seen); i++ {
		for _, c := range r.claims {
			far := c.From
			switch {
			case !r.counts(c):
				continue
			case c.Relation == graph.ListedOn && c.From == seen[i]:
				all = append(all, c)
				continue
			case c.To == seen[i]:
			case c.From == seen[i] && mutual(c.Relation):
				far = c.To
			default:
				continue
			}
			all = append(all, c)
			if !slices.Contains(seen, far) {
				seen = append(seen, far)
			}
		}
	}
	return all
}

// stretches looks at every day on which something can change.
func (r reading) stretches(subject graph.ID, claims []graph.Claim) []stretch {
	days := []graph.Day{graph.MinDay}
	for _, c := range claims {
		days = append(days, c.ValidFrom.Earliest(), c.ValidTo.Latest())
	}
	for _, rule := range r.policy.Ownership {
		for _, p := range rule.InForce {
			days = append(days, p.From.Earliest(), p.To.Latest())
		}
	}
	slices.Sort(days)
	days = append(slices.DeleteFunc(slices.Compact(days), func(d graph.Day) bool { return d >= graph.MaxDay }), graph.MaxDay)
	var all []stretch
	for i, from := range days[:len(days)-1] {
		then := r.at(from)
		arrivals := then.arrivals(subject)
		all = append(all, stretch{from, days[i+1], then.conclude(subject, arrivals, then.verdicts(subject)), arrivals})
	}
	return all
}

// dateOf writes a day as a claim that changes on it gives it, the least precise
// one if they differ.
func dateOf(claims []graph.Claim, day graph.Day) string {
	if day == graph.MinDay || day == graph.MaxDay {
		return ""
	}
	text := day.String()
	for _, c := range claims {
		if c.ValidFrom.Earliest() == day && !c.ValidFrom.IsZero() && len(c.ValidFrom.String()) < len(text) {
			text = c.ValidFrom.String()
		}
		if c.ValidTo.Latest() == day && !c.ValidTo.IsZero() && len(c.ValidTo.String()) < len(text) {
			text = c.ValidTo.String()
		}
	}
	return text
}

// history adds since when the finding holds, and the listings that are over.
func (r reading) history(subject graph.ID, e *Expected) {
	claims := r.upstream(subject)
	past := slices.DeleteFunc(r.stretches(subject, claims), func(s stretch) bool { return s.from > r.day })
	since := graph.MinDay
	for _, s := range past {
		if s.Finding != e.Finding {
			since = s.to
		}
	}
	e.Since = dateOf(claims, since)
	type key struct{ company, list graph.ID }
	over := map[key]bool{}
	for _, s := range past {
		for _, a := range s.arrivals {
			over[key{a.company, a.list}] = true
		}
	}
	for _, a := range past[len(past)-1].arrivals {
		delete(over, key{a.company, a.list})
	}
	var keys []key
	for k := range over {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b key) int { return cmp.Or(cmp.Compare(a.company, b.company), cmp.Compare(a.list, b.list)) })
	for _, k := range keys {
		from, to, way := graph.MinDay, graph.MaxDay, graph.Way(0)
		for _, s := range slices.Backward(past) {
			there := slices.IndexFunc(s.arrivals, func(a arrival) bool { return a.company == k.company && a.list == k.list })
			if there < 0 && way != 0 {
				break
			}
			if there < 0 {
				continue
			}
			if way == 0 {
				to, way = s.to, mostDirect(s.arrivals, k.company, k.list)
			}
			from = s.from
		}
		e.Former = append(e.Former, fmt.Sprintf("%s %s %s %s..%s", k.company, k.list, way, dateOf(claims, from), dateOf(claims, to)))
	}
}

func mostDirect(all []arrival, company, list graph.ID) graph.Way {
	way := graph.ByAffiliation
	for _, a := range all {
		if a.company == company && a.list == list {
			way = min(way, a.way)
		}
	}
	return way
}

// Timeline answers a timeline in the compact form of the cases.
func (r *Reference) Timeline(q graph.Question) []string {
	if _, ok := r.entities[graph.ID(q.Subject)]; !ok {
		return []string{stepText("", "", graph.Unknown, 0, q.Policy.Actions.Unknown, nil)}
	}
	always := r.read(q.Policy, q.Lists, 0)
	subject := graph.ID(q.Subject)
	claims := always.upstream(subject)
	var steps []string
	var says []string
	for _, s := range always.stretches(subject, claims) {
		var listings []string
		slices.SortFunc(s.arrivals, func(a, b arrival) int {
			return cmp.Or(cmp.Compare(a.best().tier, b.best().tier), cmp.Compare(a.way, b.way), cmp.Compare(a.company, b.company), cmp.Compare(a.list, b.list))
		})
		for _, a := range s.arrivals {
			listings = append(listings, fmt.Sprintf("%s %s %s %s", a.company, a.list, a.way, a.best().tier))
		}
		from, to := dateOf(claims, s.from), dateOf(claims, s.to)
		say := stepText("", "", s.Finding, s.Strength, s.Action, listings)
		if last := len(says) - 1; last >= 0 && says[last] == say {
			steps[last] = stepText(startOf(steps[last]), to, s.Finding, s.Strength, s.Action, listings)
			continue
		}
		says = append(says, say)
		steps = append(steps, stepText(from, to, s.Finding, s.Strength, s.Action, listings))
	}
	return steps
}

// Reach answers a reach in the compact form of the cases, by tracing every
// product.
func (r *Reference) Reach(q graph.ReachQuestion) []string {
	now := r.read(q.Policy, q.Lists, q.AsOf)
	var rows []string
	var products []graph.ID
	for id := range r.entities {
		if id.Kind() == graph.Product {
			products = append(products, id)
		}
	}
	slices.Sort(products)
	for _, product := range products {
		best := arrival{}
		var apart graph.Status // of the strongest path without an affiliation
		for _, a := range now.arrivals(product) {
			if graph.ID(q.Origin) != a.company && graph.ID(q.Origin) != a.list {
				continue
			}
			if a.way != graph.ByAffiliation && (apart == 0 || a.best().tier < apart) {
				apart = a.best().tier
			}
			if best.trails == nil || compareArrivals(a, best) < 0 {
				best = a
			}
		}
		if best.trails != nil {
			t := best.best()
			action := act(q.Policy.Actions, t.tier, best.way)
			if apart != 0 {
				action = max(action, act(q.Policy.Actions, apart, graph.Direct))
			}
			_, least := now.editions()
			rows = append(rows, fmt.Sprintf("%s %s %s %s from %s on %s",
				product, best.way, t.tier, max(action, least), best.company, best.list))
		}
	}
	return rows
}

// compareArrivals orders what a row of a reach shows first: the strongest, then
// the most direct way, then the first in the order of ids.
func compareArrivals(a, b arrival) int {
	return cmp.Or(
		cmp.Compare(a.best().tier, b.best().tier), cmp.Compare(a.way, b.way),
		cmp.Compare(a.company, b.company), cmp.Compare(a.list, b.list),
	)
}

// Rebadgings answers which rebrandings, and sales under another label, began on
// or after the day of a listing to which the old product traces back.
func (r *Reference) Rebadgings(q graph.ReachQuestion) []string {
	now := r.read(q.Policy, q.Lists, q.AsOf)
	all := now.admissible()
	byLine := map[string][]graph.Claim{}
	for _, listed := range all {
		if listed.Relation != graph.ListedOn || (graph.ID(q.Origin) != listed.From && graph.ID(q.Origin) != listed.To) {
			continue
		}
		listing := now.best([]graph.Claim{listed})
		for _, c := range all {
			old := c.From
			if c.Relation == graph.Sells && c.From != listing.From {
				old = c.To
			} else if c.Relation != graph.RebrandedAs {
				continue
			}
			best := arrival{}
			for _, a := range now.arrivals(old) {
				if a.company == listing.From && a.list == listing.To && (best.trails == nil || compareArrivals(a, best) < 0) {
					best = a
				}
			}
			if best.trails == nil || listing.ValidFrom.IsZero() || c.ValidFrom.Earliest() < listing.ValidFrom.Earliest() {
				continue
			}
			line := fmt.Sprintf("%s %s %s %s %s, listed from %s, %s %s", c.To, c.From, c.Relation, listing.From, listing.To, listing.ValidFrom, best.way, best.best().tier)
			if !slices.ContainsFunc(byLine[line], func(x graph.Claim) bool { return x.ID == c.ID }) {
				byLine[line] = append(byLine[line], c)
			}
		}
	}
	var rows []string
	for line, claims := range byLine {
		slices.SortFunc(claims, compareClaims)
		rows = append(rows, fmt.Sprintf("%s [%s] %s", line, shortIDs(claims), claims[0].ValidFrom))
	}
	slices.Sort(rows)
	return rows
}
