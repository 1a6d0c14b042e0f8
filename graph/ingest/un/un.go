// Package un reads the Consolidated List of the United Nations Security
// Council as it is published in XML (consolidated.xml, schema
// https://scsanctions.un.org/resources/xsd/consolidated.xsd): INDIVIDUALS and
// ENTITIES of a CONSOLIDATED_LIST, whose dateGenerated is the edition.
//
// A party has its permanent reference number, such as QDe.001, in its id.
// LISTED_ON is the start of the listing. Aliases of low quality are kept as
// weak ones. The list has no vessels.
package un

import (
	"context"
	"errors"
	"io"
	"strings"

	"debadge/graph"
	"debadge/graph/file"
	"debadge/graph/ingest"
	"debadge/graph/ingest/party"
)

const register = "un-sc"

var list = graph.Entity{ID: "list:un-sc", Name: "Consolidated List (United Nations Security Council)"}

// Format reads an edition from one file.
func Format() ingest.Format {
	return ingest.Format{
		Name:      "un",
		Summary:   "the UN Security Council's Consolidated List, consolidated.xml",
		Register:  register,
		Publisher: "United Nations Security Council",
		Title:     "United Nations Security Council Consolidated List",
		Kind:      "list",
		Whole:     true,
		Read:      read,
	}
}

const (
	root       = "CONSOLIDATED_LIST"
	individual = "INDIVIDUAL"
	entity     = "ENTITY"
)

func read(ctx context.Context, files []*file.File, sink ingest.Sink) error {
	for _, f := range files {
		if err := readFile(ctx, f, sink); err != nil {
			return err
		}
	}
	return nil
}

func readFile(ctx context.Context, f *file.File, sink ingest.Sink) error {
	elements := file.NewXML(f)
	begun := false
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		element, err := elements.Next(root, individual, entity)
		switch {
		case errors.Is(err, io.EOF) && begun:
			return nil
		case err != nil && !errors.Is(err, io.EOF):
			return err
		case err != nil || begun == (element.Name == root):
			return graph.Errorf(graph.KindInvalid,
				"%s is not the Consolidated List of the UN, which is one %s; give consolidated.xml as it is published", f.Name, root)
		}
		if !begun {
			begun = true
			sink.Covers(list.ID)
			if date, ok := day(element.Get("dateGenerated")); ok {
				sink.Edition(date)
			}
			continue
		}
		at := ingest.Place{File: f.Name, Line: element.Line, Column: element.Name}
		var e entry
		if err := elements.Decode(element, &e); err != nil {
			return err
		}
		if err := e.tell(at, sink); err != nil {
			return err
		}
	}
}

// day reads a date with or without a time or a zone behind it.
func day(text string) (graph.Date, bool) {
	if text = strings.TrimSpace(text); len(text) > len("2006-01-02") {
		text = text[:len("2006-01-02")]
	}
	d, err := graph.ParseDate(text)
	return d, err == nil
}

// tell gives the sink a record of the entry.
func (e *entry) tell(at ingest.Place, sink ingest.Sink) error {
	name := party.Joined(" ", e.First, e.Second, e.Third, e.Fourth)
	number := party.Joined("", strings.TrimSuffix(strings.TrimSpace(e.Reference), "."))
	if number == "" {
		number = ingest.Tidy(e.DataID)
	}
	if name == "" {
		return sink.Refuse(ingest.Refusal{Place: at, Value: number, Reason: "the entry has no name (FIRST_NAME)"})
	}
	kind := party.Entity
	if at.Column == individual {
		kind = party.Individual
	}
	at.Column = ""
	p := &party.Party{ID: ingest.PartyID(register, number, name), Name: name, At: at}
	p.Set(party.PartyType, kind)
	p.Set(party.Program, e.ListType)
	e.describe(p)
	from, ok := day(e.ListedOn)
	if !ok && ingest.Tidy(e.ListedOn) != "" {
		where := at
		where.Column = "LISTED_ON"
		err := sink.Refuse(ingest.Refusal{
			Place: where, Value: e.ListedOn, Kept: true, Reason: "is not a date such as 2006-01-02; the party is listed without one",
		})
		if err != nil {
			return err
		}
	}
	s := p.Listed(list.ID, from)
	s.Citations = []graph.Citation{{Stance: graph.Supports, Locator: party.Joined(" ", "entry", number)}}
	if e.ListType != "" {
		s.Citations[0].Text = "Sanctions regime: " + ingest.Tidy(e.ListType) + "."
	}
	p.Claims = append(p.Claims, s)
	return sink.Record(p.Record(list))
}
