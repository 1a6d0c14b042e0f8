package index

import (
	"encoding/binary"
	"hash/maphash"
)

// appendRef appends a reference to an interned text.
func (x *index) appendRef(to []byte, s string) []byte {
	return binary.AppendUvarint(to, uint64(x.intern(s)))
}

// intern returns the reference of a text: 1 + its place in texts, 0 for the
// empty one. Equal texts are kept once.
func (x *index) intern(s string) uint32 {
	if s == "" {
		return 0
	}
	hash := maphash.String(seed, s)
	at, ok := x.interned.find(hash, func(at uint32) bool {
		c := x.texts.cursor(at)
		return c.is(s)
	})
	if !ok {
		x.scratch = appendText(x.scratch[:0], s)
		at = x.texts.write(x.scratch)
		x.interned = x.interned.add(hash, at, x.textHash)
	}
	return at + 1
}

func (x *index) textHash(at uint32) uint64 {
	c := x.texts.cursor(at)
	return c.hash()
}

func (s *snapshot) text(ref uint32) string {
	if ref == 0 {
		return ""
	}
	c := s.texts.cursor(ref - 1)
	return c.text()
}

// ref reads a reference at a cursor and returns its text.
func (s *snapshot) ref(at *cursor) string {
	return s.text(uint32(at.number())) //nolint:gosec // intern gave it
}
