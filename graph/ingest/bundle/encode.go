package bundle

import (
	"io"

	"debadge/graph"
)

// written form of a claim: what is not stated is left out.
type claimForm struct {
	ID         graph.ID          `json:"id,omitempty"`
	Relation   graph.Relation    `json:"relation"`
	From       graph.ID          `json:"from"`
	To         graph.ID          `json:"to"`
	Status     graph.Status      `json:"status"`
	Confidence graph.Confidence  `json:"confidence,omitzero"`
	ValidFrom  graph.Date        `json:"valid_from,omitzero"`
	ValidTo    graph.Date        `json:"valid_to,omitzero"`
	ShareMin   graph.Share       `json:"share_min,omitzero"`
	ShareMax   graph.Share       `json:"share_max,omitzero"`
	Attributes map[string]string `json:"attributes,omitempty"`
	Citations  []graph.Citation  `json:"citations"`
}

type bundleForm struct {
	Version     int                `json:"debadge"`
	ID          string             `json:"id,omitempty"`
	Author      string             `json:"author,omitempty"`
	Reason      string             `json:"reason,omitempty"`
	Entities    []graph.Entity     `json:"entities,omitempty"`
	Sources     []graph.Source     `json:"sources,omitempty"`
	Claims      []claimForm        `json:"claims,omitempty"`
	Retractions []graph.Retraction `json:"retractions,omitempty"`
}

// Encode writes a change set as a bundle in its canonical form: keys in the
// order of the documentation, two spaces of indentation, nothing that is not
// stated. What Encode wrote, [Decode] reads and Encode writes again, byte for
// byte.
func Encode(w io.Writer, cs graph.ChangeSet) error {
	form := bundleForm{
		Version: Version, ID: cs.ID, Author: cs.Author, Reason: cs.Reason,
		Entities: cs.Entities, Sources: cs.Sources, Retractions: cs.Retractions,
	}
	for _, c := range cs.Claims {
		form.Claims = append(form.Claims, claimForm(c))
	}
	return graph.EncodeJSON(w, form)
}
