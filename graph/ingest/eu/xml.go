package eu

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

const root = "export"

// summary is the regulation of a part of an entity.
type summary struct {
	Regulation struct {
		Published string `xml:"publicationDate,attr"`
	} `xml:"regulationSummary"`
}

// entity is a sanctionEntity of the XML file.
type entity struct {
	LogicalID  string `xml:"logicalId,attr"`
	Reference  string `xml:"euReferenceNumber,attr"`
	UnitedID   string `xml:"unitedNationId,attr"`
	Designated string `xml:"designationDate,attr"`

	Type struct {
		Code           string `xml:"code,attr"`
		Classification string `xml:"classificationCode,attr"`
	} `xml:"subjectType"`
	Regulations []struct {
		Kind      string `xml:"regulationType,attr"`
		Program   string `xml:"programme,attr"` //nolint:misspell // as the file spells it
		Title     string `xml:"numberTitle,attr"`
		Published string `xml:"publicationDate,attr"`
		InForce   string `xml:"entryIntoForceDate,attr"`
		URL       string `xml:"publicationUrl"`
	} `xml:"regulation"`
	Names []struct {
		First    string `xml:"firstName,attr"`
		Middle   string `xml:"middleName,attr"`
		Last     string `xml:"lastName,attr"`
		Whole    string `xml:"wholeName,attr"`
		Language string `xml:"nameLanguage,attr"`
		Strong   string `xml:"strong,attr"`
		summary
	} `xml:"nameAlias"`
	Addresses []struct {
		Street  string `xml:"street,attr"`
		PoBox   string `xml:"poBox,attr"`
		Place   string `xml:"place,attr"`
		City    string `xml:"city,attr"`
		Region  string `xml:"region,attr"`
		Zip     string `xml:"zipCode,attr"`
		Code    string `xml:"countryIso2Code,attr"`
		Country string `xml:"countryDescription,attr"`
		summary
	} `xml:"address"`
	Births []struct {
		Date string `xml:"birthdate,attr"`
		Year string `xml:"year,attr"`
		From string `xml:"yearRangeFrom,attr"`
		To   string `xml:"yearRangeTo,attr"`
		summary
	} `xml:"birthdate"`
	Numbers []struct {
		Number      string `xml:"number,attr"`
		Code        string `xml:"identificationTypeCode,attr"`
		Description string `xml:"identificationTypeDescription,attr"`
		summary
	} `xml:"identification"`
}

func readXML(ctx context.Context, f *file.File, sink ingest.Sink) error {
	elements := file.NewXML(f)
	begun := false
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		element, err := elements.Next(root, "sanctionEntity")
		switch {
		case errors.Is(err, io.EOF) && begun:
			return nil
		case err != nil && !errors.Is(err, io.EOF):
			return err
		case err != nil || begun == (element.Name == root):
			return graph.Errorf(graph.KindInvalid,
				"%s is not the EU's list, which is one %s of sanctionEntity elements; give xmlFullSanctionsList_1_1 as it is published", f.Name, root)
		}
		if !begun {
			begun = true
			sink.Covers(list.ID)
			d := dates{sink: sink, at: ingest.Place{File: f.Name, Line: element.Line}}
			if date := d.read("generationDate", element.Get("generationDate")); !date.IsZero() {
				sink.Edition(date)
			}
			if d.err != nil {
				return d.err
			}
			continue
		}
		var e entity
		if err := elements.Decode(element, &e); err != nil {
			return err
		}
		if err := e.tell(ingest.Place{File: f.Name, Line: element.Line}, sink); err != nil {
			return err
		}
	}
}

// tell gives the sink a record of the entity.
func (e *entity) tell(at ingest.Place, sink ingest.Sink) error {
	s := newSubject(at, ingest.Tidy(e.LogicalID), "")
	e.named(s.party)
	if s.party.Name == "" || s.number == "" {
		at.Column = "nameAlias"
		return sink.Refuse(ingest.Refusal{Place: at, Value: s.number, Reason: "the entity has no name, or no logicalId"})
	}
	s.typed(e.Type.Code, e.Type.Classification)
	s.unitedNotes = ingest.Tidy(e.UnitedID)
	if number := ingest.Tidy(e.Reference); number != "" {
		s.number = number
	}
	for _, a := range e.Addresses {
		s.located(a.Code, a.Country, a.Street, a.PoBox, a.Place, a.City, a.Region, a.Zip)
	}
	for _, b := range e.Births {
		s.born(b.Date, b.Year, b.From, b.To)
	}
	for _, n := range e.Numbers {
		s.identified(n.Number, n.Code, n.Description)
	}
	d := dates{sink: sink, at: at}
	for _, part := range e.summaries() {
		s.since(d.read("regulationSummary", part.Regulation.Published))
	}
	s.designated = d.read("designationDate", e.Designated)
	for _, r := range e.Regulations {
		s.under(regulation{
			kind: r.Kind, program: strings.TrimSpace(r.Program), title: ingest.Tidy(r.Title), url: strings.TrimSpace(r.URL),
			published: d.read("publicationDate", r.Published), inForce: d.read("entryIntoForceDate", r.InForce),
		})
	}
	if d.err != nil {
		return d.err
	}
	return s.tell(sink)
}

// named gives the party its names: the first strong one is its own.
func (e *entity) named(p *party.Party) {
	whole := make([]string, len(e.Names))
	for i, n := range e.Names {
		if whole[i] = ingest.Tidy(n.Whole); whole[i] == "" {
			whole[i] = party.Joined(" ", n.First, n.Middle, n.Last)
		}
		if p.Name == "" && !isWeak(n.Strong) {
			p.Name = whole[i]
		}
	}
	for i, n := range e.Names {
		switch {
		case p.Name == "":
			p.Name = whole[i] // all are weak
		case isWeak(n.Strong):
			p.Set(party.WeakAlias, whole[i])
		default:
			p.Alias(whole[i], language(n.Language))
		}
	}
}

func isWeak(strong string) bool { return strings.EqualFold(strong, "false") }

func (e *entity) summaries() []summary {
	var all []summary
	for _, n := range e.Names {
		all = append(all, n.summary)
	}
	for _, a := range e.Addresses {
		all = append(all, a.summary)
	}
	for _, b := range e.Births {
		all = append(all, b.summary)
	}
	for _, n := range e.Numbers {
		all = append(all, n.summary)
	}
	return all
}
