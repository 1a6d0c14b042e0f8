package identifier

import (
	"fmt"
	"strings"
	"unicode"
)

// Scheme is a kind of identifier. Its text is also the name of the attribute
// that holds it, but for UPC, which is a form of GTIN.
type Scheme string

// The schemes. Those of companies first.
const (
	LEI        Scheme = "lei"         // legal entity identifier
	USCC       Scheme = "uscc"        // unified social credit code of China
	DUNS       Scheme = "duns"        // Dun & Bradstreet's number
	CAGE       Scheme = "cage"        // commercial and government entity code
	UEI        Scheme = "uei"         // unique entity id of SAM.gov
	FCCGrantee Scheme = "fcc_grantee" // the first part of a maker's FCC IDs

	MPN   Scheme = "mpn"    // the maker's own part number
	GTIN  Scheme = "gtin"   // global trade item number: EAN, UPC, ITF-14
	FCCID Scheme = "fcc_id" // grantee code and product code
	UPC   Scheme = "upc"    // read as a GTIN
)

// The kinds of entity that an identifier names, as the domain calls them.
const (
	Company = "company"
	Product = "product"
)

// Identifier is a scheme with a value in it. [Parse] gives the value its one form.
type Identifier struct {
	Scheme Scheme `json:"scheme"`
	Value  string `json:"value"`
}

// String returns the identifier as messages name it.
func (i Identifier) String() string { return string(i.Scheme) + " " + i.Value }

type rule struct {
	kind  string
	check func(value string) string // what is wrong with a compact value, "" if nothing
}

var rules = map[Scheme]rule{
	LEI:        {Company, checkLEI},
	USCC:       {Company, checkUSCC},
	DUNS:       {Company, checkDUNS},
	CAGE:       {Company, checkCAGE},
	UEI:        {Company, checkUEI},
	FCCGrantee: {Company, checkGrantee},
	MPN:        {Product, checkMPN},
	GTIN:       {Product, checkGTIN},
	FCCID:      {Product, checkFCCID},
	UPC:        {Product, checkUPC},
}

// Schemes returns all schemes in a fixed order.
func Schemes() []Scheme {
	return []Scheme{LEI, USCC, DUNS, CAGE, UEI, FCCGrantee, MPN, GTIN, FCCID, UPC}
}

// Kind returns whether the scheme names companies or products, "" for a scheme
// that is not known.
func (s Scheme) Kind() string { return rules[s].kind }

// Attribute returns the name of the attribute that holds the scheme's values.
func (s Scheme) Attribute() string {
	if s == UPC {
		return string(GTIN)
	}
	return string(s)
}

// Parse brings a value into its one form: upper case, without the spaces and
// punctuation that people put in, a GTIN with 14 digits. The error says what is
// wrong with it.
func Parse(scheme Scheme, text string) (Identifier, error) {
	r, ok := rules[scheme]
	if !ok {
		return Identifier{}, fmt.Errorf("%q is not a kind of identifier; use one of %s", string(scheme), names())
	}
	value := compact(text)
	if wrong := r.check(value); wrong != "" {
		return Identifier{}, fmt.Errorf("%.60q is not a valid %s: it %s", text, scheme, wrong)
	}
	if scheme == GTIN || scheme == UPC {
		return Identifier{GTIN, strings.Repeat("0", gtinLength-len(value)) + value}, nil
	}
	return Identifier{scheme, value}, nil
}

// Grantee returns the grantee code at the front of an FCC ID: five characters
// where it begins with a digit, else three.
func Grantee(fccID string) (Identifier, bool) {
	id, err := Parse(FCCID, fccID)
	if err != nil {
		return Identifier{}, false
	}
	return Identifier{FCCGrantee, id.Value[:granteeLength(id.Value)]}, true
}

// Checked returns the identifiers that a text is by its form and check
// characters: those schemes alone in which a text hardly is valid by chance.
func Checked(text string) []Identifier {
	var found []Identifier
	for _, s := range []Scheme{LEI, USCC, GTIN} {
		if id, err := Parse(s, text); err == nil {
			found = append(found, id)
		}
	}
	return found
}

func names() string {
	all := make([]string, 0, len(rules))
	for _, s := range Schemes() {
		all = append(all, string(s))
	}
	return strings.Join(all, ", ")
}

// compact keeps letters and digits, upper-case, full-width ones as ASCII.
func compact(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r >= '！' && r <= '～' {
			r -= '！' - '!'
		}
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(unicode.ToUpper(r))
		}
	}
	return b.String()
}
