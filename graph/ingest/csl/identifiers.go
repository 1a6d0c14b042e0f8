package csl

import (
	"strings"

	"debadge/graph/ingest"
)

// attributes maps the labels of identifiers to the attributes of a company.
var attributes = map[string]string{
	"Unified Social Credit Code (USCC)": "uscc",
	"D-U-N-S Number":                    "duns",
	"Legal Entity Number":               "lei",
	"ISIN":                              "isin",
	"Equity Ticker":                     "ticker",
	"Tax ID No.":                        "tax_id",
	"V.A.T. Number":                     "tax_id",
	"Registration Number":               "registration_number",
	"Registration ID":                   "registration_number",
	"Company Number":                    "registration_number",
	"UK Company Number":                 "registration_number",
	"Commercial Registry Number":        "registration_number",
	"Business Registration Number":      "registration_number",
}

const issuerName = "Issuer Name"

// isLabel reports whether a text is a label that is read.
func isLabel(text string) bool {
	text = strings.TrimSuffix(text, ":")
	return attributes[text] != "" || text == issuerName ||
		strings.HasPrefix(text, listingDate) || strings.HasPrefix(text, effectiveDate) || strings.HasPrefix(text, divestmentDate)
}

// Labels of dates, before the measure in brackets that they are of.
const (
	listingDate    = "Listing Date ("
	effectiveDate  = "Effective Date ("
	divestmentDate = "Purchase/Sales For Divestment Date ("
)

// labeled takes an item of the table's ids apart. Editions write it in two
// orders: the label first, then value and country; or country, value, label.
// Values hold commas.
func labeled(item string) (identifier, bool) {
	parts := strings.Split(item, ", ")
	if len(parts) < 2 {
		return identifier{}, false
	}
	first, last := parts[0], parts[len(parts)-1]
	var label string
	switch {
	case isLabel(first):
		label, parts = first, parts[1:]
		if len(parts) > 1 && isCountry(parts[len(parts)-1]) {
			parts = parts[:len(parts)-1]
		}
	case isLabel(last):
		label, parts = last, parts[:len(parts)-1]
		if len(parts) > 1 && isCountry(parts[0]) {
			parts = parts[1:]
		}
	default:
		return identifier{}, false
	}
	return identifier{strings.TrimSuffix(label, ":"), strings.Join(parts, ", ")}, true
}

// isCountry reports whether a part is the code of a country.
func isCountry(text string) bool {
	code, ok := ingest.Country(text)
	return ok && code == text
}

// attribute adds what an identifier says to the attributes.
func (id identifier) attribute(to map[string][]string) {
	name := attributes[id.label]
	value := ingest.Tidy(id.value)
	if name == "" || value == "" {
		return
	}
	if name == "lei" {
		lei, ok := ingest.LEI(value)
		if !ok {
			name = "registration_number"
		}
		value = lei
	}
	add(to, name, value)
}

// dates are those that the Treasury gives a list of its own in the identifiers.
type dates struct{ listed, effective, divested string }

func (e entry) datesOf(measure string) (d dates) {
	if measure == "" {
		return d
	}
	for _, id := range e.ids {
		switch {
		case strings.HasPrefix(id.label, listingDate+measure):
			d.listed = id.value
		case strings.HasPrefix(id.label, effectiveDate+measure):
			d.effective = id.value
		case strings.HasPrefix(id.label, divestmentDate+measure):
			d.divested = id.value
		}
	}
	return d
}
