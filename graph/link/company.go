package link

import (
	"slices"
	"strings"
	"unicode"

	"debadge/graph"
	"debadge/graph/identifier"
)

// The attributes that are compared, beside those named by identifier schemes.
const (
	nameOf       = "name"
	registration = "registration_number"
	partyType    = "party_type"
	individual   = "individual"
)

// china is the country whose companies are registered under their USCC.
const china = "CN"

// leiPrefix begins the ids of companies that go by their LEI.
const leiPrefix = "company:lei:"

// regional are the countries whose companies are numbered by state, court,
// province or free zone, so that a number and the country do not name one.
var regional = []string{"AE", "CA", "DE", "ES", "IT", "US"}

// schemes are the identifiers of legal persons.
var schemes = []identifier.Scheme{identifier.LEI, identifier.USCC, identifier.UEI, identifier.CAGE, identifier.DUNS}

// unique are those of which a legal person has one.
var unique = []string{string(identifier.LEI), string(identifier.USCC)}

const (
	leastWords  = 2 // of a full legal name
	leastCJK    = 4 // characters, of one that is written without spaces
	leastLetter = 4 // letters and digits of any name
	leastNumber = 5 // letters and digits of a registration number
)

// trait is something by which a company can be known: an identifier, or a name.
type trait struct {
	what    string // the attribute
	value   string // in the form that is compared
	text    string // as written
	primary bool   // a name under which the register has it, not another one
}

// company is what is compared of one.
type company struct {
	id        graph.ID
	register  string
	countries []string
	natural   bool // a natural person
	traits    []trait
}

// companyOf reads what can be compared of a company. What is no valid
// identifier, or no full name, is left out.
func companyOf(e graph.Entity) *company {
	c := &company{
		id: e.ID, register: registerOf(e.ID),
		natural: slices.Contains(e.Attributes[partyType], individual),
	}
	for _, country := range e.Attributes[graph.CountryAttribute] {
		c.countries = append(c.countries, strings.ToUpper(strings.TrimSpace(country)))
	}
	for _, s := range schemes {
		for _, text := range e.Attributes[s.Attribute()] {
			c.addIdentifier(s, text)
		}
	}
	if lei, ok := strings.CutPrefix(string(e.ID), leiPrefix); ok {
		c.addIdentifier(identifier.LEI, lei)
	}
	for _, text := range e.Attributes[registration] {
		c.addRegistration(text)
	}
	if !c.natural {
		c.addName(e.Name, true)
		for _, a := range e.Aliases {
			c.addName(a.Text, false)
		}
	}
	return c
}

// registerOf returns the register that an id is of, "" for one that debadge's
// users gave.
func registerOf(id graph.ID) string {
	parts := strings.Split(string(id), ":")
	if len(parts) < 3 {
		return ""
	}
	return parts[1]
}

func (c *company) add(t trait) {
	if i := slices.IndexFunc(c.traits, func(o trait) bool { return o.what == t.what && o.value == t.value }); i >= 0 {
		if t.primary && !c.traits[i].primary {
			c.traits[i] = t
		}
		return
	}
	c.traits = append(c.traits, t)
}

func (c *company) addIdentifier(s identifier.Scheme, text string) {
	if id, err := identifier.Parse(s, text); err == nil {
		c.add(trait{what: s.Attribute(), value: id.Value, text: id.Value})
	}
}

// addRegistration adds the number of a company in the register of its country.
// In China that is the USCC.
func (c *company) addRegistration(text string) {
	number := strings.ToUpper(graph.NameKey(text))
	if len(number) < leastNumber || !strings.ContainsAny(number, "0123456789") {
		return
	}
	for _, country := range c.countries {
		switch {
		case country == "" || slices.Contains(regional, country):
		case country == china && isUSCC(number):
			c.addIdentifier(identifier.USCC, number)
		default:
			c.add(trait{what: registration, value: country + " " + number, text: number + " of " + country})
		}
	}
}

func isUSCC(text string) bool {
	_, err := identifier.Parse(identifier.USCC, text)
	return err == nil
}

func (c *company) addName(text string, primary bool) {
	if isFull(text) {
		c.add(trait{what: nameOf, value: graph.NameKey(text), text: text, primary: primary})
	}
}

// isFull reports whether a name is long enough to be a whole one: two words, or
// four characters of a script that is written without spaces.
func isFull(text string) bool {
	words, letters, cjk := 0, 0, 0
	for word := range strings.FieldsSeq(text) {
		before := letters
		for _, r := range word {
			switch {
			case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul):
				cjk++
				letters++
			case unicode.IsLetter(r), unicode.IsDigit(r):
				letters++
			}
		}
		if letters > before {
			words++
		}
	}
	return cjk >= leastCJK || (words >= leastWords && letters >= leastLetter)
}

// values returns what a company has of an attribute, in the form that is compared.
func (c *company) values(what string) []string {
	var all []string
	for _, t := range c.traits {
		if t.what == what {
			all = append(all, t.value)
		}
	}
	return all
}

// differ reports whether both lists hold something and nothing in common.
func differ(a, b []string) bool {
	return len(a) > 0 && len(b) > 0 && !slices.ContainsFunc(a, func(v string) bool { return slices.Contains(b, v) })
}

// contradicts reports whether two companies cannot be one legal person: by an
// identifier of which a legal person has one and, where their names alone are
// alike, by their countries.
func (c *company) contradicts(o *company, byName bool) bool {
	if byName && differ(c.countries, o.countries) {
		return true
	}
	return slices.ContainsFunc(unique, func(what string) bool { return differ(c.values(what), o.values(what)) })
}
