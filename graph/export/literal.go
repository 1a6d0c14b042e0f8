package export

import (
	"unicode"
	"unicode/utf8"
)

// appendText writes a string literal. It is the one place where text from
// outside becomes part of a statement.
//
// A backslash, a quote and what cannot be seen are escaped. Neo4j replaces
// \uXXXX before it reads a statement, so that \u0027 would end a string: a
// quote is therefore never written that way, and a letter u behind a backslash
// is, so that the two are never taken for the beginning of such an escape.
func appendText(b []byte, text string) []byte {
	b = append(b, '\'')
	slash := false
	for _, r := range text {
		switch {
		case r == '\\' || r == '\'':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\r':
			b = append(b, `\r`...)
		case r == '\t':
			b = append(b, `\t`...)
		case slash && (r == 'u' || r == 'U'), r < utf8.RuneSelf && !unicode.IsPrint(r), r <= 0xFFFF && !unicode.IsPrint(r):
			b = appendEscape(b, r)
		default:
			b = utf8.AppendRune(b, r)
		}
		slash = r == '\\'
	}
	return append(b, '\'')
}

func appendEscape(b []byte, r rune) []byte {
	const digits = "0123456789abcdef"
	return append(b, '\\', 'u', digits[r>>12&15], digits[r>>8&15], digits[r>>4&15], digits[r&15])
}
