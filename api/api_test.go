package api

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"debadge/graph"
)

// TestAnswers asks every path something that it can answer.
func TestAnswers(t *testing.T) {
	s := newService(t, nil)
	for _, test := range []struct{ target, has string }{
		{"/v1/trace?subject=product:beta:b1", `"finding": "listed"`},
		{"/v1/trace?subject=B1", `"post_listing_rebadge": true`},
		{"/v1/trace?subject=" + url.QueryEscape("阿克米"), `"id": "company:acme"`},
		{"/v1/trace?subject=product:beta:b1&as_of=2022-01-01", `"finding": "clear"`},
		{"/v1/trace?subject=product:beta:b1&policy=strict", `"name": "strict"`},
		{"/v1/trace?subject=product:beta:b1&paths=100&known_at=1", `"revision": 1`},
		{"/v1/trace?subject=product:beta:b1&known_at=2026-06-01", `"revision": 1`},
		{"/v1/trace?subject=product:beta:b1&known_at=2026-05-31", `"finding": "unknown"`},
		{"/v1/trace?subject=product:beta:b1&known_at=2026-06-01T14:00:00%2B02:00", `"revision": 1`},
		{"/v1/trace?subject=product:beta:b1&list=us-list&list=list:eu-list", `"finding": "listed"`},
		{"/v1/trace?subject=product:beta:b1&list=Other+List", `"finding": "clear"`},
		{"/v1/trace?subject=company:epsilon", `"way": "affiliation"`},
		{"/v1/trace?subject=product:gamma:g1", `"finding": "clear"`},
		{"/v1/trace?subject=company:delta", `"to": "2022-01-01"`},
		{"/v1/trace?subject=no+such+thing", `"subject": null`},
		{"/v1/timeline?subject=product:beta:b1", `"steps": [`},
		{"/v1/timeline?subject=nothing", `"subject": null`},
		{"/v1/reach?origin=company:acme", `"total": 3`},
		{"/v1/reach?origin=us-list&limit=1", `"next": "`},
		{"/v1/reach?origin=company:acme&limit=1&uncounted=true", `"total": -1,`},
		{"/v1/reach?origin=company:acme&limit=3&uncounted=true", `"total": 3`},
		{"/v1/reach?origin=company:gamma", `"rows": []`},
		{"/v1/entities/company:acme", `"total": 5`},
		{"/v1/entities/product:beta:twin", `"IDENTICAL_TO"`},
		{"/v1/entities/company:acme?as_of=2019-01-01", `"claims": []`},
		{"/v1/entities/company:acme?relation=LISTED_ON", `"total": 1`},
		{"/v1/entities/list:us-list?limit=1&known_at=1", `"next": "1~claim:`},
		{"/v1/entities/proceeding:acme-v-beta", `"PARTY_TO"`},
		{"/v1/lists", `"members": 1`},
		{"/v1/lists?known_at=2020-01-01", `"lists": []`},
		{"/v1/lists/us-list", `"id": "company:acme"`},
		{"/v1/lists/list:us-list?as_of=2021-06-01", `"id": "company:delta"`},
		{"/v1/sources?as_of=2024-03-31", `"age_days": 366`},
		{"/v1/sources?as_of=2023-03-30", `"kind": "regulation"`},
		{"/v1/sources?known_at=2020-01-01", `"sources": []`},
		{"/v1/policies", `"name": "cautious"`},
		{"/v1/policies/default", `"digest": "sha256:`},
		{"/v1/version", `"version": "1.2.3"`},
		{"/livez", `"ok"`},
		{"/readyz", `"name": "memory"`},
		{"/openapi.json", `"openapi": "3.1.0"`},
		{"/docs", `GET /v1/trace`},
	} {
		t.Run(test.target, func(t *testing.T) {
			w := s.get(t, test.target)
			if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), test.has) {
				t.Errorf("%d, lacks %s:\n%s", w.Code, test.has, w.Body)
			}
			if strings.Contains(w.Body.String(), "$schema") && test.target != "/openapi.json" {
				t.Error("the body names its schema")
			}
		})
	}
}

// TestProblems asks what must be refused, and how.
func TestProblems(t *testing.T) {
	s := newService(t, nil)
	long := strings.Repeat("x", 600)
	for _, test := range []struct {
		method, target string
		status         int
		slug, field    string
		has            string
	}{
		{"GET", "/nothing", 404, "not-found", "", "/docs"},
		{"GET", "/v1/trace/", 404, "not-found", "", ""},
		{"GET", "//v1/trace", 404, "not-found", "", ""},
		{"GET", "/v1/../v1/version", 404, "not-found", "", ""},
		{"GET", "/debug/pprof/", 404, "not-found", "", ""},
		{"POST", "/v1/trace", 405, "method-not-allowed", "", "GET and HEAD"},
		{"OPTIONS", "/v1/trace", 405, "method-not-allowed", "", ""},
		{"TRACE", "/v1/trace", 405, "method-not-allowed", "", ""},
		{"GET", "/v1/trace?subject=Twin", 409, "ambiguous", "", "product:gamma:twin"},
		{"GET", "/v1/trace?subject=%zz", 400, "malformed", "", ""},
		{"GET", "/v1/trace?subject=a;b", 400, "malformed", "", "%3B"},
		{"GET", "/v1/trace", 422, "invalid", "query.subject", "required"},
		{"GET", "/v1/trace?subject=", 422, "invalid", "query.subject", "no value"},
		{"GET", "/v1/trace?subject=%ff", 422, "invalid", "query.subject", "UTF-8"},
		{"GET", "/v1/trace?subject=" + long, 422, "invalid", "query.subject", ""},
		{"GET", "/v1/trace?subject=B1&subject=A1", 422, "invalid", "query.subject", "2 times"},
		{"GET", "/v1/trace?subject=B1&asof=2020-01-01", 422, "invalid", "query.asof", "subject, as_of, known_at, policy, list, paths"},
		{"GET", "/v1/trace?subject=B1&" + long + "=1", 422, "invalid", "query.xxx", "known are"},
		{"GET", "/v1/trace?subject=B1&list=", 422, "invalid", "query.list", "no value"},
		{"GET", "/v1/trace?subject=B1&list=&list=us-list", 422, "invalid", "query.list", "no value"},
		{"GET", "/v1/trace?subject=B1&list=nowhere", 404, "not-found", "", "nowhere"},
		{"GET", "/v1/trace?subject=B1&as_of=2020", 422, "invalid", "query.as_of", "YYYY-MM-DD"},
		{"GET", "/v1/trace?subject=B1&as_of=2021-02-29", 422, "invalid", "query.as_of", "YYYY-MM-DD"},
		{"GET", "/v1/trace?subject=B1&known_at=0", 422, "invalid", "query.known_at", "begin at 1"},
		{"GET", "/v1/trace?subject=B1&known_at=0001-01-01T00:00:00Z", 422, "invalid", "query.known_at", "revision number"},
		{"GET", "/v1/trace?subject=B1&known_at=2026-06-01T14:00:00+02:00", 422, "invalid", "query.known_at", "%2B"},
		{"GET", "/v1/trace?subject=B1&known_at=9999-12-31T23:59:59-12:00", 422, "invalid", "query.known_at", ""},
		{"GET", "/v1/trace?subject=B1&known_at=0000-01-01T00:00:00%2B14:00", 422, "invalid", "query.known_at", ""},
		{"GET", "/v1/trace?subject=B1&as_of=9999-12-31", 422, "invalid", "query.as_of", "no end"},
		{"GET", "/v1/trace?subject=B1&known_at=2", 404, "not-found", "", ""},
		{"GET", "/v1/trace?subject=B1&known_at=99999999999", 422, "invalid", "query.known_at", ""},
		{"GET", "/v1/trace?subject=B1&policy=lax", 422, "invalid", "query.policy", "cautious, default, strict"},
		{"GET", "/v1/trace?subject=B1&policy=/etc/passwd", 422, "invalid", "query.policy", ""},
		{"GET", "/v1/trace?subject=B1&paths=0", 422, "invalid", "query.paths", ""},
		{"GET", "/v1/trace?subject=B1&paths=many", 422, "invalid", "query.paths", "integer"},
		{"GET", "/v1/timeline?subject=B1&as_of=2020-01-01", 422, "invalid", "query.as_of", "known are"},
		{"GET", "/v1/reach?origin=nobody", 404, "not-found", "", ""},
		{"GET", "/v1/reach?origin=company:acme&limit=10001", 422, "invalid", "query.limit", ""},
		{"GET", "/v1/reach?origin=company:acme&cursor=x", 422, "invalid", "", "cursor"},
		{"GET", "/v1/entities/company:nobody", 404, "not-found", "", ""},
		{"GET", "/v1/entities/" + long, 422, "invalid", "path.id", ""},
		{"GET", "/v1/entities/company:acme?cursor=x", 422, "invalid", "query.cursor", ""},
		{"GET", "/v1/lists/nowhere", 404, "not-found", "", ""},
		{"GET", "/v1/policies/lax", 404, "not-found", "", "/v1/policies"},
		{"GET", "/v1/policies?as_of=2020-01-01", 422, "invalid", "query.as_of", "has none"},
		{"GET", "/livez?x=1", 422, "invalid", "query.x", ""},
	} {
		t.Run(test.method+" "+test.target[:min(len(test.target), 80)], func(t *testing.T) {
			r := request(t, test.method, "/", nil)
			u, err := url.Parse(test.target)
			if err != nil || strings.HasPrefix(test.target, "//") {
				u = &url.URL{Path: test.target}
			}
			r.URL = u
			w := s.ask(t, r)
			p := decode[problem](t, w.Body.Bytes())
			wanted := problem{Type: "/docs#problem-" + test.slug, Status: test.status}
			if w.Code != test.status || p.Type != wanted.Type || p.Status != wanted.Status {
				t.Errorf("%d, %s", w.Code, w.Body)
			}
			if p.Title == "" || p.Detail == "" || p.RequestID != w.Header().Get(requestIDHeader) || w.Header().Get("Content-Type") != problemType {
				t.Errorf("%s: %s", w.Header(), w.Body)
			}
			if test.field != "" && (len(p.Errors) == 0 || !strings.HasPrefix(p.Errors[0].Field, test.field)) {
				t.Errorf("%q is not named: %s", test.field, w.Body)
			}
			if !strings.Contains(w.Body.String(), test.has) || strings.Contains(w.Body.String(), long) {
				t.Errorf("lacks %q or echoes too much: %s", test.has, w.Body)
			}
			if test.status == 405 && w.Header().Get("Allow") != "GET, HEAD" {
				t.Errorf("Allow: %s", w.Header().Get("Allow"))
			}
		})
	}
}

// TestManyUnknownParameters checks that a problem does not grow with the request.
func TestManyUnknownParameters(t *testing.T) {
	s := newService(t, nil)
	var query strings.Builder
	for i := range 500 {
		query.WriteString("&p" + strings.Repeat("x", i%50) + string(rune('a'+i%26)) + "=1")
	}
	w := s.get(t, "/v1/trace?subject=B1"+query.String())
	p := decode[problem](t, w.Body.Bytes())
	if w.Code != http.StatusUnprocessableEntity || len(p.Errors) != maxFieldProblems || !strings.Contains(p.Detail, "more problems") {
		t.Errorf("%d, %d errors, %s", w.Code, len(p.Errors), p.Detail)
	}
}

// TestSameBytes compares the body with what every other surface writes.
func TestSameBytes(t *testing.T) {
	store := worldStore(t)
	s := newService(t, func(o *Options) { o.Store = store })
	for _, subject := range []string{"product:beta:b1", "company:acme", "product:gamma:g1", "nothing <&>"} {
		answer, err := graph.Trace(t.Context(), store, graph.Question{
			Subject: subject, AsOf: graph.DayOf(noon()), Policy: graph.DefaultPolicy(), Paths: 1,
		})
		if err != nil {
			t.Fatal(err)
		}
		var want bytes.Buffer
		if err := graph.EncodeJSON(&want, answer); err != nil {
			t.Fatal(err)
		}
		for _, accept := range []string{"", "*/*", "json", "text/html", problemType, ndjsonType, "application/json;q=0"} {
			r := request(t, http.MethodGet, "/v1/trace?subject="+url.QueryEscape(subject), map[string]string{"Accept": accept})
			w := s.ask(t, r)
			if !bytes.Equal(w.Body.Bytes(), want.Bytes()) || w.Header().Get("Content-Type") != jsonType {
				t.Errorf("%s, Accept %q: %s\n%s\nwant\n%s", subject, accept, w.Header(), w.Body, &want)
			}
		}
	}
}

func TestPages(t *testing.T) {
	store := worldStore(t)
	s := newService(t, func(o *Options) { o.Store = store })
	whole := decode[entityAnswer](t, s.get(t, "/v1/entities/company:acme").Body.Bytes())
	var claims []graph.Claim
	target := "/v1/entities/company:acme?limit=2"
	for next := target; next != ""; {
		part := decode[entityAnswer](t, s.get(t, next).Body.Bytes())
		claims = append(claims, part.Claims...)
		if part.Total != whole.Total || part.Revision != 1 || len(part.Claims) > 2 {
			t.Fatalf("page %+v", part)
		}
		next = ""
		if part.Next != "" {
			next = target + "&cursor=" + url.QueryEscape(part.Next)
		}
		// A change between two pages does not show in the later ones.
		if len(claims) == 2 {
			_, err := store.Append(t.Context(), graph.ChangeSet{Retractions: []graph.Retraction{{Claim: whole.Claims[4].ID, Reason: "a test"}}})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(claims) != whole.Total {
		t.Fatalf("%d claims in pages, %d in all", len(claims), whole.Total)
	}
	for i, c := range claims {
		if c.ID != whole.Claims[i].ID {
			t.Errorf("claim %d is %s, want %s", i, c.ID, whole.Claims[i].ID)
		}
	}
	if after := decode[entityAnswer](t, s.get(t, "/v1/entities/company:acme").Body.Bytes()); after.Revision != 2 || after.Total != whole.Total-1 {
		t.Errorf("after the retraction: revision %d, %d claims", after.Revision, after.Total)
	}
}

func TestHead(t *testing.T) {
	s := newService(t, nil)
	w := s.ask(t, request(t, http.MethodHead, "/v1/version", nil))
	if w.Code != http.StatusOK || w.Header().Get("Content-Length") == "" {
		t.Errorf("%d %s", w.Code, w.Header())
	}
}

func TestHeaders(t *testing.T) {
	s := newService(t, nil)
	for _, target := range []string{"/v1/version", "/nothing", "/docs", "/v1/trace"} {
		r := request(t, http.MethodGet, target, map[string]string{
			"Origin": "https://elsewhere.example", "X-Http-Method-Override": "DELETE",
			"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Host": "elsewhere.example", "X-Real-Ip": "203.0.113.9",
		})
		h := s.ask(t, r).Header()
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer",
			"Cache-Control": "no-store", "Cross-Origin-Resource-Policy": "same-origin",
			"Server": "", "Access-Control-Allow-Origin": "", "X-Powered-By": "",
		} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", target, name, got, want)
			}
		}
		if !strings.HasPrefix(h.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: %s", target, h)
		}
	}
	if text := s.log.text(); strings.Contains(text, "203.0.113.9") || strings.Contains(text, "elsewhere") {
		t.Errorf("a forged header is in the log: %s", text)
	}
}

func TestDocsLoadNothing(t *testing.T) {
	s := newService(t, nil)
	w := s.get(t, "/docs")
	for _, loads := range []string{"<script", "src=", "<link", "@import", "url(", "http://", "https://"} {
		if strings.Contains(w.Body.String(), loads) {
			t.Errorf("the page has %s", loads)
		}
	}
	for f := range faults[:canceled] {
		if !strings.Contains(w.Body.String(), `id="problem-`+faults[f].Slug+`"`) {
			t.Errorf("the page lacks the problem %s", faults[f].Slug)
		}
	}
}

func TestBodies(t *testing.T) {
	s := newService(t, func(o *Options) { o.MaxBodyBytes = 100 })
	for _, test := range []struct {
		size    int
		chunked bool
		status  int
	}{
		{0, false, 200}, {0, true, 200}, {1, false, 415}, {1, true, 415}, {100, false, 415}, {101, false, 413}, {101, true, 413}, {1 << 20, true, 413},
	} {
		r := request(t, http.MethodGet, "/v1/version", nil)
		if test.size > 0 || test.chunked {
			r = newRequestWithBody(t, strings.Repeat("x", test.size))
		}
		if test.chunked {
			r.ContentLength = -1
		}
		if w := s.ask(t, r); w.Code != test.status {
			t.Errorf("%+v: %d %s", test, w.Code, w.Body)
		}
	}
}

func newRequestWithBody(t *testing.T, body string) *http.Request {
	t.Helper()
	r := request(t, http.MethodGet, "/v1/version", nil)
	r.Body = io.NopCloser(strings.NewReader(body))
	r.ContentLength = int64(len(body))
	return r
}

func TestPolicies(t *testing.T) {
	own := graph.DefaultPolicy()
	own.Name, own.MaxHops = "own", 3
	ours := graph.DefaultPolicy()
	ours.MaxHops = 5
	s := newService(t, func(o *Options) { o.Policies = []graph.Policy{own, ours} })
	if p := decode[policyAnswer](t, s.get(t, "/v1/policies/own").Body.Bytes()); p.Digest != own.Digest() || p.MaxHops != 3 {
		t.Errorf("own: %+v", p)
	}
	if p := decode[policyAnswer](t, s.get(t, "/v1/policies/default").Body.Bytes()); p.Digest != ours.Digest() {
		t.Errorf("default: %+v", p)
	}
	a := decode[graph.Answer](t, s.get(t, "/v1/trace?subject=B1").Body.Bytes())
	if a.Policy.Digest != ours.Digest() {
		t.Errorf("traced by %+v", a.Policy)
	}
}

func TestOptions(t *testing.T) {
	good := newService(t, nil).server.Options
	wrong := graph.DefaultPolicy()
	wrong.MaxHops = 99
	for name, change := range map[string]func(*Options){
		"no store":     func(o *Options) { o.Store = nil },
		"no clock":     func(o *Options) { o.Clock = nil },
		"no log":       func(o *Options) { o.Log = nil },
		"wrong policy": func(o *Options) { o.Policies = []graph.Policy{wrong} },
		"time limit":   func(o *Options) { o.RequestTimeout = -time.Minute },
		"twice":        func(o *Options) { o.Policies = []graph.Policy{graph.StrictPolicy(), graph.StrictPolicy()} },
	} {
		o := good
		change(&o)
		if h, err := New(o); h != nil || graph.KindOf(err) != graph.KindInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestKnownAtDay(t *testing.T) {
	var m moment
	if err := m.UnmarshalText([]byte("2026-06-01")); err != nil {
		t.Fatal(err)
	}
	if want := time.Date(2026, 6, 1, 23, 59, 59, 999999999, time.UTC); !m.at.Time.Equal(want) {
		t.Errorf("%s, want %s", m.at.Time, want)
	}
}

func TestCauses(t *testing.T) {
	err := graph.Unavailable("the store is away", errors.New("dial: refused"))
	if got := causes(err); got != "the store is away: dial: refused" {
		t.Errorf("%q", got)
	}
}
