package api

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"debadge/graph"
)

const requestIDHeader = "X-Request-Id"

// requestIDForm is what a caller's own request id may look like: nothing that
// could be mistaken for something else in a log.
var requestIDForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// record is what the log will say about a request.
type record struct {
	id      string
	inner   bool // it was made within another request
	problem *problem
	stack   string     // where it panicked
	remote  netip.Addr // of the client, behind trusted proxies too
	secure  bool       // it came over TLS
	page    string     // the pattern of the page that answered
	caller  Caller
	finding graph.Finding // of the answer, "" if it has none
	action  graph.Action
}

type recordKey struct{}

// recordOf returns the record of a request; one that was not observed has an
// empty one of its own.
func recordOf(ctx context.Context) *record {
	if r, ok := ctx.Value(recordKey{}).(*record); ok {
		return r
	}
	return &record{}
}

func (r *record) note(p *problem) {
	p.RequestID = r.id
	r.problem = p
}

func requestID(h http.Header) string {
	if id := h.Get(requestIDHeader); requestIDForm.MatchString(id) {
		return id
	}
	return rand.Text()
}

// pagePolicy lets a browser load nothing and put the answer into no frame.
const pagePolicy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// securityHeaders are on every answer that has none of its own.
var securityHeaders = []field{
	{"Content-Security-Policy", []string{pagePolicy}},
	{"X-Content-Type-Options", []string{"nosniff"}},
	{"X-Frame-Options", []string{"DENY"}},
	{"Referrer-Policy", []string{"no-referrer"}},
	{"Cross-Origin-Resource-Policy", []string{"same-origin"}},
	{"Cache-Control", []string{"no-store"}},
}

func setSecurityHeaders(h http.Header) { setAll(h, securityHeaders) }

// observe gives the request its id and the log its line.
func (s *server) observe(c *gin.Context) {
	start := s.Clock()
	_, inner := c.Request.Context().Value(recordKey{}).(*record)
	r := &record{id: requestID(c.Request.Header), inner: inner}
	r.remote, r.secure = s.Proxies.client(c.Request)
	if a, ok := agentOf(c.Request.Context()); ok {
		r.remote = a.remote
	}
	c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), recordKey{}, r))
	setSecurityHeaders(c.Writer.Header())
	c.Header(requestIDHeader, r.id)
	s.metrics.flying.Inc()
	defer func() {
		took := s.Clock().Sub(start)
		s.metrics.flying.Dec()
		s.metrics.answered(c, r, took)
		s.logRequest(c, r, took)
	}()
	c.Next()
}

// logRequest leaves out the query, and what a refusal says of it: whom somebody
// asks about is their business.
func (s *server) logRequest(c *gin.Context, r *record, took time.Duration) {
	level := slog.LevelInfo
	status := r.status(c)
	attrs := []slog.Attr{
		slog.String("request_id", r.id), slog.String("method", c.Request.Method), slog.String("route", cmp.Or(c.FullPath(), r.page)),
		slog.Int("bytes", max(c.Writer.Size(), 0)), slog.Duration("took", took), slog.String("remote", r.remoteText()),
	}
	if r.caller.Credential != "" {
		attrs = append(attrs, slog.String("caller", r.caller.Name), slog.String("credential", string(r.caller.Credential)))
	}
	if c.FullPath() == "" && r.page == "" {
		attrs = append(attrs, slog.String("path", clip(c.Request.URL.Path)))
	}
	if p := r.problem; p != nil {
		attrs = append(attrs, slog.String("problem", faults[p.fault].Slug))
		if p.refusal != "" {
			attrs = append(attrs, slog.String("refused", p.refusal))
		}
		if p.cause != nil && status >= http.StatusInternalServerError {
			attrs = append(attrs, slog.String("error", causes(p.cause)))
		}
	}
	if r.stack != "" {
		attrs = append(attrs, slog.String("stack", r.stack))
	}
	switch {
	case status == http.StatusServiceUnavailable || status == http.StatusGatewayTimeout:
		level = slog.LevelWarn
	case status >= http.StatusInternalServerError:
		level = slog.LevelError
	case strings.HasSuffix(c.FullPath(), "z"):
		level = slog.LevelDebug // probes
	}
	attrs = append(attrs, slog.Int("status", status))
	s.logNow(c.Request.Context(), level, "request", attrs)
}

// logNow writes a line without looking for the place in the program that it comes
// from, which no line of ours tells, and which takes as long as the line.
func (s *server) logNow(ctx context.Context, level slog.Level, message string, attrs []slog.Attr) {
	h := s.Log.Handler()
	if !h.Enabled(ctx, level) {
		return
	}
	r := slog.NewRecord(s.Clock(), level, message, 0)
	r.AddAttrs(attrs...)
	_ = h.Handle(ctx, r) // as Logger does: an answer does not fail for want of a log
}

// status is what the request came to. Gin does not know of an answer that was
// cut, or that nobody waited for.
func (r *record) status(c *gin.Context) int {
	if r.problem != nil {
		return r.problem.Status
	}
	return c.Writer.Status()
}

func (r *record) remoteText() string {
	if !r.remote.IsValid() {
		return ""
	}
	return r.remote.String()
}

// causes writes the whole chain: a graph.Error's own text leaves its cause out.
func causes(err error) string {
	var texts []string
	for ; err != nil; err = errors.Unwrap(err) {
		if text := err.Error(); len(texts) == 0 || !strings.Contains(texts[len(texts)-1], text) {
			texts = append(texts, text)
		}
	}
	return strings.Join(texts, ": ")
}

// recover answers a panic with a problem, or cuts the connection if an answer
// has begun: a half answer must not look whole.
func (s *server) recover(c *gin.Context) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		if v == http.ErrAbortHandler { //nolint:errorlint // the value that net/http panics with
			panic(v)
		}
		p := newProblem(internal, internalDetail)
		p.cause = fmt.Errorf("panic: %v", v)
		r := recordOf(c.Request.Context())
		r.stack = string(debug.Stack())
		if c.Writer.Written() {
			r.note(p)
			panic(http.ErrAbortHandler)
		}
		writeProblem(c.Request.Context(), c.Writer, p)
		c.Abort()
	}()
	c.Next()
}

func (s *server) noRoute(c *gin.Context) {
	if path := c.Request.URL.Path; s.Pages != nil && path != apiRoot && !strings.HasPrefix(path, apiRoot+"/") {
		s.page(c)
		return
	}
	writeProblem(c.Request.Context(), c.Writer, newProblem(notFound, "no such path; /docs lists those that are there"))
}

// apiRoot is where the routes of questions are, and no page.
const apiRoot = "/v1"

// page lets the pages answer. What they ask of the API comes in as requests of
// their own, which are admitted and logged like all others.
func (s *server) page(c *gin.Context) {
	r := c.Request
	if isHead(r.Context()) {
		r.Method = http.MethodHead
	}
	c.Status(http.StatusOK) // gin has noted 404
	defer func() {
		_, route, _ := strings.Cut(r.Pattern, " ")
		recordOf(r.Context()).page = route
	}()
	s.Pages.ServeHTTP(c.Writer, r)
}

func (s *server) noMethod(c *gin.Context) {
	allowed := strings.Split(c.Writer.Header().Get("Allow"), ", ")
	if slices.Contains(allowed, http.MethodGet) {
		allowed = append(allowed, http.MethodHead)
	}
	// A path of its own can look like one with a parameter: /v1/jobs/screen is no job.
	if item := s.huma.OpenAPI().Paths[c.Request.URL.Path]; item != nil {
		allowed = slices.DeleteFunc(allowed, func(method string) bool {
			return operationIn(item, strings.ReplaceAll(method, http.MethodHead, http.MethodGet)) == nil
		})
	}
	slices.Sort(allowed)
	c.Header("Allow", strings.Join(allowed, ", "))
	writeProblem(c.Request.Context(), c.Writer, newProblem(methodNotAllowed, "this path takes "+strings.Join(allowed, " and ")))
}
