package api

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"debadge/graph"
)

const (
	jsonType    = "application/json"
	problemType = "application/problem+json"
)

// maxFieldProblems bounds how many things wrong with one request are told.
const maxFieldProblems = 20

// fault is a sort of problem: what the type of a problem document names.
type fault uint8

const (
	internal fault = iota
	malformed
	notFound
	methodNotAllowed
	ambiguous
	conflict
	outdated
	tooLarge
	unsupportedMedia
	invalid
	unavailable
	timeout
	unauthenticated
	forbidden
	tooMany
	canceled
)

type faultRule struct {
	Slug, Title, Meaning string
	Status               int
	Retry                bool // the same request can succeed later
}

// statusClientGone is in the log where a client left before the answer.
const statusClientGone = 499

// faults is the table of all problems; the documentation shows it.
var faults = [...]faultRule{
	internal:         {"internal", "Internal error", "A fault of debadge. Report it with the request id.", http.StatusInternalServerError, false},
	malformed:        {"malformed", "Malformed request", "The request cannot be read.", http.StatusBadRequest, false},
	notFound:         {"not-found", "Not found", "Nothing has that path, id, name or revision.", http.StatusNotFound, false},
	methodNotAllowed: {"method-not-allowed", "Method not allowed", "The path is there, but not for this method; Allow names those that are.", http.StatusMethodNotAllowed, false},
	ambiguous:        {"ambiguous", "Ambiguous name", "Several entities have that name; ask for one of the candidates by its id.", http.StatusConflict, false},
	conflict:         {"conflict", "Conflict", "The input contradicts what is stored.", http.StatusConflict, false},
	outdated:         {"outdated", "Outdated", "What the request goes by (If-Match) has changed since. Nothing was written; look at it again.", http.StatusPreconditionFailed, false},
	tooLarge:         {"too-large", "Request too large", "The body is larger than the service reads.", http.StatusRequestEntityTooLarge, false},
	unsupportedMedia: {"unsupported-media-type", "Unsupported media type", "The operation does not take a body of that type, or none at all.", http.StatusUnsupportedMediaType, false},
	invalid:          {"invalid", "Invalid request", "A parameter or a field is unknown, repeated, missing or wrong; errors names each.", http.StatusUnprocessableEntity, false},
	unavailable:      {"unavailable", "Unavailable", "The store is away, or the service is stopping. No answer was computed: this is not a finding.", http.StatusServiceUnavailable, true},
	timeout:          {"timeout", "Time limit", "The answer took longer than the service allows. This is not a finding.", http.StatusGatewayTimeout, true},
	unauthenticated:  {"unauthenticated", "No valid credential", "The request shows no credential that is taken; WWW-Authenticate names the kind that is.", http.StatusUnauthorized, false},
	forbidden:        {"forbidden", "Not allowed", "The credential is valid, but does not have the leave that the operation needs.", http.StatusForbidden, false},
	tooMany:          {"too-many-requests", "Too many requests", "The caller asks more, or more at the same time, than the service takes of one; Retry-After says when to go on.", http.StatusTooManyRequests, true},
	canceled:         {"canceled", "Canceled", "The client left before the answer.", statusClientGone, false},
}

const retryAfterSeconds = 5

// faultOf is the one place that turns a kind of error into a status.
func faultOf(kind graph.ErrorKind) fault {
	switch kind {
	case graph.KindInvalid:
		return invalid
	case graph.KindNotFound:
		return notFound
	case graph.KindConflict:
		return conflict
	case graph.KindAmbiguous:
		return ambiguous
	case graph.KindUnavailable:
		return unavailable
	case graph.KindOutdated:
		return outdated
	case graph.KindInternal:
		return internal
	}
	return internal
}

// faultWith returns the fault that documents show for a status that huma chose.
func faultWith(status int) fault {
	for f, rule := range faults {
		if rule.Status == status {
			return fault(f)
		}
	}
	if status < http.StatusInternalServerError {
		return malformed
	}
	return internal
}

// problem is a problem document as of RFC 9457.
type problem struct {
	Type       string             `json:"type"`
	Title      string             `json:"title"`
	Status     int                `json:"status"`
	Detail     string             `json:"detail"`
	RequestID  string             `json:"request_id"`
	Errors     []graph.FieldError `json:"errors,omitempty"`
	Candidates []graph.EntityRef  `json:"candidates,omitempty"`

	fault      fault
	cause      error         // for the log
	refusal    string        // why a credential is not taken, for the log
	retryAfter time.Duration // when to ask again, if that is known
}

func newProblem(f fault, detail string, fields ...graph.FieldError) *problem {
	rule := faults[f]
	if more := len(fields) - maxFieldProblems; more > 0 {
		fields = fields[:maxFieldProblems]
		detail += " (" + strconv.Itoa(more) + " more problems are left out)"
	}
	return &problem{
		Type: "/docs#problem-" + rule.Slug, Title: rule.Title, Status: rule.Status,
		Detail: detail, Errors: fields, fault: f,
	}
}

// Error returns what is wrong, for a problem that is handed on as an error.
func (p *problem) Error() string { return p.Detail }

// Unwrap returns the cause.
func (p *problem) Unwrap() error { return p.cause }

const internalDetail = "debadge could not answer; the log has the cause under this request id"

// problemOf turns any error into a problem. The request's own end, by its
// client or by the time limit, explains every failure that comes with it.
func problemOf(ctx context.Context, err error) *problem {
	if late, ok := errors.AsType[*lateError](err); ok && !errors.Is(ctx.Err(), context.Canceled) {
		return newProblem(timeout, late.Error())
	}
	if p, ok := errors.AsType[*problem](err); ok {
		return p // it was made of an error before
	}
	p := describeError(err)
	p.cause = err
	if p.fault != internal && p.fault != unavailable {
		return p
	}
	switch ended := ctx.Err(); {
	case errors.Is(ended, context.Canceled):
		p = newProblem(canceled, "the client left before the answer")
	case errors.Is(ended, context.DeadlineExceeded):
		p = newProblem(timeout, "the answer took longer than the service allows; nothing was found out")
	case p.fault == internal && errors.Is(err, context.DeadlineExceeded):
		p = newProblem(unavailable, "the store took too long to answer")
	}
	p.cause = err
	return p
}

func describeError(err error) *problem {
	var e *graph.Error
	if !errors.As(err, &e) || e.Kind == graph.KindInternal {
		return newProblem(internal, internalDetail)
	}
	p := newProblem(faultOf(e.Kind), e.Message, e.Fields...)
	p.Candidates = e.Candidates
	return p
}

// ownProblem replaces the problems that huma finds while it reads a request:
// they echo values, and whole parents of values.
func (s *server) ownProblem(hc huma.Context, _ string, body any) (any, error) {
	m, ok := body.(*huma.ErrorModel)
	if !ok {
		return body, nil
	}
	f := faultWith(m.Status)
	detail := "the request is refused: " + m.Detail
	var fields []graph.FieldError
	if f == internal {
		detail = internalDetail
	} else {
		for _, e := range m.Errors {
			fields = append(fields, graph.FieldError{Field: clip(e.Location), Message: clip(e.Message)})
		}
	}
	p := newProblem(f, detail, fields...)
	p.Status = m.Status
	p.cause = m
	recordOf(hc.Context()).note(p)
	return p, nil
}

// maxEcho bounds what a problem repeats of a request.
const maxEcho = 200

func clip(text string) string {
	if runes := []rune(text); len(runes) > maxEcho {
		return string(runes[:maxEcho]) + "…"
	}
	return text
}

// writeProblem answers with a problem and notes it for the log.
func writeProblem(ctx context.Context, w http.ResponseWriter, p *problem) {
	recordOf(ctx).note(p)
	w.Header().Del("ETag")
	w.Header().Set("Cache-Control", "no-store")
	if faults[p.fault].Retry {
		w.Header().Set("Retry-After", strconv.Itoa(p.retrySeconds()))
	}
	writeJSON(w, p.Status, problemType, p)
}

// retrySeconds is when to ask again, in whole seconds.
func (p *problem) retrySeconds() int {
	if p.retryAfter == 0 {
		return retryAfterSeconds
	}
	return int(math.Ceil(min(p.retryAfter, time.Hour).Seconds()))
}

// writeJSON encodes before it answers, so that a value that cannot be encoded
// is no half answer. The panic is answered as an internal error.
func writeJSON(w http.ResponseWriter, status int, contentType string, v any) {
	body, done := encoded(v)
	defer done()
	writeBytes(w, status, contentType, body)
}

// encoded writes a value as JSON. The bytes are there until done is called.
func encoded(v any) (body []byte, done func()) {
	pooled, ok := bodies.Get().(*[]byte)
	if !ok {
		pooled = new([]byte)
	}
	var err error
	if *pooled, err = graph.AppendJSON((*pooled)[:0], v); err != nil {
		panic(err)
	}
	return *pooled, func() {
		if cap(*pooled) <= pooledMost {
			bodies.Put(pooled)
		}
	}
}

// bodies are where answers are written, again and again, unless one was large.
var bodies sync.Pool

const pooledMost = 1 << 20

func writeBytes(w http.ResponseWriter, status int, contentType string, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
