package web_test

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"debadge/api"
	"debadge/graph"
	"debadge/ledger"
	"debadge/web"
)

// awayStore is a store that fails.
type awayStore struct {
	graph.Store
	away *bool
}

// View fails while the store is away.
func (a awayStore) View(ctx context.Context, at graph.Moment, read func(graph.View) error) error {
	if *a.away {
		return graph.Unavailable("the store does not answer", nil)
	}
	return a.Store.View(ctx, at, read)
}

// TestFailureIsNoFinding asks while the store is away: the page is no clear, not
// even in part.
func TestFailureIsNoFinding(t *testing.T) {
	away := true
	s := serve(t, func(o *api.Options, _ *web.Options) {
		o.Store = awayStore{o.Store, &away}
		o.Recall = false
	})
	for _, header := range []map[string]string{nil, {"Debadge-Part": "verdict answer"}} {
		answer, body := s.get(t, "/entities/product:aivres:kr2280-x2", header)
		for _, want := range []string{"This is not a finding", `role="alert"`, "the store does not answer", answer.Header.Get("X-Request-Id")} {
			if answer.StatusCode != http.StatusServiceUnavailable || !strings.Contains(body, want) {
				t.Errorf("%v: %d, without %q: %s", header, answer.StatusCode, want, body)
			}
		}
		for _, wrong := range []string{"is-pass", "no listed entity"} {
			if strings.Contains(body, wrong) {
				t.Errorf("%v: the page has %q", header, wrong)
			}
		}
	}
	away = false
	if answer, body := s.get(t, "/entities/product:aivres:kr2280-x2", nil); answer.StatusCode != http.StatusOK || !strings.Contains(body, "Traces to Inspur Group") {
		t.Errorf("%d %s", answer.StatusCode, body)
	}
}

// asset is an address of a file that a page loads.
var asset = regexp.MustCompile(`(?:src|href)="(/assets/[^"]+)"`)

// TestPolicyOfContent lets pages load what is here and nothing else, and files be
// kept for good.
func TestPolicyOfContent(t *testing.T) {
	s := serve(t, nil)
	answer, body := s.get(t, "/entities/product:aivres:kr2280-x2", nil)
	policy := answer.Header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'", "connect-src 'self'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy %q lacks %s", policy, want)
		}
	}
	if strings.Contains(policy, "unsafe") || answer.Header.Get("Cache-Control") != "no-store" || answer.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%v", answer.Header)
	}
	for _, inline := range []string{" style=", "<style", " onclick", "javascript:"} {
		if strings.Contains(body, inline) {
			t.Errorf("the page has %q", inline)
		}
	}
	files := asset.FindAllStringSubmatch(body, -1)
	if len(files) < 4 {
		t.Fatalf("the page loads %v", files)
	}
	for _, f := range files {
		answer, _ := s.get(t, f[1], nil)
		if answer.StatusCode != http.StatusOK || !strings.Contains(answer.Header.Get("Cache-Control"), "immutable") || answer.Header.Get("Content-Type") == "" {
			t.Errorf("%s: %d %v", f[1], answer.StatusCode, answer.Header)
		}
	}
	old := strings.Replace(files[0][1], "/assets/", "/assets/x", 1)
	if answer, _ := s.get(t, old, nil); answer.StatusCode != http.StatusNotFound || strings.Contains(answer.Header.Get("Cache-Control"), "immutable") {
		t.Errorf("an older digest: %d %v", answer.StatusCode, answer.Header)
	}
}

// TestPagesStandBesideTheAPI leaves the API as it is: its paths, its documents,
// its problems.
func TestPagesStandBesideTheAPI(t *testing.T) {
	s := serve(t, nil)
	for path, want := range map[string]struct {
		status int
		media  string
	}{
		"/":                 {200, "text/html"},
		"/no/such/page":     {404, "text/html"},
		"/v1":               {404, "application/problem+json"},
		"/v1/nothing":       {404, "application/problem+json"},
		"/v1/policies":      {200, "application/json"},
		"/docs":             {200, "text/html"},
		"/openapi.json":     {200, "application/openapi+json"},
		"/livez":            {200, "application/json"},
		"/entities/list:x/": {404, "text/html"},
	} {
		answer, body := s.get(t, path, nil)
		if media := answer.Header.Get("Content-Type"); answer.StatusCode != want.status || !strings.HasPrefix(media, want.media) {
			t.Errorf("%s: %d %s %s", path, answer.StatusCode, media, body)
		}
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodHead, s.URL+"/", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	if answer, body := s.send(t, r); answer.StatusCode != http.StatusOK || body != "" {
		t.Errorf("HEAD: %d %q", answer.StatusCode, body)
	}
}

// TestRoleIsShown has a navigation of what the role may do.
func TestRoleIsShown(t *testing.T) {
	s := serve(t, closed)
	for role, shown := range map[ledger.Role]bool{ledger.Reader: false, ledger.Screener: true, ledger.Officer: true, ledger.Admin: true} {
		key := s.key(t, role)
		c := s.enter(t, key)[0]
		_, body := s.get(t, "/", map[string]string{"Cookie": c.Name + "=" + c.Value})
		if strings.Contains(body, `href="/screen"`) != shown || !strings.Contains(body, "key of a "+string(role)) {
			t.Errorf("a %s sees: %s", role, body)
		}
	}
}

// TestWaysAreToldApart says of a path by a link alone that it is a warning, of a
// listed company that it is listed itself, and what ended.
func TestWaysAreToldApart(t *testing.T) {
	s := serve(t, nil)
	for path, want := range map[string]string{
		"/entities/company:aivres-systems":                                            "A link is a warning, not ownership.",
		"/entities/company:inspur-group?list=us-bis-entity-list":                      "Inspur Group Co., Ltd. is itself listed on",
		"/entities/company:lorex-technology":                                          "until 24 November 2022",
		"/entities/company:lorex-technology?as_of=2021-01-01":                         "Is owned by",
		"/entities/product:cogito:specta-air":                                         "Denied in",
		"/entities/product:aivres:kr2280-x2?as_of=2023-02-28":                         "Traces to no listed entity that debadge knows.",
		"/entities/product:nobody:nothing":                                            "This is not a clear.",
		"/entities/product:aivres:kr2280-x2?as_of=2024-04-15&list=us-bis-entity-list": "since March 2023, by an allegation.",
	} {
		answer, body := s.get(t, path, nil)
		if answer.StatusCode != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: %d, without %q", path, answer.StatusCode, want)
		}
	}
}
