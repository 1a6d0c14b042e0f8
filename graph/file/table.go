package file

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"debadge/graph"
)

// Limits of a table's rows; what is beyond them is a bad row.
const (
	MaxField   = 1 << 20 // bytes of one field
	MaxColumns = 4096
	maxRow     = 4 << 20 // bytes of one row
)

// TableOptions say how a table is written. Their zero value reads a CSV file
// with a header, or the first sheet of a spreadsheet.
type TableOptions struct {
	// Comma parts the fields; found out from the first row if it is 0.
	Comma rune

	// Columns are the names of the columns of a table without a header row.
	Columns []string

	// HeaderHas is the name of a column by which the header row is known, if
	// other rows, such as a date of publication, may stand before it.
	HeaderHas string

	// Require names columns that must be there.
	Require []string

	// Sheet is the name of a spreadsheet's sheet; the first one if it is empty.
	Sheet string
}

// Table reads rows under the names of a header, from CSV or a spreadsheet.
type Table struct {
	file     *File
	rows     rows
	header   []string
	folded   []string
	index    map[string]int
	preamble [][]string
}

// rows is a source of rows as they are written: CSV or a sheet. A bad row is a
// *BadRow error; the end is io.EOF.
type rows interface {
	next() (line int, fields []string, err error)
	// expect says how many fields a row should have.
	expect(columns int)
	// last reports whether the row that was just read is the file's last and
	// ends without a newline: it may be cut off.
	last() bool
	close() error
}

// maxPreamble is how many rows may stand before a header that is searched.
const maxPreamble = 20

// NewTable begins to read the file as a table. A file without the header that
// it should have is an error of KindInvalid.
func NewTable(f *File, o TableOptions) (*Table, error) {
	t := &Table{file: f}
	var err error
	if f.book {
		t.rows, err = newSheet(f, o.Sheet)
	} else {
		t.rows, err = newCSV(f, o.Comma)
	}
	if err != nil {
		return nil, err
	}
	if err := t.begin(o); err != nil {
		return nil, errors.Join(err, t.rows.close())
	}
	return t, nil
}

func (t *Table) begin(o TableOptions) error {
	if len(o.Columns) > 0 {
		t.setHeader(o.Columns)
		return nil
	}
	for {
		line, fields, err := t.rows.next()
		if bad, ok := errors.AsType[*BadRow](err); ok {
			return graph.Errorf(graph.KindInvalid, "%s: the header row cannot be read: %w", t.file.Name, bad)
		}
		if errors.Is(err, io.EOF) {
			return t.headless(o, line)
		}
		if err != nil {
			return t.fail(err)
		}
		t.setHeader(fields)
		if o.HeaderHas == "" || t.Has(o.HeaderHas) {
			break
		}
		t.preamble = append(t.preamble, fields)
		if len(t.preamble) > maxPreamble {
			return t.headless(o, line)
		}
	}
	var missing []string
	for _, name := range o.Require {
		if !t.Has(name) {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return graph.Errorf(graph.KindInvalid, "%s has no column %s; its columns are %s",
			t.file.Name, strings.Join(missing, ", "), Shorten(strings.Join(t.header, ", ")))
	}
	return nil
}

func (t *Table) headless(o TableOptions, line int) error {
	if o.HeaderHas != "" && line > 0 {
		return graph.Errorf(graph.KindInvalid, "%s has no header row with a column %s in its first %d rows",
			t.file.Name, o.HeaderHas, maxPreamble)
	}
	return graph.Errorf(graph.KindInvalid, "%s is empty; it should begin with a header row", t.file.Name)
}

func (t *Table) setHeader(fields []string) {
	t.header = slices.Clone(fields)
	t.folded = make([]string, len(fields))
	t.index = make(map[string]int, len(fields))
	for i, name := range fields {
		t.header[i] = strings.TrimSpace(name)
		t.folded[i] = fold(name)
		if _, ok := t.index[t.folded[i]]; !ok {
			t.index[t.folded[i]] = i
		}
	}
	t.rows.expect(len(fields))
}

// Header returns the names of the columns as the file writes them.
func (t *Table) Header() []string { return t.header }

// Preamble returns the rows that stood before the header.
func (t *Table) Preamble() [][]string { return t.preamble }

// Has reports whether the table has a column of that name, whatever its letter
// case.
func (t *Table) Has(column string) bool {
	_, ok := t.index[fold(column)]
	return ok
}

// Next returns the next row. A row that cannot be read is a *[BadRow] error,
// after which Next goes on with the row behind it; the end is io.EOF. Every
// other error is final.
func (t *Table) Next() (Row, error) {
	line, fields, err := t.rows.next()
	if err != nil {
		if bad, ok := errors.AsType[*BadRow](err); ok {
			t.nameColumn(bad)
			return Row{}, bad
		}
		return Row{}, t.fail(err)
	}
	if len(fields) != len(t.header) {
		return Row{}, t.wrongCount(line, fields)
	}
	if t.isHeader(fields) {
		return Row{}, &BadRow{Line: line, Value: Shorten(strings.Join(fields, ",")), Reason: "is the header row again", Header: true}
	}
	return Row{Line: line, Fields: fields, index: t.index}, nil
}

func (t *Table) wrongCount(line int, fields []string) error {
	bad := &BadRow{Line: line, Value: Shorten(strings.Join(fields, ","))}
	bad.Reason = fmt.Sprintf("has %d fields, but the header has %d", len(fields), len(t.header))
	if len(fields) < len(t.header) {
		bad.Truncated = t.rows.last()
		bad.Column = t.column(len(fields) - 1)
	}
	if bad.Truncated {
		bad.Reason += ", and the file ends here without a newline: it is cut off"
	}
	if again, ok := t.rows.(interface{ again() }); ok {
		again.again()
	}
	return bad
}

// isHeader reports whether a row repeats the header. A table of one column may
// hold its header's word as a value, but then it says nothing either.
func (t *Table) isHeader(fields []string) bool {
	for i, f := range fields {
		if fold(f) != t.folded[i] {
			return false
		}
	}
	return true
}

func (t *Table) column(at int) string {
	if at >= 0 && at < len(t.header) && t.header[at] != "" {
		return t.header[at]
	}
	return fmt.Sprintf("column %d", at+1)
}

// nameColumn puts the header's name in the place of a column's number.
func (t *Table) nameColumn(bad *BadRow) {
	var at int
	if _, err := fmt.Sscanf(bad.Column, "column %d", &at); err == nil {
		bad.Column = t.column(at - 1)
	}
}

func (t *Table) fail(err error) error {
	if _, ok := errors.AsType[*graph.Error](err); ok || errors.Is(err, io.EOF) {
		return err
	}
	return graph.Unavailable(t.file.Name+" cannot be read: "+err.Error(), err)
}

// Close frees what a spreadsheet holds while it is read. A table of text needs
// no closing.
func (t *Table) Close() error { return t.rows.close() }
