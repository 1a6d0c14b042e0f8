package graph

import "slices"

// evaluation is one reading of a walk: on a day, with claims up to a status,
// and perhaps without one claim.
type evaluation struct {
	q       *inquiry
	w       *walk
	day     Day
	tier    Status
	without ClaimRef
	force   uint8   // the rules in force that day, as bits
	counts  []uint8 // by edge: the rules that count this share as ownership, as bits
	persons persons // that have several ids, where there are shares
}

// noClaim is the handle of no claim.
const noClaim ClaimRef = -1

func (q *inquiry) evaluate(w *walk, day Day, tier Status, without ClaimRef) *evaluation {
	ev := &evaluation{q: q, w: w, day: day, tier: tier, without: without, force: q.inForce(day)}
	if w.has(Ownership) {
		ev.countShares(w.zeros(len(w.edges)), &w.scratch)
	}
	return ev
}

// countShares finds out which rules in force count which shares, into counts, which is
// all zero and has room for every edge.
func (ev *evaluation) countShares(counts []uint8, m *membership) {
	w := ev.w
	ev.counts = counts
	ev.gatherPersons()
	for i := range ev.q.rules {
		rule := &ev.q.rules[i]
		if ev.force>>i&1 == 0 {
			continue
		}
		in := ev.members(rule, atLeast, m).in
		for local := range int32(len(w.start) - 1) { //nolint:gosec // bounded by MaxEntities
			for k := w.start[local]; k < w.start[local+1]; k++ {
				e := &w.edges[k]
				if e.Relation == Owns && w.far[k] >= 0 && rule.counts(e) && !ev.leftOut(rule, local) && rule.hop(e, in[local] && in[w.far[k]]) {
					ev.counts[k] |= 1 << i
				}
			}
		}
	}
}

// hop reports whether a share is ownership by the rule; caught says that both
// ends count as listed.
func (r *ownershipRule) hop(e *Edge, caught bool) bool {
	switch r.Form {
	case AnyShare:
		return true
	case Majority:
		return e.ShareMin >= r.Threshold.Micro()
	case Aggregate:
		return caught || e.ShareMin >= r.Threshold.Micro()
	}
	return false
}

func (ev *evaluation) holds(e *Edge) bool {
	return e.From <= ev.day && ev.day < e.To && e.Status <= ev.tier && e.Claim != ev.without
}

// bound picks the end of a share's band.
type bound uint8

const (
	atLeast bound = iota
	atMost
)

func (b bound) share(e *Edge) int32 {
	if b == atMost {
		return e.ShareMax
	}
	return e.ShareMin
}

// members returns which companies of the walk count as listed by a rule, by
// their number: the least set that holds the listed companies, and every
// company of which its members hold enough (OFAC FAQ 401; 15 CFR 744
// Supplement 8). A ring of companies that own each other does not get in by
// itself. A member's whole share counts. A new name of a member is a member,
// and so is every other id of the same legal person.
//
// The result is m.
func (ev *evaluation) members(rule *ownershipRule, b bound, m *membership) *membership {
	w := ev.w
	m.reset(len(w.nodes))
	for i := range len(w.start) - 1 {
		for k := w.start[i]; k < w.start[i+1] && !m.in[i]; k++ {
			e := &w.edges[k]
			m.in[i] = e.Relation == ListedOn && rule.covers(e.Far) && ev.holds(e)
		}
	}
	copy(m.own, m.in)
	for changed := true; changed; {
		changed = false
		for i := int32(len(w.start) - 2); i >= 0; i-- { //nolint:gosec // bounded by MaxEntities; owners stand behind what they own
			if m.own[i] {
				continue
			}
			in, own := ev.joins(i, rule, b, m)
			if own || (in && !m.in[i]) {
				m.in[i], m.own[i], changed = true, own, true
			}
		}
	}
	return m
}

// joins reports whether a company counts as listed because of the members: in
// its own right, since it is a new name of one or they hold enough of it, or as
// another id of one.
func (ev *evaluation) joins(i int32, rule *ownershipRule, b bound, m *membership) (in, own bool) {
	w := ev.w
	if ev.leftOut(rule, i) {
		return false, false
	}
	for k := w.start[i]; k < w.start[i+1]; k++ {
		e, far := &w.edges[k], w.far[k]
		if rules[e.Relation].Layer != Identity || far < 0 || !m.in[far] || !ev.holds(e) {
			continue
		}
		if e.Relation != SameAs {
			return true, true
		}
		in = true
	}
	if ev.held(i, rule, b, m) {
		return true, true
	}
	return in, false
}

// held reports whether members hold enough of a company, by claims about any of
// its ids.
func (ev *evaluation) held(i int32, rule *ownershipRule, b bound, m *membership) bool {
	w, sums := ev.w, &m.sums
	sums.reset()
	for id, again := i, true; again; again = id != i {
		for k := w.start[id]; k < w.start[id+1]; k++ {
			e, far := &w.edges[k], w.far[k]
			if e.Relation != Owns || far < 0 || !m.in[far] || !rule.counts(e) || !ev.holds(e) {
				continue
			}
			share := b.share(e)
			if rule.Form == AnyShare || (rule.Form == Majority && share >= rule.Threshold.Micro()) {
				return true
			}
			sums.add(far, share)
		}
		id = ev.persons.after(id)
	}
	return rule.Form == Aggregate && ev.sum(b, m) >= int64(rule.Threshold.Micro())
}

// membership is the result of [evaluation.members] and its memory.
type membership struct {
	in   []bool
	own  []bool // in its own right, not merely as another id of a member
	sums shareSum
}

func (m *membership) reset(n int) {
	m.in, m.own = slices.Grow(m.in[:0], n)[:n], slices.Grow(m.own[:0], n)[:n]
	clear(m.in)
	clear(m.own)
	m.sums.reset()
	m.sums.most = append(m.sums.most, make([]int32, max(0, n-len(m.sums.most)))...)
}

// shareSum adds up what several owners hold. Of several claims about one owner
// the largest share counts, and only once: another source adds evidence, not
// shares, and adding a claim never takes a company out.
type shareSum struct {
	most    []int32
	touched []int32
	total   int64
}

func (s *shareSum) reset() {
	for _, i := range s.touched {
		s.most[i] = 0
	}
	s.touched, s.total = s.touched[:0], 0
}

func (s *shareSum) add(owner, share int32) {
	if share > s.most[owner] {
		if s.most[owner] == 0 {
			s.touched = append(s.touched, owner)
		}
		s.total += int64(share - s.most[owner])
		s.most[owner] = share
	}
}
