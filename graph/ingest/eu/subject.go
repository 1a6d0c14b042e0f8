package eu

import (
	"cmp"
	"slices"
	"strings"

	"debadge/graph"
	"debadge/graph/ingest"
	"debadge/graph/ingest/party"
)

// subject is a party with the regulations that name it.
type subject struct {
	party       *party.Party
	number      string // EU reference number, such as EU.27.28
	unitedNotes string // its number at the United Nations
	designated  graph.Date
	regulations []regulation
	part        graph.Date // when the oldest name or address was published
}

// regulation is one that names a party, as the list prints it.
type regulation struct {
	kind, program, title, url string
	published, inForce        graph.Date
}

func newSubject(at ingest.Place, logicalID, name string) *subject {
	return &subject{party: &party.Party{ID: ingest.PartyID(register, logicalID, name), Name: name, At: at}, number: logicalID}
}

// typed takes the type of subject in any of the forms that the files use.
func (s *subject) typed(types ...string) {
	for _, t := range types {
		switch strings.ToLower(strings.TrimSpace(t)) {
		case "p", "person":
			s.party.Set(party.PartyType, party.Individual)
			return
		case "e", "enterprise", "entity":
			s.party.Set(party.PartyType, party.Entity)
			return
		}
	}
}

// identified takes a number of the party, where it is of a kind that others
// know the party by too.
func (s *subject) identified(number, code, description string) {
	kind := strings.ToLower(code + " " + description)
	switch {
	case strings.Contains(kind, "lei") || strings.Contains(kind, "legal entity"):
		s.party.LegalEntityIdentifier(number)
	case strings.Contains(kind, "regnumber") || strings.Contains(kind, "registration"):
		s.party.Set(party.RegistrationNumber, number)
	case strings.Contains(kind, "fiscal") || strings.Contains(kind, "tax"):
		s.party.Set(party.TaxID, number)
	}
}

// born takes a date of birth, or what is known of one.
func (s *subject) born(date, year, from, to string) {
	switch {
	case ingest.Tidy(date) != "":
		s.party.Set(party.DateOfBirth, date)
	case ingest.Tidy(year) != "":
		s.party.Set(party.DateOfBirth, year)
	default:
		s.party.Set(party.DateOfBirth, party.Joined(" to ", from, to))
	}
}

// located takes an address; the country by its code, where that says which.
func (s *subject) located(country, name string, lines ...string) {
	s.party.Set(party.Address, party.Joined(", ", append(lines, name)...))
	if _, ok := ingest.Country(country); ok {
		s.party.In(country)
		return
	}
	s.party.In(name)
}

func (s *subject) under(r regulation) {
	if r != (regulation{}) && !slices.Contains(s.regulations, r) {
		s.regulations = append(s.regulations, r)
	}
}

// since notes when a name, an address or a number of the party was published.
// The regulation of the party itself may be one that amended the entry later.
func (s *subject) since(published graph.Date) {
	if !published.IsZero() && (s.part.IsZero() || published.Earliest() < s.part.Earliest()) {
		s.part = published
	}
}

// tell gives the sink the party's record, with a listing for each program.
func (s *subject) tell(sink ingest.Sink) error {
	var programs []string
	for _, r := range s.regulations {
		if !slices.Contains(programs, r.program) {
			programs = append(programs, r.program)
		}
	}
	if len(programs) == 0 {
		programs = []string{""}
	}
	s.party.Set(party.Program, programs...)
	var documents []graph.Source
	for _, program := range programs {
		statement, cited := s.listing(program, len(programs) == 1)
		s.party.Claims = append(s.party.Claims, statement)
		for _, d := range cited {
			if !slices.ContainsFunc(documents, func(o graph.Source) bool { return o.ID == d.ID }) {
				documents = append(documents, d)
			}
		}
	}
	record := s.party.Record(list)
	record.Sources = documents
	return sink.Record(record)
}

// listing is the statement of one program, and the regulations that it cites.
// The earliest of them dates it, or the oldest part of the only entry, unless the
// day of designation is known.
func (s *subject) listing(program string, only bool) (ingest.Statement, []graph.Source) {
	var of []regulation
	for _, r := range s.regulations {
		if r.program == program {
			of = append(of, r)
		}
	}
	slices.SortStableFunc(of, func(a, b regulation) int { return cmp.Compare(a.start().Earliest(), b.start().Earliest()) })
	var first regulation
	if i := slices.IndexFunc(of, func(r regulation) bool { return !r.start().IsZero() }); i >= 0 {
		first = of[i]
	}
	if only && !s.part.IsZero() && (first.start().IsZero() || s.part.Earliest() < first.start().Earliest()) {
		first = regulation{published: s.part}
	}
	from := s.designated
	if from.IsZero() {
		from = first.start()
	}
	statement := s.party.Listed(list.ID, from)
	statement.Key = program
	if !first.published.IsZero() && (s.designated.IsZero() || first.kind != "amendment") {
		statement.Attributes["published"] = first.published.String()
	}
	var notes []string
	if program != "" {
		notes = append(notes, "Program "+program+".")
	}
	if s.unitedNotes != "" {
		notes = append(notes, "United Nations number "+s.unitedNotes+".")
	}
	statement.Citations = []graph.Citation{{Stance: graph.Supports, Locator: "entry " + s.number, Text: strings.Join(notes, " ")}}
	var documents []graph.Source
	for _, r := range of {
		if d, ok := r.source(); ok {
			documents = append(documents, d)
			statement.Citations = append(statement.Citations, graph.Citation{Source: d.ID, Stance: graph.Supports, Text: "Names the party."})
		}
	}
	return statement, documents
}

// start is when the regulation took effect, so far as the list says.
func (r regulation) start() graph.Date {
	if r.inForce.IsZero() {
		return r.published
	}
	return r.inForce
}

// source is the regulation as a document. Its id is of all that the list
// prints of it, so that two spellings never are two versions of one document.
func (r regulation) source() (graph.Source, bool) {
	if r.title == "" {
		return graph.Source{}, false
	}
	return graph.Source{
		ID:        graph.ID("source:" + register + ":" + ingest.Reference("EU "+r.title+" "+r.published.String()+" "+r.url)),
		Title:     "EU regulation " + r.title,
		Publisher: "Official Journal of the European Union",
		Date:      r.published,
		URL:       r.url,
		Kind:      "regulation",
	}, true
}
