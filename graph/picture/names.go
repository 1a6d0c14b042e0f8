package picture

import (
	"context"
	"slices"
	"unicode"
	"unicode/utf8"

	"debadge/graph"
)

// Name is what an entity is called.
type Name struct {
	Full  string // a product behind its brand
	Other string // in another script, "" if none is known
}

// Names are what the entities of an answer are called. What an answer refers to
// by its id alone, and names in other scripts, are known from here.
type Names map[graph.ID]Name

// ReadNames looks up what an answer's entities are called, at the revision of
// the answer.
func ReadNames(ctx context.Context, s graph.Store, a graph.Answer) (Names, error) {
	ids := entitiesOf(a)
	names := make(Names, len(ids))
	if len(ids) == 0 {
		return names, nil
	}
	err := s.View(ctx, graph.Moment{Revision: a.Revision}, func(v graph.View) error {
		entities, err := v.Entities(ctx, ids)
		for _, e := range entities {
			names[e.ID] = Name{Full: e.Ref().FullName(), Other: OtherName(e)}
		}
		return err
	})
	return names, err
}

// entitiesOf returns the ids of all entities that an answer speaks of, in order.
func entitiesOf(a graph.Answer) []graph.ID {
	var ids []graph.ID
	claims := func(all []graph.ClaimAnswer) {
		for _, c := range all {
			ids = append(ids, c.From, c.To)
		}
	}
	if a.Subject != nil {
		ids = append(ids, a.Subject.ID)
	}
	for _, l := range a.Listings {
		for _, p := range l.Paths {
			for _, h := range p.Hops {
				claims(h.Claims)
				claims(h.Jointly)
			}
		}
	}
	for _, f := range a.Former {
		ids = append(ids, f.Entity.ID, f.List.ID)
	}
	for _, o := range a.Ownership {
		ids = append(ids, o.Entity.ID)
		for _, part := range o.Owners {
			claims(part.Claims)
		}
	}
	claims(a.Disputed)
	slices.Sort(ids)
	return slices.Compact(ids)
}

// OtherName returns the fullest alias in another script than the name's.
func OtherName(e graph.Entity) string {
	best := ""
	for _, a := range e.Aliases {
		if InLatin(a.Text) != InLatin(e.Name) && utf8.RuneCountInString(a.Text) > utf8.RuneCountInString(best) {
			best = a.Text
		}
	}
	return best
}

// InLatin reports whether a text has no letter of another script than Latin.
func InLatin(text string) bool {
	for _, r := range text {
		if unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) {
			return false
		}
	}
	return true
}
