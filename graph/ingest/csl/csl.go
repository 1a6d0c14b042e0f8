// Package csl reads the Consolidated Screening List that trade.gov publishes,
// which brings the lists of the Departments of Commerce, State and the Treasury
// together: as CSV in the layouts of 28 columns and of 29 (with _id), and as
// JSON, an array or the "results" of the service's answer.
//
// The service's documentation at developer.trade.gov describes the fields; what
// the editions really hold was learned from editions of 2022, 2023 and 2025.
// Columns are found by their names. What identifies a party is the Treasury's
// entity_number, else its name on the list; a listing of Commerce or State is
// told by the address and the Federal Register citation too. The field _id is
// another one in each edition and is not read.
package csl

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"

	"debadge/graph"
	"debadge/graph/file"
	"debadge/graph/ingest"
)

const (
	register = "us-csl"
	treasury = "us-ofac" // whose numbers stand in the rows of its lists
)

// Format returns the format of the list.
func Format() ingest.Format {
	return ingest.Format{
		Name: "csl", Register: register,
		Summary:   "the Consolidated Screening List of trade.gov, CSV or JSON",
		Publisher: "International Trade Administration, US Department of Commerce",
		Title:     "Consolidated Screening List",
		Kind:      "list",
		Read:      read,
	}
}

func read(ctx context.Context, files []*file.File, sink ingest.Sink) error {
	numbers := numbers{}
	for _, f := range files {
		if err := each(ctx, f, silent{}, func(e entry) error { numbers.note(e); return nil }); err != nil {
			return err
		}
		if err := f.Rewind(); err != nil {
			return err
		}
	}
	for _, f := range files {
		if err := each(ctx, f, sink, func(e entry) error { return e.tell(numbers, sink) }); err != nil {
			return err
		}
	}
	return nil
}

// reporter is the part of a sink that is told of rows that cannot be read.
type reporter interface {
	Refuse(r ingest.Refusal) error
	Incomplete(why string)
}

type silent struct{}

// Refuse does nothing.
func (silent) Refuse(ingest.Refusal) error { return nil }

// Incomplete does nothing.
func (silent) Incomplete(string) {}

// each calls yield for every row or item that can be read.
func each(ctx context.Context, f *file.File, told reporter, yield func(entry) error) error {
	next, done, err := begin(f)
	if err != nil {
		return err
	}
	for {
		if err := ctx.Err(); err != nil {
			return graph.Unavailable("the import was interrupted", err)
		}
		e, err := next()
		var bad *file.BadRow
		switch {
		case errors.Is(err, io.EOF):
			return done()
		case errors.As(err, &bad):
			err = refuse(f.Name, bad, told)
		case err == nil:
			e.at.File = f.Name
			err = yield(e)
		}
		if err != nil {
			return errors.Join(err, done())
		}
	}
}

// refuse tells a row that cannot be read. A header in the midst of the file and
// a row that is cut off mean that some tool broke the edition.
func refuse(name string, bad *file.BadRow, told reporter) error {
	if bad.Header {
		told.Incomplete("its header stands in it again, as in files that were put together")
		return nil
	}
	if bad.Truncated {
		told.Incomplete("its last row is cut off")
	}
	return told.Refuse(ingest.Refusal{
		Place: ingest.Place{File: name, Line: bad.Line, Column: bad.Column}, Value: bad.Value, Reason: bad.Reason,
	})
}

// begin finds out whether the file is JSON or a table, and returns what reads
// its entries one by one, to io.EOF.
func begin(f *file.File) (next func() (entry, error), done func() error, err error) {
	json := false
	if !f.IsBook() {
		if json, err = isJSON(f.Text); err != nil {
			return nil, nil, graph.Unavailable(f.Name+" cannot be read: "+err.Error(), err)
		}
		if err := f.Rewind(); err != nil {
			return nil, nil, err
		}
	}
	if json {
		items, err := file.NewItems(f, file.ItemOptions{})
		if err != nil {
			return nil, nil, err
		}
		return func() (entry, error) {
			item, err := items.Next()
			if err != nil {
				return entry{}, err
			}
			return fromJSON(item)
		}, func() error { return nil }, nil
	}
	table, err := file.NewTable(f, file.TableOptions{Comma: ',', Require: []string{"source", "name"}})
	if err != nil {
		return nil, nil, err
	}
	return func() (entry, error) {
		row, err := table.Next()
		if err != nil {
			return entry{}, err
		}
		return fromRow(row), nil
	}, table.Close, nil
}

// isJSON looks at the first character of a text that is no space.
func isJSON(text io.Reader) (bool, error) {
	r := bufio.NewReader(text)
	for {
		b, err := r.ReadByte()
		switch {
		case errors.Is(err, io.EOF):
			return false, nil
		case err != nil:
			if _, known := errors.AsType[*graph.Error](err); known {
				return false, nil // whoever reads the file tells it
			}
			return false, err
		case strings.IndexByte(" \t\r\n", b) < 0:
			return b == '[' || b == '{', nil
		}
	}
}

// maxNumbers bounds the names that are remembered for links among parties: some
// hundred times what the lists hold.
const maxNumbers = 1_000_000

// numbers maps the names of the Treasury's parties to their numbers, and a name
// that two parties have to none.
type numbers map[string]string

func (n numbers) note(e entry) {
	if e.number == "" || len(n) >= maxNumbers {
		return
	}
	name := ingest.Tidy(e.name)
	if other, ok := n[name]; ok && other != e.number {
		n[name] = ""
		return
	}
	n[name] = e.number
}
