package resolve

import (
	"debadge/graph"
	"debadge/graph/identifier"
)

// Query is what is to be resolved. At least a text or an identifier is given.
type Query struct {
	Text  string
	Brand string // of the product, where it stands apart from the text
	Maker string // likewise the company that makes or sells it

	// Identifiers as they are written; they are brought into their one form.
	Identifiers []identifier.Identifier

	Kind    graph.Kind // graph.Product or graph.Company; "" is either
	Limit   int        // at most so many candidates; 0 is [DefaultLimit]
	Related bool       // look also for candidates that cannot change the outcome
}

// Options are what a user may set. The zero value is the default.
type Options struct {
	Threshold float64 // from which score on a candidate counts; 0 is [DefaultThreshold]
	Margin    float64 // by how much it has to be ahead of the next; 0 is [DefaultMargin]
	MaxScored int     // how many candidates are compared in full; 0 is [DefaultScored]
}

// The defaults of a query and of [Options], measured on testdata/pairs.csv.
const (
	DefaultLimit     = 10
	DefaultThreshold = 0.85
	DefaultMargin    = 0.02
	DefaultScored    = 64
)

// Outcome says what became of a query.
type Outcome string

// The outcomes. Whatever is not Resolved is for a person to look at.
const (
	Resolved  Outcome = "resolved"  // one candidate reaches the threshold and is clear of the next
	Ambiguous Outcome = "ambiguous" // several do, too close to each other
	Unknown   Outcome = "unknown"   // none does; this is never a clear
)

// Result answers a query.
type Result struct {
	Query      string           `json:"query"`
	Outcome    Outcome          `json:"outcome"`
	Entity     *graph.EntityRef `json:"entity"`             // the one that it resolved to, else null
	Candidates []Candidate      `json:"candidates"`         // the best first; those below the threshold too
	Excluded   []Candidate      `json:"excluded,omitempty"` // would be candidates, but a person said never
	Complete   bool             `json:"complete"`           // nothing was left out by a bound
	Reasons    []string         `json:"reasons,omitempty"`  // why not complete, and what was wrong with the query
	Threshold  float64          `json:"threshold"`
	Scored     int              `json:"scored"` // how many candidates were compared in full
	Revision   graph.Revision   `json:"revision"`
}

// Basis says what a candidate's score rests on.
type Basis string

// The bases, the surest first.
const (
	ByChoice       Basis = "choice"        // a person said so
	ByIdentifier   Basis = "identifier"    // a number that only one can have
	ByID           Basis = "id"            // debadge's own id
	ByName         Basis = "name"          // the whole name, but for its spelling
	ByModel        Basis = "model"         // a model number inside of the text
	ByCore         Basis = "core name"     // the name without legal forms
	ByParts        Basis = "parts"         // the words of the name, not all of them alike
	ByAcronym      Basis = "acronym"       // the first letters of the name
	ByConfusion    Basis = "confusion"     // alike if O is read as 0, or I as 1
	ByGrantee      Basis = "grantee code"  // the company behind an FCC ID
	DifferentModel Basis = "other model"   // close, but another product
	OtherBrand     Basis = "other brand"   // the same model, but of another brand
	OtherSuffix    Basis = "other variant" // the same model, with what may be another generation behind it
	OtherWriting   Basis = "other writing" // the same sound, but other characters
)

// Candidate is an entity that a query may mean.
type Candidate struct {
	Entity          graph.EntityRef `json:"entity"`
	Score           float64         `json:"score"` // 0 to 1, in thousandths
	Basis           Basis           `json:"basis"`
	Matched         string          `json:"matched"`                   // the name, alias or identifier that matched, as it is stored
	Transformations []string        `json:"transformations,omitempty"` // what was done to the text and to the name
	Parts           []Part          `json:"parts,omitempty"`           // which parts matched
	Choice          *Choice         `json:"choice,omitempty"`
	DifferentModel  bool            `json:"different_model,omitempty"` // a different product: shown so that nobody takes it for this one
	Why             string          `json:"why"`                       // in a sentence
}

// Part is a word of the text or of the name, and what became of it.
type Part struct {
	Text string `json:"text,omitempty"` // in the query, empty if only the name has it
	Name string `json:"name,omitempty"` // in the name, empty if only the query has it
	Role string `json:"role"`           // name, place, activity, general, legal form, brand, model, suffix, other
	How  string `json:"how"`            // same, abbreviated, misspelled, by sound, missing, additional
}

// Choice is what a person said about a text and an entity.
type Choice struct {
	Text   string `json:"text"`
	Author string `json:"author"`
	Reason string `json:"reason"`
}
