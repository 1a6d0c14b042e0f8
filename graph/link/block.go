package link

import (
	"cmp"
	"hash/maphash"
	"slices"
)

// bearer is a company with one of its traits, by their numbers.
type bearer struct {
	hash    uint64
	company int32
	trait   int32
}

// blocks calls visit with the bearers of each trait that several companies
// have, in the order of companies. Sorting hashes takes a fraction of the memory
// of a map of values.
func blocks(companies []*company, visit func([]bearer)) {
	var all []bearer
	seed := maphash.MakeSeed() // which block comes first changes nothing
	for i, c := range companies {
		for k, t := range c.traits {
			hash := maphash.Comparable(seed, [2]string{t.what, t.value})
			all = append(all, bearer{hash, int32(i), int32(k)})
		}
	}
	slices.SortFunc(all, func(a, b bearer) int { return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.company, b.company)) })
	same := func(a, b bearer) bool {
		s, t := &companies[a.company].traits[a.trait], &companies[b.company].traits[b.trait]
		return s.what == t.what && s.value == t.value
	}
	for len(all) > 0 {
		n := 1
		for n < len(all) && all[n].hash == all[0].hash {
			n++
		}
		block := all[:n]
		all = all[n:]
		for len(block) > 1 { // one value, but for values of one hash
			here := slices.DeleteFunc(slices.Clone(block), func(b bearer) bool { return !same(block[0], b) })
			if len(here) > 1 {
				visit(here)
			}
			block = slices.DeleteFunc(slices.Clone(block), func(b bearer) bool { return same(block[0], b) })
		}
	}
}
