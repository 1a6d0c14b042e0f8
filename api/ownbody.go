package api

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"debadge/graph"
)

// takes describes the body of an operation that reads it itself: the media
// types that it may have, each with its schema.
func takes(op *huma.Operation, description string, schemas map[string]*huma.Schema) {
	body := &huma.RequestBody{Required: true, Description: description, Content: map[string]*huma.MediaType{}}
	for media, schema := range schemas {
		body.Content[media] = &huma.MediaType{Schema: schema}
	}
	op.Metadata[ownBodyKey] = body
}

// ownBodyKey is where the description of an operation keeps the body that it
// reads itself: huma would read, and hold in memory, what it is told of.
const ownBodyKey = "body"

// bodyType returns which of the media types the operation takes a body is of.
func bodyType(r *http.Request, op *huma.Operation) (string, *problem) {
	header := r.Header.Get("Content-Type")
	media, params, err := mime.ParseMediaType(header)
	if err != nil || op.RequestBody.Content[media] == nil {
		return "", newProblem(unsupportedMedia, fmt.Sprintf("the body is of the type %q; this operation takes %s", clip(header), strings.Join(mediaTypes(op), ", ")))
	}
	switch strings.ToLower(params["charset"]) {
	case "", "utf-8", "us-ascii":
		return media, nil
	}
	return "", newProblem(unsupportedMedia, fmt.Sprintf("the body is in %q; send UTF-8", clip(params["charset"])))
}

// withoutParameters leaves the media type alone of a Content-Type.
func withoutParameters(header string) string {
	media, _, _ := strings.Cut(header, ";")
	return strings.TrimSpace(media)
}

func mediaTypes(op *huma.Operation) []string {
	var all []string
	for media := range op.RequestBody.Content {
		all = append(all, media)
	}
	slices.Sort(all)
	return all
}

// readBody reads a body that may have so many bytes.
func readBody(w http.ResponseWriter, r *http.Request, most int64) ([]byte, *problem) {
	if r.ContentLength > most {
		return nil, newProblem(tooLarge, fmt.Sprintf("the body is larger than %d bytes", most))
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
		return nil, newProblem(tooLarge, fmt.Sprintf("the body is larger than %d bytes", most))
	}
	if err != nil {
		p := newProblem(malformed, "the body cannot be read to its end")
		p.cause = err
		return nil, p
	}
	if !utf8.Valid(body) {
		return nil, newProblem(malformed, "the body is not UTF-8")
	}
	return body, nil
}

// refuseLine is an error about a field of a body.
func refuseLine(field, format string, args ...any) error {
	return &graph.Error{
		Kind: graph.KindInvalid, Message: "the body is refused",
		Fields: []graph.FieldError{{Field: clip(field), Message: clip(fmt.Sprintf(format, args...))}},
	}
}
