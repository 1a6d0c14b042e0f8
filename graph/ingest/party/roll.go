package party

import (
	"debadge/graph"
)

// maxHeld bounds the text that a roll holds: some ten times the largest list
// that is published.
const maxHeld = 256 << 20

// perParty is about what a party takes up beside its text.
const perParty = 512

// Roll holds the parties of an edition in the order in which they first
// appear. A list may scatter the rows of a party over the file, and a record
// tells all of one, so the parties are held until the last row is read; an
// edition of a list is a few megabytes. What is larger by far is refused.
type Roll[P any] struct {
	order []P
	byKey map[string]int
	held  int
	limit int // of held, maxHeld if it is 0
}

// Find returns the party of a key, if the roll has it.
func (r *Roll[P]) Find(key string) (P, bool) {
	if i, ok := r.byKey[key]; ok {
		return r.order[i], true
	}
	var none P
	return none, false
}

// Add takes a party that the roll has not.
func (r *Roll[P]) Add(key string, p P) {
	if r.byKey == nil {
		r.byKey = map[string]int{}
	}
	r.byKey[key] = len(r.order)
	r.order = append(r.order, p)
	r.held += perParty + len(key)
}

// Grow counts text that a party has taken on, and refuses what no list holds.
func (r *Roll[P]) Grow(bytes int) error {
	limit := r.limit
	if limit == 0 {
		limit = maxHeld
	}
	if r.held += bytes; r.held > limit {
		return graph.Errorf(graph.KindInvalid,
			"the file has more than %d MiB of names and addresses, which no edition of this list has; check that it is this list, and split it if it is", limit>>20)
	}
	return nil
}

// Parties returns the parties in order.
func (r *Roll[P]) Parties() []P { return r.order }
