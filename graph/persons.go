package graph

import (
	"cmp"
	"slices"
)

// persons tells which companies of a walk are one legal person under the ids of
// several registers, by the SAME_AS claims that hold. It is empty where there
// are none.
type persons struct {
	of   []int32 // by company: one of the same person, the same one for all of them
	next []int32 // by company: another one of the same person, in a ring
}

// gatherPersons reads the persons of the walk.
func (ev *evaluation) gatherPersons() {
	w, p := ev.w, &ev.persons
	p.of, p.next = p.of[:0], p.next[:0]
	if !w.has(Identity) {
		return
	}
	for i := range int32(len(w.start) - 1) { //nolint:gosec // bounded by MaxEntities
		for k := w.start[i]; k < w.start[i+1]; k++ {
			if w.edges[k].Relation == SameAs && w.far[k] >= 0 && ev.holds(&w.edges[k]) {
				p.unite(i, w.far[k], len(w.nodes))
			}
		}
	}
	for i := range p.of {
		p.of[i] = p.first(int32(i))
	}
}

// unite makes two of n companies one person.
func (p *persons) unite(a, b int32, n int) {
	for i := int32(len(p.of)); int(i) < n; i++ { //nolint:gosec // bounded by MaxEntities
		p.of, p.next = append(p.of, i), append(p.next, i)
	}
	x, y := p.first(a), p.first(b)
	if x == y {
		return
	}
	p.of[max(x, y)] = min(x, y)
	p.next[a], p.next[b] = p.next[b], p.next[a] // two rings become one
}

// first returns the company that stands for the person, while they are united.
func (p *persons) first(i int32) int32 {
	for p.of[i] != i {
		p.of[i] = p.of[p.of[i]]
		i = p.of[i]
	}
	return i
}

// after returns another company of the same person, so that a walk from one to
// the next meets each once; a company with one id is its own.
func (p *persons) after(i int32) int32 {
	if len(p.of) == 0 {
		return i
	}
	return p.next[i]
}

// leftOut reports whether a rule does not cover a company because of where it
// is seated. What its other ids say of a seat elsewhere counts too.
func (ev *evaluation) leftOut(rule *ownershipRule, i int32) bool {
	w := ev.w
	if !rule.excluded[w.nodes[i]] {
		return false
	}
	for id := ev.persons.after(i); id != i; id = ev.persons.after(id) {
		if excluded, known := rule.excluded[w.nodes[id]]; known && !excluded {
			return false
		}
	}
	return true
}

// sum adds up what the owners in m.sums hold. Two registers may tell of one
// holding under two ids of its owner, or of two holdings; so at the least a
// person has as many of the shares, the largest ones, as it has ids that are
// members in their own right, and at the most all of them. A person whose ids
// are all listed is counted more than once by that: counted less, the claim
// that they are one person would take a company out.
func (ev *evaluation) sum(b bound, m *membership) int64 {
	s, p := &m.sums, &ev.persons
	if b == atMost || len(p.of) == 0 {
		return s.total
	}
	slices.SortFunc(s.touched, func(x, y int32) int {
		return cmp.Or(cmp.Compare(p.of[x], p.of[y]), cmp.Compare(s.most[y], s.most[x]))
	})
	var sum int64
	left := 0 // shares of the person that count
	for i, owner := range s.touched {
		if i == 0 || p.of[owner] != p.of[s.touched[i-1]] {
			left = p.members(owner, m)
		}
		if left > 0 {
			sum += int64(s.most[owner])
		}
		left--
	}
	return sum
}

// members returns how many ids of a person are members in their own right.
func (p *persons) members(i int32, m *membership) int {
	n := 0
	for id, again := i, true; again; again = id != i {
		if m.own[id] {
			n++
		}
		id = p.next[id]
	}
	return n
}
