package graph

import "slices"

// Kind is what an entity is; the first part of its id.
type Kind string

// The kinds of entity.
const (
	Company    Kind = "company"
	Product    Kind = "product"    // a model, not a serial-numbered unit
	List       Kind = "list"       // a restricted-party list
	Proceeding Kind = "proceeding" // a lawsuit, a rulemaking
)

// Kinds returns the kinds of entity, in the order of the documentation.
func Kinds() []Kind { return []Kind{Company, Product, List, Proceeding} }

// Relation is the type of a claim. What each one means and where it may stand
// is in one table, [Relation.Rule].
type Relation uint8

// The relations.
const (
	Makes Relation = 1 + iota
	Sells
	Licenses
	RebrandedAs
	SucceededBy
	IdenticalTo
	ComponentOf
	Owns
	RenamedTo
	AffiliatedWith
	ListedOn
	PartyTo
	SameAs // the numbers stand in files: a new relation comes last
)

// Layer says which question a relation belongs to.
type Layer uint8

// The layers, in the order in which an upstream walk meets them.
const (
	Lineage     Layer = 1 + iota // product to product
	Attribution                  // product to company
	Identity                     // one company under two names or ids
	Ownership                    // company to owning company
	Affiliation                  // a link whose nature is not established
	Listing                      // ends an upstream walk
	Context                      // never walked
)

// AttributeType says how the text of an attribute is read.
type AttributeType uint8

// The types of attribute.
const (
	TextAttribute AttributeType = iota
	DateAttribute
	InterestAttribute
	RoleAttribute
)

// Attribute is a property that claims of one relation may carry.
type Attribute struct {
	Name    string
	Type    AttributeType
	Meaning string
}

// Rule is a row of the table of relations. Validation, walking, Cypher and
// documentation read it; nothing else says what a relation is.
type Rule struct {
	Relation   Relation
	Name       string
	From, To   Kind
	Layer      Layer
	Symmetric  bool // stored once with its ends in id order, walked both ways
	Event      bool // once true it stays true: it has no valid_to
	Outward    bool // an upstream walk follows the arrow (to a list) instead of crossing it
	Share      bool // carries share_min and share_max
	Attributes []Attribute
	Meaning    string
}

var rules = [...]Rule{
	Makes: {
		Name: "MAKES", From: Company, To: Product, Layer: Attribution, Event: true,
		Meaning: "the maker (OEM or ODM)",
	},
	Sells: {
		Name: "SELLS", From: Company, To: Product, Layer: Attribution,
		Attributes: []Attribute{{"territory", TextAttribute, "where it is sold"}},
		Meaning:    "sold under this company's brand or label",
	},
	Licenses: {
		Name: "LICENSES", From: Company, To: Product, Layer: Attribution,
		Meaning: "the design is used under this company's license",
	},
	RebrandedAs: {
		Name: "REBRANDED_AS", From: Product, To: Product, Layer: Lineage, Event: true,
		Meaning: "old model, new model; valid_from is when it was first seen under the new brand",
	},
	SucceededBy: {
		Name: "SUCCEEDED_BY", From: Product, To: Product, Layer: Lineage, Event: true,
		Meaning: "old model, follow-up model",
	},
	IdenticalTo: {
		Name: "IDENTICAL_TO", From: Product, To: Product, Layer: Lineage, Symmetric: true, Event: true,
		Meaning: "the same product under two names, whichever came first",
	},
	ComponentOf: {
		Name: "COMPONENT_OF", From: Product, To: Product, Layer: Lineage, Event: true,
		Attributes: []Attribute{{"quantity", TextAttribute, "how many of the part are in the whole"}},
		Meaning:    "part, whole",
	},
	Owns: {
		Name: "OWNS", From: Company, To: Company, Layer: Ownership, Share: true,
		Attributes: []Attribute{{"interest", InterestAttribute, "equity (the default), voting or control"}},
		Meaning:    "owner, owned; share_min and share_max in percent, 0 to 100 if unknown",
	},
	RenamedTo: {
		Name: "RENAMED_TO", From: Company, To: Company, Layer: Identity, Event: true,
		Meaning: "old name, new name of the same legal person or its declared successor",
	},
	AffiliatedWith: {
		Name: "AFFILIATED_WITH", From: Company, To: Company, Layer: Affiliation, Symmetric: true,
		Meaning: "linked, but how is not established; not transitive",
	},
	ListedOn: {
		Name: "LISTED_ON", From: Company, To: List, Layer: Listing, Outward: true,
		Attributes: []Attribute{
			{"entry", TextAttribute, "the name as printed on the list"},
			{"announced", DateAttribute, "when the listing was announced"},
			{"published", DateAttribute, "when the listing was published"},
		},
		Meaning: "valid_from is the effective date; removal sets valid_to; relisting is a new claim",
	},
	PartyTo: {
		Name: "PARTY_TO", From: Company, To: Proceeding, Layer: Context, Outward: true,
		Attributes: []Attribute{{"role", RoleAttribute, "plaintiff, defendant, petitioner or respondent"}},
		Meaning:    "takes part in a proceeding; never walked",
	},
	SameAs: {
		Name: "SAME_AS", From: Company, To: Company, Layer: Identity, Symmetric: true, Event: true,
		Meaning: "one legal person under the ids of two registers; who says so, and why, stands in its citation",
	},
}

// Relations returns every relation in the order of the table.
func Relations() []Relation {
	all := make([]Relation, 0, len(rules)-1)
	for r := Makes; int(r) < len(rules); r++ {
		all = append(all, r)
	}
	return all
}

// Rule returns the relation's row in the table.
func (r Relation) Rule() Rule {
	if r == 0 || int(r) >= len(rules) {
		return Rule{}
	}
	row := rules[r]
	row.Relation = r
	return row
}

// Ends returns the ends of a claim as an upstream walk meets them: the one that
// it comes from first. A symmetric claim it also meets the other way round.
func (r Relation) Ends(from, to ID) (near, far ID) {
	if r.Rule().Outward {
		return from, to
	}
	return to, from
}

// String returns the relation's name as Cypher and JSON write it.
func (r Relation) String() string {
	if int(r) < len(rules) {
		return rules[r].Name
	}
	return ""
}

// ParseRelation reads a relation by its name.
func ParseRelation(text string) (Relation, error) {
	for _, r := range Relations() {
		if rules[r].Name == text {
			return r, nil
		}
	}
	return 0, Errorf(KindInvalid, "%q is not a relation; use one of %v", text, Relations())
}

// MarshalText writes the name.
func (r Relation) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads the name.
func (r *Relation) UnmarshalText(text []byte) (err error) {
	*r, err = ParseRelation(string(text))
	return err
}

// RelationSet is a set of relations.
type RelationSet uint16

// SetOf returns the set of some relations.
func SetOf(relations ...Relation) RelationSet {
	var s RelationSet
	for _, r := range relations {
		s |= 1 << r
	}
	return s
}

// SetOfLayers returns the set of all relations of some layers.
func SetOfLayers(layers ...Layer) RelationSet {
	var s RelationSet
	for _, r := range Relations() {
		if slices.Contains(layers, rules[r].Layer) {
			s |= 1 << r
		}
	}
	return s
}

// Has reports whether r is in the set.
func (s RelationSet) Has(r Relation) bool { return s>>r&1 == 1 }

// Relations returns the members in the order of the table.
func (s RelationSet) Relations() []Relation {
	return slices.DeleteFunc(Relations(), func(r Relation) bool { return !s.Has(r) })
}

// Interest is the kind of an ownership interest.
type Interest uint8

// The interests of the OWNS relation.
const (
	Equity Interest = iota
	Voting
	Control
)

var interestNames = [...]string{Equity: "equity", Voting: "voting", Control: "control"}

// String returns the interest's name.
func (i Interest) String() string {
	if int(i) < len(interestNames) {
		return interestNames[i]
	}
	return ""
}

// ParseInterest reads an interest by its name; the empty text is equity.
func ParseInterest(text string) (Interest, error) {
	if text == "" {
		return Equity, nil
	}
	if i := slices.Index(interestNames[:], text); i >= 0 {
		return Interest(i), nil //nolint:gosec // an index of a table of three
	}
	return 0, Errorf(KindInvalid, "%q is not an interest; use equity, voting or control", text)
}

// MarshalText writes the name.
func (i Interest) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

// UnmarshalText reads the name.
func (i *Interest) UnmarshalText(text []byte) (err error) {
	*i, err = ParseInterest(string(text))
	return err
}
