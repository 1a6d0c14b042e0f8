package picture

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// textWidth estimates how wide a text is at a size of the letters. No font is
// at hand, so it is generous: the widths of a wide sans serif.
func textWidth(text string, size float64, bold bool) float64 {
	ems := 0.0
	for _, r := range text {
		ems += runeWidth(r)
	}
	if bold {
		ems *= 1.07
	}
	return ems * size
}

func runeWidth(r rune) float64 {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	case strings.ContainsRune("iljI.,:;'|!", r):
		return 0.32
	case strings.ContainsRune(" ftr()[]-/\\\"*", r):
		return 0.41
	case strings.ContainsRune("mMW@%", r):
		return 0.95
	case r >= '0' && r <= '9':
		return 0.6
	case r < utf8.RuneSelf && unicode.IsUpper(r):
		return 0.71
	case r < utf8.RuneSelf:
		return 0.57
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 1
	case width.EastAsianAmbiguous, width.EastAsianHalfwidth, width.EastAsianNarrow, width.Neutral:
	}
	return 0.72
}

// balanced breaks a text as wrap does, into as many lines of about one length.
func balanced(text string, size float64, bold bool, room float64, most int) []string {
	best := wrap(text, size, bold, room, most)
	least := 4 * size // and no word is broken for it
	for _, word := range words(text) {
		least = max(least, textWidth(strings.TrimRight(word, " "), size, bold))
	}
	for room -= size / 2; len(best) > 1 && room > least; room -= size / 2 {
		next := wrap(text, size, bold, room, most+1)
		if len(next) > len(best) {
			break
		}
		best = next
	}
	return best
}

// wrap breaks a text into at most so many lines that are no wider than room. A
// text that does not fit ends in an ellipsis.
func wrap(text string, size float64, bold bool, room float64, most int) []string {
	var lines []string
	line := ""
	for _, word := range words(text) {
		joined := line + word
		if line == "" || textWidth(strings.TrimRight(joined, " "), size, bold) <= room {
			line = joined
		} else {
			lines = append(lines, strings.TrimRight(line, " "))
			line = word
		}
		for textWidth(strings.TrimRight(line, " "), size, bold) > room && utf8.RuneCountInString(line) > 1 {
			head := fitting(line, size, bold, room)
			lines = append(lines, head)
			line = line[len(head):]
		}
	}
	if line = strings.TrimRight(line, " "); line != "" || len(lines) == 0 {
		lines = append(lines, line)
	}
	if len(lines) > most {
		lines = lines[:most]
		last := lines[most-1] + "…"
		for textWidth(last, size, bold) > room && utf8.RuneCountInString(last) > 2 {
			last = strings.TrimRight(string([]rune(last)[:utf8.RuneCountInString(last)-2]), " ") + "…"
		}
		lines[most-1] = last
	}
	return lines
}

// words cuts a text where a line may end: behind spaces, hyphens and slashes,
// and behind every ideograph.
func words(text string) []string {
	var all []string
	start := 0
	for i, r := range text {
		end := i + utf8.RuneLen(r)
		wide := false
		switch width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth:
			wide = true
		case width.EastAsianAmbiguous, width.EastAsianHalfwidth, width.EastAsianNarrow, width.Neutral:
		}
		if r == ' ' || r == '/' || wide {
			all = append(all, text[start:end])
			start = end
		}
	}
	if start < len(text) {
		all = append(all, text[start:])
	}
	return all
}

// fitting is as much of a text as fits, one character at least.
func fitting(text string, size float64, bold bool, room float64) string {
	end := 0
	for i, r := range text {
		next := i + utf8.RuneLen(r)
		if end > 0 && textWidth(text[:next], size, bold) > room {
			break
		}
		end = next
	}
	return text[:end]
}

// visible writes control characters, direction marks and others that cannot be
// seen as their code points: a name in a picture is what it looks like.
func visible(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
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
