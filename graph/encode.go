package graph

import (
	"encoding/json"
	"io"
)

// EncodeJSON writes an answer as every surface shows it: indented by two
// spaces, with the characters of names as they are, and a newline at the end.
// The command line and the HTTP API both call it, so that one answer is the
// same bytes on both.
func EncodeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
