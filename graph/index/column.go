package index

import (
	"encoding/binary"
	"hash/maphash"
	"strings"
)

const (
	chunkBits = 10
	chunkSize = 1 << chunkBits
	pageBits  = 14
	pageSize  = 1 << pageBits
)

// column is an array that only grows, in chunks that never move: a copy of
// its header is a snapshot of it, which no later append changes.
type column[T any] struct {
	chunks [][]T
	n      uint32
}

func (c *column[T]) add(v T) uint32 {
	i := c.n
	if int(i>>chunkBits) == len(c.chunks) {
		c.chunks = append(c.chunks, make([]T, chunkSize))
	}
	c.chunks[i>>chunkBits][i%chunkSize] = v
	c.n++
	return i
}

func (c *column[T]) at(i uint32) *T { return &c.chunks[i>>chunkBits][i%chunkSize] }

// arena is a column of bytes, for records of any length.
type arena struct {
	pages [][]byte
	n     uint64
}

// maxArena leaves offsets of 32 bits room for one more change set.
const maxArena = 3 << 30

func (a *arena) write(p []byte) uint32 {
	start := a.n
	for len(p) > 0 {
		if int(a.n>>pageBits) == len(a.pages) {
			a.pages = append(a.pages, make([]byte, pageSize))
		}
		k := copy(a.pages[a.n>>pageBits][a.n%pageSize:], p)
		p, a.n = p[k:], a.n+uint64(k) //nolint:gosec // a length is not negative
	}
	return uint32(start) //nolint:gosec // at most maxArena
}

// cursor reads an arena from a place on.
type cursor struct {
	rest  []byte   // of the page
	pages [][]byte // after it
}

func (a *arena) cursor(at uint32) cursor {
	page := at >> pageBits
	return cursor{a.pages[page][at%pageSize:], a.pages[page+1:]}
}

func (c *cursor) turn() {
	if len(c.rest) == 0 {
		c.rest, c.pages = c.pages[0], c.pages[1:]
	}
}

func (c *cursor) number() uint64 {
	if len(c.rest) > 0 && c.rest[0] < 0x80 {
		v := c.rest[0]
		c.rest = c.rest[1:]
		return uint64(v)
	}
	return c.wide()
}

func (c *cursor) wide() uint64 {
	if v, n := binary.Uvarint(c.rest); n > 0 {
		c.rest = c.rest[n:]
		return v
	}
	var v uint64
	for shift := 0; ; shift += 7 {
		c.turn()
		b := c.rest[0]
		c.rest = c.rest[1:]
		v |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return v
		}
	}
}

func (c *cursor) length() int { return int(c.number()) } //nolint:gosec // it was the length of a slice

func (c *cursor) text() string {
	n := c.length()
	if n <= len(c.rest) {
		s := string(c.rest[:n])
		c.rest = c.rest[n:]
		return s
	}
	var b strings.Builder
	for b.Grow(n); b.Len() < n; {
		c.turn()
		k := min(n-b.Len(), len(c.rest))
		b.Write(c.rest[:k])
		c.rest = c.rest[k:]
	}
	return b.String()
}

// skip passes over a text.
func (c *cursor) skip() {
	n := c.length()
	for n > len(c.rest) {
		n -= len(c.rest)
		c.rest, c.pages = c.pages[0], c.pages[1:]
	}
	c.rest = c.rest[n:]
}

// is reports whether the text at the cursor is s, without making a string of
// it unless it lies across two pages.
func (c *cursor) is(s string) bool {
	n := c.length()
	switch {
	case n != len(s):
		return false
	case n <= len(c.rest):
		return string(c.rest[:n]) == s
	}
	return s == joined(c, n)
}

// hash is the hash of the text at the cursor.
func (c *cursor) hash() uint64 {
	n := c.length()
	if n <= len(c.rest) {
		return maphash.Bytes(seed, c.rest[:n])
	}
	return maphash.String(seed, joined(c, n))
}

func joined(c *cursor, n int) string {
	again := cursor{append(binary.AppendUvarint(nil, uint64(n)), c.rest...), c.pages} //nolint:gosec // a length
	return again.text()
}

// thirdShort reads the number behind two texts from a place on, if the texts are
// short and all of it lies in one page, as it mostly does: that takes half
// the time of a cursor.
func (a *arena) thirdShort(at uint32) (uint32, bool) {
	p := a.pages[at>>pageBits][at%pageSize:]
	for range 2 {
		if len(p) == 0 || p[0] >= 0x80 || int(p[0]) >= len(p) {
			return 0, false
		}
		p = p[p[0]+1:]
	}
	v, n := binary.Uvarint(p)
	return uint32(v), n > 0 //nolint:gosec // a reference has 32 bits
}

func appendText(to []byte, s string) []byte {
	return append(binary.AppendUvarint(to, uint64(len(s))), s...)
}

// seed is new in each process: tables of hashes are never written to a file.
var seed = maphash.MakeSeed()
