package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"

	"debadge/api/client"
	"debadge/graph"
)

// failure is what a page says of what went wrong.
type failure struct {
	Status     int
	Title      string
	Detail     string
	RequestID  string
	Fields     []graph.FieldError
	Candidates []graph.EntityRef // of an ambiguous name
	Retry      bool              // the same may succeed later
}

// problemOf is what the API refused, if it did.
func problemOf(err error) (*client.Problem, bool) { return errors.AsType[*client.Problem](err) }

// isStatus reports whether the API refused something with a status.
func isStatus(err error, status int) bool {
	p, ok := problemOf(err)
	return ok && p.Status == status
}

// fail answers with a page that says what went wrong, and that this is no
// finding. Who is not signed in is asked to.
func (v *visit) fail(err error) {
	if v.r.Context().Err() != nil {
		return // nobody is there
	}
	f := v.failureOf(err)
	if f.Status == http.StatusUnauthorized && v.r.Method == http.MethodGet && !v.part() {
		to := url.Values{"next": {v.r.URL.RequestURI()}}
		if v.key != "" {
			v.forget(sessionCookie)
			to.Set("ended", "1")
		}
		_ = v.redirect("/sign-in?" + to.Encode())
		return
	}
	if v.part() {
		v.r.Header.Set(fragmentHeader, "failure")
	}
	if err := v.render("failure", view{Title: f.Title, Data: f, Status: f.Status}); err != nil {
		v.site.Log.LogAttrs(v.ctx(), slog.LevelError, "a failure cannot be shown", slog.String("error", err.Error()))
		http.Error(v.w, f.Title, f.Status)
	}
}

// failureOf says in words what an error is.
func (v *visit) failureOf(err error) failure {
	id := v.w.Header().Get(requestIDHeader)
	if p, ok := problemOf(err); ok {
		f := failure{
			Status: p.Status, Title: p.Title, Detail: p.Detail, RequestID: p.RequestID, Fields: p.Errors, Candidates: p.Candidates,
			Retry: p.Status == http.StatusServiceUnavailable || p.Status == http.StatusGatewayTimeout || p.Status == http.StatusTooManyRequests,
		}
		if f.RequestID == "" {
			f.RequestID = id
		}
		return f
	}
	f := failure{Status: http.StatusInternalServerError, Title: text("failure.internal"), Detail: text("failure.internal.why"), RequestID: id}
	if e, ok := errors.AsType[*graph.Error](err); ok && e.Kind != graph.KindInternal {
		f.Title, f.Detail, f.Fields = text("failure.refused"), e.Message, e.Fields
		f.Status = http.StatusUnprocessableEntity
		if e.Kind == graph.KindNotFound {
			f.Status, f.Title = http.StatusNotFound, text("failure.not-found")
		}
		return f
	}
	if errors.Is(err, context.DeadlineExceeded) {
		f.Status, f.Title, f.Detail, f.Retry = http.StatusGatewayTimeout, text("failure.timeout"), text("failure.timeout.why"), true
		return f
	}
	v.site.Log.LogAttrs(v.ctx(), slog.LevelError, "a page failed", slog.String("request_id", id), slog.String("error", err.Error()))
	return f
}
