package main

import (
	"fmt"
	"strconv"
	"strings"

	"debadge/graph"
)

// nameOf returns an entity as people call it: a product behind its brand.
func nameOf(e graph.EntityRef) string {
	if e.Brand == "" || strings.HasPrefix(strings.ToLower(e.Name), strings.ToLower(e.Brand)) {
		return e.Name
	}
	return e.Brand + " " + e.Name
}

// step is a hop as a reader walks it: from the end that is nearer to the
// subject to the one that is farther.
type step struct {
	near, far graph.EntityRef
	hop       graph.Hop
}

// walk puts the hops of a path in the order of reading.
func walk(subject graph.EntityRef, hops []graph.Hop) []step {
	steps := make([]step, len(hops))
	at := subject.ID
	for i, h := range hops {
		steps[i] = step{near: h.To, far: h.From, hop: h}
		if h.Relation.Rule().Outward || (h.Relation.Rule().Symmetric && h.From.ID == at) {
			steps[i] = step{near: h.From, far: h.To, hop: h}
		}
		at = steps[i].far.ID
	}
	return steps
}

// sentence says a claim in words, from its nearer end to its farther one.
func sentence(c graph.Claim, near, far string) string {
	says := func(verb string) string { return near + " " + verb + " " + far }
	switch c.Relation {
	case graph.Makes:
		return says("is made by")
	case graph.Sells:
		if t := c.Attributes["territory"]; t != "" {
			return says("is sold by") + " (territory: " + t + ")"
		}
		return says("is sold by")
	case graph.Licenses:
		return says("uses a design licensed by")
	case graph.RebrandedAs:
		return says("is rebadged from")
	case graph.SucceededBy:
		return says("is the successor of")
	case graph.IdenticalTo:
		return says("is the same product as")
	case graph.ComponentOf:
		if q := c.Attributes["quantity"]; q != "" {
			return near + " contains " + far + " (quantity: " + q + ")"
		}
		return says("contains")
	case graph.Owns:
		return ownedSentence(c, near, far)
	case graph.RenamedTo:
		return says("is the new name, or the declared successor, of")
	case graph.SameAs:
		return says("is the same legal person as")
	case graph.AffiliatedWith:
		return says("is linked to") + "; how is not established"
	case graph.ListedOn:
		return says("is listed on")
	case graph.PartyTo:
		if r := c.Attributes["role"]; r != "" {
			return says("is " + r + " in")
		}
		return says("takes part in")
	}
	return says(c.Relation.String())
}

func ownedSentence(c graph.Claim, near, far string) string {
	interest := ""
	if i := c.Interest(); i != graph.Equity {
		interest = " (" + i.String() + ")"
	}
	lo, hi := c.ShareMin, c.ShareMax
	switch {
	case (lo.IsZero() || lo.Micro() == 0) && (hi.IsZero() || hi.Micro() == graph.WholeShare):
		return near + " is owned, by an unknown share, by " + far + interest
	case lo == hi && lo.Micro() == graph.WholeShare:
		return near + " is wholly owned by " + far + interest
	}
	return near + " is owned to " + percent(lo, hi) + " by " + far + interest
}

// percent writes a share, or the band in which it lies.
func percent(lo, hi graph.Share) string {
	if lo == hi {
		return lo.String() + " percent"
	}
	return lo.String() + " to " + hi.String() + " percent"
}

// told says how a citation of a claim is introduced: by what kind of document
// the source is, and where that does not say it, by how far the claim is
// established.
func told(status graph.Status, stance graph.Stance, kind string) string {
	if stance == graph.Denies {
		return "DENIED in"
	}
	switch kind {
	case "press", "research":
		return "reported in"
	case "vendor", "regulation":
		return "stated in"
	case "list":
		return "printed in"
	case "registry":
		return "registered in"
	}
	switch status {
	case graph.Confirmed:
		return "stated in"
	case graph.Reported:
		return "reported in"
	case graph.Alleged:
		return "alleged in"
	case graph.Disputed:
		return "claimed in"
	}
	return "cited in"
}

// wayWords says in words how a listing is reached.
func wayWords(w graph.Way) string {
	switch w {
	case graph.Direct:
		return "directly"
	case graph.ByLineage:
		return "by lineage, through other products or former names"
	case graph.ByOwnership:
		return "by ownership, through owners that the ownership rule counts"
	case graph.ByAffiliation:
		return "by affiliation alone, which is a warning and not ownership"
	}
	return w.String()
}

// period writes an interval of valid time.
func period(from, to graph.Date) string {
	switch {
	case from.IsZero() && to.IsZero():
		return "no dates known"
	case to.IsZero():
		return "from " + from.String()
	case from.IsZero():
		return "until " + to.String()
	}
	return "from " + from.String() + " until " + to.String()
}

// grade says how far a claim is established.
func grade(c graph.Claim) string {
	return fmt.Sprintf("%s, confidence %s", c.Status, c.Confidence)
}

// sourceLine names a source and the place in it.
func sourceLine(s graph.Source, q graph.Citation) string {
	parts := []string{s.Publisher}
	if !s.Date.IsZero() {
		parts = append(parts, s.Date.String())
	}
	if q.Locator != "" {
		parts = append(parts, q.Locator)
	}
	title := s.Title
	if title == "" {
		title = string(q.Source)
	}
	return "“" + title + "”, " + strings.Join(parts, ", ")
}

// plural writes a number with its noun.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(n) + " " + many
}

// thousands writes a number with commas.
func thousands(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// sentenceCase begins a text with a capital letter.
func sentenceCase(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
