package eu

import (
	"context"
	"errors"
	"io"
	"time"

	"debadge/graph"
	"debadge/graph/file"
	"debadge/graph/ingest"
	"debadge/graph/ingest/party"
)

// The columns without which there is no telling the parties.
const (
	logicalID = "Entity_LogicalId"
	wholeName = "NameAlias_WholeName"
)

// parts are what a row says of a party beside the entry itself, each under a
// regulation of its own.
var parts = []string{"NameAlias", "Address", "BirthDate", "Identification"}

func readTable(ctx context.Context, f *file.File, sink ingest.Sink) (err error) {
	table, err := file.NewTable(f, file.TableOptions{Require: []string{logicalID, wholeName}})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, table.Close()) }()
	sink.Covers(list.ID)
	r := rows{file: f, sink: sink}
	if err := r.read(ctx, table); err != nil {
		return err
	}
	for _, s := range r.subjects.Parties() {
		if s.party.Name == "" {
			s.party.At.Column = wholeName
			err = sink.Refuse(ingest.Refusal{Place: s.party.At, Value: s.number, Reason: "no row of the party has a name"})
		} else {
			err = s.tell(sink)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// rows collects the parties of a table.
type rows struct {
	file     *file.File
	sink     ingest.Sink
	subjects party.Roll[*subject]
	edition  string // as the rows print it
}

func (r *rows) read(ctx context.Context, table *file.Table) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		row, err := table.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if bad, ok := errors.AsType[*file.BadRow](err); ok {
			err = r.refuse(bad)
		} else if err == nil {
			err = r.add(row)
		}
		if err != nil {
			return err
		}
	}
}

func (r *rows) refuse(bad *file.BadRow) error {
	if bad.Header {
		return nil
	}
	if bad.Truncated {
		r.sink.Incomplete(r.file.Name + " is cut off")
	}
	return r.sink.Refuse(ingest.Refusal{
		Place: ingest.Place{File: r.file.Name, Line: bad.Line, Column: bad.Column}, Value: bad.Value, Reason: bad.Reason,
	})
}

func (r *rows) add(row file.Row) error {
	at := ingest.Place{File: r.file.Name, Line: row.Line}
	id, name := row.Get(logicalID), ingest.Tidy(row.Get(wholeName))
	if name == "" {
		name = party.Joined(" ", row.Get("NameAlias_FirstName"), row.Get("NameAlias_MiddleName"), row.Get("NameAlias_LastName"))
	}
	if id == "" {
		at.Column = logicalID
		return r.sink.Refuse(ingest.Refusal{Place: at, Value: name, Reason: "is empty; a row has the logical id of its party"})
	}
	r.dated(row.Get("fileGenerationDate"))
	s, ok := r.subjects.Find(id)
	if !ok {
		s = newSubject(at, id, name)
		r.subjects.Add(id, s)
	}
	held := s.party.Held()
	if s.party.Name == "" {
		s.party.Name = name
	}
	if err := r.describe(s, name, row, at); err != nil {
		return err
	}
	return r.subjects.Grow(s.party.Held() - held)
}

// dated tells the edition, once.
func (r *rows) dated(text string) {
	if text == "" || r.edition != "" {
		return
	}
	r.edition = text
	for _, form := range []string{"02/01/2006", time.DateOnly} {
		if t, err := time.Parse(form, text); err == nil && t.Year() > 0 {
			r.sink.Edition(graph.DayOf(t).Date())
			return
		}
	}
}

func (r *rows) describe(s *subject, name string, row file.Row, at ingest.Place) error {
	s.party.Alias(name, language(row.Get("NameAlias_NameLanguage")))
	s.typed(row.Get("Entity_SubjectType_ClassificationCode"), row.Get("Entity_SubjectType"))
	if number := row.Get("Entity_EU_ReferenceNumber"); number != "" {
		s.number = number
	}
	if number := row.Get("Entity_UnitedNationId"); number != "" {
		s.unitedNotes = number
	}
	s.located(row.Get("Address_CountryIso2Code"), row.Get("Address_CountryDescription"),
		row.Get("Address_Street"), row.Get("Address_PoBox"), row.Get("Address_Place"), row.Get("Address_City"),
		row.Get("Address_Region"), row.Get("Address_ZipCode"))
	s.born(row.Get("BirthDate_BirthDate"), row.Get("BirthDate_Year"), row.Get("BirthDate_YearRangeFrom"), row.Get("BirthDate_YearRangeTo"))
	s.identified(row.Get("Identification_Number"), row.Get("Identification_TypeCode"), row.Get("Identification_TypeDescription"))
	d := dates{sink: r.sink, at: at}
	if designated := d.read("Entity_DesignationDate", row.Get("Entity_DesignationDate")); !designated.IsZero() {
		s.designated = designated
	}
	for _, part := range parts {
		column := part + "_Regulation_PublicationDate"
		s.since(d.read(column, row.Get(column)))
	}
	s.under(regulation{
		kind: row.Get("Entity_Regulation_Type"), program: row.Get("Entity_Regulation_Programme"), //nolint:misspell // as the file spells it
		title: ingest.Tidy(row.Get("Entity_Regulation_NumberTitle")), url: row.Get("Entity_Regulation_PublicationUrl"),
		published: d.read("Entity_Regulation_PublicationDate", row.Get("Entity_Regulation_PublicationDate")),
		inForce:   d.read("Entity_Regulation_EntryIntoForceDate", row.Get("Entity_Regulation_EntryIntoForceDate")),
	})
	return d.err
}

// dates reads dates, and tells those that are none.
type dates struct {
	sink ingest.Sink
	at   ingest.Place
	err  error
}

func (d *dates) read(column, text string) graph.Date {
	text = ingest.Tidy(text)
	if text == "" || d.err != nil {
		return graph.Date{}
	}
	date, err := graph.ParseDate(text[:min(len(text), len(time.DateOnly))])
	if err != nil {
		at := d.at
		at.Column = column
		d.err = d.sink.Refuse(ingest.Refusal{
			Place: at, Value: text, Kept: true, Reason: "is not a date such as 2022-02-25; the party is listed without it",
		})
	}
	return date
}

// language is a BCP 47 tag, of the code that the list prints: EN.
func language(code string) string {
	if len(code) != 2 {
		return ""
	}
	return string([]byte{code[0] | 0x20, code[1] | 0x20})
}
