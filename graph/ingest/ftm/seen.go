package ftm

import "hash/fnv"

// seen remembers ids in a table of fixed size (a Bloom filter): it never
// forgets one, and rarely takes an unknown one for known. So no link between
// parties of the files is lost; at worst, one to a vessel is not left out but
// refused. With the largest table and ten million ids that happens to one link
// in 100,000.
type seen struct {
	bits []uint64
}

const (
	probes     = 6
	bytesAWord = 64 // of file: a hundred bits and more for an entity
	leastWords = 1 << 10
	mostWords  = 1 << 22 // 32 MiB
)

func newSeen(fileSize int64) *seen {
	words := leastWords
	for words < mostWords && int64(words)*bytesAWord < fileSize {
		words *= 2
	}
	return &seen{make([]uint64, words)}
}

func (s *seen) add(id string) {
	for _, at := range s.places(id) {
		s.bits[at/64] |= 1 << (at % 64)
	}
}

func (s *seen) has(id string) bool {
	for _, at := range s.places(id) {
		if s.bits[at/64]&(1<<(at%64)) == 0 {
			return false
		}
	}
	return true
}

// places are the bits of an id, by double hashing. The hash has no seed: a file
// is read several times, and each time has to come out the same.
func (s *seen) places(id string) (all [probes]uint64) {
	h := fnv.New64a()
	_, _ = h.Write([]byte(id)) // a hash takes everything
	at := mix(h.Sum64())
	step := mix(at) | 1
	for i := range all {
		all[i] = at % (uint64(len(s.bits)) * 64)
		at += step
	}
	return all
}

// mix spreads a hash over all bits (the finish of MurmurHash3).
func mix(h uint64) uint64 {
	h = (h ^ h>>33) * 0xff51afd7ed558ccd
	h = (h ^ h>>33) * 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}
