package web

import (
	"io"
	"net/http"
	"net/url"
	"strconv"
)

// traceJSON answers with the finding that the page about an entity shows, as the
// API writes it. The API itself takes no session, so that no other site can make
// a browser write with one.
func (v *visit) traceJSON() error {
	q := v.q.Values()
	q.Set("subject", v.r.PathValue("id"))
	q.Set("paths", strconv.Itoa(mostPaths))
	return v.sendJSON("/v1/trace", q)
}

// policyJSON answers with a policy as the API writes it.
func (v *visit) policyJSON() error {
	return v.sendJSON("/v1/policies/"+url.PathEscape(v.r.PathValue("name")), nil)
}

// sendJSON hands on what the API answers to the visitor.
func (v *visit) sendJSON(path string, q url.Values) error {
	body, err := v.ask.Raw(v.ctx(), path, q)
	if err != nil {
		return err
	}
	defer body.Close()
	v.w.Header().Set("Content-Type", "application/json")
	if _, err := io.Copy(v.w, body); err != nil {
		panic(http.ErrAbortHandler) // a part of an answer must not look like all of it
	}
	return nil
}
