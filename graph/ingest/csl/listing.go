package csl

import (
	"strings"

	"debadge/graph"
	"debadge/graph/ingest"
)

// when is the time of a listing.
type when struct {
	from, to             graph.Date
	announced, published graph.Date
	note                 string // what no attribute of a claim holds
}

// when reads the dates of an entry. One that cannot be meant is refused alone:
// the listing stands, from a time that is not known.
func (e entry) when(l list, sink ingest.Sink) (when, error) {
	var w when
	d := e.datesOf(l.dates)
	for _, field := range []struct {
		column, text string
		date         *graph.Date
	}{
		{"start_date", e.start, &w.from},
		{"end_date", e.end, &w.to},
		{"ids", d.listed, &w.announced},
		{"ids", d.effective, &w.from},
	} {
		if field.text == "" {
			continue
		}
		day, ok := parseDate(field.text)
		if !ok {
			err := e.refuse(sink, field.column, field.text, "is not a date of this time; the row is kept without it", true)
			if err != nil {
				return w, err
			}
			continue
		}
		*field.date = day
	}
	if !w.to.IsZero() && w.from.Earliest() >= w.to.Latest() {
		if err := e.refuse(sink, "end_date", e.end, "is not after the start_date "+w.from.String()+"; the row is kept without it", true); err != nil {
			return w, err
		}
		w.to = graph.Date{}
	}
	if all := notices(e.notice); len(all) == 1 {
		w.published = all[0].date
	}
	if day, ok := parseDate(d.divested); ok {
		w.note = "Divestment date: " + day.String() + "."
	}
	return w, nil
}

// listing states that a party is on a list.
func (e entry) listing(l list, w when, party graph.ID, key string) ingest.Statement {
	c := graph.Claim{
		Relation: graph.ListedOn, From: party, To: l.id, Status: graph.Confirmed,
		ValidFrom: w.from, ValidTo: w.to, Attributes: map[string]string{"entry": e.name},
	}
	for name, date := range map[string]graph.Date{"announced": w.announced, "published": w.published} {
		if !date.IsZero() {
			c.Attributes[name] = date.String()
		}
	}
	c.Citations = []graph.Citation{{Stance: graph.Supports, Locator: ingest.Locator(e.at), Text: e.terms(w)}}
	for _, n := range notices(e.notice) {
		q := graph.Citation{Source: n.id(), Stance: graph.Supports, Locator: n.printed, Text: "The list cites this notice."}
		if q.Locator == n.source().Title {
			q.Locator = ""
		}
		c.Citations = append(c.Citations, q)
	}
	return ingest.Statement{Claim: c, Key: key}
}

// terms is what the row says of the listing beside its dates.
func (e entry) terms(w when) string {
	var parts []string
	for _, part := range []struct{ what, text string }{
		{"Federal Register: ", e.notice},
		{"License requirement: ", e.requirement},
		{"License policy: ", e.policy},
		{"Standard order: ", e.standardOrder},
	} {
		if text := ingest.Tidy(part.text); text != "" {
			parts = append(parts, part.what+strings.TrimSuffix(text, ".")+".")
		}
	}
	if w.note != "" {
		parts = append(parts, w.note)
	}
	return strings.Join(parts, " ")
}
