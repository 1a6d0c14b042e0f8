package bundle

import (
	"io"

	"debadge/graph"
)

// Encode writes a change set as a bundle in its canonical form: keys in the
// order of the documentation, two spaces of indentation, nothing that is not
// stated. What Encode wrote, [Decode] reads and Encode writes again, byte for
// byte.
func Encode(w io.Writer, cs graph.ChangeSet) error {
	return graph.EncodeJSON(w, struct {
		Version int `json:"debadge"`
		graph.Stated
	}{Version, cs.Stated()})
}
