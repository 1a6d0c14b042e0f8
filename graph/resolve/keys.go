package resolve

import "hash/maphash"

// The domains of keys: the first byte of each.
const (
	wholeKey      = 'w' // a name, without spaces and punctuation
	coreKey       = 'c' // a company's name without legal forms
	soundKey      = 's' // the sound of the words that make a company's name its own
	confusionKey  = 'o' // a model number with O read as 0 and I as 1
	acronymKey    = 'a'
	identifierKey = 'i'
	idKey         = 'd'
	brandKey      = 'b'
	meansKey      = 'm'
	neverKey      = 'n'
)

var seed = maphash.MakeSeed()

// keyTable finds the numbers that were added under a key: one probe for the
// key, then a chain.
type keyTable struct {
	slots   []uint32 // place in entries + 1, 0 if free; their number is a power of two
	entries []keyEntry
	heads   int
}

type keyEntry struct {
	hash  uint64
	value uint32
	next  uint32 // place in entries + 1, 0 at the end of the chain
}

func (t *keyTable) add(key []byte, value uint32) {
	if 2*(t.heads+1) > len(t.slots) {
		t.grow()
	}
	hash := maphash.Bytes(seed, key)
	at := t.slot(hash)
	head := t.slots[at]
	for i, steps := head, 0; i != 0 && steps < chainCheck; i, steps = t.entries[i-1].next, steps+1 {
		if t.entries[i-1].value == value {
			return
		}
	}
	t.entries = append(t.entries, keyEntry{hash, value, head})
	t.slots[at] = uint32(len(t.entries)) //nolint:gosec // room bounds it
	if head == 0 {
		t.heads++
	}
}

// chainCheck bounds the search for a value that is there already; it would be
// among the last ones, since the keys of an entity are added together.
const chainCheck = 16

func (t *keyTable) slot(hash uint64) int {
	mask := len(t.slots) - 1
	at := int(hash) & mask //nolint:gosec // any bits do
	for t.slots[at] != 0 && t.entries[t.slots[at]-1].hash != hash {
		at = (at + 1) & mask
	}
	return at
}

func (t *keyTable) grow() {
	const first = 64
	old := t.slots
	t.slots = make([]uint32, max(first, 2*len(old)))
	for _, head := range old {
		if head != 0 {
			t.slots[t.slot(t.entries[head-1].hash)] = head
		}
	}
}

// first returns the place of the first entry under a key + 1, 0 if there is none.
func (t *keyTable) first(key []byte) uint32 {
	if len(t.slots) == 0 {
		return 0
	}
	return t.slots[t.slot(maphash.Bytes(seed, key))]
}
