package graph

import (
	"bytes"
	"encoding/json"
	"io"
	"sync"
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
	data, err := AppendJSON(nil, v)
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return err
}

// AppendJSON appends what [EncodeJSON] writes.
func AppendJSON(to []byte, v any) ([]byte, error) {
	plain, ok := plains.Get().(*bytes.Buffer)
	if !ok {
		plain = new(bytes.Buffer)
	}
	defer func() {
		if plain.Cap() <= pooledMost {
			plains.Put(plain)
		}
	}()
	plain.Reset()
	e := json.NewEncoder(plain)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return to, err
	}
	return appendIndented(to, plain.Bytes()), nil
}

// plains are buffers for answers before they are indented, none of them large.
var plains sync.Pool

const pooledMost = 1 << 20

// appendIndented appends JSON that has no white space, as json.Encoder writes it,
// indented by two spaces. json.Indent checks every character once more, which
// takes longer than everything else that becomes of an answer.
func appendIndented(to, plain []byte) []byte {
	depth := 0
	newLine := func() {
		to = append(to, '\n')
		for range depth {
			to = append(to, "  "...)
		}
	}
	for i := 0; i < len(plain); i++ {
		switch c := plain[i]; c {
		case '"':
			end := textEnd(plain, i)
			to = append(to, plain[i:end]...)
			i = end - 1
		case '{', '[':
			to = append(to, c)
			if next := plain[i+1]; next == '}' || next == ']' {
				to = append(to, next)
				i++
				continue
			}
			depth++
			newLine()
		case '}', ']':
			depth--
			newLine()
			to = append(to, c)
		case ',':
			to = append(to, c)
			newLine()
		case ':':
			to = append(to, ": "...)
		default:
			to = append(to, c)
		}
	}
	return to
}

// textEnd returns where the text that begins at an index ends.
func textEnd(plain []byte, begin int) int {
	for i := begin + 1; ; i++ {
		i += bytes.IndexByte(plain[i:], '"')
		backslashes := 0
		for plain[i-1-backslashes] == '\\' {
			backslashes++
		}
		if backslashes%2 == 0 {
			return i + 1
		}
	}
}
