package api

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestRecalledAndCompressed: whether an answer is computed or recalled, and
// whether it is compressed, it is the same one under the same kind of tag.
func TestRecalledAndCompressed(t *testing.T) {
	const target = "/v1/trace?subject=product:beta:b1&paths=3"
	plain := newService(t, nil).get(t, target)
	for _, order := range [][]string{{"", "gzip", "", "gzip"}, {"gzip", "", "gzip", ""}} {
		s := newService(t, nil)
		for _, coding := range order {
			r := request(t, http.MethodGet, target, map[string]string{"Accept-Encoding": coding})
			w := httptest.NewRecorder()
			s.ServeHTTP(w, r)
			var body io.Reader = w.Body
			if got := w.Header().Get("Content-Encoding"); got != coding {
				t.Errorf("%v: encoding %q, not %q", order, got, coding)
			}
			if coding == "gzip" {
				z, err := gzip.NewReader(w.Body)
				if err != nil {
					t.Fatal(err)
				}
				body = z
			}
			text, err := io.ReadAll(body)
			if err != nil || string(text) != plain.Body.String() {
				t.Errorf("%v: %v\n%s", order, err, text)
			}
			if tag := w.Header().Get("ETag"); strings.TrimPrefix(tag, "W/") != strings.TrimPrefix(plain.Header().Get("ETag"), "W/") {
				t.Errorf("%v: tag %s, not %s", order, tag, plain.Header().Get("ETag"))
			}
			if n := strings.Count(strings.Join(w.Header().Values("Vary"), ","), "Accept-Encoding"); n > 1 {
				t.Errorf("%v: Vary %v", order, w.Header().Values("Vary"))
			}
		}
	}
}
