package graph

// Way says by which kind of hops a listing was reached. The ways are kept
// apart: whether a product traces back to a listed company and whether a
// company counts as listed because of who owns it are two questions.
type Way uint8

// The ways, the most direct first.
const (
	Direct        Way = 1 + iota // the subject is listed, or a company that makes, sells or licenses it
	ByLineage                    // through other products
	ByOwnership                  // through owners that an ownership rule counts
	ByAffiliation                // through a link, or a share, that the rules do not count as ownership
)

var wayNames = [...]string{Direct: "direct", ByLineage: "lineage", ByOwnership: "ownership", ByAffiliation: "affiliation"}

// String returns the way's name.
func (w Way) String() string {
	if int(w) < len(wayNames) {
		return wayNames[w]
	}
	return ""
}

// MarshalText writes the name.
func (w Way) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// UnmarshalText reads the name.
func (w *Way) UnmarshalText(text []byte) error {
	for i, name := range wayNames {
		if name != "" && name == string(text) {
			*w = Way(i)
			return nil
		}
	}
	return Errorf(KindInvalid, "%q is not a way; use direct, lineage, ownership or affiliation", text)
}
