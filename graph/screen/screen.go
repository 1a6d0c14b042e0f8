// Package screen asks about every line of a purchase order or a bill of
// material: which product and which companies does the line name, do they trace
// back to a listed entity, and what does the policy make of that. Lines are
// read, answered and written as a stream, in their order, in memory that does
// not grow with the file; all of them are answered at one revision.
//
// What a line does not say clearly is never passed: a line whose product is not
// known, or that several entities match, gets at least the action that the
// policy has for what is unknown, and a row that cannot be read is a line of
// its own in the output.
//
// CycloneDX is read as versions 1.0 to 1.6 of its specification (ECMA-424) have
// it; XLSX as ECMA-376 has it; CSV as RFC 4180, with the liberties that people
// take.
package screen

import (
	"debadge/graph"
	"debadge/graph/identifier"
)

// Resolution says how well the text of a line was recognized.
type Resolution string

// The resolutions.
const (
	Identified Resolution = "identified" // by an id or an identifier, exactly
	Matched    Resolution = "matched"    // by what it is called
	Ambiguous  Resolution = "ambiguous"  // several entities match
	NotKnown   Resolution = "unknown"    // debadge knows nothing by that name
	Refused    Resolution = "refused"    // the row could not be read
)

// Role is what something named on a line is there.
type Role string

// The roles.
const (
	Product      Role = "product"
	Manufacturer Role = "manufacturer"
	Supplier     Role = "supplier"
	Brand        Role = "brand" // asked about as a company where the product is not known
)

// Input is what a line says, as its columns or fields were understood.
type Input struct {
	ID           string   `json:"id,omitempty"` // of debadge
	Product      string   `json:"product,omitempty"`
	Also         []string `json:"also,omitempty"` // other texts for the product, asked where the one before is not known
	Brand        string   `json:"brand,omitempty"`
	Manufacturer string   `json:"manufacturer,omitempty"`
	Supplier     string   `json:"supplier,omitempty"`

	Identifiers []identifier.Identifier `json:"identifiers,omitempty"`         // of the product
	CompanyIDs  []identifier.Identifier `json:"company_identifiers,omitempty"` // of the manufacturer, or the supplier if none is named
}

// namesProduct reports whether the line says which product it is about.
func (in *Input) namesProduct() bool {
	return in.ID != "" || in.Product != "" || len(in.Also) > 0 || len(in.Identifiers) > 0
}

// Line is one row of the input.
type Line struct {
	Number int    // from 1 on, in the order of the input
	At     string // where it stands, such as "line 17" or "components[3]"
	Input  Input
	Cells  []string // the row as it was read, under the columns of the input
	Bad    string   // why the row could not be read
}

// Row is the answer about one line.
type Row struct {
	Line      int            `json:"line"`
	At        string         `json:"at"`
	Input     Input          `json:"input"`
	Action    graph.Action   `json:"action"`            // the most severe of what the line names
	Finding   graph.Finding  `json:"finding"`           // listed if anything that it names is
	Strength  graph.Status   `json:"strength,omitzero"` // of the strongest path
	Product   *Subject       `json:"product"`           // null if the line names no product
	Companies []NamedCompany `json:"companies,omitempty"`
	Reasons   []string       `json:"reasons,omitempty"` // why the line is not passed, where no listing says it

	Cells []string `json:"-"` // of the input
}

// NamedCompany is a company that a line names beside the product.
type NamedCompany struct {
	Role Role   `json:"role"`
	Text string `json:"text"`
	*Subject
}

// Subject is something that a line names: what it was recognized as, and what
// the graph holds about it.
type Subject struct {
	Resolution Resolution       `json:"resolution"`
	Entity     *graph.EntityRef `json:"entity"` // null unless exactly one was recognized
	Score      float64          `json:"score,omitempty"`
	Why        string           `json:"why,omitempty"`
	Candidates []Candidate      `json:"candidates,omitempty"`
	graph.Assessment
	Listings     []Listing `json:"listings,omitempty"` // the first ones, best first
	MoreListings int       `json:"more_listings,omitempty"`
}

// Candidate is an entity that a text may mean.
type Candidate struct {
	Entity  graph.EntityRef `json:"entity"`
	Score   float64         `json:"score"`
	Why     string          `json:"why,omitempty"`
	Finding graph.Finding   `json:"finding"`
}

// Listing is a listing that a subject traces back to. Its paths are there where
// the run explains its answers.
type Listing struct {
	Entity   graph.EntityRef `json:"entity"`
	List     graph.EntityRef `json:"list"`
	Way      graph.Way       `json:"way"`
	Strength graph.Status    `json:"strength"`
	Paths    []graph.Path    `json:"paths,omitempty"`
}

// Head says by what rules, and at which revision and dates, all lines of a run
// are answered.
type Head struct {
	Input  string `json:"input"` // the file's name
	Format string `json:"format"`
	graph.Basis

	Columns []string `json:"-"` // of the input
}

// Summary ends a run.
type Summary struct {
	Head
	Finished bool   `json:"finished"`         // false: the lines after the last one were not answered
	Reason   string `json:"reason,omitempty"` // why it is not
	Counts
}

// subjects calls each for the product and the companies of the row.
func (r *Row) subjects(each func(*Subject)) {
	if r.Product != nil {
		each(r.Product)
	}
	for _, c := range r.Companies {
		each(c.Subject)
	}
}

// Subjects returns the product and the companies of the row, as far as it names
// them.
func (r *Row) Subjects() []*Subject {
	var all []*Subject
	r.subjects(func(s *Subject) { all = append(all, s) })
	return all
}

// Listings returns the listings that the row traces back to: those of its
// product first, each once.
func (r *Row) Listings() (all []Listing, more int) {
	if len(r.Companies) == 0 {
		if r.Product == nil {
			return nil, 0
		}
		return r.Product.Listings, r.Product.MoreListings
	}
	seen := map[[2]graph.ID]bool{}
	r.subjects(func(s *Subject) {
		for _, l := range s.Listings {
			if k := [2]graph.ID{l.Entity.ID, l.List.ID}; !seen[k] {
				seen[k] = true
				all = append(all, l)
			}
		}
		more += s.MoreListings
	})
	return all, more
}

// main returns what the line is about: its product, or its first company where
// it names no product; nil if it names neither.
func (r *Row) main() *Subject {
	switch {
	case r.Product != nil:
		return r.Product
	case len(r.Companies) > 0:
		return r.Companies[0].Subject
	}
	return nil
}

// Resolution returns how well what the line is about was recognized.
func (r *Row) Resolution() Resolution {
	if s := r.main(); s != nil {
		return s.Resolution
	}
	return Refused
}

// Entity returns what the line was recognized as, nil if it was not.
func (r *Row) Entity() *graph.EntityRef {
	if s := r.main(); s != nil {
		return s.Entity
	}
	return nil
}
