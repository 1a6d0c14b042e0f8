// Package sheet reads a table of claims that a person keeps in a spreadsheet,
// as CSV or XLSX: one row, one claim, under the columns of [Template]. Only the
// relation and the two ends must be there; columns may stand in any order and
// may be left out.
//
// An end is named by its id, or by its name (and a product's brand), of which
// the id is made; what kind of entity it is follows from the relation. A list
// must be named by its id, since a claim on a list of nearly the same name would
// be counted by no policy. A row without a source cites the file itself.
//
// A row is known again by its relation, its ends, its source and its locator: a
// row that says something else under these corrects what it said before. A row
// that is no longer there ends nothing, since a table holds what its author
// wrote down and not a whole list.
package sheet

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"

	"debadge/graph"
	"debadge/graph/file"
	"debadge/graph/ingest"
)

const register = "sheet"

// Columns that every table must have; of an end, its id or its name.
const (
	relationColumn = "relation"
	statusColumn   = "status"
)

// column is one column of the table.
type column struct {
	name    string
	meaning string
}

// columns are the columns of a table in the order of the template. The
// attributes of claims are added from the table of relations.
var columns = append([]column{
	{relationColumn, "MAKES, SELLS, REBRANDED_AS, OWNS, LISTED_ON, …"},
	{"from", "id of the entity that the claim goes from; may be left out where from_name is given"},
	{"from_name", "its name"},
	{"from_brand", "its brand, if it is a product"},
	{"from_country", "its country, if it is a company"},
	{"to", "id of the entity that the claim goes to"},
	{"to_name", "its name"},
	{"to_brand", "its brand, if it is a product"},
	{"to_country", "its country, if it is a company"},
	{statusColumn, "confirmed, reported, alleged or disputed"},
	{"confidence", "0.01 to 1; left empty, what the status stands for"},
	{"valid_from", "YYYY, YYYY-MM or YYYY-MM-DD"},
	{"valid_to", "the first day on which it no longer holds"},
	{"share", "percent that the owner holds, where it is known"},
	{"share_min", "percent that it holds at least"},
	{"share_max", "percent that it holds at most"},
	{"source_title", "the document that says so"},
	{"source_publisher", "who published it"},
	{"source_date", "when"},
	{"source_url", "where"},
	{"source_kind", "regulation, list, court, press, vendor, registry, research or other"},
	{"source_language", "such as en or zh"},
	{"stance", "supports (if it is empty) or denies"},
	{"locator", "page, paragraph or exhibit"},
	{"text", "what it says, in few words"},
}, attributeColumns()...)

// attributeColumns are the attributes that claims of any relation may carry.
func attributeColumns() []column {
	var all []column
	for _, r := range graph.Relations() {
		for _, a := range r.Rule().Attributes {
			if !slices.ContainsFunc(all, func(c column) bool { return c.name == a.Name }) {
				all = append(all, column{a.Name, "of " + r.String() + ": " + a.Meaning})
			}
		}
	}
	return all
}

// Format reads such tables.
func Format() ingest.Format {
	return ingest.Format{
		Name:      "csv",
		Summary:   "a table of claims from a spreadsheet, as CSV or XLSX; --template prints one to fill in",
		Register:  register,
		Publisher: "the table's author",
		Title:     "Table of claims",
		Kind:      "other",
		Read:      read,
	}
}

// Template returns a table to begin with: the header, and two rows that show
// how it is filled in.
func Template() string {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	header := make([]string, len(columns))
	for i, c := range columns {
		header[i] = c.name
	}
	rows := [][]string{header}
	for _, example := range []map[string]string{
		{
			relationColumn: "REBRANDED_AS", "from_name": "EX-100", "from_brand": "Example Original", "to_name": "Y1", "to_brand": "Example Brand",
			statusColumn: "alleged", "valid_from": "2024-03", "source_title": "Complaint of an example", "source_publisher": "Example Court",
			"source_date": "2024-04-15", "source_kind": "court", "locator": "paragraph 41", "text": "Says that the two are one device.",
		},
		{
			relationColumn: "OWNS", "from_name": "Example Holding Ltd.", "to_name": "Example Maker Inc.", "to_country": "US",
			statusColumn: "reported", "share": "51", "source_title": "Annual report of an example", "source_publisher": "Example Holding Ltd.",
			"source_date": "2023", "locator": "page 12",
		},
	} {
		row := make([]string, len(columns))
		for i, c := range columns {
			row[i] = example[c.name]
		}
		rows = append(rows, row)
	}
	_ = w.WriteAll(rows) // a buffer takes everything
	return b.String()
}

// Columns returns the names of the columns with what each one means, for help.
func Columns() [][2]string {
	all := make([][2]string, len(columns))
	for i, c := range columns {
		all[i] = [2]string{c.name, c.meaning}
	}
	return all
}

func read(ctx context.Context, files []*file.File, sink ingest.Sink) error {
	for _, f := range files {
		if err := readFile(ctx, f, sink); err != nil {
			return err
		}
	}
	return nil
}

func readFile(ctx context.Context, f *file.File, sink ingest.Sink) (err error) {
	table, err := file.NewTable(f, file.TableOptions{Require: []string{relationColumn, statusColumn}})
	if e, ok := errors.AsType[*graph.Error](err); ok && e.Kind == graph.KindInvalid {
		return graph.Errorf(e.Kind, "%s; debadge import csv --template shows what the table has", e.Message)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, table.Close()) }()
	if err := checkHeader(f.Name, table); err != nil {
		return err
	}
	sink.Incomplete("a table of claims is not a whole list")
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		row, err := table.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if bad, ok := errors.AsType[*file.BadRow](err); ok {
			err = refuseRow(f.Name, bad, sink)
		} else if err == nil {
			err = readRow(f.Name, row, sink)
		}
		if err != nil {
			return err
		}
	}
}

func refuseRow(name string, bad *file.BadRow, sink ingest.Sink) error {
	if bad.Header {
		return nil
	}
	return sink.Refuse(ingest.Refusal{
		Place: ingest.Place{File: name, Line: bad.Line, Column: bad.Column}, Value: bad.Value, Reason: bad.Reason,
	})
}

// checkHeader refuses columns that are unknown or there twice: a typo must not
// drop what a column says.
func checkHeader(name string, table *file.Table) error {
	seen := map[string]bool{}
	for _, given := range table.Header() {
		lower := strings.ToLower(given)
		switch {
		case given == "":
		case !slices.ContainsFunc(columns, func(c column) bool { return c.name == lower }):
			return graph.Errorf(graph.KindInvalid,
				"%s has a column %q that is none of the template's; rename or remove it (debadge import csv --template shows them all)", name, file.Shorten(given))
		case seen[lower]:
			return graph.Errorf(graph.KindInvalid, "%s has the column %s twice; remove one", name, lower)
		}
		seen[lower] = true
	}
	for _, end := range []string{"from", "to"} {
		if !table.Has(end) && !table.Has(end+"_name") {
			return graph.Errorf(graph.KindInvalid, "%s has neither a column %s nor a column %s_name; add one", name, end, end)
		}
	}
	return nil
}
