package words

import (
	"fmt"
	"strings"
	"unicode"
)

// Visible writes control characters, line breaks, direction marks and other
// characters that cannot be seen as their code points.
func Visible(text string) string {
	if strings.IndexFunc(text, hidden) < 0 {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '\u00a0' || r == '\u3000' || unicode.Is(unicode.Zs, r):
			b.WriteByte(' ')
		case hidden(r):
			fmt.Fprintf(&b, `\u{%04X}`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func hidden(r rune) bool { return r != ' ' && !unicode.IsPrint(r) }
