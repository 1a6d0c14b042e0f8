package storetest

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"debadge/graph"
)

// Trace answers a trace in the compact form of the cases, without the disputed
// claims.
func (r *Reference) Trace(q graph.Question) Expected {
	now := r.read(q.Policy, q.Lists, q.AsOf)
	subject := graph.ID(q.Subject)
	if _, ok := r.entities[subject]; !ok {
		editions, least := now.editions()
		return Expected{Finding: graph.Unknown, Action: max(q.Policy.Actions.Unknown, least), Complete: true, Editions: editions}
	}
	arrivals := now.arrivals(subject)
	verdicts := now.verdicts(subject)
	e := now.conclude(subject, arrivals, verdicts)
	var least graph.Action
	e.Editions, least = now.editions()
	e.Action = max(e.Action, least)
	for _, a := range arrivals {
		l := ExpectedListing{
			Listing: fmt.Sprintf("%s %s %s %s%s", a.company, a.list, a.way, a.best().tier, period(now.best(a.best().listing).ValidFrom, now.best(a.best().listing).ValidTo)),
		}
		for _, t := range a.trails[:min(max(q.Paths, 1), len(a.trails))] {
			path := now.path(t)
			l.Paths = append(l.Paths, path)
		}
		for _, c := range r.claims {
			if weaker(strengthOf(now.leaving(c.ID).arrivals(subject), a.company, a.list, a.way), a.best().tier) {
				l.Decisive = append(l.Decisive, shortID(c.ID))
			}
		}
		slices.Sort(l.Decisive)
		e.Listings = append(e.Listings, l)
	}
	for _, c := range r.claims {
		if len(arrivals) > 0 && weaker(strengthOf(now.leaving(c.ID).arrivals(subject), "", "", graph.ByAffiliation), e.Strength) {
			e.Decisive = append(e.Decisive, shortID(c.ID))
		}
	}
	slices.Sort(e.Decisive)
	for _, v := range verdicts {
		e.Ownership = append(e.Ownership, v.String())
	}
	now.history(subject, &e)
	return e
}

// editions tells of each list that counts which edition of it was imported, and
// the action that is taken whatever else is found. Of several registers the one
// counts that was looked at last.
func (r reading) editions() (lines []string, least graph.Action) {
	for id, list := range r.entities {
		if id.Kind() != graph.List || !r.listCounts(id) {
			continue
		}
		line, last := "", time.Time{}
		stale := false
		for i, text := range list.Attributes["edition"] {
			seen := date(text).Latest().Time()
			if checked := list.Attributes["edition_checked"]; i < len(checked) && date(checked[i]).Latest().Time().After(seen) {
				seen = date(checked[i]).Latest().Time()
			}
			if !seen.After(last) {
				continue
			}
			last, stale = seen, false
			if age := list.Attributes["max_age_days"]; i < len(age) && age[i] != "0" {
				days, err := time.ParseDuration(age[i] + "h")
				stale = err == nil && r.day.Time().After(seen.Add(days*24))
			}
			complete := list.Attributes["edition_complete"]
			line = editionText(id, text, i >= len(complete) || complete[i] != "no", stale)
		}
		if line != "" {
			lines = append(lines, line)
		}
		if stale {
			least = graph.Review
		}
	}
	slices.Sort(lines)
	return lines, least
}

func (r *Reference) read(policy graph.Policy, lists []string, day graph.Day) reading {
	now := reading{Reference: r, policy: &policy, day: day, tier: policy.WeakestStatus}
	for _, l := range lists {
		now.lists = append(now.lists, graph.ID(l))
	}
	return now
}

func weaker(after, before graph.Status) bool { return after == 0 || after > before }

// strengthOf returns the strongest of the arrivals at a listing (at any, if none
// is named) by a way or a more direct one, 0 for none.
func strengthOf(all []arrival, company, list graph.ID, way graph.Way) graph.Status {
	best := graph.Status(0)
	for _, a := range all {
		if (company == "" || (a.company == company && a.list == list)) && a.way <= way && (best == 0 || a.best().tier < best) {
			best = a.best().tier
		}
	}
	return best
}

// conclude turns what was found into a finding and an action.
func (r reading) conclude(subject graph.ID, arrivals []arrival, verdicts []refVerdict) Expected {
	actions := r.policy.Actions
	e := Expected{Finding: graph.Clear, Complete: !r.deep(subject), Strength: strengthOf(arrivals, "", "", graph.ByAffiliation)}
	for _, a := range arrivals {
		e.Finding = graph.Listed
		e.Action = max(e.Action, act(actions, a.best().tier, a.way))
	}
	undetermined := slices.ContainsFunc(verdicts, func(v refVerdict) bool { return v.verdict == graph.Undetermined && !r.implied(v.rule) })
	if undetermined {
		e.Action = max(e.Action, actions.Undetermined)
	}
	if !e.Complete {
		e.Action = max(e.Action, actions.Incomplete)
	}
	if e.Finding == graph.Clear && (undetermined || !e.Complete) {
		e.Finding = graph.Unknown
		e.Action = max(e.Action, actions.Unknown)
	}
	if e.Finding == graph.Clear {
		e.Action = actions.Clear
	}
	return e
}

func act(actions graph.Actions, strength graph.Status, way graph.Way) graph.Action {
	if way == graph.ByAffiliation {
		return actions.Affiliation
	}
	return map[graph.Status]graph.Action{
		graph.Confirmed: actions.Confirmed, graph.Reported: actions.Reported, graph.Alleged: actions.Alleged,
	}[strength]
}

// deep is whether some entity is more than the most hops away, by claims of any
// kind that is walked.
func (r reading) deep(subject graph.ID) bool {
	claims := r.admissible()
	seen := map[graph.ID]bool{subject: true}
	level := []graph.ID{subject}
	for hops := 0; len(level) > 0; hops++ {
		if hops > r.policy.MaxHops {
			return true
		}
		var next []graph.ID
		for _, near := range level {
			for _, hop := range hopsFrom(claims, near) {
				if !seen[hop.far] {
					seen[hop.far] = true
					next = append(next, hop.far)
				}
			}
		}
		level = next
	}
	return false
}

// implied is whether an earlier rule, for every list and at any time, catches
// all that a rule catches.
func (r reading) implied(i int) bool {
	rule := r.policy.Ownership[i]
	for _, o := range r.policy.Ownership[:i] {
		wider := len(o.Lists) == 0 && len(o.InForce) == 0 && len(o.ExcludeCountries) == 0
		for _, interest := range orEquity(rule.Interests) {
			wider = wider && slices.Contains(orEquity(o.Interests), interest)
		}
		if wider && (o.Form == graph.AnyShare || (o.Form == rule.Form && o.Threshold.Micro() <= rule.Threshold.Micro())) {
			return true
		}
	}
	return false
}

func orEquity(interests []graph.Interest) []graph.Interest {
	if len(interests) == 0 {
		return []graph.Interest{graph.Equity}
	}
	return interests
}

// refVerdict is what one ownership rule says of one company.
type refVerdict struct {
	company  graph.ID
	rule     int
	name     string
	force    string
	verdict  graph.Verdict
	min, max int64
	owners   []string
}

// String is the verdict in the compact form of the cases.
func (v refVerdict) String() string {
	own := fmt.Sprintf("%s %s (in force: %s) %s %s..%s", v.company, v.name, v.force, v.verdict, percent(v.min), percent(v.max))
	return strings.Join(append([]string{own}, v.owners...), ", ")
}

func percent(micro int64) string {
	return graph.ShareOf(int32(min(micro, graph.WholeShare))).String()
}

// verdicts asks every rule about every company with owners that the subject
// leads to without ownership or affiliation.
func (r reading) verdicts(subject graph.ID) []refVerdict {
	claims := r.admissible()
	var companies []graph.ID
	seen := map[graph.ID]bool{subject: true}
	level := []graph.ID{subject}
	for hops := 0; hops <= r.policy.MaxHops; hops++ {
		var next []graph.ID
		for _, near := range level {
			owned := false
			for _, hop := range hopsFrom(claims, near) {
				owned = owned || hop.relation == graph.Owns
				if hop.relation != graph.Owns && hop.relation != graph.AffiliatedWith && !seen[hop.far] {
					seen[hop.far] = true
					next = append(next, hop.far)
				}
			}
			if owned {
				companies = append(companies, near)
			}
		}
		level = next
	}
	slices.Sort(companies)
	var all []refVerdict
	for _, company := range companies {
		for i := range r.policy.Ownership {
			all = append(all, r.verdict(claims, company, i))
		}
	}
	return all
}

func (r reading) verdict(claims []graph.Claim, company graph.ID, i int) refVerdict {
	rule := &r.policy.Ownership[i]
	v := refVerdict{company: company, rule: i, name: rule.Name, force: r.inForce(rule), verdict: graph.Out}
	least, most := r.caught(rule, claims, true), r.caught(rule, claims, false)
	in, _ := r.joins(rule, claims, least, company, true)
	perhaps, _ := r.joins(rule, claims, most, company, false)
	switch {
	case v.force == "no":
	case in && v.force == "yes":
		v.verdict = graph.In
	case in || perhaps:
		v.verdict = graph.Undetermined
	}
	ids := person(claims, company)
	lows, highs := map[graph.ID]graph.Share{}, map[graph.ID]graph.Share{}
	for _, c := range claims {
		if c.Relation != graph.Owns || !slices.Contains(ids, c.To) || !most.in[c.From] || !countsInterest(rule, c) {
			continue
		}
		if c.ShareMax.Micro() >= highs[c.From].Micro() {
			highs[c.From] = c.ShareMax
		}
		if least.in[c.From] && c.ShareMin.Micro() >= lows[c.From].Micro() {
			lows[c.From] = c.ShareMin
		}
	}
	for owner, high := range highs {
		says := graph.Undetermined
		if least.in[owner] {
			says = graph.In
		}
		v.owners = append(v.owners, fmt.Sprintf("%s %s %s..%s", owner, says, percent(int64(lows[owner].Micro())), percent(int64(high.Micro()))))
	}
	slices.Sort(v.owners)
	v.min, v.max = total(claims, least, lows, true).Int64(), total(claims, most, highs, false).Int64()
	return v
}

// best returns the claim that an answer shows first.
func (r reading) best(claims []graph.Claim) graph.Claim {
	return slices.MinFunc(r.all(claims), compareClaims)
}

func compareClaims(a, b graph.Claim) int {
	return cmp.Or(cmp.Compare(a.Status, b.Status), cmp.Compare(b.Confidence, a.Confidence), cmp.Compare(a.ID, b.ID))
}

// all returns every admissible claim that says the same, at any status that
// counts.
func (r reading) all(claims []graph.Claim) []graph.Claim {
	var same []graph.Claim
	for _, c := range r.upTo(r.policy.WeakestStatus).admissible() {
		if c.Relation == claims[0].Relation && c.From == claims[0].From && c.To == claims[0].To {
			same = append(same, c)
		}
	}
	slices.SortFunc(same, compareClaims)
	return same
}

// path is a path in the compact form of the cases.
func (r reading) path(t trail) ExpectedPath {
	var hops []string
	late := false
	listing := r.best(t.listing)
	for _, hop := range t.hops {
		claims := r.all(hop.claims)
		after := false
		for _, c := range claims {
			rebadged := c.Relation == graph.RebrandedAs || (c.Relation == graph.Sells && c.From != listing.From)
			after = after || (rebadged && !listing.ValidFrom.IsZero() && c.ValidFrom.Earliest() >= listing.ValidFrom.Earliest())
		}
		late = late || after
		hops = append(hops, hopText(claims, r.jointly(hop, claims), after))
	}
	hops = append(hops, hopText(r.all(t.listing), nil, false))
	return ExpectedPath{Path: pathText(t.way, t.tier, t.confidence(), t.affiliations, late), Hops: hops}
}

// decimals is a product of percents as a number from 0 to 1, rounded half up to
// four decimals.
func decimals(product *big.Int, n int) float64 {
	exact := new(big.Rat).SetFrac(product, new(big.Int).Exp(big.NewInt(100), big.NewInt(int64(n)), nil))
	exact.Mul(exact, big.NewRat(10_000, 1)).Add(exact, big.NewRat(1, 2))
	floor := new(big.Int).Div(exact.Num(), exact.Denom())
	return float64(floor.Int64()) / 10_000
}

// jointly returns the shares of other owners, in whichever id of the company,
// that a rule adds to those of a hop: none where a share of the hop is enough by some rule.
func (r reading) jointly(hop step1, claims []graph.Claim) []graph.Claim {
	if hop.relation != graph.Owns {
		return nil
	}
	r = r.upTo(r.policy.WeakestStatus)
	all := r.admissible()
	var adding []int
	for i := range r.policy.Ownership {
		rule := &r.policy.Ownership[i]
		in := r.caught(rule, all, true).in
		for _, c := range claims {
			if r.shareCounts(rule, all, c, nil) {
				return nil
			}
			if r.shareCounts(rule, all, c, in) && !slices.Contains(adding, i) {
				adding = append(adding, i)
			}
		}
	}
	if len(adding) == 0 {
		return nil
	}
	rule := &r.policy.Ownership[adding[0]]
	in, ids := r.caught(rule, all, true).in, person(all, hop.near)
	var others []graph.Claim
	for _, c := range all {
		if c.Relation == graph.Owns && slices.Contains(ids, c.To) && c.From != hop.far && in[c.From] && countsInterest(rule, c) {
			others = append(others, c)
		}
	}
	slices.SortFunc(others, compareClaims)
	return others
}
