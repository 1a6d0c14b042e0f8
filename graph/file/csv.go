package file

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// csvRows reads records of CSV. The extent of a record is found here, quote by
// quote and within limits, so that one broken record costs no other; what is
// inside it is left to encoding/csv.
type csvRows struct {
	in      *window
	comma   rune
	line    int // of the window's start
	parser  *csv.Reader
	feed    feed
	row     extent // of the row that was read last
	first   int    // length of its first line
	width   int    // how many fields a row should have
	skipNUL bool   // the row before ended in half a newline of UTF-16
}

// extent is how much of the window a record takes.
type extent struct {
	bytes, lines int
	final        bool // it ends the file without a newline
}

// splitError says where in a record its quotes are broken.
type splitError struct {
	at     int // offset in the record
	reason string
	ends   bool // the file ends in it
}

func (e *splitError) Error() string { return e.reason }

func newCSV(f *File, comma rune) (*csvRows, error) {
	c := &csvRows{in: newWindow(f.Text, maxRow), comma: comma, line: 1}
	head, _ := c.in.line(0)
	if hint, ok := bytes.CutPrefix(bytes.TrimRight(head, "\r\n"), []byte("sep=")); ok && len(hint) == 1 {
		c.comma = rune(hint[0])
		c.consume(len(head), 1)
	}
	if c.comma == 0 {
		head, _ = c.in.line(0)
		c.comma = sniff(head)
	}
	c.newParser()
	return c, c.in.failure()
}

// sniff returns what parts the fields of a row: what it has most of outside
// quotes.
func sniff(line []byte) rune {
	counts := map[rune]int{}
	quoted := false
	for _, b := range line {
		if b == '"' {
			quoted = !quoted
		}
		if !quoted {
			counts[rune(b)]++
		}
	}
	best := ','
	for _, r := range ";\t|" {
		if counts[r] > counts[best] {
			best = r
		}
	}
	return best
}

func (c *csvRows) newParser() {
	c.feed = feed{}
	c.parser = csv.NewReader(&c.feed)
	c.parser.Comma = c.comma
	c.parser.FieldsPerRecord = -1
	c.parser.ReuseRecord = false
}

func (c *csvRows) close() error { return nil }

func (c *csvRows) expect(columns int) { c.width = columns }

func (c *csvRows) last() bool { return c.row.final }

// again makes the lines of the row that was read last, but for its first, be
// read once more: if the row is wrong, they may be rows of their own.
func (c *csvRows) again() {
	if c.row.lines > 1 {
		c.in.take(c.first - c.row.bytes)
		c.line += 1 - c.row.lines
	}
}

func (c *csvRows) consume(n, lines int) {
	c.in.take(n)
	c.line += lines
}

func (c *csvRows) next() (int, []string, error) {
	if err := c.skipBlank(); err != nil {
		return c.line - 1, nil, err
	}
	line := c.line
	first, whole := c.in.line(0)
	c.first = len(first)
	if !whole {
		return line, nil, c.tooLong(line, first)
	}
	length, lines, serr := c.split(first)
	record := c.in.buf[c.in.start : c.in.start+length]
	c.row = extent{bytes: length, lines: lines, final: record[length-1] != '\n'}
	if err := c.in.failure(); err != nil && (serr != nil || c.row.final) {
		return line, nil, err
	}
	if serr != nil {
		bad := c.broken(line, record, serr)
		c.consume(c.first, 1)
		return line, nil, bad
	}
	fields, bad := c.parse(line, record)
	if bad == nil {
		c.consume(length, lines)
		return line, fields, nil
	}
	if c.countFields(record) != c.width {
		length, lines = c.first, 1 // it may have taken in rows that are good
	}
	c.consume(length, lines)
	return line, nil, bad
}

// skipBlank passes over lines without anything in them, and the end mark of
// old systems.
func (c *csvRows) skipBlank() error {
	for {
		if c.in.ended() {
			if err := c.in.failure(); err != nil {
				return err
			}
			return io.EOF
		}
		if c.skipNUL {
			c.skipNUL = false
			if c.in.buf[c.in.start] == 0 {
				c.in.take(1)
				continue
			}
		}
		text, whole := c.in.line(0)
		switch bare := bytes.TrimRight(text, "\r\n"); {
		case len(bare) == 0 && whole, len(bare) == 1 && bare[0] == 0x1A && c.in.readAll(len(text)):
			c.consume(len(text), 1)
		default:
			return nil
		}
	}
}

// split returns the length of the record at the window's start, and its lines.
// On an error the length is that of what was looked at.
func (c *csvRows) split(first []byte) (length, lines int, wrong *splitError) {
	text, open := first, -1
	for lines = 1; ; lines++ {
		base := length
		length += len(text)
		if open, wrong = c.quotes(base, text, open); wrong != nil {
			return length, lines, wrong
		}
		switch {
		case open < 0:
			return length, lines, nil
		case length-open > MaxField:
			return length, lines, &splitError{at: open, reason: "the quote that opens here is not closed within 1 MiB; close it"}
		case c.in.readAll(length):
			return length, lines, &splitError{
				at: open, reason: "the quote that opens here is never closed",
				ends: c.in.buf[c.in.start+length-1] != '\n',
			}
		case length >= maxRow:
			return length, lines, &splitError{at: open, reason: "the row is longer than 4 MiB"}
		}
		text, _ = c.in.line(length)
	}
}

// quotes follows the quotes of one line that begins base bytes into the
// record. open is where a quoted field began, or -1 outside of one.
func (c *csvRows) quotes(base int, text []byte, open int) (int, *splitError) {
	for at := 0; ; {
		quote := bytes.IndexByte(text[at:], '"')
		if quote < 0 {
			return open, nil
		}
		at += quote
		switch {
		case open < 0 && !c.startsField(text, at, base):
			return open, &splitError{at: base + at, reason: `a quote stands inside a field; quote the whole field and write the quote twice`}
		case open < 0:
			open = base + at
			at++
		case at+1 < len(text) && text[at+1] == '"':
			at += 2
		case !c.endsField(text[at+1:]):
			return open, &splitError{at: base + at, reason: `text follows a closing quote; write a quote inside a field twice`}
		default:
			open = -1
			at++
		}
	}
}

func (c *csvRows) startsField(text []byte, at, base int) bool {
	if at == 0 {
		return base == 0
	}
	before, _ := utf8.DecodeLastRune(text[:at])
	return before == c.comma
}

func (c *csvRows) endsField(rest []byte) bool {
	if rest = bytes.TrimSuffix(rest, []byte("\n")); len(bytes.TrimSuffix(rest, []byte("\r"))) == 0 {
		return true
	}
	after, _ := utf8.DecodeRune(rest)
	return after == c.comma
}

// parse has encoding/csv part a record into its fields.
func (c *csvRows) parse(line int, record []byte) ([]string, *BadRow) {
	if bad := c.unreadable(line, record); bad != nil {
		return nil, bad
	}
	if n := bytes.Count(record, []byte(string(c.comma))); n >= MaxColumns && c.countFields(record) > MaxColumns {
		return nil, &BadRow{Line: line, Value: shortBytes(record), Reason: fmt.Sprintf("the row has more than %d columns", MaxColumns)}
	}
	c.feed.rest = record
	before := c.parser.InputOffset()
	fields, err := c.parser.Read()
	if used := c.parser.InputOffset() - before; err == nil && used != int64(len(record)) {
		err = errors.New("it ends in its middle")
	}
	if err != nil {
		c.newParser()
		reason := err.Error()
		if perr, ok := errors.AsType[*csv.ParseError](err); ok {
			reason = perr.Err.Error()
		}
		return nil, &BadRow{Line: line, Value: shortBytes(record), Reason: "the row is not CSV: " + reason}
	}
	for i, f := range fields {
		if len(f) > MaxField {
			return nil, &BadRow{Line: line, Column: numbered(i), Value: Shorten(f), Reason: "the field is longer than 1 MiB"}
		}
	}
	return fields, nil
}

// feed gives the parser one record at a time.
type feed struct{ rest []byte }

func (f *feed) Read(p []byte) (int, error) {
	if len(f.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(p, f.rest)
	f.rest = f.rest[n:]
	return n, nil
}

func numbered(at int) string { return fmt.Sprintf("column %d", at+1) }

func shortBytes(text []byte) string {
	return Shorten(strings.TrimRight(string(text[:min(len(text), 512)]), "\r\n"))
}
