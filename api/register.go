package api

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"debadge/graph"
)

// reply lets an operation write its own answer, so that the bytes are those of
// [graph.EncodeJSON] whatever the client accepts.
type reply struct {
	Body func(huma.Context)
}

// operation begins the description of a GET operation that needs leave to read;
// every one can fail with the faults that any request can, and with those named.
func operation(id, path, tag, summary, description string, more ...fault) *huma.Operation {
	return operationFor(mayRead, http.MethodGet, id, path, tag, summary, description, more...)
}

// operationFor begins the description of an operation that needs some leave.
func operationFor(p permission, method, id, path, tag, summary, description string, more ...fault) *huma.Operation {
	op := &huma.Operation{
		OperationID: id, Method: method, Path: path, Tags: []string{tag}, Metadata: map[string]any{permissionKey: p},
		Summary: summary, Description: description, Responses: map[string]*huma.Response{},
	}
	more = append(more, malformed, invalid, tooLarge, unsupportedMedia, internal, tooMany, unavailable)
	if p != open {
		more = append(more, unauthenticated, forbidden)
	}
	for _, f := range more {
		status := strconv.Itoa(faults[f].Status)
		op.Responses[status] = &huma.Response{Description: faults[f].Meaning}
	}
	op.Responses["431"] = &huma.Response{Description: "The header or the path is longer than the service reads."}
	describeAccess(op, p)
	return op
}

// register adds an operation that answers with one JSON value.
func register[I, T any](s *server, op *huma.Operation, answer func(context.Context, *I) (T, error)) {
	respondWith(op, jsonType, s.schema(reflect.TypeFor[T]()))
	answering(s, op, func(ctx context.Context, _ huma.Context, in *I) (func(http.ResponseWriter), error) {
		v, err := answer(ctx, in)
		if err != nil {
			return nil, err
		}
		return inJSON(v), nil
	})
}

// inJSON encodes a value, and returns what writes it.
func inJSON(v any) func(http.ResponseWriter) {
	body, done := encoded(v)
	return func(w http.ResponseWriter) {
		defer done()
		writeBytes(w, http.StatusOK, jsonType, body)
	}
}

// answering adds an operation that answers as a whole.
func answering[I any](s *server, op *huma.Operation, answer func(context.Context, huma.Context, *I) (func(http.ResponseWriter), error)) {
	serve(s, op, func(hc huma.Context, in *I) {
		s.answerWhole(hc, in, func(ctx context.Context) (func(http.ResponseWriter), error) { return answer(ctx, hc, in) })
	})
}

// answerWhole answers within the time limit, at the revision that is demanded,
// and not at all if the client has the answer.
func (s *server) answerWhole(hc huma.Context, in any, answer func(context.Context) (func(http.ResponseWriter), error)) {
	w := humagin.Unwrap(hc).Writer
	ctx, done := s.limit(hc.Context(), w)
	defer done()
	write, err := s.prepare(ctx, hc, in, answer)
	switch {
	case err != nil:
		writeProblem(hc.Context(), w, problemOf(ctx, err))
	case write != nil: // else the client has the answer
		write(w)
	}
}

// prepare computes an answer in a place, which is given up before the answer is
// sent: that may be slow.
func (s *server) prepare(ctx context.Context, hc huma.Context, in any, answer func(context.Context) (func(http.ResponseWriter), error)) (func(http.ResponseWriter), error) {
	if err := s.await(ctx, in); err != nil {
		return nil, err
	}
	if !isProbe(hc.Operation().Path) { // how the service is must be told under load above all
		at, err := s.places.take(ctx)
		if err != nil {
			return nil, err
		}
		defer at.leave()
	}
	if same, err := s.unchanged(ctx, hc, in); same || err != nil {
		return nil, err
	}
	return answer(ctx)
}

// serve adds an operation that writes its own answer.
func serve[I any](s *server, op *huma.Operation, write func(huma.Context, *I)) {
	schema := s.schema(reflect.TypeFor[problem]())
	var in I
	_, conditional := any(&in).(asking)
	if conditional {
		describeConditional(op)
	}
	for status, r := range op.Responses {
		r.Headers = map[string]*huma.Param{requestIDHeader: {
			Description: "Names the request in the log; a well-formed one of the caller's is kept.",
			Schema:      &huma.Schema{Type: huma.TypeString},
		}}
		if strings.HasPrefix(status, "2") || status == notModified {
			continue
		}
		if status == "431" { // the HTTP server answers by itself
			r.Content = map[string]*huma.MediaType{"text/plain": {Schema: &huma.Schema{Type: huma.TypeString}}}
			r.Headers = nil
			continue
		}
		r.Content = map[string]*huma.MediaType{problemType: {Schema: schema}}
		if status == strconv.Itoa(faults[unauthenticated].Status) {
			r.Headers["WWW-Authenticate"] = &huma.Param{Description: "The kind of credential that is taken.", Schema: &huma.Schema{Type: huma.TypeString}}
		}
		if code, err := strconv.Atoi(status); err == nil && faults[faultWith(code)].Retry {
			r.Headers["Retry-After"] = &huma.Param{Description: "Seconds.", Schema: &huma.Schema{Type: huma.TypeInteger}}
		}
	}
	if conditional {
		describeTag(op)
	}
	huma.Register(s.huma, *op, func(_ context.Context, in *I) (*reply, error) {
		return &reply{Body: func(hc huma.Context) { write(hc, in) }}, nil
	})
	described := operationIn(s.huma.OpenAPI().Paths[op.Path], op.Method)
	if body, ok := op.Metadata[ownBodyKey].(*huma.RequestBody); ok {
		described.RequestBody = body
	}
	describeParameters(described)
	s.routes = append(s.routes, described)
	s.note(described)
}

// operationIn returns the operation of a method from a path of the document.
func operationIn(item *huma.PathItem, method string) *huma.Operation {
	return map[string]*huma.Operation{
		http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodPut: item.Put,
		http.MethodPatch: item.Patch, http.MethodDelete: item.Delete,
	}[method]
}

func respondWith(op *huma.Operation, contentType string, schema *huma.Schema) {
	r := op.Responses["200"]
	if r == nil {
		r = &huma.Response{Description: "The answer.", Content: map[string]*huma.MediaType{}}
		op.Responses["200"] = r
	}
	r.Content[contentType] = &huma.MediaType{Schema: schema}
}

func (s *server) schema(t reflect.Type) *huma.Schema {
	return s.huma.OpenAPI().Components.Schemas.Schema(t, true, "")
}

// strict refuses what an operation does not know: a typo must not widen a
// compliance question.
func (s *server) strict(hc huma.Context, next func(huma.Context)) {
	p := refuseQuery(hc)
	if p == nil {
		p = s.refuseBody(hc)
	}
	if p == nil {
		p = s.scanBody(hc)
	}
	if permission := permissionOf(hc.Operation()); p == nil && (permission == mayWrite || permission == mayDecide) {
		if err := s.parted(); err != nil {
			p = problemOf(hc.Context(), err)
		}
	}
	if p == nil {
		next(hc)
		return
	}
	writeProblem(hc.Context(), humagin.Unwrap(hc).Writer, p)
}

func refuseQuery(hc huma.Context) *problem {
	u := hc.URL()
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		p := newProblem(malformed, "the query cannot be read: escape %, ; and & in values as %25, %3B and %26")
		p.cause = err
		return p
	}
	known, repeatable := []string{}, map[string]bool{}
	for _, param := range hc.Operation().Parameters {
		if param.In == "query" {
			known = append(known, param.Name)
			repeatable[param.Name] = param.Schema.Type == huma.TypeArray
		}
	}
	var fields []graph.FieldError
	for _, name := range sortedKeys(query) {
		if wrong := refuseParameter(name, query[name], known, repeatable[name]); wrong != "" {
			fields = append(fields, graph.FieldError{Field: "query." + clip(name), Message: wrong})
		}
	}
	if len(fields) == 0 {
		return nil
	}
	return newProblem(invalid, "the query is refused", fields...)
}

func refuseParameter(name string, values, known []string, repeatable bool) string {
	switch {
	case !slices.Contains(known, name) && len(known) == 0:
		return "is not a parameter; this path has none"
	case !slices.Contains(known, name):
		return "is not a parameter of this path; known are " + strings.Join(known, ", ")
	case len(values) > 1 && !repeatable:
		return "stands " + strconv.Itoa(len(values)) + " times; give it once"
	case slices.Contains(values, ""):
		return "has no value; leave it out or give one"
	case slices.ContainsFunc(values, func(v string) bool { return !utf8.ValidString(v) }):
		return "is not UTF-8"
	}
	return ""
}

// refuseBody refuses a body where an operation takes none.
func (s *server) refuseBody(hc huma.Context) *problem {
	if hc.Operation().RequestBody != nil {
		return nil // huma reads it, or the operation, up to a limit of its own
	}
	r := humagin.Unwrap(hc).Request
	if r.Body == nil || r.Body == http.NoBody || r.ContentLength == 0 {
		return nil
	}
	size := r.ContentLength
	if size < 0 || size <= s.MaxBodyBytes {
		n, err := io.Copy(io.Discard, io.LimitReader(r.Body, s.MaxBodyBytes+1))
		if err != nil {
			p := newProblem(malformed, "the body cannot be read")
			p.cause = err
			return p
		}
		size = n
	}
	switch {
	case size > s.MaxBodyBytes:
		return newProblem(tooLarge, fmt.Sprintf("the body is larger than %d bytes", s.MaxBodyBytes))
	case size > 0:
		return newProblem(unsupportedMedia, "this operation takes no body; put the question into the query")
	}
	return nil
}

func sortedKeys(query url.Values) []string {
	names := make([]string, 0, len(query))
	for name := range query {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
