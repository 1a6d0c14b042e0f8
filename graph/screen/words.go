package screen

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"debadge/graph"
)

// PathWords writes a path as names from the subject to the list.
func PathWords(subject graph.ID, p graph.Path) string {
	var b strings.Builder
	at := subject
	for i, h := range p.Hops {
		near, far := h.To, h.From
		if rule := h.Relation.Rule(); rule.Outward || (rule.Symmetric && h.From.ID == at) {
			near, far = h.From, h.To
		}
		if i == 0 {
			b.WriteString(near.FullName())
		}
		b.WriteString(" ← " + far.FullName())
		at = far.ID
	}
	return b.String()
}

// Visible writes control characters, direction marks and other characters that
// cannot be seen as their code points, so that a name is what it looks like.
func Visible(text string) string {
	hidden := func(r rune) bool { return r != ' ' && !unicode.IsPrint(r) }
	if strings.IndexFunc(text, hidden) < 0 {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Zs, r), r == '\n', r == '\t', r == '\r':
			b.WriteByte(' ')
		case hidden(r):
			fmt.Fprintf(&b, `\u{%04X}`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// thousands writes a number with commas.
func thousands(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// ResolutionWords says how many lines were recognized how.
func ResolutionWords(c Counts) string {
	var parts []string
	for _, r := range resolutionWords {
		if n := c.Resolutions[r.resolution]; n > 0 {
			parts = append(parts, thousands(n)+" "+r.words)
		}
	}
	if len(parts) == 0 {
		return "There is no line in it."
	}
	return strings.Join(parts, ", ") + "."
}

// resolutionWords says how lines of a resolution are called.
var resolutionWords = []struct {
	resolution Resolution
	words      string
}{
	{Identified, "named by an id or identifier"},
	{Matched, "recognized by name"},
	{Ambiguous, "ambiguous"},
	{NotKnown, "not known"},
	{Refused, "not readable"},
}

// LeftOutWords says what of the input is no line of the answer, "" if all is.
func LeftOutWords(c Counts) string {
	var parts []string
	for _, kind := range slices.Sorted(maps.Keys(c.LeftOut)) {
		parts = append(parts, thousands(c.LeftOut[kind])+" of type "+Visible(kind))
	}
	if len(parts) == 0 {
		return ""
	}
	return "Left out, because they are no devices and name no company: " + strings.Join(parts, ", ") + "."
}
