package bundle

import (
	"bytes"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// word reads null, true or false.
func (s *scanner) word() (form, string, error) {
	at := s.at
	var text []byte
	for len(text) < 10 {
		b, err := s.peek()
		if err != nil {
			return nullForm, "", err
		}
		if b < 'A' || b > 'z' || (b > 'Z' && b < 'a') {
			break
		}
		if _, err := s.take(); err != nil {
			return nullForm, "", err
		}
		text = append(text, b)
	}
	switch string(text) {
	case "null":
		return nullForm, "", nil
	case "true", "false":
		return boolForm, string(text), nil
	case "":
		b, err := s.peek()
		if err != nil {
			return nullForm, "", err
		}
		return nullForm, "", s.refuse("%s where a value belongs", s.seen(b))
	}
	return nullForm, "", &refusal{at: at, wrong: fmt.Sprintf("%q is not a value; write text in quotes", text)}
}

// number reads a number by the grammar of JSON.
func (s *scanner) number() (string, error) {
	at := s.at
	var text []byte
	for {
		b, err := s.peek()
		if err != nil {
			return "", err
		}
		if !bytes.ContainsRune([]byte("+-.eE0123456789"), rune(b)) {
			break
		}
		if len(text) > 100 {
			return "", &refusal{at: at, wrong: "a number of more than 100 characters"}
		}
		if _, err := s.take(); err != nil {
			return "", err
		}
		text = append(text, b)
	}
	if !isNumber(text) {
		return "", &refusal{at: at, wrong: fmt.Sprintf("%q is not a number", text)}
	}
	return string(text), nil
}

func isNumber(t []byte) bool {
	t = bytes.TrimPrefix(t, []byte("-"))
	whole, ok := cutDigits(&t)
	if !ok || (len(whole) > 1 && whole[0] == '0') {
		return false
	}
	if len(t) > 0 && t[0] == '.' {
		t = t[1:]
		if _, ok := cutDigits(&t); !ok {
			return false
		}
	}
	if len(t) > 0 && (t[0] == 'e' || t[0] == 'E') {
		if t = t[1:]; len(t) > 0 && (t[0] == '+' || t[0] == '-') {
			t = t[1:]
		}
		if _, ok := cutDigits(&t); !ok {
			return false
		}
	}
	return len(t) == 0
}

func cutDigits(t *[]byte) ([]byte, bool) {
	n := 0
	for n < len(*t) && (*t)[n] >= '0' && (*t)[n] <= '9' {
		n++
	}
	cut := (*t)[:n]
	*t = (*t)[n:]
	return cut, n > 0
}

// string reads a string whose opening quote comes next.
func (s *scanner) string() (string, error) {
	opened := s.at
	if _, err := s.take(); err != nil {
		return "", err
	}
	var text []byte
	for {
		b, err := s.peek()
		if err != nil {
			return "", err
		}
		switch {
		case b == '"':
			_, err := s.take()
			return string(text), err
		case b == '\\':
			if text, err = s.escape(text); err != nil {
				return "", err
			}
			continue
		case b == 0:
			return "", &refusal{at: opened, wrong: "the file ends within this text; its closing quote is missing"}
		case b == '\n':
			return "", &refusal{at: opened, wrong: "the closing quote is missing in this line; write a line break as \\n"}
		case b < ' ':
			return "", s.refuse("the control character 0x%02X in a text; write it as \\u%04X", b, b)
		}
		if text, err = s.plain(text); err != nil {
			return "", err
		}
		if len(text) > maxItemBytes {
			return "", &refusal{at: opened, wrong: fmt.Sprintf("a text of more than %d MiB", maxItemBytes>>20)}
		}
	}
}

// plain appends the next character of a text, and as many more as are at hand
// and need no care.
func (s *scanner) plain(text []byte) ([]byte, error) {
	if s.unread == 0 {
		run, err := s.r.Peek(min(s.r.Buffered(), maxRun))
		if err != nil {
			return nil, err
		}
		n := 0
		for n < len(run) && run[n] >= ' ' && run[n] < utf8.RuneSelf && run[n] != '"' && run[n] != '\\' {
			n++
		}
		if n > 0 {
			text = append(text, run[:n]...)
			return text, s.skip(run[:n])
		}
	}
	b, err := s.take()
	return append(text, b), err
}

const (
	escapes   = `"\/bfnrt`
	unescaped = "\"\\/\b\f\n\r\t"
)

func (s *scanner) escape(text []byte) ([]byte, error) {
	at := s.at
	if _, err := s.take(); err != nil {
		return nil, err
	}
	b, err := s.peek()
	if err != nil {
		return nil, err
	}
	if b != 'u' {
		i := bytes.IndexByte([]byte(escapes), b)
		if i < 0 || b == 0 {
			return nil, &refusal{at: at, wrong: "a backslash that begins no escape; write a backslash as \\\\"}
		}
		_, err := s.take()
		return append(text, unescaped[i]), err
	}
	r, err := s.hex(at)
	if err != nil {
		return nil, err
	}
	if utf16.IsSurrogate(r) {
		if r, err = s.surrogate(at, r); err != nil {
			return nil, err
		}
	}
	if r == 0 {
		return nil, &refusal{at: at, wrong: "a NUL character; a bundle is text"}
	}
	return utf8.AppendRune(text, r), nil
}

// surrogate reads the second half of a character outside of the basic plane.
func (s *scanner) surrogate(at position, high rune) (rune, error) {
	wrong := &refusal{at: at, wrong: "half of a character: a surrogate without its other half"}
	if b, err := s.peek(); err != nil || b != '\\' {
		return 0, wrong
	}
	if _, err := s.take(); err != nil {
		return 0, err
	}
	if b, err := s.peek(); err != nil || b != 'u' {
		return 0, wrong
	}
	low, err := s.hex(at)
	if err != nil {
		return 0, err
	}
	r := utf16.DecodeRune(high, low)
	if r == utf8.RuneError {
		return 0, wrong
	}
	return r, nil
}

// hex reads the u and the four digits of an escape.
func (s *scanner) hex(at position) (rune, error) {
	if _, err := s.take(); err != nil {
		return 0, err
	}
	var r rune
	for range 4 {
		b, err := s.peek()
		if err != nil {
			return 0, err
		}
		i := bytes.IndexByte([]byte("0123456789abcdefABCDEF"), b)
		if i < 0 || b == 0 {
			return 0, &refusal{at: at, wrong: "\\u needs four hexadecimal digits"}
		}
		if i > 15 {
			i -= 6
		}
		r = r<<4 | rune(i) //nolint:gosec // below 16
		if _, err := s.take(); err != nil {
			return 0, err
		}
	}
	return r, nil
}
