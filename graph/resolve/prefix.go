package resolve

import (
	"cmp"
	"slices"

	"debadge/graph"
)

// Beginnings are what a person who is still typing may mean.
type Beginnings struct {
	Entities []graph.EntityRef // the shortest name that goes on like it first
	More     bool              // there are others, which the limit left out
	Read     int               // how many names were looked at
}

// Beginning returns the entities of which a name, or the brand with the name,
// begins with a text, at most so many: those that are called just so first, then
// the others in the order of the names that begin so. Letter case, spaces and
// punctuation do not count. What it looks at grows with the limit and hardly with
// the number of names, so one letter costs no more than ten.
func (x *Index) Beginning(text string, only graph.Kind, limit int) Beginnings {
	key := graph.AppendNameKey(nil, text)
	if len(key) == 0 || (only != "" && !slices.Contains(kinds, only)) {
		return Beginnings{}
	}
	r := run{x: x, q: &Query{Kind: only}}
	var out Beginnings
	var found []begun
	r.segments(func(s *segment) {
		for _, k := range []kind{company, product} {
			if only == "" || kindOf(only) == k {
				var read int
				found, read = r.beginning(s, k, key, limit, found)
				out.Read += read
			}
		}
	})
	slices.SortFunc(found, func(a, b begun) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.ref.ID, b.ref.ID))
	})
	out.More = len(found) > limit
	for _, f := range found[:min(limit, len(found))] {
		out.Entities = append(out.Entities, f.ref)
	}
	return out
}
