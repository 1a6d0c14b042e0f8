package api

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestWebPages answers for what no route takes with pages, and logs the pattern of
// a page: whom somebody looks at is their business.
func TestWebPages(t *testing.T) {
	pages := http.NewServeMux()
	pages.HandleFunc("GET /entities/{id}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "about "+r.PathValue("id"))
	})
	pages.HandleFunc("POST /form", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	pages.HandleFunc("GET /broken", func(http.ResponseWriter, *http.Request) { panic("broken") })
	s := newService(t, func(o *Options) { o.Pages = pages })
	for _, test := range []struct {
		method, path string
		status       int
		has, route   string
	}{
		{http.MethodGet, "/entities/product:secret", 200, "about product:secret", `"route":"/entities/{id}"`},
		{http.MethodHead, "/entities/product:secret", 200, "", `"method":"HEAD"`},
		{http.MethodPost, "/form", 204, "", `"route":"/form"`},
		{http.MethodGet, "/broken", 500, `"status": 500`, `"route":"/broken"`},
		{http.MethodGet, "/nowhere", 404, "404 page not found", `"path":"/nowhere"`},
		{http.MethodGet, "/v1", 404, "no such path", `"path":"/v1"`},
		{http.MethodGet, "/v1/nowhere", 404, "no such path", `"path":"/v1/nowhere"`},
		{http.MethodPost, "/docs", 405, "this path takes GET and HEAD", `"status":405`},
	} {
		r := request(t, test.method, test.path, nil)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != test.status || !strings.Contains(w.Body.String(), test.has) || w.Header().Get(requestIDHeader) == "" {
			t.Errorf("%s %s: %d %s", test.method, test.path, w.Code, w.Body)
		}
		if log := s.log.text(); !strings.Contains(log, test.route) {
			t.Errorf("%s %s: the log has no %s: %s", test.method, test.path, test.route, log)
		}
	}
	if strings.Contains(s.log.text(), "secret") {
		t.Error("the log says whom somebody looked at")
	}
	if w := s.get(t, "/metrics"); !strings.Contains(w.Body.String(), `route="/entities/{id}"`) || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("the metrics: %s", w.Body)
	}
	without := newService(t, nil)
	if w := without.get(t, "/"); w.Code != http.StatusNotFound || w.Header().Get("Content-Type") != problemType {
		t.Errorf("without pages: %d %s", w.Code, w.Body)
	}
}

// TestEmbeddedPicture links to pages by the question that it was asked by.
func TestEmbeddedPicture(t *testing.T) {
	s := newService(t, nil)
	svg := s.get(t, "/v1/picture?subject=B1&embed=true&as_of=2026-01-01&policy=cautious").Body.String()
	for _, want := range []string{
		`<a href="/entities/product:beta:b1?as_of=2026-01-01&amp;policy=cautious" data-entity="product:beta:b1"`, `role="group"`, `<a href="#claim:`, `data-claims="claim:`,
	} {
		if !strings.Contains(svg, want) {
			t.Errorf("without %s: %s", want, svg)
		}
	}
	if plain := s.get(t, "/v1/picture?subject=B1&embed=true").Body.String(); !strings.Contains(plain, `<a href="/entities/product:beta:b1" `) {
		t.Errorf("%s", plain)
	}
	for links, want := range map[string]string{
		"?":                              `<a href="/entities/product:beta:b1" `,
		"?policy%3Dstrict%26subject%3Dx": `<a href="/entities/product:beta:b1?policy=strict" `,
	} {
		if svg := s.get(t, "/v1/picture?subject=B1&embed=true&known_at=1&as_of=2026-01-01&links="+links).Body.String(); !strings.Contains(svg, want) {
			t.Errorf("links=%s: without %s: %s", links, want, svg)
		}
	}
	if w := s.get(t, "/v1/picture?subject=B1&embed=true&links=?%25zz"); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("links that are no query: %d %s", w.Code, w.Body)
	}
	bare, framed := s.get(t, "/v1/timeline/picture?subject=B1&embed=true").Body.String(), s.get(t, "/v1/timeline/picture?subject=B1").Body.String()
	if len(bare) >= len(framed) || strings.Contains(framed, "<a ") {
		t.Errorf("%s", bare)
	}
}
