package resolve

import "encoding/binary"

// arena holds texts one behind another, each with its length in front: less
// memory than strings, and nothing for the garbage collector to look at.
type arena struct{ data []byte }

// maxArena leaves room for the longest text.
const maxArena = 1<<32 - 1<<20

func (a *arena) add(text []byte) uint32 {
	at := uint32(len(a.data)) //nolint:gosec // room bounds it
	a.data = binary.AppendUvarint(a.data, uint64(len(text)))
	a.data = append(a.data, text...)
	return at
}

func (a *arena) get(at uint32) []byte {
	n, size := binary.Uvarint(a.data[at:])
	start := int(at) + size
	return a.data[start : start+int(n)] //nolint:gosec // a length that add wrote
}
