package resolve

import "strings"

// arena holds texts one behind another, each with its length in front: less
// memory than strings, and nothing for the garbage collector to look at. It is
// read once it is finished.
type arena struct {
	made strings.Builder
	text string
}

// maxArena leaves room for the longest text.
const maxArena = 1<<32 - 1<<20

const (
	lengthBits = 7
	moreBit    = 1 << lengthBits
)

func (a *arena) add(text []byte) uint32 {
	at := uint32(a.made.Len()) //nolint:gosec // room bounds it
	n := len(text)
	for ; n >= moreBit; n >>= lengthBits {
		a.made.WriteByte(byte(n&(moreBit-1)) | moreBit)
	}
	a.made.WriteByte(byte(n))
	a.made.Write(text)
	return at
}

func (a *arena) finish() { a.text = a.made.String() }

func (a *arena) get(at uint32) string {
	n, shift := 0, 0
	for {
		c := a.text[at]
		at++
		n |= int(c&(moreBit-1)) << shift
		if c < moreBit {
			return a.text[at : int(at)+n]
		}
		shift += lengthBits
	}
}
