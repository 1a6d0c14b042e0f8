package bundle

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"unicode/utf8"
)

// Bounds on one item: wide for what people write, narrow enough that a
// malicious file is refused before it costs memory.
const (
	maxDepth     = 16
	maxItemBytes = 4 << 20
	maxValues    = 50_000 // values in one item
)

// position is a place in a file, both counted from 1; columns count characters.
type position struct{ line, column int32 }

// refusal says where a file stops being a bundle.
type refusal struct {
	at    position
	wrong string
	whole bool // it is about the file, not about the item that was read
}

func (r *refusal) Error() string { return fmt.Sprintf("%d:%d: %s", r.at.line, r.at.column, r.wrong) }

// scanner reads JSON strictly: valid UTF-8 without byte order mark or NUL, no
// key twice, nothing that only some readers accept.
type scanner struct {
	r       *bufio.Reader
	at      position // of the next byte
	depth   int
	values  int
	keeping bool
	kept    []byte // the bytes since keep
	unread  int    // bytes of the current character still to come
}

func newScanner(r io.Reader) *scanner {
	return &scanner{r: bufio.NewReaderSize(r, 64<<10), at: position{1, 1}}
}

func (s *scanner) refuse(format string, args ...any) error {
	return &refusal{at: s.at, wrong: fmt.Sprintf(format, args...)}
}

// start refuses the encodings that a JSON reader would misread.
func (s *scanner) start() error {
	head, err := s.r.Peek(3)
	if err != nil && err != io.EOF && err != bufio.ErrBufferFull { //nolint:errorlint // Peek returns these as they are
		return err
	}
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		return s.refuse("the file begins with a byte order mark; save it as UTF-8 without one")
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")),
		len(head) > 1 && (head[0] == 0) != (head[1] == 0):
		return s.refuse("the file is UTF-16 or UTF-32; save it as UTF-8")
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return s.refuse("the file is compressed with gzip; unpack it first")
	}
	return nil
}

// peek returns the next byte, and 0 at the end of the file.
func (s *scanner) peek() (byte, error) {
	b, err := s.r.Peek(1)
	if err == io.EOF {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	if b[0] == 0 {
		return 0, s.refuse("a NUL character; a bundle is text")
	}
	return b[0], nil
}

// take consumes the byte that peek returned.
func (s *scanner) take() (byte, error) {
	if s.unread == 0 {
		if err := s.character(); err != nil {
			return 0, err
		}
	}
	b, err := s.r.ReadByte()
	if err != nil {
		return 0, err
	}
	s.unread--
	if s.keeping {
		if len(s.kept) >= maxItemBytes {
			return 0, s.tooLong()
		}
		s.kept = append(s.kept, b)
	}
	switch {
	case b == '\n':
		s.at = position{s.at.line + 1, 1}
	case s.unread == 0:
		s.at.column++
	}
	return b, nil
}

// maxRun bounds how many characters are taken at a time.
const maxRun = 4 << 10

// skip consumes a run of ASCII characters without line breaks.
func (s *scanner) skip(run []byte) error {
	if s.keeping {
		if len(s.kept)+len(run) > maxItemBytes {
			return s.tooLong()
		}
		s.kept = append(s.kept, run...)
	}
	s.at.column += int32(len(run)) //nolint:gosec // at most maxRun
	_, err := s.r.Discard(len(run))
	return err
}

func (s *scanner) tooLong() error {
	return s.refuse("the item is longer than %d MiB", maxItemBytes>>20)
}

// character checks the encoding of the character that comes next.
func (s *scanner) character() error {
	b, err := s.r.Peek(utf8.UTFMax)
	if len(b) == 0 {
		return err
	}
	if b[0] < utf8.RuneSelf {
		s.unread = 1
		return nil
	}
	r, size := utf8.DecodeRune(b)
	if r == utf8.RuneError && size == 1 {
		return s.refuse("byte 0x%02X is not valid UTF-8; save the file as UTF-8", b[0])
	}
	s.unread = size
	return nil
}

// space skips white space and returns the byte after it, 0 at the end.
func (s *scanner) space() (byte, error) {
	for {
		b, err := s.peek()
		if err != nil {
			return 0, err
		}
		switch b {
		case ' ', '\t', '\n', '\r':
			if _, err := s.take(); err != nil {
				return 0, err
			}
		default:
			return b, nil
		}
	}
}

// keep starts to record the bytes of an item, and allows it its share of values.
func (s *scanner) keep() {
	s.keeping, s.kept, s.values = true, s.kept[:0], 0
}

// drop stops recording and returns the bytes.
func (s *scanner) drop() []byte {
	s.keeping = false
	return bytes.Clone(s.kept)
}
