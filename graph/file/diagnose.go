package file

import (
	"bytes"
	"unicode/utf8"
)

// unreadable returns what is wrong with a record's text, or nil.
func (c *csvRows) unreadable(line int, record []byte) *BadRow {
	if bytes.HasPrefix(record, []byte(mark)) {
		return &BadRow{Line: line, Value: shortBytes(record), Reason: "a byte order mark stands in the middle of the file; remove it"}
	}
	nul := bytes.IndexByte(record, 0)
	if nul < 0 && utf8.Valid(record) {
		return nil
	}
	c.skipNUL = c.littleEndian(record) // the newline's second byte comes next
	if zeros := bytes.Count(record, []byte{0}); c.skipNUL || zeros > 2 && zeros >= len(record)/3 {
		return &BadRow{
			Line: line, Value: shortBytes(bytes.ReplaceAll(record[:min(len(record), 512)], []byte{0}, nil)),
			Reason: "the row is UTF-16 in a file that is not; save the file in one encoding",
		}
	}
	at, reason := nul, "a NUL byte stands in the field; remove it"
	if bad := invalidAt(record); at < 0 || bad >= 0 && bad < at {
		at, reason = bad, "the field is not UTF-8; save the file as UTF-8, or say its encoding"
	}
	column, value := c.fieldAt(record, at)
	return &BadRow{Line: line, Column: numbered(column), Value: shortBytes(value), Reason: reason}
}

// littleEndian reports whether a row is UTF-16, low bytes first: such a row
// ends in the middle of its newline.
func (c *csvRows) littleEndian(record []byte) bool {
	body, ended := bytes.CutSuffix(record, []byte("\n"))
	if !ended || len(body)%2 != 0 {
		return false
	}
	commas := 0
	for at := 0; at < len(body); at += 2 {
		if rune(body[at]) == c.comma {
			commas++
			if body[at+1] != 0 {
				return false
			}
		}
	}
	return commas > 0 || c.width == 1 && bytes.Count(body, []byte{0}) > len(body)/3
}

func invalidAt(text []byte) int {
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && size == 1 {
			return at
		}
		at += size
	}
	return -1
}

// broken describes a record whose quotes are wrong. Wrong bytes in its first
// line are told before its quotes, which they may have broken.
func (c *csvRows) broken(line int, record []byte, wrong *splitError) *BadRow {
	if bad := c.unreadable(line, record[:c.first]); bad != nil {
		return bad
	}
	column, value := c.fieldAt(record, wrong.at)
	value, _, _ = bytes.Cut(value, []byte("\n"))
	bad := &BadRow{Line: line, Column: numbered(column), Value: shortBytes(value), Reason: wrong.reason}
	if wrong.ends {
		bad.Truncated = true
		bad.Reason += ", and the file ends without a newline: it is cut off"
	}
	return bad
}

// tooLong describes a line that has no place in memory, and passes over it.
func (c *csvRows) tooLong(line int, begin []byte) error {
	bad := &BadRow{Line: line, Value: shortBytes(begin), Reason: "the row is longer than 4 MiB"}
	switch {
	case c.countFields(begin) > MaxColumns:
		bad.Reason = "the row has more than 4096 columns"
	default:
		if column, value, ok := c.longField(begin); ok {
			bad.Column, bad.Value, bad.Reason = numbered(column), shortBytes(value), "the field is longer than 1 MiB"
		}
	}
	c.in.skipLine()
	c.line++
	c.row = extent{}
	if err := c.in.failure(); err != nil {
		return err
	}
	return bad
}

// fields calls each with the number and the raw text of every field of a
// record whose quotes may be broken, until it returns false.
func (c *csvRows) fields(record []byte, each func(number, start, end int) bool) {
	comma := []byte(string(c.comma))
	number, start, quoted := 0, 0, false
	for at := 0; at < len(record); at++ {
		switch {
		case record[at] == '"':
			quoted = !quoted
		case !quoted && bytes.HasPrefix(record[at:], comma):
			if !each(number, start, at) {
				return
			}
			number++
			at += len(comma) - 1
			start = at + 1
		}
	}
	each(number, start, len(record))
}

// fieldAt returns the number and the text of the field in which an offset lies.
func (c *csvRows) fieldAt(record []byte, offset int) (column int, value []byte) {
	c.fields(record, func(number, start, end int) bool {
		column, value = number, record[start:end]
		return end <= offset
	})
	return column, value
}

func (c *csvRows) longField(record []byte) (column int, value []byte, ok bool) {
	c.fields(record, func(number, start, end int) bool {
		column, value, ok = number, record[start:end], end-start > MaxField
		return !ok
	})
	return column, value, ok
}

func (c *csvRows) countFields(record []byte) (n int) {
	c.fields(record, func(int, int, int) bool { n++; return n <= MaxColumns })
	return n
}
