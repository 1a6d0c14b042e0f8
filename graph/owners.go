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
}

// noClaim is the handle of no claim.
const noClaim ClaimRef = -1

func (q *inquiry) evaluate(w *walk, day Day, tier Status, without ClaimRef) *evaluation {
	ev := &evaluation{q: q, w: w, day: day, tier: tier, without: without, force: q.inForce(day)}
	if w.has(Ownership) {
		ev.countShares(make([]uint8, len(w.edges)), new(membership))
	}
	return ev
}

// countShares finds out which rules in force count which shares, into counts, which is
// all zero and has room for every edge.
func (ev *evaluation) countShares(counts []uint8, m *membership) {
	w := ev.w
	ev.counts = counts
	for i := range ev.q.rules {
		rule := &ev.q.rules[i]
		if ev.force>>i&1 == 0 {
			continue
		}
		in := ev.members(rule, atLeast, m)
		for local := range len(w.start) - 1 {
			for k := w.start[local]; k < w.start[local+1]; k++ {
				e := &w.edges[k]
				if e.Relation == Owns && w.far[k] >= 0 && rule.counts(e) && !rule.excluded[e.Near] && rule.hop(e, in[local] && in[w.far[k]]) {
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
// itself. A member's whole share counts. A new name of a member is a member.
//
// The result is in m until m is used again.
func (ev *evaluation) members(rule *ownershipRule, b bound, m *membership) []bool {
	w := ev.w
	in, sums := m.reset(len(w.nodes))
	for i := range len(w.start) - 1 {
		for k := w.start[i]; k < w.start[i+1] && !in[i]; k++ {
			e := &w.edges[k]
			in[i] = e.Relation == ListedOn && rule.covers(e.Far) && ev.holds(e)
		}
	}
	for changed := true; changed; {
		changed = false
		for i := len(w.start) - 2; i >= 0; i-- { // owners stand behind what they own
			if !in[i] && ev.joins(i, rule, b, in, sums) {
				in[i], changed = true, true
			}
		}
	}
	return in
}

func (ev *evaluation) joins(i int, rule *ownershipRule, b bound, in []bool, sums *shareSum) bool {
	w := ev.w
	if rule.excluded[w.nodes[i]] {
		return false
	}
	sums.reset()
	for k := w.start[i]; k < w.start[i+1]; k++ {
		e, far := &w.edges[k], w.far[k]
		if far < 0 || !in[far] || !ev.holds(e) {
			continue
		}
		if e.Relation == RenamedTo {
			return true
		}
		if e.Relation != Owns || !rule.counts(e) {
			continue
		}
		share := b.share(e)
		switch rule.Form {
		case AnyShare:
			return true
		case Majority:
			if share >= rule.Threshold.Micro() {
				return true
			}
		case Aggregate:
			if sums.add(far, share) >= int64(rule.Threshold.Micro()) {
				return true
			}
		}
	}
	return false
}

// membership is the memory of [evaluation.members].
type membership struct {
	in   []bool
	sums shareSum
}

func (m *membership) reset(n int) ([]bool, *shareSum) {
	m.in = slices.Grow(m.in[:0], n)[:n]
	clear(m.in)
	m.sums.reset()
	m.sums.most = append(m.sums.most, make([]int32, max(0, n-len(m.sums.most)))...)
	return m.in, &m.sums
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

func (s *shareSum) add(owner, share int32) int64 {
	if share > s.most[owner] {
		if s.most[owner] == 0 {
			s.touched = append(s.touched, owner)
		}
		s.total += int64(share - s.most[owner])
		s.most[owner] = share
	}
	return s.total
}
