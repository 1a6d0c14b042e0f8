// Package dod1260h reads the list of Chinese military companies under Section
// 1260H of the National Defense Authorization Act for Fiscal Year 2021 as a
// dated table. The Department of Defense publishes the list as PDF only; the
// layout is that of the table that OpenSanctions keeps beside its dataset
// us_dod_chinese_milcorps (sanctions.csv with its MAINTENANCE.md): Name, Clean
// Name, Alias, Previous Name, Parent Name, Note, Start date, End date, Source
// Url. Clean Name, Note and Source Url may be absent.
//
// A row is one listing: the day of the edition that added the party, and of the
// one that removed it. A party that every edition names has a row for each, so
// rows that overlap and stay open do not contradict each other. A row that goes
// on where another row of the same party says that it was removed does: both
// are kept and the conflict is reported. What no row denies of the older one,
// that it held up to the removal, is confirmed; that it went on is disputed.
//
// An affiliation with the parent under which an edition groups a party starts
// with that edition; a removal from the list says nothing of it and does not
// end it.
package dod1260h

import (
	"cmp"
	"context"
	"errors"
	"io"
	"strings"

	"debadge/graph"
	"debadge/graph/file"
	"debadge/graph/ingest"
)

const register = "us-dod-1260h"

var list = graph.Entity{ID: "list:us-dod-1260h", Name: "Chinese military companies under section 1260H (US Department of Defense)"}

// maxRows bounds what is held while rows are compared: the list has had less
// than a thousand.
const maxRows = 50_000

// Format reads the table.
func Format() ingest.Format {
	return ingest.Format{
		Name:      "dod1260h",
		Summary:   "the US Section 1260H list of Chinese military companies, as a dated table",
		Register:  register,
		Publisher: "US Department of Defense",
		Title:     "Section 1260H list of Chinese military companies, dated table",
		Kind:      "list",
		Read:      read,
	}
}

func read(ctx context.Context, files []*file.File, sink ingest.Sink) error {
	for _, f := range files {
		rows, err := readRows(ctx, f, sink)
		if err != nil {
			return err
		}
		h := newHistory(rows)
		for i := range rows {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := h.tell(&rows[i], sink); err != nil {
				return err
			}
		}
	}
	return nil
}

// row is one listing as the table prints it.
type row struct {
	at       ingest.Place
	printed  string // with aliases and marks, as on the list
	name     string
	aliases  []string
	previous string
	parent   string
	note     string
	url      string
	from, to graph.Date
}

func readRows(ctx context.Context, f *file.File, sink ingest.Sink) (rows []row, err error) {
	table, err := file.NewTable(f, file.TableOptions{Require: []string{"Name", "Parent Name"}})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, table.Close()) }()
	start, end := either(table, "Start date", "Start"), either(table, "End date", "End")
	if start == "" || end == "" {
		return nil, graph.Errorf(graph.KindInvalid, "%s has no columns Start date and End date; give the dated table of the list", f.Name)
	}
	sink.Covers(list.ID)
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		next, err := table.Next()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if bad, ok := errors.AsType[*file.BadRow](err); ok {
			err = refuse(f.Name, bad, sink)
		} else if err == nil {
			rows, err = add(rows, f.Name, next, start, end, sink)
		}
		if err != nil {
			return nil, err
		}
	}
}

// either returns the first of the names that the table has as a column.
func either(table *file.Table, names ...string) string {
	for _, name := range names {
		if table.Has(name) {
			return name
		}
	}
	return ""
}

func refuse(name string, bad *file.BadRow, sink ingest.Sink) error {
	if bad.Header {
		return nil
	}
	if bad.Truncated {
		sink.Incomplete(name + " is cut off")
	}
	return sink.Refuse(ingest.Refusal{
		Place: ingest.Place{File: name, Line: bad.Line, Column: bad.Column}, Value: bad.Value, Reason: bad.Reason,
	})
}

// add takes a row in, or refuses it.
func add(rows []row, name string, from file.Row, start, end string, sink ingest.Sink) ([]row, error) {
	r := row{
		at: ingest.Place{File: name, Line: from.Line}, printed: from.Get("Name"), name: from.Get("Clean Name"),
		aliases: aliases(from.Get("Alias")), previous: from.Get("Previous Name"), parent: from.Get("Parent Name"),
		note: from.Get("Note"), url: from.Get("Source Url"),
	}
	if r.name == "" {
		r.name = unmarked(r.printed)
	}
	r.printed = cmp.Or(r.printed, r.name)
	wrong := func(column, reason string) ([]row, error) {
		at := r.at
		at.Column = column
		return rows, sink.Refuse(ingest.Refusal{Place: at, Value: file.Shorten(from.Get(column)), Reason: reason})
	}
	if r.name == "" {
		return wrong("Name", "is missing; every row names a party")
	}
	var err error
	if r.from, err = date(from.Get(start)); err != nil {
		return wrong(start, err.Error())
	}
	if r.to, err = date(from.Get(end)); err != nil {
		return wrong(end, err.Error())
	}
	if !r.to.IsZero() && r.from.Earliest() >= r.to.Latest() {
		return wrong(end, "is not after "+start+" "+r.from.String())
	}
	if len(rows) == maxRows {
		return nil, graph.Errorf(graph.KindInvalid, "%s has more than %d rows; that is not the Section 1260H list", name, maxRows)
	}
	return append(rows, r), nil
}

func date(text string) (graph.Date, error) {
	if text == "" {
		return graph.Date{}, nil
	}
	return graph.ParseDate(text)
}

// aliases parts names at semicolons and at commas without a space behind them:
// "Co., Ltd." is one name, "Knownsec,Beijing Knownsec" are two.
func aliases(text string) []string {
	var all []string
	start := 0
	for i := range len(text) {
		if text[i] == ';' || text[i] == ',' && i+1 < len(text) && text[i+1] != ' ' {
			all = append(all, strings.TrimSpace(text[start:i]))
			start = i + 1
		}
	}
	return append(all, strings.TrimSpace(text[start:]))
}

// unmarked returns a printed name without the star that marks an entry.
func unmarked(printed string) string { return strings.TrimSpace(strings.TrimRight(printed, "*")) }
