package graph

import (
	"cmp"
	"slices"
)

func (b *book) listings() []ListingAnswer {
	all := make([]ListingAnswer, 0, len(b.chosen))
	for _, c := range b.chosen {
		listing := b.byEdge(c.ev.parallel(c.listing))[0]
		l := ListingAnswer{
			Entity: b.nodes[b.w.nodes[c.company]], List: b.nodes[c.list], Way: c.way, Strength: c.tier,
			ListedFrom: listing.ValidFrom, ListedTo: listing.ValidTo, DecisiveClaims: b.ids(c.decisive),
		}
		for _, r := range c.routes {
			l.Paths = append(l.Paths, b.path(c.ev, r))
		}
		all = append(all, l)
	}
	slices.SortStableFunc(all, func(x, y ListingAnswer) int {
		return cmp.Or(
			cmp.Compare(x.Strength, y.Strength), cmp.Compare(x.Way, y.Way),
			cmp.Compare(len(x.Paths[0].Hops), len(y.Paths[0].Hops)), cmp.Compare(y.Paths[0].Confidence, x.Paths[0].Confidence),
			cmp.Compare(x.Entity.ID, y.Entity.ID), cmp.Compare(x.List.ID, y.List.ID),
		)
	})
	return all
}

func (b *book) path(ev *evaluation, r route) Path {
	p := Path{
		Way: r.way, Strength: r.tier, Affiliations: r.affiliations,
		Confidence: r.confidence.decimalOf(len(r.hops) + 1),
	}
	listing := b.byEdge(ev.parallel(r.listing))[0]
	for _, k := range append(slices.Clone(r.hops), r.listing) {
		claims := b.byEdge(ev.parallel(k))
		hop := Hop{
			Relation: claims[0].Relation, From: b.byID[claims[0].From], To: b.byID[claims[0].To],
			Strength: claims[0].Status, Claims: claims, Jointly: b.byEdge(ev.jointly(k)),
			PostListing: postListing(claims, listing),
		}
		p.PostListingRebadge = p.PostListingRebadge || hop.PostListing
		p.Hops = append(p.Hops, hop)
	}
	return p
}

// postListing reports whether a hop is a rebranding, or a sale under another
// company's label, that began on or after the day of the listing.
func postListing(hop []Claim, listing Claim) bool {
	if listing.ValidFrom.IsZero() {
		return false
	}
	for _, c := range hop {
		rebadged := c.Relation == RebrandedAs || (c.Relation == Sells && c.From != listing.From)
		if rebadged && c.ValidFrom.Earliest() >= listing.ValidFrom.Earliest() {
			return true
		}
	}
	return false
}

func (b *book) disputed() []ClaimAnswer {
	all := make([]ClaimAnswer, 0, len(b.rejected))
	for _, r := range b.rejected {
		all = append(all, b.claims[r])
	}
	slices.SortFunc(all, compareClaims)
	return all
}

func (b *book) ownership(verdicts []verdict) []OwnershipAnswer {
	all := make([]OwnershipAnswer, 0, len(verdicts))
	for _, v := range verdicts {
		o := OwnershipAnswer{
			Entity: b.nodes[v.company], Rule: v.rule.Name, InForce: forceNames[v.force], Verdict: v.verdict,
			ShareMin: ShareOf(int32(v.min)), ShareMax: ShareOf(int32(v.max)), Owners: []OwnerPart{}, Note: v.note, //nolint:gosec // at most WholeShare
		}
		for _, part := range v.owners {
			o.Owners = append(o.Owners, OwnerPart{
				Entity: b.nodes[b.w.nodes[part.owner]], Verdict: part.verdict,
				ShareMin: ShareOf(part.min), ShareMax: ShareOf(part.max), Claims: b.byEdge(part.edges),
			})
		}
		slices.SortFunc(o.Owners, func(x, y OwnerPart) int { return cmp.Compare(x.Entity.ID, y.Entity.ID) })
		all = append(all, o)
	}
	return all
}

// since returns the start of the unbroken stretch with the present finding;
// steps are newest first.
func (b *book) since(steps []step, now Finding) Date {
	start := MinDay
	for _, s := range steps {
		if s.finding != now {
			return b.dateOf(start)
		}
		start = s.from
	}
	return Date{} // from the first day on, or from before the steps that were looked at
}

// dateOf returns a day on which something changed as the sources give it: where
// they differ in precision, the least precise.
func (b *book) dateOf(day Day) Date {
	if day == MinDay || day == MaxDay {
		return Date{}
	}
	best := day.Date()
	for ref := range b.dating {
		c := b.claims[ref]
		for _, d := range []struct {
			date Date
			day  Day
		}{{c.ValidFrom, c.ValidFrom.Earliest()}, {c.ValidTo, c.ValidTo.Latest()}} {
			if !d.date.IsZero() && d.day == day && len(d.date.String()) < len(best.String()) {
				best = d.date
			}
		}
	}
	return best
}

// former returns the listings of earlier steps that are no longer reached; the
// stretch shown is the last one. Steps are newest first.
func (b *book) former(steps []step) []FormerListing {
	all := []FormerListing{}
	if len(steps) == 0 {
		return all
	}
	done := map[target]bool{}
	for _, e := range steps[0].entries {
		done[e.target] = true
	}
	for i := 1; i < len(steps); i++ {
		for _, e := range steps[i].entries {
			if done[e.target] {
				continue
			}
			done[e.target] = true
			from := steps[i].from
			for _, earlier := range steps[i+1:] {
				if !slices.ContainsFunc(earlier.entries, func(x entry) bool { return x.target == e.target }) {
					break
				}
				from = earlier.from
			}
			all = append(all, FormerListing{
				Entity: b.nodes[b.w.nodes[e.company]], List: b.nodes[e.list], Way: e.way,
				From: b.dateOf(from), To: b.dateOf(steps[i].to),
			})
		}
	}
	slices.SortFunc(all, func(x, y FormerListing) int {
		return cmp.Or(cmp.Compare(x.Entity.ID, y.Entity.ID), cmp.Compare(x.List.ID, y.List.ID), cmp.Compare(x.Way, y.Way))
	})
	return all
}

// timeline writes down steps, which are newest first, in the order of time, and
// joins neighbors that say the same.
func (b *book) timeline(steps []step) ([]Step, bool, []string) {
	all, complete, reasons := []Step{}, true, []string(nil)
	for _, s := range slices.Backward(steps) {
		next := Step{
			From: b.dateOf(s.from), To: b.dateOf(s.to), Finding: s.finding, Strength: s.strength, Action: s.action,
			Listings: make([]StepListing, 0, len(s.entries)),
		}
		for _, e := range s.entries {
			next.Listings = append(next.Listings, StepListing{
				Entity: b.nodes[b.w.nodes[e.company]], List: b.nodes[e.list], Way: e.way, Strength: e.tier,
			})
		}
		slices.SortFunc(next.Listings, func(x, y StepListing) int {
			return cmp.Or(cmp.Compare(x.Strength, y.Strength), cmp.Compare(x.Way, y.Way), cmp.Compare(x.Entity.ID, y.Entity.ID), cmp.Compare(x.List.ID, y.List.ID))
		})
		complete = complete && s.complete
		for _, why := range s.reasons {
			if !slices.Contains(reasons, why) {
				reasons = append(reasons, why)
			}
		}
		if last := len(all) - 1; last >= 0 && sameStep(all[last], next) {
			all[last].To = next.To
			continue
		}
		all = append(all, next)
	}
	return all, complete, reasons
}

func sameStep(a, b Step) bool {
	return a.Finding == b.Finding && a.Strength == b.Strength && a.Action == b.Action && slices.Equal(a.Listings, b.Listings)
}
