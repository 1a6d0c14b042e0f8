package file

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"debadge/graph"
)

// A workbook's parts beyond the first limit are kept on disk while it is read,
// and beyond the second it is refused.
const (
	bookInMemory = 16 << 20
	bookUnpacked = 1 << 30
	bookParts    = 10_000
)

func isBook(archive *zip.Reader) bool {
	has := func(name string) bool {
		return slices.ContainsFunc(archive.File, func(m *zip.File) bool { return strings.EqualFold(m.Name, name) })
	}
	return has("[Content_Types].xml") && has("xl/workbook.xml")
}

// checkBook refuses a bomb before anything of it is unpacked.
func (f *File) checkBook(archive *zip.Reader) error {
	unpacked := int64(0)
	for _, part := range archive.File {
		unpacked = min(unpacked+int64(min(part.UncompressedSize64, bookUnpacked+1)), bookUnpacked+1)
	}
	switch {
	case f.Size > f.options.MaxBook:
		return graph.Errorf(graph.KindInvalid, "%s is a spreadsheet larger than %s; save it as CSV", f.Name, bytesText(f.options.MaxBook))
	case len(archive.File) > bookParts:
		return graph.Errorf(graph.KindInvalid, "%s is no spreadsheet: it has %d parts", f.Name, len(archive.File))
	case unpacked > bookUnpacked, unpacked > ratioGrace && unpacked/f.options.MaxRatio > f.Size:
		return graph.Errorf(graph.KindInvalid, "%s is a bomb: its %s would unpack to %s or more; it is not read",
			f.Name, bytesText(f.Size), bytesText(min(unpacked, bookUnpacked)))
	}
	return nil
}

// sheet reads the rows of one sheet of a workbook.
type sheet struct {
	name  string // of the file
	book  *excelize.File
	rows  *excelize.Rows
	line  int
	width int // of a row: empty cells at its end are left out in the file
}

func newSheet(f *File, name string) (s *sheet, err error) {
	defer recovered(f.Name, &err)
	book, err := excelize.OpenReader(io.NewSectionReader(f.data, 0, f.Size), excelize.Options{
		UnzipSizeLimit:    bookUnpacked,
		UnzipXMLSizeLimit: bookInMemory,
		ShortDatePattern:  "yyyy-mm-dd",
		TmpDir:            f.options.TempDir,
	})
	if err != nil {
		return nil, graph.Errorf(graph.KindInvalid, "%s is a broken spreadsheet: %w", f.Name, err)
	}
	f.offset.Store(f.Size)
	s = &sheet{name: f.Name, book: book}
	names := book.GetSheetList()
	switch {
	case len(names) == 0:
		err = graph.Errorf(graph.KindInvalid, "%s has no sheet", f.Name)
	case name == "":
		name = names[0]
	case !slices.Contains(names, name):
		err = graph.Errorf(graph.KindInvalid, "%s has no sheet %q; it has %s", f.Name, name, Shorten(strings.Join(names, ", ")))
	}
	if err == nil {
		s.rows, err = book.Rows(name)
	}
	if err != nil {
		_ = book.Close()
		if _, ok := errors.AsType[*graph.Error](err); !ok {
			err = graph.Errorf(graph.KindInvalid, "%s is a broken spreadsheet: %w", f.Name, err)
		}
		return nil, err
	}
	return s, nil
}

// recovered makes an error of a panic: a library that takes a broken
// workbook badly must not end a service for it.
func recovered(name string, err *error) {
	if p := recover(); p != nil {
		*err = graph.Errorf(graph.KindInvalid, "%s is a broken spreadsheet: %v", name, p)
	}
}

func (s *sheet) next() (line int, fields []string, err error) {
	defer recovered(s.name, &err)
	for s.rows.Next() {
		s.line++
		fields, err = s.rows.Columns()
		if err != nil {
			return s.line, nil, graph.Errorf(graph.KindInvalid, "%s: row %d cannot be read: %w", s.name, s.line, err)
		}
		if fields = trimEmpty(fields); len(fields) == 0 {
			continue
		}
		if len(fields) > MaxColumns {
			return s.line, nil, &BadRow{Line: s.line, Reason: fmt.Sprintf("the row has more than %d columns", MaxColumns)}
		}
		for len(fields) < s.width {
			fields = append(fields, "")
		}
		for i, field := range fields {
			if len(field) > MaxField {
				return s.line, nil, &BadRow{Line: s.line, Column: numbered(i), Value: Shorten(field), Reason: "the cell is longer than 1 MiB"}
			}
		}
		return s.line, fields, nil
	}
	if err := s.rows.Error(); err != nil {
		return s.line, nil, graph.Errorf(graph.KindInvalid, "%s: row %d cannot be read: %w", s.name, s.line, err)
	}
	return s.line, nil, io.EOF
}

func trimEmpty(fields []string) []string {
	for len(fields) > 0 && fields[len(fields)-1] == "" {
		fields = fields[:len(fields)-1]
	}
	return fields
}

func (s *sheet) expect(columns int) { s.width = columns }

// last is false: a workbook that was cut off does not open.
func (s *sheet) last() bool { return false }

func (s *sheet) close() error { return errors.Join(s.rows.Close(), s.book.Close()) }
