package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"

	"debadge/graph"
)

var (
	leiForm  = regexp.MustCompile(`^[0-9A-Z]{18}[0-9]{2}$`)
	slugForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]*$`)
	slugGaps = regexp.MustCompile(`[^a-z0-9]+`)
)

const (
	maxReference = 80 // characters of a register's own identifier that an id takes over as it is
	maxReadable  = 40 // of one that is told apart by its hash
	hashDigits   = 12
)

// LEI returns the form in which a Legal Entity Identifier is written, and
// whether the text is one (ISO 17442: 18 letters or digits and two check
// digits).
func LEI(text string) (string, bool) {
	text = strings.ToUpper(strings.TrimSpace(text))
	return text, leiForm.MatchString(text)
}

// LEIParty is the id of the company that has a Legal Entity Identifier,
// whichever register says so.
func LEIParty(lei string) graph.ID { return graph.ID("company:lei:" + strings.ToLower(lei)) }

// Reference makes the last part of an id from an identifier that a register
// gives, such as NK-2Vr9F or 018AF6B3EB. Two identifiers never get the same
// one: an identifier whose letters an id cannot hold (upper case, say) gets a
// hash of its own.
func Reference(identifier string) string {
	if len(identifier) <= maxReference && slugForm.MatchString(identifier) {
		return identifier
	}
	sum := sha256.Sum256([]byte(identifier))
	hash := hex.EncodeToString(sum[:])[:hashDigits]
	slug := strings.Trim(slugGaps.ReplaceAllString(strings.ToLower(identifier), "-"), "-")
	if len(slug) > maxReadable {
		slug = strings.TrimRight(slug[:maxReadable], "-")
	}
	if slug == "" {
		return hash
	}
	return slug + "-" + hash
}
