package words

import (
	"fmt"
	"strconv"
	"strings"

	"debadge/graph"
)

// Step is a hop as a reader walks it: from the end that is nearer to the
// subject to the one that is farther.
type Step struct {
	Near, Far graph.EntityRef
	Hop       graph.Hop
}

// Walk puts the hops of a path in the order of reading.
func Walk(subject graph.EntityRef, hops []graph.Hop) []Step {
	steps := make([]Step, len(hops))
	at := subject.ID
	for i, h := range hops {
		steps[i] = Step{Near: h.To, Far: h.From, Hop: h}
		if h.Relation.Rule().Outward || (h.Relation.Rule().Symmetric && h.From.ID == at) {
			steps[i] = Step{Near: h.From, Far: h.To, Hop: h}
		}
		at = steps[i].Far.ID
	}
	return steps
}

// Sentence says a claim in words, from its nearer end to its farther one.
func Sentence(c graph.Claim, near, far string) string {
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
	return near + " is owned to " + Percent(lo, hi) + " by " + far + interest
}

// Percent writes a share, or the band in which it lies.
func Percent(lo, hi graph.Share) string {
	if lo == hi {
		return lo.String() + " percent"
	}
	return lo.String() + " to " + hi.String() + " percent"
}

// Told says how a citation of a claim is introduced: by what kind of document
// the source is, and where that does not say it, by how far the claim is
// established.
func Told(status graph.Status, stance graph.Stance, kind string) string {
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

// Way says in words how a listing is reached.
func Way(w graph.Way) string {
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

// Period writes an interval of valid time.
func Period(from, to graph.Date) string {
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

// Grade says how far a claim is established.
func Grade(c graph.Claim) string {
	return fmt.Sprintf("%s, confidence %s", c.Status, c.Confidence)
}

// SourceLine names a source and the place in it.
func SourceLine(s graph.Source, q graph.Citation) string {
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

// Plural writes a number with its noun.
func Plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Thousands(n) + " " + many
}

// Thousands writes a number with commas.
func Thousands(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// SentenceCase begins a text with a capital letter.
func SentenceCase(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
