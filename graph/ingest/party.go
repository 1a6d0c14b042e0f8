package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"debadge/graph"
)

const (
	maxSlug    = 60
	nameDigits = 8 // of the hash that tells names apart whose slug is the same
)

// PartyID is the id of a party of a register: by its number if the register
// gives it one for ever, else by its name exactly as printed.
func PartyID(register, number, name string) graph.ID {
	if number = strings.TrimSpace(number); number != "" {
		return graph.ID("company:" + register + ":" + Reference(strings.ToLower(number)))
	}
	sum := sha256.Sum256([]byte(name))
	last := hex.EncodeToString(sum[:])[:nameDigits]
	if slug := Slug(name); slug != "" {
		last = slug + "-" + last
	}
	return graph.ID("company:" + register + ":" + last)
}

// Slug returns a name in lower-case ASCII letters and digits with hyphens
// between, at most 60 long: what a person can read in an id. Letters that have
// no ASCII form are left out, so two names may have one slug, and a name in
// another script has none.
func Slug(name string) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFKD.String(name) {
		r = unicode.ToLower(r)
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(r)
		case unicode.IsMark(r) || r == '\'' || r == '’':
		default:
			gap = true
		}
		if b.Len() >= maxSlug {
			break
		}
	}
	return strings.TrimRight(b.String()[:min(b.Len(), maxSlug)], "-")
}
