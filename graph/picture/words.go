package picture

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"debadge/graph"
)

// verb says an edge in the direction of its claims.
func (e *edge) verb() string {
	if len(e.former) > 0 {
		if e.relation == graph.ListedOn {
			return "on this list then"
		}
		return "formerly traced back, by " + e.former[0].Way.String()
	}
	switch e.relation {
	case graph.Makes:
		return "makes"
	case graph.Sells:
		return "sells" + e.attribute("territory", " (", ")")
	case graph.Licenses:
		return "licenses the design of"
	case graph.RebrandedAs:
		return "rebadged as"
	case graph.SucceededBy:
		return "succeeded by"
	case graph.IdenticalTo:
		return "same product"
	case graph.ComponentOf:
		return "part of" + e.attribute("quantity", " (quantity ", ")")
	case graph.Owns:
		return "owns " + e.shares()
	case graph.RenamedTo:
		return "renamed to, or succeeded by"
	case graph.SameAs:
		return "same legal person"
	case graph.AffiliatedWith:
		return "linked; how is not established"
	case graph.ListedOn:
		return "listed on"
	case graph.PartyTo:
		return "takes part in"
	}
	return e.relation.String()
}

// attribute returns the one value that the claims have of an attribute.
func (e *edge) attribute(name, before, behind string) string {
	value := ""
	for _, c := range e.claims {
		v := c.Attributes[name]
		if v == "" || (value != "" && v != value) {
			return ""
		}
		value = v
	}
	if value == "" {
		return ""
	}
	return before + value + behind
}

// shares says what the claims say of a share, each figure once.
func (e *edge) shares() string {
	var all []string
	for _, c := range e.claims {
		text := shareWords(c.ShareMin, c.ShareMax)
		if i := c.Interest(); i != graph.Equity {
			text += " (" + i.String() + ")"
		}
		if !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	return strings.Join(all, " or ")
}

func shareWords(lo, hi graph.Share) string {
	switch {
	case lo.Micro() == 0 && (hi.IsZero() || hi.Micro() == graph.WholeShare):
		return "an unknown share of"
	case lo == hi:
		return lo.String() + "% of"
	}
	return lo.String() + " to " + hi.String() + "% of"
}

// grade says how far an edge is established, and by how many claims.
func (e *edge) grade() string {
	if len(e.former) > 0 {
		return ""
	}
	text := e.strength.String()
	if e.strength == graph.Disputed {
		text += ", not counted"
	}
	if n := len(e.claims); n > 1 {
		text += ", " + strconv.Itoa(n) + " claims"
	}
	if e.joint {
		text += ", added up"
	}
	return text
}

// mostDates is how many periods an edge tells.
const mostDates = 2

// dates says when what the edge claims began and ended.
func (e *edge) dates() []string {
	var all []string
	add := func(from, to graph.Date) {
		if text := period(from, to); text != "" && !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	if len(e.former) > 0 {
		add(e.once())
	}
	for _, c := range e.claims {
		add(c.ValidFrom, c.ValidTo)
	}
	if len(all) == 0 {
		return []string{"no date known"}
	}
	if len(all) > mostDates {
		return append(all[:mostDates:mostDates], "and "+strconv.Itoa(len(all)-mostDates)+" more")
	}
	return all
}

// once is the stretch in which all former listings of an edge lie.
func (e *edge) once() (from, to graph.Date) {
	from, to = e.former[0].From, e.former[0].To
	for _, f := range e.former[1:] {
		if f.From.Earliest() < from.Earliest() {
			from = f.From
		}
		if f.To.Latest() > to.Latest() {
			to = f.To
		}
	}
	return from, to
}

// period writes an interval, and "" if neither end is known.
func period(from, to graph.Date) string {
	switch {
	case from.IsZero() && to.IsZero():
		return ""
	case to.IsZero():
		return "from " + from.String()
	case from.IsZero():
		return "until " + to.String()
	}
	return from.String() + " to " + to.String()
}

// after counts the listings on or after whose start the edge began.
func (e *edge) after() int {
	n := 0
	for _, after := range e.listings {
		if after {
			n++
		}
	}
	return n
}

// afterWords marks a hop that came after a listing.
func (e *edge) afterWords() string {
	switch n := e.after(); {
	case n == 0:
		return ""
	case n < len(e.listings):
		return fmt.Sprintf("AFTER %d OF %d LISTINGS", n, len(e.listings))
	}
	return "AFTER THE LISTING"
}

// deniedWords marks an edge that somebody denies.
func (e *edge) deniedWords() string {
	if len(e.denied) == 0 {
		return ""
	}
	return "DENIED in: " + strings.Join(e.denied, "; ")
}

// kindWords names the kind of a node, and what it is in the answer.
func (n *node) kindWords() string {
	text := string(n.ref.Kind)
	if n.listed {
		text = "listed " + text
	}
	if n.subject {
		text += ", asked about"
	}
	return strings.ToUpper(text)
}

// headline says the answer in a sentence.
func headline(a graph.Answer, name string) string {
	switch {
	case a.Subject == nil:
		return "debadge does not know it; this is not a clear: UNKNOWN → " + a.Action.String()
	case a.Finding == graph.Listed:
		return "traces to a listed entity: LISTED, strength " + a.Strength.String() + " → " + a.Action.String()
	case a.Finding == graph.Clear && len(a.Former) > 0:
		return "traces to no listed entity that debadge knows, but once did: CLEAR → " + a.Action.String()
	case a.Finding == graph.Clear:
		return "traces to no listed entity that debadge knows: CLEAR → " + a.Action.String()
	}
	return "whether " + name + " traces to a listed entity could not be established; this is not a clear: UNKNOWN → " + a.Action.String()
}

// basisWords says by what the same answer can be had again.
func basisWords(asOf graph.Date, revision graph.Revision, policy graph.PolicyRef) string {
	text := fmt.Sprintf("known at revision %d; policy %s (%.19s…)", revision, policy.Name, policy.Digest)
	if !asOf.IsZero() {
		text = "as of " + asOf.String() + "; " + text
	}
	return text
}
