package graph

import (
	"encoding/json"
	"io"
)

// Stated is a change set as it is written by hand and sent: what is not stated is
// left out, where an answer has null.
type Stated struct {
	ID          string        `json:"id,omitempty"`
	Author      string        `json:"author,omitempty"`
	Reason      string        `json:"reason,omitempty"`
	Entities    []Entity      `json:"entities,omitempty"`
	Sources     []Source      `json:"sources,omitempty"`
	Claims      []StatedClaim `json:"claims,omitempty"`
	Retractions []Retraction  `json:"retractions,omitempty"`
}

// StatedClaim is a claim of a [Stated] change set.
type StatedClaim struct {
	ID         ID                `json:"id,omitempty"`
	Relation   Relation          `json:"relation"`
	From       ID                `json:"from"`
	To         ID                `json:"to"`
	Status     Status            `json:"status"`
	Confidence Confidence        `json:"confidence,omitzero"`
	ValidFrom  Date              `json:"valid_from,omitzero"`
	ValidTo    Date              `json:"valid_to,omitzero"`
	ShareMin   Share             `json:"share_min,omitzero"`
	ShareMax   Share             `json:"share_max,omitzero"`
	Attributes map[string]string `json:"attributes,omitempty"`
	Citations  []Citation        `json:"citations"`
}

// Stated returns the change set as it is written.
func (cs ChangeSet) Stated() Stated {
	s := Stated{ID: cs.ID, Author: cs.Author, Reason: cs.Reason, Entities: cs.Entities, Sources: cs.Sources, Retractions: cs.Retractions}
	for _, c := range cs.Claims {
		s.Claims = append(s.Claims, StatedClaim(c))
	}
	return s
}

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
