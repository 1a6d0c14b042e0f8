package gleif

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"debadge/graph"
	"debadge/graph/ingest"
)

// company reads a record of level 1. left names what it is if it is left out.
func company(at ingest.Place, n *node) (record ingest.Record, left string, wrong []ingest.Refusal) {
	lei, bad := identifier(at, n, "LEI")
	if bad != nil {
		return record, "", bad
	}
	if n.at("Extension", "Deletion") != nil {
		return record, "LEI record that was deleted", nil
	}
	who := n.at("Entity")
	e := graph.Entity{ID: ingest.LEIParty(lei), Name: who.value("LegalName")}
	if e.Name == "" {
		return record, "", []ingest.Refusal{{Place: in(at, "Entity.LegalName"), Value: lei, Reason: "is missing; every LEI record has a legal name"}}
	}
	e.Attributes = map[string][]string{
		"lei":                    {lei},
		graph.CountryAttribute:   countries(who.value("LegalAddress", "Country"), who.value("HeadquartersAddress", "Country"), who.value("LegalJurisdiction")),
		"address":                distinct(address(who.at("LegalAddress")), address(who.at("HeadquartersAddress"))),
		"jurisdiction":           distinct(who.value("LegalJurisdiction")),
		"registration_authority": distinct(who.value("RegistrationAuthority", "RegistrationAuthorityID")),
		"registration_number":    distinct(who.value("RegistrationAuthority", "RegistrationAuthorityEntityID")),
		"entity_category":        distinct(who.value("EntityCategory")),
		"legal_form":             distinct(who.value("LegalForm", "EntityLegalFormCode"), who.value("LegalForm", "OtherLegalForm")),
		"entity_status":          distinct(who.value("EntityStatus")),
		"lei_status":             distinct(n.value("Registration", "RegistrationStatus")),
	}
	otherNames(who, &e)
	record.At = at
	wrong = successors(at, who, &e, &record)
	maps.DeleteFunc(e.Attributes, func(_ string, values []string) bool { return len(values) == 0 })
	record.Entities = []graph.Entity{e}
	return record, "", wrong
}

// otherNames adds the other and the transliterated names, each once: as aliases,
// and those of a kind that says more, as attributes too.
func otherNames(who *node, e *graph.Entity) {
	for _, list := range []string{"OtherEntityNames", "TransliteratedOtherEntityNames"} {
		for _, group := range who.each(list) {
			for _, n := range group.children {
				text := strings.TrimSpace(n.text)
				if text == "" || n.name != strings.TrimSuffix(list, "s") {
					continue
				}
				switch kind := n.kind + group.kind; kind {
				case "PREVIOUS_LEGAL_NAME":
					e.Attributes["previous_name"] = append(e.Attributes["previous_name"], text)
				case "TRADING_OR_OPERATING_NAME":
					e.Attributes["trading_name"] = append(e.Attributes["trading_name"], text)
				}
				alias := graph.Alias{Text: text, Language: n.lang}
				if text != e.Name && !slices.Contains(e.Aliases, alias) {
					e.Aliases = append(e.Aliases, alias)
				}
			}
		}
	}
}

// successors adds what the company became. A successor without an LEI cannot be
// told from others of its name, so it is only named.
func successors(at ingest.Place, who *node, e *graph.Entity, record *ingest.Record) (wrong []ingest.Refusal) {
	next := who.each("SuccessorEntity")
	if len(next) == 0 {
		return nil
	}
	since, wrong := succeeded(at, who)
	for _, n := range next {
		name := n.value("SuccessorEntityName")
		if n.value("SuccessorLEI") == "" {
			e.Attributes["successor_name"] = append(e.Attributes["successor_name"], distinct(name)...)
			continue
		}
		lei, bad := identifier(at, n, "SuccessorLEI")
		if bad != nil {
			bad[0].Kept = true // the company is still one
			wrong = append(wrong, bad...)
			continue
		}
		heir := mention(lei)
		if name != "" {
			heir.Name = name
		}
		if heir.ID == e.ID {
			continue // a record that names itself says nothing
		}
		record.Mentions = append(record.Mentions, heir)
		record.Claims = append(record.Claims, ingest.Statement{
			Claim: graph.Claim{
				Relation: graph.RenamedTo, From: e.ID, To: heir.ID, Status: graph.Reported, ValidFrom: since,
				Citations: []graph.Citation{{Stance: graph.Supports, Locator: locator(at), Text: "SuccessorEntity"}},
			},
			Key: "successor",
		})
	}
	return wrong
}

// succeeded is the day on which the company ceased for its successor, if the
// record tells one: CDF 2.1 dates the expiry, CDF 3.1 the events.
func succeeded(at ingest.Place, who *node) (graph.Date, []ingest.Refusal) {
	if text := who.value("EntityExpirationDate"); text != "" {
		return date(at, text, "Entity.EntityExpirationDate")
	}
	var found []string
	for _, event := range who.items("LegalEntityEvents", "LegalEntityEvent") {
		switch event.value("LegalEntityEventType") {
		case "ABSORPTION", "DEMERGER", "MERGERS_AND_ACQUISITIONS", "TRANSFORMATION_BRANCH_TO_SUBSIDIARY", "TRANSFORMATION_SUBSIDIARY_TO_BRANCH", "TRANSFORMATION_UMBRELLA_TO_STANDALONE":
			found = append(found, event.value("LegalEntityEventEffectiveDate"))
		}
	}
	if len(found) != 1 || found[0] == "" {
		return graph.Date{}, nil // none, or more than one to choose from
	}
	return date(at, found[0], "Entity.LegalEntityEvents")
}

// address writes an address as one line, as printed.
func address(n *node) string {
	var parts []string
	for _, name := range []string{"FirstAddressLine", "AddressNumber", "AddressNumberWithinBuilding", "MailRouting", "AdditionalAddressLine", "City", "Region", "PostalCode", "Country"} {
		for _, line := range n.each(name) {
			if text := strings.TrimSpace(line.text); text != "" {
				parts = append(parts, text)
			}
		}
	}
	return strings.Join(parts, ", ")
}

// countries are those of some codes, of which a part of a country (US-DE)
// counts as the country.
func countries(codes ...string) []string {
	var all []string
	for _, code := range codes {
		code, _, _ = strings.Cut(code, "-")
		if iso, ok := ingest.Country(code); ok && len(code) == 2 {
			all = append(all, iso)
		}
	}
	return distinct(all...)
}

// distinct returns the texts that say something, each once.
func distinct(texts ...string) []string {
	var all []string
	for _, text := range texts {
		if text != "" && !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	return all
}

// identifier reads the LEI in a child of a node.
func identifier(at ingest.Place, n *node, name string) (string, []ingest.Refusal) {
	text := n.value(name)
	lei, ok := ingest.LEI(text)
	if !ok {
		return "", []ingest.Refusal{{Place: in(at, name), Value: text, Reason: "is not an LEI: 18 letters or digits and two check digits"}}
	}
	return lei, nil
}

// date reads the day of a time stamp as it is printed: 2017-12-06T01:00:00+01:00
// is that day, wherever it is read. A claim is kept without a date that is none.
func date(at ingest.Place, text, column string) (graph.Date, []ingest.Refusal) {
	day, _, _ := strings.Cut(text, "T")
	d, err := graph.ParseDate(day)
	if err != nil {
		return graph.Date{}, []ingest.Refusal{{Place: in(at, column), Value: text, Reason: "is not a date; GLEIF writes 2017-12-06T00:00:00Z", Kept: true}}
	}
	return d, nil
}

func mention(lei string) graph.Entity {
	return graph.Entity{ID: ingest.LEIParty(lei), Name: lei, Attributes: map[string][]string{"lei": {lei}}}
}

func in(at ingest.Place, column string) ingest.Place {
	at.Column = column
	return at
}

func locator(at ingest.Place) string { return fmt.Sprintf("line %d", at.Line) }
