package api

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"debadge/graph"
)

// TestClosedByDefault is the trial A13: what nobody asked for is not there.
func TestClosedByDefault(t *testing.T) {
	s := newService(t, guarded)
	if gin.Mode() != gin.ReleaseMode {
		t.Errorf("gin runs in %s mode", gin.Mode())
	}
	for _, test := range []struct {
		method, target string
		header         map[string]string
		status         int
	}{
		// A profiler, variables, files of the program.
		{"GET", "/debug/pprof/", nil, 404},
		{"GET", "/debug/pprof/profile?seconds=1", nil, 404},
		{"GET", "/debug/vars", nil, 404},
		{"GET", "/.git/config", nil, 404},
		{"GET", "/schemas/problem.json", nil, 404},
		// Paths that are not written as the route is.
		{"GET", "//v1/lists", nil, 404},
		{"GET", "/v1//lists", nil, 404},
		{"GET", "/v1/lists/", nil, 404},
		{"GET", "/V1/lists", nil, 404},
		{"GET", "/v1/./lists", nil, 404},
		{"GET", "/v1/../v1/lists", nil, 404},
		{"GET", "/livez/../v1/lists", nil, 404},
		{"GET", "/livez%2f..%2fv1%2flists", nil, 404},
		{"GET", "/v1/lists%00", nil, 404},
		{"GET", "/v1/lists;a=b", nil, 404},
		{"GET", "/livez/%2e%2e/v1/lists", nil, 404},
		// Methods, and other ones put over them.
		{"POST", "/v1/trace", nil, 405},
		{"DELETE", "/v1/lists", nil, 405},
		{"TRACE", "/v1/lists", nil, 405},
		{"CONNECT", "/v1/lists", nil, 405},
		{"OPTIONS", "/v1/lists", nil, 405},
		{"POST", "/livez", map[string]string{"X-HTTP-Method-Override": "GET"}, 405},
		{"POST", "/livez", map[string]string{"X-Http-Method": "GET"}, 405},
		{"POST", "/livez", map[string]string{"X-Method-Override": "GET"}, 405},
		{"POST", "/livez?_method=GET", nil, 405},
		// The rule of another path, by a header of a proxy.
		{"GET", "/v1/lists", map[string]string{"X-Original-URL": "/livez", "X-Rewrite-URL": "/livez", "X-Forwarded-Prefix": "/livez"}, 401},
		{"GET", "/livez", map[string]string{"X-Original-URL": "/v1/lists", "X-Rewrite-URL": "/v1/lists"}, 200},
		// What a caller says of where it comes from.
		{"GET", "/v1/lists", map[string]string{"X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1", "Forwarded": "for=127.0.0.1"}, 401},
		{"GET", "/v1/lists", map[string]string{"X-Forwarded-Host": "localhost"}, 401},
	} {
		w := s.ask(t, request(t, test.method, test.target, test.header))
		if w.Code != test.status {
			t.Errorf("%s %s %v: %d %s", test.method, test.target, test.header, w.Code, w.Body)
		}
		h := w.Header()
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer",
			"Cross-Origin-Resource-Policy": "same-origin", "Server": "", "X-Powered-By": "", "Access-Control-Allow-Origin": "",
			"Strict-Transport-Security": "",
		} {
			if h.Get(name) != want {
				t.Errorf("%s %s: %s: %q", test.method, test.target, name, h.Get(name))
			}
		}
		if !strings.HasPrefix(h.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s %s: %s", test.method, test.target, h.Get("Content-Security-Policy"))
		}
		if test.status >= 400 && h.Get("Content-Type") != problemType {
			t.Errorf("%s %s: %s", test.method, test.target, h.Get("Content-Type"))
		}
	}
	if strings.Contains(s.log.text(), `"remote":"127.0.0.1"`) {
		t.Error("the log has an address that a caller made up")
	}
}

// TestOrigins checks which pages may ask from a browser.
func TestOrigins(t *testing.T) {
	const ours, other = "https://page.example", "https://other.example"
	closed, opened := newService(t, nil), newService(t, func(o *Options) { o.Origins = []string{ours} })
	for _, test := range []struct {
		name    string
		s       *service
		method  string
		header  map[string]string
		status  int
		allowed string
	}{
		{"closed", closed, "GET", map[string]string{"Origin": ours, "Sec-Fetch-Site": "cross-site"}, 200, ""},
		{"closed, sending", closed, "POST", map[string]string{"Origin": ours, "Sec-Fetch-Site": "cross-site"}, 403, ""},
		{"closed, asking for leave", closed, "OPTIONS", map[string]string{"Origin": ours, "Access-Control-Request-Method": "POST"}, 405, ""},
		{"old browser, sending", closed, "POST", map[string]string{"Origin": ours}, 403, ""},
		{"no browser, sending", closed, "POST", nil, 405, ""},
		{"ours", opened, "GET", map[string]string{"Origin": ours}, 200, ours},
		{"ours, sending", opened, "POST", map[string]string{"Origin": ours, "Sec-Fetch-Site": "cross-site"}, 405, ours},
		{"ours, asking for leave", opened, "OPTIONS", map[string]string{"Origin": ours, "Access-Control-Request-Method": "POST"}, 204, ours},
		{"other", opened, "GET", map[string]string{"Origin": other}, 200, ""},
		{"other, sending", opened, "POST", map[string]string{"Origin": other, "Sec-Fetch-Site": "cross-site"}, 403, ""},
		{"other, asking for leave", opened, "OPTIONS", map[string]string{"Origin": other, "Access-Control-Request-Method": "POST"}, 405, ""},
		{"none", opened, "GET", map[string]string{"Origin": "null"}, 200, ""},
		{"begins as ours", opened, "GET", map[string]string{"Origin": ours + ".other.example"}, 200, ""},
	} {
		w := test.s.ask(t, request(t, test.method, "/v1/lists", test.header))
		if w.Code != test.status || w.Header().Get("Access-Control-Allow-Origin") != test.allowed || w.Header().Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("%s: %d %s", test.name, w.Code, w.Header())
		}
		if test.s == opened && !strings.Contains(strings.Join(w.Header().Values("Vary"), ","), "Origin") && test.status != 403 {
			t.Errorf("%s: Vary %v", test.name, w.Header().Values("Vary"))
		}
	}
	for _, wrong := range []string{"*", "null", "page.example", "https://page.example/", "https://page.example/x", "ftp://page.example", "https://"} {
		if _, err := New(Options{Store: worldStore(t), Clock: noon, Log: closed.server.Log, Origins: []string{wrong}}); graph.KindOf(err) != graph.KindInvalid {
			t.Errorf("%q: %v", wrong, err)
		}
	}
}

// TestClientBehindProxies checks whom a request is taken to come from.
func TestClientBehindProxies(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for _, test := range []struct {
		name   string
		header ProxyHeader
		peer   string
		sent   http.Header
		remote string
		secure bool
	}{
		{"nothing said", "", "192.0.2.1:1", nil, "192.0.2.1", false},
		{"a stranger says", "", "192.0.2.1:1", http.Header{"X-Forwarded-For": {"198.51.100.7"}, "X-Forwarded-Proto": {"https"}}, "192.0.2.1", false},
		{"a proxy says", "", "10.0.0.1:1", http.Header{"X-Forwarded-For": {"198.51.100.7"}, "X-Forwarded-Proto": {"https"}}, "198.51.100.7", true},
		{"a proxy as IPv4 in IPv6", "", "[::ffff:10.0.0.1]:1", http.Header{"X-Forwarded-For": {"198.51.100.7"}}, "198.51.100.7", false},
		{"the client made one up", "", "10.0.0.1:1", http.Header{"X-Forwarded-For": {"127.0.0.1, 198.51.100.7"}}, "198.51.100.7", false},
		{"in a header of its own", "", "10.0.0.1:1", http.Header{"X-Forwarded-For": {"127.0.0.1", "198.51.100.7"}}, "198.51.100.7", false},
		{"two proxies", "", "10.0.0.1:1", http.Header{"X-Forwarded-For": {"127.0.0.1, 198.51.100.7, 10.0.0.2"}}, "198.51.100.7", false},
		{"no address", "", "10.0.0.1:1", http.Header{"X-Forwarded-For": {"198.51.100.7, unknown"}}, "10.0.0.1", false},
		{"nothing but proxies", "", "10.0.0.1:1", http.Header{"X-Forwarded-For": {"10.0.0.3, 10.0.0.2"}}, "10.0.0.3", false},
		{"the header that is not ours", "", "10.0.0.1:1", http.Header{"Forwarded": {"for=127.0.0.1;proto=https"}}, "10.0.0.1", false},
		{"the header that is not ours, again", Forwarded, "10.0.0.1:1", http.Header{"X-Forwarded-For": {"127.0.0.1"}}, "10.0.0.1", false},
		{"RFC 7239", Forwarded, "10.0.0.1:1", http.Header{"Forwarded": {`for=127.0.0.1, for="198.51.100.7:4711";proto=https;by=10.0.0.1`}}, "198.51.100.7", true},
		{"RFC 7239, IPv6", Forwarded, "[fd00::1]:1", http.Header{"Forwarded": {`For="[2001:db8::1]:80";Proto=HTTPS`}}, "2001:db8::1", true},
		{"RFC 7239, hidden", Forwarded, "10.0.0.1:1", http.Header{"Forwarded": {`for=_secret`}}, "10.0.0.1", false},
		{"RFC 7239, http", Forwarded, "10.0.0.1:1", http.Header{"Forwarded": {`for=198.51.100.7;proto=http`}}, "198.51.100.7", false},
		{"the client's proto, the proxy's address", "", "10.0.0.1:1", http.Header{"X-Forwarded-For": {"127.0.0.1, 198.51.100.7"}, "X-Forwarded-Proto": {"https, http"}}, "198.51.100.7", false},
		{"a socket that is none", "", "@", http.Header{"X-Forwarded-For": {"198.51.100.7"}}, "", false},
	} {
		r := request(t, http.MethodGet, "/v1/lists", nil)
		r.RemoteAddr, r.Header = test.peer, test.sent
		remote, secure := Proxies{Trusted: trusted, Header: test.header}.client(r)
		if got := (&record{remote: remote}).remoteText(); got != test.remote || secure != test.secure {
			t.Errorf("%s: %s, %v", test.name, got, secure)
		}
	}
}

func FuzzForwarded(f *testing.F) {
	for _, seed := range []string{"", "for=1.2.3.4", `for="[::1]:80";proto=https`, `for="a,b"`, ",;=,", "198.51.100.7, 10.0.0.1"} {
		f.Add(seed)
	}
	p := Proxies{Trusted: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}
	f.Fuzz(func(t *testing.T, text string) {
		for _, h := range []ProxyHeader{XForwardedFor, Forwarded} {
			p.Header = h
			r := &http.Request{RemoteAddr: "192.0.2.1:1", Header: http.Header{"Forwarded": {text}, "X-Forwarded-For": {text}}}
			if remote, secure := p.client(r); remote.String() != "192.0.2.1" || secure {
				t.Fatalf("a stranger is believed: %s", remote)
			}
			r.RemoteAddr = "10.0.0.1:1"
			if remote, _ := p.client(r); !remote.IsValid() || remote.Is4In6() {
				t.Fatalf("%q: %s", text, remote)
			}
		}
	})
}

// TestHSTS checks that browsers are told to keep to TLS where there is TLS.
func TestHSTS(t *testing.T) {
	s := newService(t, func(o *Options) { o.Proxies.Trusted = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")} })
	r := request(t, http.MethodGet, "/livez", map[string]string{"X-Forwarded-For": "198.51.100.7", "X-Forwarded-Proto": "https"})
	if h := s.ask(t, r).Header().Get("Strict-Transport-Security"); h != hstsValue {
		t.Errorf("%q", h)
	}
	if h := s.get(t, "/livez").Header().Get("Strict-Transport-Security"); h != "" {
		t.Errorf("%q", h)
	}
}

// TestIndexBehind checks that a service which does not see what the store has
// says that it cannot answer.
func TestIndexBehind(t *testing.T) {
	at := progress{revision: 1, seen: noon()}
	s := newService(t, func(o *Options) { o.Index = &at; o.MaxLag = 10 * time.Second })
	if w := s.get(t, "/readyz"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"behind": 0`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	at.seen = noon().Add(-9 * time.Second)
	at.revision = 0
	if w := s.get(t, "/readyz"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"behind": 1`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	at.seen = noon().Add(-11 * time.Second)
	if w := s.get(t, "/readyz"); w.Code != http.StatusServiceUnavailable || !strings.Contains(w.Body.String(), "the index is at revision 0") || w.Header().Get("Retry-After") == "" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	at.none = true
	if w := s.get(t, "/readyz"); w.Code != http.StatusOK || strings.Contains(w.Body.String(), "index") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

type progress struct {
	revision graph.Revision
	seen     time.Time
	none     bool
}

func (p *progress) Progress() (graph.Revision, time.Time, bool) { return p.revision, p.seen, !p.none }

// TestShelf exchanges the policies of a running service.
func TestShelf(t *testing.T) {
	shelf, err := NewShelf(nil)
	if err != nil {
		t.Fatal(err)
	}
	s := newService(t, func(o *Options) { o.Shelf = shelf })
	ours := graph.StrictPolicy()
	ours.Name = "ours"
	wrong := ours
	wrong.MaxHops = 99
	if w := s.get(t, "/v1/policies/ours"); w.Code != http.StatusNotFound {
		t.Fatal(w.Code)
	}
	if err := shelf.Replace([]graph.Policy{ours}); err != nil {
		t.Fatal(err)
	}
	if err := shelf.Replace([]graph.Policy{wrong}); graph.KindOf(err) != graph.KindInvalid {
		t.Errorf("%v", err)
	}
	for _, target := range []string{"/v1/policies/ours", "/v1/policies/strict", "/v1/trace?subject=B1&policy=ours"} {
		if w := s.get(t, target); w.Code != http.StatusOK {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
	if err := shelf.Replace(nil); err != nil {
		t.Fatal(err)
	}
	if w := s.get(t, "/v1/policies/ours"); w.Code != http.StatusNotFound {
		t.Error(w.Code)
	}
}
