package file

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"debadge/graph"
)

// Charset is the encoding of a file's text.
type Charset string

// The encodings that are read. Only the last two must be declared; the others
// are known by their mark, and UTF-16 without one by its zeros.
const (
	UTF8    Charset = "utf-8"
	UTF16LE Charset = "utf-16le"
	UTF16BE Charset = "utf-16be"
	Latin1  Charset = "latin-1"
	Win1252 Charset = "windows-1252"
)

// ParseCharset reads the name of an encoding as a person declares it.
func ParseCharset(text string) (Charset, error) {
	names := map[string]Charset{
		"": UTF8, "utf8": UTF8, "utf-8": UTF8, "utf-16le": UTF16LE, "utf-16be": UTF16BE,
		"latin1": Latin1, "latin-1": Latin1, "iso-8859-1": Latin1, "windows-1252": Win1252, "cp1252": Win1252,
	}
	if c, ok := names[strings.ToLower(text)]; ok {
		return c, nil
	}
	return "", graph.Errorf(graph.KindInvalid,
		"%q is no encoding that is read; use utf-8, utf-16le, utf-16be, latin-1 or windows-1252", text)
}

const mark = "\xef\xbb\xbf"

// decode returns the text of r in UTF-8 without a mark. A mark says more than
// what was declared.
func decode(name string, r io.Reader, declared Charset) (io.Reader, Charset, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	head, err := in.Peek(1024)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, "", err
	}
	found, length := UTF8, 0
	switch {
	case bytes.HasPrefix(head, []byte(mark)):
		length = len(mark)
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		found, length = UTF16LE, 2
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		found, length = UTF16BE, 2
	case declared != "" && declared != UTF8:
		found = declared
	default:
		found = guess(head)
	}
	if _, err := in.Discard(length); err != nil {
		return nil, "", err
	}
	switch found {
	case UTF8:
		return in, found, nil
	case UTF16LE, UTF16BE:
		return &wide{in: in, big: found == UTF16BE}, found, nil
	case Latin1, Win1252:
		return &narrow{in: in, windows: found == Win1252}, found, nil
	}
	return nil, "", graph.Errorf(graph.KindInvalid, "%s: %q is no encoding that is read", name, declared)
}

// guess tells UTF-16 without a mark from UTF-8 where the text begins with two
// characters of ASCII, as data does: every other byte of them is a zero.
func guess(head []byte) Charset {
	if len(head) < 4 {
		return UTF8
	}
	zero := [4]bool{head[0] == 0, head[1] == 0, head[2] == 0, head[3] == 0}
	switch zero {
	case [4]bool{false, true, false, true}:
		return UTF16LE
	case [4]bool{true, false, true, false}:
		return UTF16BE
	}
	return UTF8
}

// wide turns UTF-16 into UTF-8. A half pair becomes the three bytes that would
// encode it if that were allowed, and half a unit at the end 0xFF: neither is
// UTF-8, so the row is refused and nothing is replaced in silence.
type wide struct {
	in   *bufio.Reader
	big  bool
	out  []byte
	high rune // the first half of a pair, or 0
	err  error
}

func (w *wide) Read(p []byte) (int, error) {
	for len(w.out) == 0 && w.err == nil {
		w.fill()
	}
	n := copy(p, w.out)
	w.out = w.out[n:]
	if n == 0 && len(p) > 0 {
		return 0, w.err
	}
	return n, nil
}

func (w *wide) fill() {
	const chunk = 4096
	chunkBytes, err := w.in.Peek(chunk)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		w.err = err
	}
	whole := len(chunkBytes) &^ 1
	w.out = w.out[:0]
	for i := 0; i < whole; i += 2 {
		lo, hi := chunkBytes[i], chunkBytes[i+1]
		if w.big {
			lo, hi = hi, lo
		}
		w.unit(rune(hi)<<8 | rune(lo))
	}
	if whole > 0 {
		_, _ = w.in.Discard(whole) // of what was peeked
		return
	}
	if len(chunkBytes) == 1 {
		_, _ = w.in.Discard(1)
		w.out = append(w.out, 0xFF)
	}
	w.half()
	if w.err == nil {
		w.err = io.EOF
	}
}

func (w *wide) unit(u rune) {
	if w.high != 0 {
		if pair := utf16.DecodeRune(w.high, u); pair != utf8.RuneError {
			w.high = 0
			w.out = utf8.AppendRune(w.out, pair)
			return
		}
		w.half()
	}
	if u >= 0xD800 && u < 0xDC00 {
		w.high = u
		return
	}
	w.out = appendUnit(w.out, u)
}

// half writes the first half of a pair that has no second.
func (w *wide) half() {
	if w.high != 0 {
		w.out = appendUnit(w.out, w.high)
		w.high = 0
	}
}

func appendUnit(out []byte, u rune) []byte {
	if utf16.IsSurrogate(u) {
		return append(out, 0xE0|byte(u>>12&0xF), 0x80|byte(u>>6&0x3F), 0x80|byte(u&0x3F))
	}
	return utf8.AppendRune(out, u)
}

// narrow turns Latin-1 or Windows-1252 into UTF-8; bytes that Windows-1252
// leaves without a meaning stay as they are, which is not UTF-8.
type narrow struct {
	in      *bufio.Reader
	windows bool
	out     []byte
}

func (n *narrow) Read(p []byte) (int, error) {
	if len(n.out) == 0 {
		var raw [2048]byte
		got, err := n.in.Read(raw[:])
		if got == 0 {
			return 0, err
		}
		n.out = n.out[:0]
		for _, b := range raw[:got] {
			r := rune(b)
			if n.windows {
				r = charmap.Windows1252.DecodeByte(b)
			}
			if r == utf8.RuneError {
				n.out = append(n.out, b)
				continue
			}
			n.out = utf8.AppendRune(n.out, r)
		}
	}
	got := copy(p, n.out)
	n.out = n.out[got:]
	return got, nil
}
