package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"debadge/graph"
)

// tracePage writes the answer of a trace for people.
type tracePage struct {
	*page
	answer  graph.Answer
	all     bool
	names   map[graph.ID]string
	sources map[graph.ID]graph.Source
}

// writeTrace writes an answer; names are those of entities that it refers to by
// their ids alone.
func writeTrace(w io.Writer, a graph.Answer, names map[graph.ID]string, all bool) error {
	t := &tracePage{page: newPage(w), answer: a, all: all, names: namesIn(a), sources: map[graph.ID]graph.Source{}}
	maps.Copy(t.names, names)
	for _, s := range a.Sources {
		t.sources[s.ID] = s
	}
	t.head()
	t.listings()
	t.former()
	t.ownership()
	t.disputed()
	return t.flush()
}

func (t *tracePage) name(id graph.ID) string {
	if name, ok := t.names[id]; ok {
		return name
	}
	return string(id)
}

// head says the answer in one sentence, and on which basis it was given.
func (t *tracePage) head() {
	a := t.answer
	t.line("", "%s", headline(a))
	if a.Finding == graph.Listed && !a.Complete {
		t.line("", "Not everything could be seen: there may be more.")
	}
	if a.Finding != graph.Listed || !a.Complete {
		t.bullets(a.Reasons)
	}
	t.gap()
	if a.Subject != nil {
		t.line("  subject   ", "%s", a.Subject.ID)
		since := "no start is known"
		if !a.Since.IsZero() {
			since = a.Since.String()
		}
		t.line("  since     ", "%s (%s without a break)", since, a.Finding)
	}
	t.line("  as of     ", "%s", a.AsOf)
	t.basis(a.Basis)
}

func (g *page) bullets(texts []string) {
	for _, text := range texts {
		g.line("  - ", "%s", text)
	}
}

// basis says what the same answer can be had with again.
func (g *page) basis(b graph.Basis) {
	g.line("  known at  ", "%s", knownAt(b.KnownAt, b.Revision))
	g.line("  policy    ", "%s (%.19s…)", b.Policy.Name, b.Policy.Digest)
	if len(b.Lists) > 0 {
		g.line("  lists     ", "%s alone", joined(b.Lists))
	}
	g.editions(b.Editions)
}

// editionsShown is how many editions of which the same is to be said are told
// one by one.
const editionsShown = 3

// editions says which editions of lists an answer used. Those that are whole and
// young enough come last, together.
func (g *page) editions(all []graph.ListEdition) {
	label := "  editions  "
	tell := func(format string, args ...any) {
		g.line(label, format, args...)
		label = strings.Repeat(" ", columns(label))
	}
	var rest []graph.ListEdition
	groups, order := map[string][]graph.ListEdition{}, []string{}
	for _, e := range all {
		if len(all) > editionsShown && e.Complete && !e.Stale {
			rest = append(rest, e)
			continue
		}
		words := editionWords(e)
		if len(groups[words]) == 0 {
			order = append(order, words)
		}
		groups[words] = append(groups[words], e)
	}
	for _, words := range order {
		group := groups[words]
		if len(group) > editionsShown {
			tell("%d lists (debadge lists names them): %s", len(group), words)
			continue
		}
		for _, e := range group {
			tell("%s: %s", e.List.Name, words)
		}
	}
	if len(rest) == 0 {
		return
	}
	slices.SortFunc(rest, func(a, b graph.ListEdition) int { return cmp.Compare(a.Edition.Latest(), b.Edition.Latest()) })
	tell("%s, the oldest of %s (%s), the newest of %s", plural(len(rest), "list", "lists"),
		rest[0].Edition, rest[0].List.Name, rest[len(rest)-1].Edition)
}

// listings writes the best listing in full, and the others as far as asked.
func (t *tracePage) listings() {
	all := inOrder(t.answer.Listings)
	for i, l := range all {
		if i == 1 && !t.all {
			t.others(all[1:])
			break
		}
		t.gap()
		t.listing(l)
	}
	if len(all) > 1 {
		t.gap()
		t.decisive("The finding as a whole", t.answer.DecisiveClaims)
	}
}

// others names listings in a line each.
func (t *tracePage) others(listings []graph.ListingAnswer) {
	t.gap()
	t.line("", "It also traces to (--all shows these paths too):")
	for _, l := range listings {
		after := ""
		for _, h := range l.Paths[0].Hops {
			if h.PostListing {
				after = "; " + afterWords(h)
			}
		}
		t.hang("  - ", "    ", "%s, %s on %s: %s, %s%s", l.Entity.FullName(), listedWords(l), l.List.FullName(), l.Way, l.Strength, after)
	}
}

func (t *tracePage) listing(l graph.ListingAnswer) {
	t.line("", "%s, %s on %s", l.Entity.FullName(), listedWords(l), l.List.FullName())
	t.line("  ", "reached %s; strength %s", wayWords(l.Way), l.Strength)
	for i, path := range l.Paths {
		t.gap()
		if len(l.Paths) > 1 {
			t.line("  ", "path %d of %d: strength %s, confidence %g", i+1, len(l.Paths), path.Strength, path.Confidence)
		}
		t.chain(path)
		t.gap()
		t.path(path)
		t.rebadging(path)
	}
	t.gap()
	t.decisive("This path", l.DecisiveClaims)
}

// chain shows a path at a glance.
func (t *tracePage) chain(path graph.Path) {
	names := []string{t.answer.Subject.FullName()}
	for _, s := range walk(*t.answer.Subject, path.Hops) {
		names = append(names, s.Far.FullName())
	}
	t.line("  ", "%s", strings.Join(names, " ← "))
}

func (t *tracePage) path(path graph.Path) {
	for i, s := range walk(*t.answer.Subject, path.Hops) {
		t.line(fmt.Sprintf("%3d. ", i+1), "%s", sentence(s.Hop.Claims[0], s.Near.FullName(), s.Far.FullName()))
		for j, c := range s.Hop.Claims {
			if text := sentence(c, s.Near.FullName(), s.Far.FullName()); j > 0 {
				t.line("     ", "also: %s", text)
			}
			t.evidence(c)
		}
		for _, c := range s.Hop.Jointly {
			t.line("     ", "added up with: %s", sentence(c, t.name(c.To), t.name(c.From)))
			t.evidence(c)
		}
	}
}

// evidence writes what is known of a claim, and from where; denials come last.
func (t *tracePage) evidence(c graph.Claim) {
	const indent = "     "
	t.line(indent, "%s", claimNotes(c))
	for _, stance := range []graph.Stance{graph.Supports, graph.Denies} {
		for _, q := range c.Citations {
			if q.Stance == stance {
				t.citation(c, q)
			}
		}
	}
	if t.all {
		t.line(indent, "[%s]", c.ID)
	}
}

func (t *tracePage) citation(c graph.Claim, q graph.Citation) {
	bullet, indent := "     - ", "       "
	if q.Stance == graph.Denies {
		bullet = "     ! "
	}
	s := t.sources[q.Source]
	t.hang(bullet, indent, "%s %s", told(c.Status, q.Stance, s.Kind), sourceLine(s, q))
	if q.Text != "" {
		t.line(indent, "%s", q.Text)
	}
	if t.all && s.URL != "" {
		t.line(indent, "%s", s.URL)
	}
}

// rebadging says which hops came after the listing.
func (t *tracePage) rebadging(path graph.Path) {
	steps := walk(*t.answer.Subject, path.Hops)
	listing := steps[len(steps)-1].Hop.Claims[0]
	rebadged := false
	for i, s := range steps {
		rebadged = rebadged || s.Hop.Relation == graph.RebrandedAs
		if !s.Hop.PostListing {
			continue
		}
		t.gap()
		t.line("  ! ", "%s: step %d is dated %s; %s was listed from %s.", sentenceCase(afterWords(s.Hop)), i+1, datesOf(s.Hop), t.name(listing.From), listing.ValidFrom)
	}
	if rebadged && !path.PostListingRebadge {
		t.gap()
		t.line("  ", "Not known to have been rebadged after this listing.")
	}
}

// decisive says in words which claims a finding rests on.
func (t *tracePage) decisive(what string, ids []graph.ID) {
	if len(ids) == 0 {
		t.line("  ", "%s rests on no single claim: without any one of them it would be reached all the same, and as strongly.", what)
		return
	}
	t.line("  ", "%s rests on %s; without any one of them it would not be reached, or less strongly:", what, plural(len(ids), "claim", "claims"))
	for _, s := range t.said() {
		if slices.Contains(ids, s.id) {
			t.hang("  - ", "    ", "%s [%s]", s.text, s.id)
			ids = slices.DeleteFunc(slices.Clone(ids), func(id graph.ID) bool { return id == s.id })
		}
	}
	for _, id := range ids { // that no path shown has
		t.hang("  - ", "    ", "[%s]", id)
	}
}

type saying struct {
	id   graph.ID
	text string
}

// said returns every claim of every path in words, in the order of walking.
func (t *tracePage) said() []saying {
	var all []saying
	for _, l := range t.answer.Listings {
		for _, path := range l.Paths {
			for _, s := range walk(*t.answer.Subject, path.Hops) {
				for _, c := range s.Hop.Claims {
					all = append(all, saying{c.ID, sentence(c, s.Near.FullName(), s.Far.FullName())})
				}
			}
		}
	}
	return all
}

func (t *tracePage) former() {
	if len(t.answer.Former) == 0 {
		return
	}
	t.gap()
	t.line("", "Formerly:")
	for _, f := range t.answer.Former {
		t.hang("  - ", "    ", "traced to %s on %s (%s) %s", f.Entity.FullName(), f.List.FullName(), f.Way, period(f.From, f.To))
	}
}

func (t *tracePage) disputed() {
	if len(t.answer.Disputed) == 0 {
		return
	}
	t.gap()
	t.line("", "Disputed, shown and never counted:")
	for _, c := range t.answer.Disputed {
		near, far := c.Relation.Ends(c.From, c.To)
		t.hang("  - ", "    ", "%s [%s]", sentence(c, t.name(near), t.name(far)), c.ID)
		t.evidence(c)
	}
}
