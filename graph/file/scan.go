package file

import (
	"bytes"
	"io"
)

// scanner finds the extent of JSON values by their brackets and quotes, within
// limits, so that one wrong value costs no other; what is inside is left to
// encoding/json.
type scanner struct {
	in         *window
	lineNumber int
	count      int // of items
}

func newScanner(in io.Reader) *scanner {
	return &scanner{in: newWindow(in, MaxItem+1), lineNumber: 1}
}

// peek passes over white space and returns the byte behind it.
func (s *scanner) peek() (byte, error) {
	for {
		if s.in.ended() {
			if err := s.in.failure(); err != nil {
				return 0, err
			}
			return 0, io.EOF
		}
		switch b := s.in.buf[s.in.start]; b {
		case '\n':
			s.lineNumber++
			s.in.take(1)
		case ' ', '\t', '\r':
			s.in.take(1)
		default:
			return b, nil
		}
	}
}

// skip passes over the byte that was peeked.
func (s *scanner) skip() { s.in.take(1) }

// brokenLine reports whether a line that is no JSON was meant as an item of its
// own: the line behind it begins with a brace, too.
func (s *scanner) brokenLine(line []byte) bool {
	next, _ := s.in.line(len(line))
	return bytes.HasPrefix(bytes.TrimSpace(next), []byte("{"))
}

// extentOf follows the brackets and quotes of a value.
type extentOf struct {
	depth, deepest  int
	quoted, escaped bool
}

// byte takes one byte and reports whether the value ended before it, or with it.
func (e *extentOf) byte(b byte) (before, with bool) {
	switch {
	case e.escaped:
		e.escaped = false
	case e.quoted && b == '\\':
		e.escaped = true
	case b == '"':
		e.quoted = !e.quoted
		with = !e.quoted && e.depth == 0
	case e.quoted:
	case b == '{' || b == '[':
		e.depth++
		e.deepest = max(e.deepest, e.depth)
	case b == '}' || b == ']':
		if e.depth == 0 {
			return true, false
		}
		e.depth--
		with = e.depth == 0
	case e.depth == 0 && (b == ',' || b == ':' || b <= ' '):
		return true, false
	}
	return false, with
}

// value reads one value, and the white space before it. A value that is too
// long or too deep is passed over and what is wrong is said; only its beginning
// is returned then. The value is valid until the next call.
func (s *scanner) value() (text []byte, wrong string, err error) {
	if _, err := s.peek(); err != nil {
		return nil, "", err
	}
	var e extentOf
	var begin []byte // of a value that has no place
	length := 0
	for before, with := false, false; !before && !with; {
		if s.in.start+length == s.in.end {
			if length >= MaxItem {
				begin = s.drop(begin, length)
				length = 0
			}
			if err := s.more(); err != nil {
				return nil, "", err
			}
			continue
		}
		b := s.in.buf[s.in.start+length]
		if before, with = e.byte(b); before {
			break
		}
		length++
		if b == '\n' {
			s.lineNumber++
		}
	}
	text = s.in.buf[s.in.start : s.in.start+length]
	s.in.take(length)
	switch {
	case begin != nil:
		return begin, "the item is longer than 4 MiB", nil
	case e.deepest > maxItemDepth:
		return text, "the item is nested more than 500 deep", nil
	case length == 0:
		s.in.take(1) // a bracket that closes nothing: never stand still
		return nil, "the item is empty", nil
	}
	return text, "", nil
}

// drop passes over a part of a value, and keeps the beginning of the first.
func (s *scanner) drop(begin []byte, length int) []byte {
	if begin == nil {
		begin = bytes.Clone(s.in.buf[s.in.start : s.in.start+512])
	}
	s.in.take(length)
	return begin
}

// more reads on in the middle of a value.
func (s *scanner) more() error {
	if s.in.err == nil {
		s.in.fill()
		return nil
	}
	if err := s.in.failure(); err != nil {
		return err
	}
	return io.EOF
}
