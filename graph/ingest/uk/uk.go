// Package uk reads the lists of the United Kingdom as they are published in
// CSV: OFSI's Consolidated List of Asset Freeze Targets (ConList.csv, layout of
// February 2022), closed on 28 January 2026, and the UK Sanctions List
// (UK-Sanctions-List.csv), which takes its place. They begin with a line that
// dates the edition; the header is behind it.
//
// Every name and every address of a party is a row of its own; its number is
// the OFSI group, which both lists print, so that one list goes on where the
// other ends, or the unique id where there is no group. The listing starts on
// the earlier of the days "Listed On" and designated; ships are left out.
package uk

import (
	"context"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"

	"debadge/graph"
	"debadge/graph/file"
	"debadge/graph/ingest"
	"debadge/graph/ingest/party"
)

const register = "uk-ofsi"

var list = graph.Entity{ID: "list:uk-ofsi", Name: "UK sanctions list of asset freeze targets (HM Treasury, OFSI; Foreign, Commonwealth and Development Office)"}

// Format reads an edition from one file.
func Format() ingest.Format {
	return ingest.Format{
		Name:      "uk",
		Summary:   "the UK Sanctions List, or OFSI's consolidated list before it, as CSV",
		Register:  register,
		Publisher: "UK government (OFSI; Foreign, Commonwealth and Development Office)",
		Title:     "UK Sanctions List",
		Kind:      "list",
		Whole:     true,
		Read:      read,
	}
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
	table, err := file.NewTable(f, file.TableOptions{HeaderHas: "Name 6", Require: []string{"Name 1"}})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, table.Close()) }()
	if !table.Has("Group ID") && !table.Has("Unique ID") {
		return graph.Errorf(graph.KindInvalid,
			"%s has no column Group ID (of ConList.csv) or Unique ID (of UK-Sanctions-List.csv); give one of these as it is published", f.Name)
	}
	sink.Covers(list.ID)
	if date, ok := edition(table.Preamble()); ok {
		sink.Edition(date)
	}
	parties, err := readRows(ctx, f, table, sink)
	if err != nil {
		return err
	}
	for _, one := range parties.Parties() {
		if err := one.tell(sink); err != nil {
			return err
		}
	}
	return nil
}

func readRows(ctx context.Context, f *file.File, table *file.Table, sink ingest.Sink) (*party.Roll[*target], error) {
	parties := &party.Roll[*target]{}
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		row, err := table.Next()
		if errors.Is(err, io.EOF) {
			return parties, nil
		}
		if bad, ok := errors.AsType[*file.BadRow](err); ok {
			err = refuse(f, bad, sink)
		} else if err == nil {
			err = add(parties, ingest.Place{File: f.Name, Line: row.Line}, row, sink)
		}
		if err != nil {
			return nil, err
		}
	}
}

func refuse(f *file.File, bad *file.BadRow, sink ingest.Sink) error {
	if bad.Header {
		return nil
	}
	if bad.Truncated {
		sink.Incomplete(f.Name + " is cut off")
	}
	return sink.Refuse(ingest.Refusal{
		Place: ingest.Place{File: f.Name, Line: bad.Line, Column: bad.Column}, Value: bad.Value, Reason: bad.Reason,
	})
}

var (
	slashed = regexp.MustCompile(`\b(\d{2})/(\d{2})/(\d{4})\b`)
	spelled = regexp.MustCompile(`\b(\d{1,2})-([A-Z][a-z]{2})-(\d{4})\b`)
	months  = []string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}
)

// edition finds the date in what stands above the header: "Last
// Updated,27/01/2026" or "Report Date: 13-Feb-2026".
func edition(above [][]string) (graph.Date, bool) {
	for _, row := range above {
		text := strings.Join(row, " ")
		if m := slashed.FindStringSubmatch(text); m != nil {
			return day(m[0])
		}
		if m := spelled.FindStringSubmatch(text); m != nil {
			month := slices.Index(months, m[2]) + 1
			return civil(m[3], twoDigits(month), strings.Repeat("0", 2-len(m[1]))+m[1])
		}
	}
	return graph.Date{}, false
}

// day reads dd/mm/yyyy, where 00 is a day or a month that is not known.
func day(text string) (graph.Date, bool) {
	m := slashed.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil || m[0] != strings.TrimSpace(text) {
		return graph.Date{}, false
	}
	return civil(m[3], m[2], m[1])
}

func civil(year, month, day string) (graph.Date, bool) {
	text := year
	if month != "00" {
		text += "-" + month
		if day != "00" {
			text += "-" + day
		}
	}
	d, err := graph.ParseDate(text)
	return d, err == nil
}

func twoDigits(n int) string { return string([]byte{byte('0' + n/10), byte('0' + n%10)}) } //nolint:gosec // a month
