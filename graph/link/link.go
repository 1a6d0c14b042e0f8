package link

import (
	"context"

	"debadge/graph"
)

// Report says what was found, and what was not linked though it looks alike.
type Report struct {
	Companies    int            `json:"companies"`        // that were compared
	Pairs        int            `json:"pairs"`            // that are one legal person
	By           map[string]int `json:"by"`               // claims by the attribute that matched
	Stated       int            `json:"stated"`           // claims that are new
	Withdrawn    int            `json:"withdrawn"`        // claims that no longer follow
	Unchanged    int            `json:"unchanged"`        // claims that were stated before
	Ambiguous    int            `json:"ambiguous"`        // claims by a name of several companies that contradict each other
	Contradicted int            `json:"contradicted"`     // pairs with something in common that contradict each other
	Separated    int            `json:"separated"`        // pairs with something in common that somebody separated
	Joined       []Pair         `json:"joined,omitempty"` // separated by somebody, and still one by way of others
	Shared       []Shared       `json:"shared,omitempty"` // what too many carry, the most carried first
	Revision     graph.Revision `json:"revision"`         // of the store behind it
}

// Pair is two companies.
type Pair struct {
	A graph.ID `json:"a"`
	B graph.ID `json:"b"`
}

// Shared is a value that too many companies of one register carry, so that
// nobody is linked by it.
type Shared struct {
	What      string `json:"what"` // the attribute
	Value     string `json:"value"`
	Register  string `json:"register"` // "" for ids that are of no register, "*" for all together
	Companies int    `json:"companies"`
}

// AllRegisters stands for every register in a [Shared].
const AllRegisters = "*"

// sourceID is what the claims cite.
const sourceID graph.ID = "source:debadge-link"

// Source is what the claims made here cite.
func Source() graph.Source {
	return graph.Source{ID: sourceID, Title: "Comparison of names and identifiers", Publisher: "debadge", Kind: "other"}
}

// maxItems bounds a change set, so that no commit holds readers up.
const maxItems = 5000

// Run links the companies of a store: it compares all of them and commits what
// is new and what no longer follows. A dry run commits nothing. What was
// committed before an error stays; running again completes it.
func Run(ctx context.Context, s graph.Store, dry bool) (Plan, error) {
	l := New()
	if err := l.Follow(ctx, s); err != nil {
		return Plan{}, err
	}
	p := l.Plan()
	if dry {
		return p, nil
	}
	return p, p.Commit(ctx, s)
}

// Commit appends the plan to the store that it was made from, in change sets of
// at most 5,000 items.
func (p *Plan) Commit(ctx context.Context, s graph.Store) error {
	claims, retractions := p.Claims, p.Retractions
	for len(claims)+len(retractions) > 0 {
		cs := graph.ChangeSet{Author: Author, Reason: "comparison of names and identifiers"}
		n := min(len(claims), maxItems)
		cs.Claims, claims = claims[:n], claims[n:]
		if n > 0 {
			cs.Sources = []graph.Source{Source()}
		}
		if len(claims) == 0 { // one that takes another's place comes first, or with it
			n = min(len(retractions), maxItems-n)
			cs.Retractions, retractions = retractions[:n], retractions[n:]
		}
		receipt, err := s.Append(ctx, cs)
		if err != nil {
			return err
		}
		p.Report.Revision = receipt.Revision
	}
	return nil
}
