package ftm

import (
	"maps"
	"slices"
	"strings"

	"debadge/graph"
	"debadge/graph/ingest"
)

// parties are the schemata of legal persons, with the party_type that each
// states; a LegalEntity may be either.
var parties = map[string]string{
	"LegalEntity":  "",
	"Company":      "entity",
	"Organization": "entity",
	"PublicBody":   "entity",
	"Person":       "individual",
}

// attributes tells from which properties an attribute of a company is taken.
var attributes = map[string][]string{
	"address":             {"address"},
	"bic":                 {"swiftBic"},
	"cage":                {"cageCode"},
	"cik":                 {"cikCode"},
	"date_of_birth":       {"birthDate"},
	"duns":                {"dunsCode"},
	"isin":                {"isinCode"},
	"program":             {"program"},
	"registration_number": {"registrationNumber", "ogrnCode"},
	"tax_id":              {"taxNumber", "vatCode", "innCode", "irsCode", "voenCode"},
	"ticker":              {"ticker"},
	"uei":                 {"uniqueEntityId"},
	"uscc":                {"uscCode"},
	"weak_alias":          {"weakAlias"}, // too general to find a company by
	"wikidata":            {"wikidataId"},
}

const leiPrefix = "lei-" // of the ids of the GLEIF dataset

// partyID is the company that an entity of FollowTheMoney is.
func partyID(id string) graph.ID {
	if rest, ok := strings.CutPrefix(id, leiPrefix); ok {
		if lei, ok := ingest.LEI(rest); ok {
			return ingest.LEIParty(lei)
		}
	}
	return graph.ID("company:ftm:" + ingest.Reference(id))
}

// party is the company that an entity describes.
func (e *entity) party() graph.Entity {
	names := e.all("name", "alias", "previousName", "abbreviation")
	if e.Caption != "" && slices.Contains(e.all("name"), e.Caption) {
		names = slices.Insert(slices.DeleteFunc(names, func(n string) bool { return n == e.Caption }), 0, e.Caption)
	}
	if len(names) == 0 {
		names = append(names, e.ID) // what links to it must not be lost
	}
	company := graph.Entity{ID: partyID(e.ID), Name: names[0], Attributes: map[string][]string{}}
	for _, alias := range names[1:] {
		company.Aliases = append(company.Aliases, graph.Alias{Text: alias})
	}
	for name, properties := range attributes {
		company.Attributes[name] = e.all(properties...)
	}
	company.Attributes[graph.CountryAttribute] = e.countries()
	company.Attributes["lei"] = e.leis()
	if t := parties[e.Schema]; t != "" {
		company.Attributes["party_type"] = []string{t}
	}
	maps.DeleteFunc(company.Attributes, func(_ string, values []string) bool { return len(values) == 0 })
	return company
}

func (e *entity) leis() []string {
	var all []string
	for _, text := range append(e.all("leiCode"), strings.TrimPrefix(e.ID, leiPrefix)) {
		if lei, ok := ingest.LEI(text); ok && !slices.Contains(all, lei) {
			all = append(all, lei)
		}
	}
	return all
}

// countries returns the countries to which the entity belongs. A part of a
// country (gb-sct) counts as the country; groups (eu) and countries that are no
// more (suhh) are none.
func (e *entity) countries() []string {
	var p property
	for _, code := range e.all("jurisdiction", "mainCountry", "country", "nationality", "citizenship") {
		code, _, _ = strings.Cut(code, "-")
		if iso, ok := ingest.Country(code); ok && len(code) == 2 {
			p.text(iso)
		}
	}
	return p.texts
}
