package api

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"debadge/graph"
	"debadge/graph/ingest/bundle"
)

// maxChangeBytes bounds the body that is a change set, unpacked.
const maxChangeBytes = 8 << 20

// Bounds on the JSON of a body: wide for what is meant, narrow enough that what
// is not costs nothing.
const (
	maxBodyDepth  = 32
	maxBodyValues = 200_000
)

// changeSetBody is a change set as a request brings it. The reading itself is
// that of bundles, which refuses what is unknown, repeated or deep.
type changeSetBody struct {
	Version     int                `json:"debadge,omitempty"     doc:"1, as in a bundle file." maximum:"1" minimum:"1"`
	ID          string             `json:"id,omitempty"          doc:"Names the change set, as Idempotency-Key does."`
	Author      string             `json:"author,omitempty"      doc:"Who makes the change, where no credential says so."`
	Reason      string             `json:"reason"                minLength:"1"`
	Entities    []graph.Entity     `json:"entities,omitempty"`
	Sources     []graph.Source     `json:"sources,omitempty"`
	Claims      []claimBody        `json:"claims,omitempty"`
	Retractions []graph.Retraction `json:"retractions,omitempty"`
}

// claimBody is a claim as a request brings it: what is not stated is left out.
type claimBody struct {
	ID         graph.ID          `json:"id,omitempty"`
	Relation   graph.Relation    `json:"relation"`
	From       graph.ID          `json:"from"`
	To         graph.ID          `json:"to"`
	Status     graph.Status      `json:"status"`
	Confidence graph.Confidence  `json:"confidence,omitempty"`
	ValidFrom  graph.Date        `json:"valid_from,omitzero"`
	ValidTo    graph.Date        `json:"valid_to,omitzero"`
	ShareMin   graph.Share       `json:"share_min,omitzero"`
	ShareMax   graph.Share       `json:"share_max,omitzero"`
	Attributes map[string]string `json:"attributes,omitempty"`
	Citations  []graph.Citation  `json:"citations"             minItems:"1"`
}

var errTooLarge = errors.New("too large")

// bounded fails once more than left bytes were read of it.
type bounded struct {
	r    io.Reader
	left int64
}

// Read reads, and fails at the first byte that is one too many.
func (b *bounded) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, errTooLarge
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.left+1)])
	if b.left -= int64(n); b.left < 0 {
		return n, errTooLarge
	}
	return n, err
}

// readChangeSet reads the body of a request.
func (s *server) readChangeSet(hc huma.Context) (graph.ChangeSet, error) {
	body, err := openBody(humagin.Unwrap(hc).Request, maxChangeBytes)
	if err != nil {
		return graph.ChangeSet{}, err
	}
	cs, err := bundle.DecodeChangeSet("body", body)
	var e *graph.Error
	if errors.As(err, &e) && e.Kind == graph.KindUnavailable {
		return cs, bodyProblem(e.Cause, maxChangeBytes)
	}
	if errors.As(err, &e) {
		clipFields(e)
	}
	return cs, err
}

// openBody returns the body of a JSON request, unpacked, of at most so many bytes.
func openBody(r *http.Request, most int64) (io.Reader, error) {
	if media, params, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != jsonType ||
		params["charset"] != "" && !strings.EqualFold(params["charset"], "utf-8") {
		return nil, newProblem(unsupportedMedia, "the body is not declared as "+jsonType+" in UTF-8; say Content-Type: "+jsonType)
	}
	if r.ContentLength > most {
		return nil, bodyProblem(errTooLarge, most)
	}
	switch strings.ToLower(strings.Join(r.Header.Values("Content-Encoding"), ",")) {
	case "", "identity":
		return &bounded{r.Body, most}, nil
	case "gzip":
		z, err := gzip.NewReader(&bounded{r.Body, most})
		if err != nil {
			return nil, bodyProblem(err, most)
		}
		return &bounded{z, most}, nil
	}
	return nil, newProblem(unsupportedMedia, "the body may be compressed with gzip and nothing else")
}

func bodyProblem(err error, most int64) error {
	if errors.Is(err, errTooLarge) {
		return newProblem(tooLarge, fmt.Sprintf("the body is larger than %d bytes", most))
	}
	p := newProblem(malformed, "the body cannot be read to its end")
	p.cause = err
	return p
}

// clipFields bounds what a problem repeats of a body.
func clipFields(e *graph.Error) {
	for i := range e.Fields {
		e.Fields[i].Field, e.Fields[i].Message = clip(e.Fields[i].Field), clip(e.Fields[i].Message)
	}
}

// checkedBody is where an operation says that its JSON body is looked through
// before huma parses it, which takes the last of two equal keys, and any depth.
const checkedBody = "checkedBody"

func checkBody(op *huma.Operation) { op.Metadata[checkedBody] = true }

// scanBody looks a JSON body through, and puts it back.
func (s *server) scanBody(hc huma.Context) *problem {
	if hc.Operation().Metadata[checkedBody] != true {
		return nil
	}
	r := humagin.Unwrap(hc).Request
	most := hc.Operation().MaxBodyBytes
	body, err := openBody(r, most)
	var data []byte
	if err == nil {
		if data, err = io.ReadAll(body); err != nil {
			err = bodyProblem(err, most)
		}
	}
	if err == nil {
		err = checkJSON(data)
	}
	if err != nil {
		return problemOf(hc.Context(), err)
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(data)), int64(len(data))
	r.Header.Del("Content-Encoding")
	return nil
}

// checkJSON refuses JSON that two readers could read differently, or that is
// not meant well; and null, which huma takes for every field. What is no JSON is
// left to who parses it.
func checkJSON(data []byte) error {
	if !utf8.Valid(data) {
		return refuseField("body", "is not UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var open []map[string]bool // by depth; nil in a list
	key := false               // the next string is a key
	for values := 0; ; values++ {
		token, err := d.Token()
		if err != nil {
			return nil //nolint:nilerr // the parser tells it
		}
		if values > maxBodyValues {
			return refuseField("body", fmt.Sprintf("holds more than %d values", maxBodyValues))
		}
		name, text := token.(string)
		switch {
		case token == json.Delim('{'), token == json.Delim('['):
			var keys map[string]bool
			if token == json.Delim('{') {
				keys = map[string]bool{}
			}
			if open = append(open, keys); len(open) > maxBodyDepth {
				return refuseField("body", fmt.Sprintf("is nested more than %d deep", maxBodyDepth))
			}
			key = keys != nil
			continue
		case token == json.Delim('}'), token == json.Delim(']'):
			open = open[:len(open)-1]
		case token == nil:
			return refuseField("body", "holds null; leave out what is not known")
		case text && key:
			keys := open[len(open)-1]
			if keys[name] {
				return refuseField("body", fmt.Sprintf("has the key %q twice in one object", clip(name)))
			}
			keys[name], key = true, false
			continue
		}
		key = len(open) > 0 && open[len(open)-1] != nil
	}
}
