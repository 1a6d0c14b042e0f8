package index

import (
	"math/bits"
	"sync/atomic"
)

// The tables here have one writer and any number of readers without a lock.
// They only grow; what is in them beyond a snapshot's limits, its readers pass
// over. A full table is copied into a larger one, which the next snapshot has.

// table finds numbers by the hash of something that a caller compares.
type table struct {
	slots []uint32 // number + 1, 0 if free
	used  int
}

const smallest = 64

func newTable(items int) *table {
	return &table{slots: make([]uint32, max(smallest, 1<<bits.Len(uint(items*3/2))))}
}

func (t *table) find(hash uint64, match func(uint32) bool) (uint32, bool) {
	if t == nil {
		return 0, false
	}
	mask := uint64(len(t.slots) - 1) //nolint:gosec // never empty
	for i := hash & mask; ; i = (i + 1) & mask {
		v := atomic.LoadUint32(&t.slots[i])
		if v == 0 {
			return 0, false
		}
		if match(v - 1) {
			return v - 1, true
		}
	}
}

// add returns the table that holds v too. rehash gives the hash of a number
// that is in the table.
func (t *table) add(hash uint64, v uint32, rehash func(uint32) uint64) *table {
	if t == nil {
		t = newTable(0)
	}
	if t.used >= len(t.slots)*3/4 {
		larger := newTable(len(t.slots))
		for _, old := range t.slots {
			if old != 0 {
				larger.put(rehash(old-1), old)
			}
		}
		t = larger
	}
	t.put(hash, v+1)
	return t
}

func (t *table) put(hash uint64, v uint32) {
	mask := uint64(len(t.slots) - 1) //nolint:gosec // never empty
	i := hash & mask
	for t.slots[i] != 0 {
		i = (i + 1) & mask
	}
	atomic.StoreUint32(&t.slots[i], v)
	t.used++
}

// pairs is a map from numbers to numbers.
type pairs struct {
	slots []uint64 // key, value + 1; 0 if free
	shift uint
	used  int
}

func newPairs(items int) *pairs {
	n := max(6, bits.Len(uint(items*3/2)))
	return &pairs{slots: make([]uint64, 1<<n), shift: uint(32 - n)}
}

func (p *pairs) slot(key uint32) *uint64 {
	mask := uint32(len(p.slots) - 1) //nolint:gosec // at most 2^32 slots
	for i := (key * 2654435769) >> p.shift; ; i = (i + 1) & mask {
		if v := atomic.LoadUint64(&p.slots[i]); v == 0 || uint32(v>>32) == key {
			return &p.slots[i]
		}
	}
}

func (p *pairs) get(key uint32) (uint32, bool) {
	if p == nil {
		return 0, false
	}
	v := atomic.LoadUint64(p.slot(key))
	return uint32(v) - 1, v != 0 //nolint:gosec // the lower half
}

// each calls visit with every pair.
func (p *pairs) each(visit func(key, value uint32)) {
	if p == nil {
		return
	}
	for i := range p.slots {
		if v := atomic.LoadUint64(&p.slots[i]); v != 0 {
			visit(uint32(v>>32), uint32(v)-1) //nolint:gosec // the halves
		}
	}
}

// put returns the map that holds the pair too.
func (p *pairs) put(key, value uint32) *pairs {
	if p == nil {
		p = newPairs(0)
	}
	if p.used >= len(p.slots)*3/4 {
		larger := newPairs(len(p.slots))
		for _, v := range p.slots {
			if v != 0 {
				larger = larger.put(uint32(v>>32), uint32(v)-1) //nolint:gosec // the halves
			}
		}
		p = larger
	}
	s := p.slot(key)
	if *s == 0 {
		p.used++
	}
	atomic.StoreUint64(s, uint64(key)<<32|uint64(value+1))
	return p
}

// chains is a map from numbers to lists of numbers, newest first.
type chains struct {
	heads *pairs
	links []link // of fixed length, so that a reader may follow a head that is newer than its snapshot
	n     uint32
}

type link struct{ key, value, prev uint32 }

// last ends a chain.
const last = ^uint32(0) - 1

// add returns the chains that hold the pair too.
func (c *chains) add(key, value uint32) *chains {
	switch {
	case c == nil:
		c = &chains{heads: newPairs(smallest), links: make([]link, smallest)}
	case int(c.n) == len(c.links):
		larger := &chains{heads: newPairs(2 * len(c.links)), links: make([]link, 2*len(c.links)), n: c.n}
		copy(larger.links, c.links)
		for i, l := range c.links {
			larger.heads.put(l.key, uint32(i))
		}
		c = larger
	}
	prev, ok := c.heads.get(key)
	if !ok {
		prev = last
	}
	c.links[c.n] = link{key, value, prev}
	c.heads.put(key, c.n)
	c.n++
	return c
}

// list calls visit with each number behind a key.
func (c *chains) list(key uint32, visit func(uint32)) {
	if c == nil {
		return
	}
	i, ok := c.heads.get(key)
	for ok && i != last {
		l := &c.links[i]
		visit(l.value)
		i = l.prev
	}
}
