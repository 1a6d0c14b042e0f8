package api

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"debadge/graph"
)

// conditionalPaths are those whose answers have an entity tag.
var conditionalPaths = []string{
	"/v1/trace?subject=B1", "/v1/timeline?subject=B1", "/v1/reach?origin=company:acme", "/v1/entities/company:acme",
	"/v1/lists", "/v1/lists/us-list", "/v1/sources", "/v1/sources/source:notice", "/v1/diff?from=1", "/v1/rebadgings?origin=company:acme",
	"/v1/picture?subject=B1", "/v1/timeline/picture?subject=B1", "/v1/dossier?subject=B1",
}

func (s *service) ifNoneMatch(t *testing.T, target, tag string) *httptest.ResponseRecorder {
	t.Helper()
	return s.ask(t, request(t, http.MethodGet, target, map[string]string{ifNoneMatch: tag}))
}

// TestUnchanged checks that an answer is asked for again cheaply, and is another
// one as soon as anything that it follows from is.
func TestUnchanged(t *testing.T) {
	store := worldStore(t)
	views := 0
	today := noon()
	s := newService(t, func(o *Options) {
		o.Store = &counting{Store: store, views: &views}
		o.Clock = func() time.Time { return today }
	})
	for _, target := range conditionalPaths {
		first := s.get(t, target)
		tag := first.Header().Get("ETag")
		if first.Code != http.StatusOK || !strings.HasPrefix(tag, `"1-`) || first.Header().Get("Cache-Control") != cachedControl {
			t.Errorf("%s: %d %s", target, first.Code, first.Header())
			continue
		}
		if again := s.get(t, target); again.Header().Get("ETag") != tag || !bytes.Equal(again.Body.Bytes(), first.Body.Bytes()) {
			t.Errorf("%s: asked twice, the tag is %s and %s", target, tag, again.Header().Get("ETag"))
		}
		views = 0
		for _, sent := range []string{tag, "W/" + tag, `"x", ` + tag, "*"} {
			if w := s.ifNoneMatch(t, target, sent); w.Code != http.StatusNotModified || w.Body.Len() > 0 || w.Header().Get("ETag") != tag {
				t.Errorf("%s, %s: %d %s", target, sent, w.Code, w.Body)
			}
		}
		if views != 4 {
			t.Errorf("%s: the store was read %d times for 4 answers", target, views)
		}
		if w := s.ifNoneMatch(t, target, `"1-0000"`); w.Code != http.StatusOK {
			t.Errorf("%s, another tag: %d", target, w.Code)
		}
		today = noon().AddDate(0, 0, 1)
		if w := s.ifNoneMatch(t, target, tag); w.Code != http.StatusOK && !strings.Contains(target, "as_of") {
			t.Errorf("%s, the day after: %d", target, w.Code)
		}
		today = noon()
		then := target + map[bool]string{true: "&", false: "?"}[strings.Contains(target, "?")] + "known_at=1"
		if strings.Contains(target, "diff") {
			then = target + "&to=1"
		}
		kept := s.get(t, then).Header().Get("ETag")
		grow(t, store, "more")
		if w := s.ifNoneMatch(t, target, tag); w.Code != http.StatusOK || w.Header().Get("ETag") == tag {
			t.Errorf("%s, once more was recorded: %d %s", target, w.Code, w.Header())
		}
		if w := s.ifNoneMatch(t, then, kept); w.Code != http.StatusNotModified {
			t.Errorf("%s, once more was recorded: %d", then, w.Code)
		}
		store = worldStore(t)
		s = newService(t, func(o *Options) {
			o.Store = &counting{Store: store, views: &views}
			o.Clock = func() time.Time { return today }
		})
	}
}

// counting counts how often a store is read.
type counting struct {
	graph.Store
	views *int
}

func (c *counting) View(ctx context.Context, at graph.Moment, read func(graph.View) error) error {
	*c.views++
	return c.Store.View(ctx, at, read)
}

func TestTagFollowsTheRules(t *testing.T) {
	tag := func(change func(*Options), target string) string {
		w := newService(t, change).get(t, target)
		if w.Code != http.StatusOK {
			t.Fatalf("%s: %d", target, w.Code)
		}
		return w.Header().Get("ETag")
	}
	plain := tag(nil, "/v1/trace?subject=B1")
	ours := graph.DefaultPolicy()
	ours.MaxHops = 5
	for name, other := range map[string]string{
		"another policy of that name": tag(func(o *Options) { o.Policies = []graph.Policy{ours} }, "/v1/trace?subject=B1"),
		"another version":             tag(func(o *Options) { o.Version = "2" }, "/v1/trace?subject=B1"),
		"another policy":              tag(nil, "/v1/trace?subject=B1&policy=strict"),
		"another subject":             tag(nil, "/v1/trace?subject=A1"),
		"another day":                 tag(nil, "/v1/trace?subject=B1&as_of=2020-01-01"),
	} {
		if other == plain || other == "" {
			t.Errorf("%s: %q", name, other)
		}
	}
	if same := tag(nil, "/v1/trace?subject=B1"); same != plain {
		t.Errorf("two services with one store: %q and %q", same, plain)
	}
	for _, target := range []string{"/v1/trace?subject=B1&known_at=2027-01-01", "/v1/version", "/v1/policies", "/v1/changes"} {
		if other := tag(nil, target); other != "" {
			t.Errorf("%s has the tag %q", target, other)
		}
	}
}

func TestProblemsHaveNoTag(t *testing.T) {
	s := newService(t, nil)
	for _, target := range []string{"/v1/trace?subject=Twin", "/v1/entities/company:nobody", "/v1/reach?origin=nobody"} {
		h := s.get(t, target).Header()
		if h.Get("ETag") != "" || h.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %s", target, h)
		}
	}
}

// TestPacked checks what is compressed, and that it is the same answer.
func TestPacked(t *testing.T) {
	s := newService(t, nil)
	for _, test := range []struct {
		target, accept, encoding string
		packed                   bool
	}{
		{"/v1/trace?subject=B1", "", "gzip", true},
		{"/v1/trace?subject=B1", "", "br, gzip;q=0.5", true},
		{"/v1/trace?subject=B1", "", "gzip;q=0", false},
		{"/v1/trace?subject=B1", "", "br", false},
		{"/v1/trace?subject=B1", "", "", false},
		{"/v1/version", "", "gzip", false},
		{"/v1/nothing", "", "gzip", false},
		{"/v1/reach?origin=company:acme", ndjsonType, "gzip", true},
		{"/v1/picture?subject=B1", "", "gzip", true},
		{"/v1/dossier?subject=B1", "", "gzip", true},
		{"/openapi.json", "", "gzip", true},
		{"/docs", "", "gzip", true},
	} {
		plain := s.ask(t, request(t, http.MethodGet, test.target, map[string]string{"Accept": test.accept}))
		r := request(t, http.MethodGet, test.target, map[string]string{"Accept": test.accept, "Accept-Encoding": test.encoding})
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if packed := w.Header().Get("Content-Encoding") == "gzip"; packed != test.packed {
			t.Errorf("%s, %s: %s", test.target, test.encoding, w.Header())
			continue
		}
		if !test.packed {
			continue
		}
		z, err := gzip.NewReader(w.Body)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(z)
		if err != nil || !bytes.Equal(body, plain.Body.Bytes()) {
			t.Errorf("%s: unpacked it is another answer (%v)", test.target, err)
		}
		tag := w.Header().Get("ETag")
		if !strings.Contains(strings.Join(w.Header().Values("Vary"), ","), "Accept-Encoding") || w.Header().Get("Content-Length") != "" ||
			tag != "" && tag != "W/"+plain.Header().Get("ETag") {
			t.Errorf("%s: %s", test.target, w.Header())
		}
	}
}

// TestPackedPanic checks that what is told of a panic is not lost in a packer.
func TestPackedPanic(t *testing.T) {
	store := worldStore(t)
	s := newService(t, func(o *Options) {
		o.Store = viewStore{store, func(context.Context, func() error) error { panic("a fault") }}
	})
	w := s.ask(t, request(t, http.MethodGet, "/v1/trace?subject=B1", map[string]string{"Accept-Encoding": "gzip"}))
	if p := decode[problem](t, w.Body.Bytes()); w.Code != http.StatusInternalServerError || p.Status != w.Code {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
