package api

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"debadge/graph"
)

// hstsValue keeps browsers on TLS for a year.
const hstsValue = "max-age=31536000"

// preflightAge is for how many seconds a browser keeps what it may send.
const preflightAge = "600"

// CheckOrigins refuses what is not the origin of a page: a scheme, a host and
// perhaps a port.
func CheckOrigins(origins []string) error {
	for _, o := range origins {
		u, err := url.Parse(o)
		if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || u.Scheme+"://"+u.Host != o {
			return graph.Errorf(graph.KindInvalid, "%.100q is not the origin of a page; write it as https://HOST or https://HOST:PORT", o)
		}
	}
	return nil
}

// guardOrigin lets pages of other origins in only where they were allowed. A
// page cannot read an answer without leave, but it can send: so what changes
// something is refused to it, as far as the browser says where it comes from.
func (s *server) guardOrigin(c *gin.Context) {
	if recordOf(c.Request.Context()).secure {
		c.Header("Strict-Transport-Security", hstsValue)
	}
	if err := s.crossing.Check(c.Request); err != nil {
		s.turnAway(c, newProblem(forbidden, "a page of another origin may not send this; allow it with --cors-origin"))
		return
	}
	if len(s.Origins) == 0 {
		return
	}
	h := c.Writer.Header()
	h.Add("Vary", "Origin")
	origin := c.GetHeader("Origin")
	if origin == "" || !slices.Contains(s.Origins, origin) {
		return
	}
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Expose-Headers", requestIDHeader+", ETag, Retry-After, Location")
	if c.Request.Method != http.MethodOptions || c.GetHeader("Access-Control-Request-Method") == "" {
		return
	}
	h.Set("Access-Control-Allow-Methods", strings.Join([]string{
		http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
	}, ", "))
	h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key, "+requestIDHeader)
	h.Set("Access-Control-Max-Age", preflightAge)
	c.AbortWithStatus(http.StatusNoContent)
}

// newCrossing is what tells a browser's request from a page of another origin.
func newCrossing(origins []string) (*http.CrossOriginProtection, error) {
	if err := CheckOrigins(origins); err != nil {
		return nil, err
	}
	p := http.NewCrossOriginProtection()
	for _, o := range origins {
		if err := p.AddTrustedOrigin(o); err != nil {
			return nil, graph.Errorf(graph.KindInvalid, "%.100q is not the origin of a page: %w", o, err)
		}
	}
	return p, nil
}
