package resolve

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
	"sort"

	"debadge/graph"
)

// beginnings are the names of a segment in the order of their keys (those of
// [graph.NameKey]), so that all which begin with a text stand together. The names
// of companies and of products are apart: to ask for one kind is not to read
// through the other.
type beginnings [product + 1][]opening

// opening is what a person may begin to type: a name, or the brand of a product
// with the name behind it. It is the place in names, doubled, and one more with
// the brand. A name takes several bytes of the texts, so 31 bits are enough.
type opening uint32

const withBrand opening = 1

// opened is an opening with its key, for sorting.
type opened struct {
	head     uint64 // the first bytes of the key; most comparisons end here
	from, to int    // the key, among all keys
	opening
}

// newBeginnings sorts the names.
func (s *segment) newBeginnings() beginnings {
	var b beginnings
	for _, k := range []kind{company, product} {
		b[k] = s.sortedOpenings(k)
	}
	return b
}

func (s *segment) sortedOpenings(k kind) []opening {
	var keys []byte
	var all []opened
	for i := range s.names {
		n := &s.names[i]
		if n.kind != k {
			continue
		}
		name := opening(2 * i)
		for _, o := range []opening{name, name | withBrand} {
			if o&withBrand != 0 && s.brands[s.records[n.entity].brand] == "" {
				continue
			}
			from := len(keys)
			if keys = s.appendKey(keys, o); len(keys) > from {
				all = append(all, opened{head(keys[from:]), from, len(keys), o})
			}
		}
	}
	slices.SortFunc(all, func(a, b opened) int {
		if c := cmp.Compare(a.head, b.head); c != 0 {
			return c
		}
		if c := bytes.Compare(keys[a.from:a.to], keys[b.from:b.to]); c != 0 {
			return c
		}
		return cmp.Or(cmp.Compare(s.id(s.entityOf(a.opening)), s.id(s.entityOf(b.opening))), cmp.Compare(a.opening, b.opening))
	})
	sorted := make([]opening, len(all))
	for i := range all {
		sorted[i] = all[i].opening
	}
	return sorted
}

// head is the beginning of a key as a number that is in the order of keys.
func head(key []byte) uint64 {
	var first [8]byte
	copy(first[:], key)
	return binary.BigEndian.Uint64(first[:])
}

func (s *segment) entityOf(o opening) uint32 { return s.names[o/2].entity }

// appendKey appends the key of an opening.
func (s *segment) appendKey(to []byte, o opening) []byte {
	n := &s.names[o/2]
	if o&withBrand != 0 {
		to = graph.AppendNameKey(to, s.brands[s.records[n.entity].brand])
	}
	return graph.AppendNameKey(to, s.texts.get(n.text))
}

// begun is an entity with the key that begins as asked.
type begun struct {
	key string
	ref graph.EntityRef
}

// beginning appends the first entities of a kind that a key begins, in the order
// of keys and then of ids, one more than the limit if there are so many, and
// returns how many openings it read.
func (r *run) beginning(s *segment, k kind, key []byte, limit int, found []begun) (_ []begun, read int) {
	all := s.begins[k]
	var have []byte
	first := sort.Search(len(all), func(i int) bool {
		read++
		have = s.appendKey(have[:0], all[i])
		return bytes.Compare(have, key) >= 0
	})
	seen := map[uint32]bool{}
	for _, o := range all[first:] {
		read++
		have = s.appendKey(have[:0], o)
		if len(seen) > limit || !bytes.HasPrefix(have, key) {
			break
		}
		entity := s.entityOf(o)
		if seen[entity] || r.hidden(s, entity) {
			continue
		}
		seen[entity] = true
		found = append(found, begun{string(have), s.ref(entity)})
	}
	return found, read
}
