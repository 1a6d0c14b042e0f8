package api

import (
	"context"
	"log/slog"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"debadge/graph"
)

// fakeKeys are API keys by their text.
type fakeKeys map[string]Key

func (f fakeKeys) Key(_ context.Context, text string) (Key, error) {
	switch k, ok := f[text]; {
	case ok:
		return k, nil
	case strings.HasSuffix(text, "mistyped"):
		return Key{}, graph.Errorf(graph.KindInvalid, "the API key is mistyped")
	case strings.HasSuffix(text, "away"):
		return Key{}, graph.Unavailable("the ledger is away", nil)
	}
	return Key{}, graph.Errorf(graph.KindNotFound, "there is no such key")
}

// fakeTokens are callers by the token that names them.
type fakeTokens map[string]Caller

func (f fakeTokens) Token(_ context.Context, token string) (Caller, error) {
	switch c, ok := f[token]; {
	case ok:
		return c, nil
	case token == "a.b.away":
		return Caller{}, graph.Unavailable("the issuer is away", nil)
	}
	return Caller{}, graph.Errorf(graph.KindInvalid, "the token has expired")
}

// everyKey has a key of each role, and some that are good for nothing.
func everyKey() fakeKeys {
	keys := fakeKeys{
		"dbk_expired":   {Name: "expired", Role: Admin, Expires: noon()},
		"dbk_revoked":   {Name: "revoked", Role: Admin, Revoked: noon().Add(-time.Hour)},
		"dbk_roleless":  {Name: "roleless"},
		"dbk_wrongrole": {Name: "wrongrole", Role: "owner"},
	}
	for _, r := range Roles() {
		keys["dbk_"+string(r)] = Key{Name: "the " + string(r), Role: r, Expires: noon().Add(time.Second)}
	}
	return keys
}

func guarded(o *Options) {
	o.Access = Access{Keys: everyKey(), Tokens: fakeTokens{
		"a.b.reader":  {Name: "user-1", Roles: []Role{Reader}},
		"a.b.both":    {Name: "user-2", Roles: []Role{Analyst, Officer}},
		"a.b.nothing": {Name: "user-3"},
	}}
}

// ruleBook is who may do what on each route: written out a second time, so that
// a new route, or a changed one, is a change here too.
var ruleBook = map[string]string{
	"GET /livez":                         "everybody",
	"GET /readyz":                        "everybody",
	"GET /v1/version":                    "everybody",
	"GET /openapi.json":                  "everybody",
	"GET /docs":                          "everybody",
	"GET /v1/me":                         "monitor reader screener analyst officer admin",
	"GET /metrics":                       "monitor admin",
	"GET /v1/trace":                      "reader screener analyst officer admin",
	"GET /v1/timeline":                   "reader screener analyst officer admin",
	"GET /v1/reach":                      "reader screener analyst officer admin",
	"GET /v1/reach/products":             "reader screener analyst officer admin",
	"GET /v1/entities":                   "reader screener analyst officer admin",
	"POST /v1/screen":                    "screener analyst officer admin",
	"POST /v1/screen/stream":             "screener analyst officer admin",
	"GET /v1/jobs":                       "screener analyst officer admin",
	"GET /v1/jobs/:id":                   "screener analyst officer admin",
	"DELETE /v1/jobs/:id":                "screener analyst officer admin",
	"GET /v1/jobs/:id/result":            "screener analyst officer admin",
	"POST /v1/jobs/screen":               "screener analyst officer admin",
	"GET /v1/jobs/:id/rows":              "screener analyst officer admin",
	"GET /v1/jobs/:id/columns":           "screener analyst officer admin",
	"POST /v1/jobs/:id/again":            "screener analyst officer admin",
	"POST /v1/screen/columns":            "screener analyst officer admin",
	"POST /v1/choices":                   "analyst admin",
	"GET /v1/reconcile":                  "reader screener analyst officer admin",
	"POST /v1/reconcile":                 "reader screener analyst officer admin",
	"GET /v1/reconcile/suggest/entity":   "reader screener analyst officer admin",
	"GET /v1/reconcile/suggest/type":     "reader screener analyst officer admin",
	"GET /v1/reconcile/suggest/property": "reader screener analyst officer admin",
	"GET /v1/reconcile/properties":       "reader screener analyst officer admin",
	"GET /v1/reconcile/preview":          "reader screener analyst officer admin",
	"GET /v1/jobs/import":                "analyst admin",
	"POST /v1/jobs/import":               "analyst admin",
	"POST /v1/jobs/refresh":              "analyst admin",
	"GET /v1/entities/:id":               "reader screener analyst officer admin",
	"GET /v1/entities/:id/neighbors":     "reader screener analyst officer admin",
	"GET /v1/claims/:id":                 "reader screener analyst officer admin",
	"GET /v1/contested":                  "reader screener analyst officer admin",
	"GET /v1/sources":                    "reader screener analyst officer admin",
	"GET /v1/sources/:id":                "reader screener analyst officer admin",
	"GET /v1/lists":                      "reader screener analyst officer admin",
	"GET /v1/lists/:id":                  "reader screener analyst officer admin",
	"GET /v1/policies":                   "reader screener analyst officer admin",
	"GET /v1/policies/:name":             "reader screener analyst officer admin",
	"GET /v1/changes":                    "reader screener analyst officer admin",
	"GET /v1/diff":                       "reader screener analyst officer admin",
	"GET /v1/rebadgings":                 "reader screener analyst officer admin",
	"GET /v1/picture":                    "reader screener analyst officer admin",
	"GET /v1/timeline/picture":           "reader screener analyst officer admin",
	"GET /v1/dossier":                    "reader screener analyst officer admin",
	"GET /v1/export/:format":             "reader screener analyst officer admin",

	"GET /v1/decisions":        "reader screener analyst officer admin",
	"GET /v1/decisions/:id":    "reader screener analyst officer admin",
	"GET /v1/decisions/verify": "reader screener analyst officer admin",
	"POST /v1/decisions":       "officer admin",

	"POST /v1/decisions/:id/sign-off": "officer admin",

	"GET /v1/watches":             "reader screener analyst officer admin",
	"GET /v1/watches/:id":         "reader screener analyst officer admin",
	"GET /v1/watches/events":      "reader screener analyst officer admin",
	"POST /v1/watches":            "officer admin",
	"POST /v1/watches/:id/pause":  "officer admin",
	"POST /v1/watches/:id/resume": "officer admin",
	"POST /v1/watches/:id/end":    "officer admin",
	"POST /v1/watches/:id/secret": "officer admin",
	"POST /v1/watches/:id/replay": "officer admin",
	"GET /v1/audit":               "admin",
	"GET /v1/audit/proof/:index":  "admin",
	"GET /v1/audit/checkpoint":    "admin",
	"GET /v1/audit/key":           "admin",

	"POST /mcp": "reader screener analyst officer admin",

	"POST /v1/changes":            "analyst admin",
	"POST /v1/claims/:id/retract": "analyst admin",
	"POST /v1/claims/:id/correct": "analyst admin",
}

// TestWhoMayDoWhat is the trial A1: every route, asked with every role, with
// none, and with credentials that are good for nothing.
func TestWhoMayDoWhat(t *testing.T) {
	s := newService(t, guarded)
	routes := map[string]bool{}
	for _, r := range s.server.engine.Routes() {
		name := r.Method + " " + r.Path
		routes[name] = true
		allowed, ok := ruleBook[name]
		if !ok {
			t.Errorf("%s is in no row of the rule book: say who may do it", name)
			continue
		}
		s.walkRoute(t, r.Method, r.Path, allowed)
	}
	for name := range ruleBook {
		if !routes[name] {
			t.Errorf("%s is in the rule book, but is no route", name)
		}
	}
}

func (s *service) walkRoute(t *testing.T, method, path, allowed string) {
	t.Helper()
	credentials := map[string]int{ // what comes of it where not everybody may
		"": 401, "Bearer dbk_expired": 401, "Bearer dbk_revoked": 401, "Bearer dbk_nobody": 401, "Bearer dbk_": 401, "Bearer dbk_mistyped": 401,
		"Bearer ": 401, "Bearer": 401, "Basic ZGJrX2FkbWluOg==": 401, "dbk_admin": 401, "Bearer  dbk_admin": 401, "Bearer a.b.expired": 401,
		"Bearer dbk_roleless": 403, "Bearer dbk_wrongrole": 403, "Bearer a.b.nothing": 403, "Bearer dbk_away": 503, "Bearer a.b.away": 503,
		"Bearer " + strings.Repeat("x", maxToken+1): 401,
	}
	for _, r := range Roles() {
		credentials["Bearer dbk_"+string(r)] = 403
		if slices.Contains(strings.Fields(allowed), string(r)) {
			credentials["bearer dbk_"+string(r)] = 0
			credentials["Bearer dbk_"+string(r)] = 0
		}
	}
	for shown, want := range credentials {
		r := request(t, method, strings.NewReplacer(":id", "product:acme:a1", ":name", "default").Replace(path), nil)
		if shown != "" {
			r.Header.Set("Authorization", shown)
		}
		w := s.ask(t, r)
		if allowed == "everybody" {
			want = 0
		}
		refused := w.Code == http.StatusUnauthorized || w.Code == http.StatusForbidden
		switch {
		case want == 0 && (refused || w.Header().Get("WWW-Authenticate") != ""):
			t.Errorf("%s %s with %.40q: %d", method, path, shown, w.Code)
		case want != 0 && w.Code != want:
			t.Errorf("%s %s with %.40q: %d, not %d", method, path, shown, w.Code, want)
		case refused && (w.Header().Get("WWW-Authenticate") == "" || decode[problem](t, w.Body.Bytes()).RequestID == ""):
			t.Errorf("%s %s with %.40q: %s %s", method, path, shown, w.Header(), w.Body)
		}
	}
}

// TestRouteWithoutRule checks that a route which says nothing is nobody's.
func TestRouteWithoutRule(t *testing.T) {
	s := newService(t, func(o *Options) { guarded(o); o.Access.Anonymous = Admin })
	s.server.engine.GET("/new", func(c *gin.Context) { c.Status(http.StatusOK) })
	for _, shown := range []string{"", "Bearer dbk_admin"} {
		r := request(t, http.MethodGet, "/new", nil)
		if shown != "" {
			r.Header.Set("Authorization", shown)
		}
		if w := s.ask(t, r); w.Code != http.StatusForbidden {
			t.Errorf("%q: %d", shown, w.Code)
		}
	}
}

func TestAnonymous(t *testing.T) {
	s := newService(t, func(o *Options) { guarded(o); o.Access.Anonymous = Reader })
	for _, test := range []struct {
		target, shown string
		status        int
	}{
		{"/v1/lists", "", 200},
		{"/metrics", "", 401},
		{"/v1/lists", "Bearer dbk_nobody", 401}, // a wrong credential is not as good as none
		{"/v1/lists", "Bearer dbk_monitor", 403},
		{"/v1/lists", "Bearer a.b.reader", 200},
	} {
		r := request(t, http.MethodGet, test.target, nil)
		if test.shown != "" {
			r.Header.Set("Authorization", test.shown)
		}
		if w := s.ask(t, r); w.Code != test.status {
			t.Errorf("%+v: %d", test, w.Code)
		}
	}
}

// TestAnonymousOnThisMachine checks that a page whose name leads to this machine
// asks nothing for its visitor.
func TestAnonymousOnThisMachine(t *testing.T) {
	s := newService(t, func(o *Options) { o.Access = Access{Anonymous: Reader, LocalOnly: true} })
	for host, status := range map[string]int{
		"127.0.0.1:8080": 200, "localhost:8080": 200, "localhost": 200, "LOCALHOST": 200, "[::1]:8080": 200, "[::1]": 200, "127.9.9.9": 200,
		"rebinding.example:8080": 401, "192.0.2.1": 401, "localhost.rebinding.example": 401, "127.0.0.1.rebinding.example": 401, "": 401,
	} {
		r := request(t, http.MethodGet, "/v1/lists", nil)
		r.Host = host
		if w := s.ask(t, r); w.Code != status {
			t.Errorf("%q: %d", host, w.Code)
		}
	}
}

// TestMe checks that everybody is told who they are, and what they may do.
func TestMe(t *testing.T) {
	s := newService(t, guarded)
	for shown, want := range map[string]meAnswer{
		"dbk_officer": {Name: "the officer", Actor: "key:the officer", Credential: KeyShown, Roles: []Role{Officer}, May: []string{"read", "screen", "decide"}},
		"dbk_monitor": {Name: "the monitor", Actor: "key:the monitor", Credential: KeyShown, Roles: []Role{Monitor}, May: []string{"measure"}},
		"a.b.both": {
			Name: "user-2", Actor: "token:user-2", Credential: TokenShown, Roles: []Role{Analyst, Officer},
			May: []string{"read", "screen", "write", "decide"},
		},
	} {
		if got := decode[meAnswer](t, s.look(t, shown, "/v1/me").Body.Bytes()); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v", shown, got)
		}
	}
	s = newService(t, func(o *Options) { o.Access.Anonymous = Admin })
	want := meAnswer{Name: "anonymous", Credential: NoCredential, Roles: []Role{Admin}, May: []string{"read", "screen", "write", "decide", "measure", "administer"}}
	if got := decode[meAnswer](t, s.get(t, "/v1/me").Body.Bytes()); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
}

// TestCaller checks what handlers and the log know of who asks.
func TestCaller(t *testing.T) {
	s := newService(t, guarded)
	var seen Caller
	for shown, want := range map[string]Caller{
		"Bearer dbk_analyst": {Name: "the analyst", Roles: []Role{Analyst}, Credential: KeyShown},
		"Bearer a.b.both":    {Name: "user-2", Roles: []Role{Analyst, Officer}, Credential: TokenShown},
	} {
		s.server.Store = viewStore{s.server.Store, func(ctx context.Context, read func() error) error {
			seen = callerOf(ctx)
			return read()
		}}
		r := request(t, http.MethodGet, "/v1/lists", nil)
		r.Header.Set("Authorization", shown)
		if w := s.ask(t, r); w.Code != http.StatusOK || seen.Name != want.Name || seen.Credential != want.Credential || !slices.Equal(seen.Roles, want.Roles) {
			t.Errorf("%s: %d %+v", shown, w.Code, seen)
		}
		if log := s.log.text(); !strings.Contains(log, `"caller":"`+want.Name+`"`) || !strings.Contains(log, `"credential":"`+string(want.Credential)+`"`) {
			t.Errorf("log: %s", log)
		}
	}
}

// TestCredentialsStaySecret looks for what was shown in everything that comes out.
func TestCredentialsStaySecret(t *testing.T) {
	s := newService(t, guarded)
	const secret = "s3cr3tpart"
	for _, shown := range [][]string{
		{"Bearer dbk_" + secret},
		{"Bearer dbk_" + secret + "mistyped"},
		{"Bearer dbk_" + secret + "away"},
		{"Bearer " + secret + ".b.c"},
		{"Basic " + secret},
		{secret},
		{"Bearer dbk_" + secret, "Bearer dbk_admin"},
		{"Bearer dbk_admin", "Bearer dbk_admin"},
	} {
		for _, target := range []string{"/v1/lists", "/v1/nothing", "/v1/trace?key=1"} {
			r := request(t, http.MethodGet, target, nil)
			r.Header["Authorization"] = shown
			w := s.ask(t, r)
			if w.Code == http.StatusOK || strings.Contains(w.Body.String(), secret) {
				t.Errorf("%v: %d %s", shown, w.Code, w.Body)
			}
		}
	}
	if strings.Contains(s.log.text(), secret) {
		t.Error("the log has a credential")
	}
	if !strings.Contains(s.log.text(), `"refused":"several credentials are shown; show one"`) {
		t.Error("the log does not say why a credential was refused")
	}
}

// TestCredentialElsewhere checks that a credential counts in its header alone:
// addresses end up in logs, cookies are sent by browsers unasked.
func TestCredentialElsewhere(t *testing.T) {
	s := newService(t, guarded)
	for _, target := range []string{"/v1/lists?access_token=dbk_admin", "/v1/lists?key=dbk_admin", "/v1/lists?api_key=dbk_admin"} {
		if w := s.get(t, target); w.Code != http.StatusUnauthorized {
			t.Errorf("%s: %d", target, w.Code)
		}
	}
	for _, name := range []string{"Cookie", "X-Api-Key", "Proxy-Authorization", "X-Authorization", "X-Forwarded-User", "X-Remote-User"} {
		r := request(t, http.MethodGet, "/v1/lists", map[string]string{name: "Bearer dbk_admin"})
		if w := s.ask(t, r); w.Code != http.StatusUnauthorized {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
}

// TestDocumentTellsAccess checks that the document names the leave that each
// operation needs, and what comes of lacking it.
func TestDocumentTellsAccess(t *testing.T) {
	s := newService(t, nil)
	if s.server.huma.OpenAPI().Components.SecuritySchemes[bearer] == nil {
		t.Fatal("no security scheme")
	}
	for _, op := range s.server.routes {
		p := permissionOf(op)
		if op.Responses["429"] == nil {
			t.Errorf("%s does not tell 429", op.Path)
		}
		if p == open {
			if op.Security == nil || len(op.Security) > 0 {
				t.Errorf("%s: %v", op.Path, op.Security)
			}
			continue
		}
		if len(op.Security) != 1 || !slices.Equal(op.Security[0][bearer], []string{p.String()}) || op.Responses["401"] == nil || op.Responses["403"] == nil {
			t.Errorf("%s: %v", op.Path, op.Security)
		}
		if op.Responses["401"].Headers["WWW-Authenticate"] == nil {
			t.Errorf("%s does not tell WWW-Authenticate", op.Path)
		}
	}
}

func TestParseRole(t *testing.T) {
	for _, r := range Roles() {
		if got, err := ParseRole(string(r)); got != r || err != nil {
			t.Errorf("%s: %s, %v", r, got, err)
		}
		if r.may(0) || r.may(mayAdminister) != (r == Admin) {
			t.Errorf("%s may too much", r)
		}
	}
	for _, name := range []string{"", "Admin", "admin ", "owner"} {
		if _, err := ParseRole(name); graph.KindOf(err) != graph.KindInvalid {
			t.Errorf("%q: %v", name, err)
		}
	}
	if _, err := New(Options{Store: worldStore(t), Clock: noon, Log: slog.New(slog.DiscardHandler), Access: Access{Anonymous: "owner"}}); graph.KindOf(err) != graph.KindInvalid {
		t.Errorf("%v", err)
	}
}

// TestAuthorIsTheCaller checks that a credential says who makes a change, and
// that the body does where there is none.
func TestAuthorIsTheCaller(t *testing.T) {
	for shown, author := range map[string]string{"": "a.lopez", "Bearer dbk_analyst": "key:the analyst", "Bearer a.b.both": "token:user-2"} {
		s := newService(t, func(o *Options) { guarded(o); o.Access.Anonymous = Analyst })
		header := map[string]string{}
		if shown != "" {
			header["Authorization"] = shown
		}
		w := s.post(t, "/v1/changes", addition, header)
		if w.Code != http.StatusOK {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		receipt := decode[receiptAnswer](t, w.Body.Bytes())
		claim := decode[claimAnswer](t, s.get(t, "/v1/claims/"+string(receipt.Claims[0])).Body.Bytes())
		if claim.Recorded.Author != author {
			t.Errorf("%q: %s", shown, claim.Recorded.Author)
		}
	}
}
