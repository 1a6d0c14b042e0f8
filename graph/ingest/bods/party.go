package bods

import (
	"maps"
	"slices"
	"strings"

	"debadge/graph"
	"debadge/graph/ingest"
)

// schemes tells which attribute an identifier of a scheme of org-id.guide is;
// others are registration numbers.
var schemes = map[string]string{
	"XI-LEI": "lei", "US-DUNS": "duns", "XI-DUNS": "duns", "US-SAM": "uei", "CN-SAIC": "uscc",
	"US-EIN": "tax_id", "RUS-TAXID": "tax_id",
}

// describe makes the company that an entity or a person is.
func (s *statement) describe() ingest.Record {
	key := s.RecordID
	if s.RecordType == "" {
		key = s.StatementID
	}
	names := s.AlternateNames
	if s.Name != "" {
		names = append([]string{s.Name}, names...)
	}
	for _, n := range s.Names {
		full := strings.TrimSpace(n.FullName)
		if full == "" {
			full = strings.TrimSpace(n.GivenName + " " + n.FamilyName)
		}
		names = append(names, full)
	}
	names = distinct(names)
	if len(names) == 0 {
		names = []string{key} // unknown and anonymous ones have none, and still own
	}
	e := graph.Entity{ID: s.party(key), Name: names[0], Attributes: s.attributes()}
	for _, alias := range names[1:] {
		e.Aliases = append(e.Aliases, graph.Alias{Text: alias})
	}
	record := ingest.Record{At: s.at, Entities: []graph.Entity{e}}
	if s.RecordType == "" {
		s.succeed(&record, e.ID)
	}
	return record
}

// succeed says that what earlier statements of 0.3 describe is the same party:
// there a party has a new id with each statement about it.
func (s *statement) succeed(record *ingest.Record, now graph.ID) {
	for _, old := range s.Replaces {
		before := s.mention(old)
		if before.ID == now {
			continue
		}
		record.Mentions = append(record.Mentions, before)
		record.Claims = append(record.Claims, ingest.Statement{
			Claim: graph.Claim{
				Relation: graph.SameAs, From: before.ID, To: now, Status: graph.Reported,
				Citations: []graph.Citation{{Stance: graph.Supports, Locator: "statement " + s.StatementID, Text: "replacesStatements"}},
			},
			Key: "replaces",
		})
	}
}

func (s *statement) attributes() map[string][]string {
	all := map[string][]string{"party_type": {"entity"}}
	add := func(name, value string) {
		if value = strings.TrimSpace(value); value != "" && !slices.Contains(all[name], value) {
			all[name] = append(all[name], value)
		}
	}
	if s.kind == personKind {
		all["party_type"] = []string{"individual"}
		add("date_of_birth", s.BirthDate)
	}
	add("entity_type", string(s.EntityType))
	for _, id := range s.Identifiers {
		attribute, known := schemes[id.Scheme]
		if !known {
			attribute = "registration_number"
		}
		if lei, ok := ingest.LEI(id.ID); ok && attribute == "lei" {
			id.ID = lei
		}
		if s.kind == personKind && attribute == "registration_number" {
			attribute = "id_number"
		}
		add(attribute, id.ID)
	}
	for _, listing := range s.Public.Listings {
		add("ticker", listing.Security.Ticker)
		if listing.Security.Scheme == "isin" {
			add("isin", listing.Security.ID)
		}
	}
	places := append([]place{s.Jurisdiction, s.Incorporated}, s.Nationalities...)
	for _, a := range s.Addresses {
		add("address", a.Address)
		if s.kind == entityKind {
			places = append(places, a.Country)
		}
	}
	for _, p := range places {
		add(graph.CountryAttribute, p.country())
	}
	add("unspecified", s.Unspecified.text())
	add("unspecified", s.UnspecifiedPerson.text())
	maps.DeleteFunc(all, func(_ string, values []string) bool { return len(values) == 0 })
	return all
}

// country is the country that the code is of, or of a part of which (US-DE).
func (p place) country() string {
	code, _, _ := strings.Cut(string(p), "-")
	if iso, ok := ingest.Country(code); ok && len(code) == 2 {
		return iso
	}
	return ""
}

// distinct returns the texts that say something, each once.
func distinct(texts []string) []string {
	var all []string
	for _, text := range texts {
		if text = strings.TrimSpace(text); text != "" && !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	return all
}
