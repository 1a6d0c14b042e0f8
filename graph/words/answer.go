package words

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"debadge/graph"
)

// NamesIn collects the names of all entities in an answer.
func NamesIn(a graph.Answer) map[graph.ID]string {
	names := map[graph.ID]string{}
	note := func(refs ...graph.EntityRef) {
		for _, r := range refs {
			names[r.ID] = r.FullName()
		}
	}
	if a.Subject != nil {
		note(*a.Subject)
	}
	for _, l := range a.Listings {
		note(l.Entity, l.List)
		for _, path := range l.Paths {
			for _, h := range path.Hops {
				note(h.From, h.To)
			}
		}
	}
	for _, f := range a.Former {
		note(f.Entity, f.List)
	}
	for _, o := range a.Ownership {
		note(o.Entity)
		for _, part := range o.Owners {
			note(part.Entity)
		}
	}
	return names
}

// Headline says an answer in one sentence.
func Headline(a graph.Answer) string {
	if a.Subject == nil {
		return fmt.Sprintf("debadge does not know %q; this is not a clear: UNKNOWN → %s", a.Query, a.Action)
	}
	name := a.Subject.FullName()
	switch a.Finding {
	case graph.Listed:
		return fmt.Sprintf("%s traces to a listed entity: LISTED, strength %s → %s", name, a.Strength, a.Action)
	case graph.Clear:
		if len(a.Former) > 0 {
			return fmt.Sprintf("%s traces to no listed entity that debadge knows, but did until %s: CLEAR → %s", name, lastEnd(a.Former), a.Action)
		}
		return fmt.Sprintf("%s traces to no listed entity that debadge knows: CLEAR → %s", name, a.Action)
	case graph.Unknown:
	}
	return fmt.Sprintf("Whether %s traces to a listed entity could not be established; this is not a clear: UNKNOWN → %s", name, a.Action)
}

func lastEnd(former []graph.FormerListing) graph.Date {
	last := former[0].To
	for _, f := range former {
		if f.To.Latest() > last.Latest() {
			last = f.To
		}
	}
	return last
}

// KnownAt says by what the store knew an answer was given.
func KnownAt(at *time.Time, revision graph.Revision) string {
	if at == nil {
		return "an empty store"
	}
	return fmt.Sprintf("%s (revision %d)", at.UTC().Format("2006-01-02 15:04:05 UTC"), revision)
}

// Joined writes ids with commas between.
func Joined(ids []graph.ID) string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = string(id)
	}
	return strings.Join(texts, ", ")
}

// InOrder returns the listings with the best path first.
func InOrder(listings []graph.ListingAnswer) []graph.ListingAnswer {
	sorted := slices.Clone(listings)
	slices.SortStableFunc(sorted, func(a, b graph.ListingAnswer) int {
		p, q := a.Paths[0], b.Paths[0]
		return cmp.Or(
			cmp.Compare(a.Strength, b.Strength), cmp.Compare(a.Way, b.Way), cmp.Compare(p.Affiliations, q.Affiliations),
			cmp.Compare(len(p.Hops), len(q.Hops)), cmp.Compare(q.Confidence, p.Confidence),
		)
	})
	return sorted
}

// Listed says how long a listing lasts.
func Listed(l graph.ListingAnswer) string {
	if l.ListedFrom.IsZero() && l.ListedTo.IsZero() {
		return "listed (the date is not known)"
	}
	return "listed " + Period(l.ListedFrom, l.ListedTo)
}

// ClaimNotes says how far a claim is established, and its dates.
func ClaimNotes(c graph.Claim) string {
	notes := []string{Grade(c)}
	if c.Relation == graph.ListedOn {
		notes = append(notes, "in force "+Period(c.ValidFrom, c.ValidTo))
	} else if !c.ValidFrom.IsZero() || !c.ValidTo.IsZero() {
		notes = append(notes, Period(c.ValidFrom, c.ValidTo))
	}
	for _, name := range []string{"announced", "published"} {
		if v := c.Attributes[name]; v != "" {
			notes = append(notes, name+" "+v)
		}
	}
	if v := c.Attributes["entry"]; v != "" {
		notes = append(notes, "printed there as “"+v+"”")
	}
	return strings.Join(notes, "; ")
}

// After says what came after a listing.
func After(h graph.Hop) string {
	if h.Relation == graph.Sells {
		return "sold under this name after the listing"
	}
	return "rebadged after the listing"
}

// Dates writes the days on which a hop is said to begin.
func Dates(h graph.Hop) string {
	var dates []string
	for _, c := range h.Claims {
		if d := c.ValidFrom.String(); d != "" && !slices.Contains(dates, d) {
			dates = append(dates, d)
		}
	}
	return strings.Join(dates, " or ")
}

// Edition says what edition of a list an answer used.
func Edition(e graph.ListEdition) string {
	text := e.Edition.String()
	if !e.Complete {
		text += ", cut off: that somebody is not in it means nothing"
	}
	if e.Stale {
		text += fmt.Sprintf(", STALE: more than %s old on this day, so the action is a review at least; import a newer one",
			Plural(e.MaxAgeDays, "day", "days"))
	}
	return text
}
