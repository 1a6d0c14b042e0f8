// Package party collects what a list says of one party, which official lists
// spread over several rows, names, addresses and numbers apart, into the
// entity and the listings of a record.
package party

import (
	"slices"
	"strings"

	"debadge/graph"
	"debadge/graph/ingest"
)

// The attributes of a company that lists fill.
const (
	Address            = "address"
	Country            = graph.CountryAttribute
	DateOfBirth        = "date_of_birth"
	DUNS               = "duns"
	ISIN               = "isin"
	LEI                = "lei"
	PartyType          = "party_type"
	Program            = "program"
	RegistrationNumber = "registration_number"
	TaxID              = "tax_id"
	Ticker             = "ticker"
	USCC               = "uscc"
	WeakAlias          = "weak_alias" // a name too general to find a party by
)

// The kinds of party that are kept. A person can own companies, so one that
// is left out would be a false clear.
const (
	Individual = "individual"
	Entity     = "entity"
)

// Party is what has been collected of one party.
type Party struct {
	ID         graph.ID
	Name       string // as the list prints it
	At         ingest.Place
	Claims     []ingest.Statement
	aliases    []graph.Alias
	attributes map[string][]string
	held       int // bytes of text
}

// Alias adds another name, in a BCP 47 language if it is known.
func (p *Party) Alias(text, language string) {
	text = ingest.Tidy(text)
	if text == "" || slices.ContainsFunc(p.aliases, func(a graph.Alias) bool { return a.Text == text }) {
		return
	}
	p.held += len(text)
	p.aliases = append(p.aliases, graph.Alias{Text: text, Language: language})
}

// Set adds values of an attribute. Empty ones and those that it has are left out.
func (p *Party) Set(attribute string, values ...string) {
	for _, v := range values {
		if v = ingest.Tidy(v); v == "" || slices.Contains(p.attributes[attribute], v) {
			continue
		}
		if p.attributes == nil {
			p.attributes = map[string][]string{}
		}
		p.held += len(v)
		p.attributes[attribute] = append(p.attributes[attribute], v)
	}
}

// Get returns the values of an attribute.
func (p *Party) Get(attribute string) []string { return p.attributes[attribute] }

// In adds the country of a seat, by its name or its code. A text that names no
// country is left out: it stays in the address as it is printed.
func (p *Party) In(country string) {
	if code, ok := ingest.Country(country); ok {
		p.Set(Country, code)
	}
}

// LegalEntityIdentifier adds a LEI, if the text is one.
func (p *Party) LegalEntityIdentifier(text string) {
	if lei, ok := ingest.LEI(text); ok {
		p.Set(LEI, lei)
	}
}

// Held returns how many bytes of text the party holds.
func (p *Party) Held() int { return p.held }

// Record returns what was collected. The lists are mentioned, so that a
// listing never points at nothing.
func (p *Party) Record(lists ...graph.Entity) ingest.Record {
	e := graph.Entity{ID: p.ID, Name: p.Name, Attributes: p.attributes}
	for _, a := range p.aliases {
		if a.Text != p.Name {
			e.Aliases = append(e.Aliases, a)
		}
	}
	r := ingest.Record{At: p.At, Entities: []graph.Entity{e}, Claims: p.Claims}
	for _, l := range lists {
		if slices.ContainsFunc(p.Claims, func(s ingest.Statement) bool { return s.To == l.ID }) {
			r.Mentions = append(r.Mentions, l)
		}
	}
	return r
}

// Listed returns the statement that a party is on a list, as its keeper says.
func (p *Party) Listed(list graph.ID, from graph.Date) ingest.Statement {
	return ingest.Statement{Claim: graph.Claim{
		Relation: graph.ListedOn, From: p.ID, To: list, Status: graph.Confirmed, ValidFrom: from,
		Attributes: map[string]string{"entry": p.Name},
	}}
}

// Joined returns the parts that are not empty, with a separator between.
func Joined(separator string, parts ...string) string {
	kept := make([]string, 0, len(parts))
	for _, part := range parts {
		if part = ingest.Tidy(part); part != "" {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, separator)
}
