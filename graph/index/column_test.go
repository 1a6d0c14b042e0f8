package index

import (
	"encoding/binary"
	"hash/maphash"
	"strings"
	"testing"
)

// TestArenaAcrossPages reads records that begin at each place before the end
// of a page.
func TestArenaAcrossPages(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("0123456789", 20)
	record := binary.AppendUvarint(appendText(nil, text), 1<<40+12345)
	for before := range len(record) + 1 {
		var a arena
		a.write(make([]byte, pageSize-before))
		at := a.write(record)
		a.write([]byte{1})
		is, other, hash, read := a.cursor(at), a.cursor(at), a.cursor(at), a.cursor(at)
		if !is.is(text) || other.is(strings.Repeat("x", len(text))) || hash.hash() != maphash.String(seed, text) {
			t.Errorf("%d before the end: not compared rightly", before)
		}
		if s, n := read.text(), read.number(); s != text || n != 1<<40+12345 || read.number() != 1 {
			t.Errorf("%d before the end: %q, %d", before, s, n)
		}
	}
}
