package screen

import (
	"errors"
	"fmt"

	"debadge/graph/file"
)

// tableReader gives the rows of CSV or of a spreadsheet.
type tableReader struct {
	f      *file.File
	t      *file.Table
	format string
	layout layout
	number int
}

var _ Reader = (*tableReader)(nil)

func newTable(f *file.File, format string, m Mapping) (*tableReader, error) {
	t, err := file.NewTable(f, file.TableOptions{})
	if err != nil {
		return nil, err
	}
	l, err := layoutOf(t.Header(), m)
	if err != nil {
		return nil, named(f.Name, err)
	}
	return &tableReader{f: f, t: t, format: format, layout: l}, nil
}

// Head returns the columns as they are called.
func (r *tableReader) Head() (name, format string, columns []string) {
	return r.f.Name, r.format, r.t.Header()
}

// Position says how far the file is read.
func (r *tableReader) Position() (done, total int64) { return r.f.Offset(), r.f.Size }

// LeftOut is nothing: each row is a line.
func (r *tableReader) LeftOut() map[string]int { return nil }

// Next returns the next row. One that is not readable is a line that says why.
func (r *tableReader) Next() (Line, error) {
	row, err := r.t.Next()
	r.number++
	line := Line{Number: r.number}
	if bad, ok := errors.AsType[*file.BadRow](err); ok {
		line.At, line.Bad = r.at(bad.Line), badWords(bad)
		return line, nil
	}
	if err != nil {
		return Line{}, err
	}
	line.At, line.Cells, line.Input = r.at(row.Line), row.Fields, r.layout.input(row.Fields)
	return line, nil
}

func (r *tableReader) at(line int) string {
	if r.format == formatXLSX {
		return fmt.Sprintf("row %d", line)
	}
	return fmt.Sprintf("line %d", line)
}

func badWords(bad *file.BadRow) string {
	text := bad.Reason
	if bad.Column != "" {
		text += fmt.Sprintf(" (column %q)", bad.Column)
	}
	if bad.Value != "" {
		text += fmt.Sprintf(": %q", bad.Value)
	}
	return text
}
