package web_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"debadge/api"
	"debadge/ledger"
	"debadge/web"
)

func copyAll(to io.Writer, from io.Reader) (int64, error) { return io.Copy(to, from) }

func jar(t *testing.T) http.CookieJar {
	t.Helper()
	j, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// closed lets nobody in without a credential.
func closed(o *api.Options, _ *web.Options) { o.Access.Anonymous = "" }

// post sends a form.
func (s *service) post(t *testing.T, path string, form url.Values, header map[string]string, cookies ...*http.Cookie) (reply, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for name, value := range header {
		r.Header.Set(name, value)
	}
	for _, c := range cookies {
		r.AddCookie(c)
	}
	return s.send(t, r)
}

// enter signs in with a key and returns the cookies.
func (s *service) enter(t *testing.T, key string) []*http.Cookie {
	t.Helper()
	answer, body := s.post(t, "/sign-in", url.Values{"key": {key}, "next": {"/policies"}}, nil)
	if answer.StatusCode != http.StatusSeeOther || answer.Header.Get("Location") != "/policies" {
		t.Fatalf("%d %s: %s", answer.StatusCode, answer.Header.Get("Location"), body)
	}
	return answer.Cookies()
}

// TestSessionIsSealed signs in and out, and looks at the cookie.
func TestSessionIsSealed(t *testing.T) {
	s := serve(t, closed)
	key := s.key(t, ledger.Reader)
	answer, _ := s.get(t, "/entities/product:aivres:kr2280-x2?as_of=2024-04-15", nil)
	if to := answer.Header.Get("Location"); answer.StatusCode != http.StatusSeeOther || to != "/sign-in?next=%2Fentities%2Fproduct%3Aaivres%3Akr2280-x2%3Fas_of%3D2024-04-15" {
		t.Errorf("without a credential: %d %s", answer.StatusCode, to)
	}
	cookies := s.enter(t, key)
	if len(cookies) != 1 {
		t.Fatalf("%v", cookies)
	}
	c := cookies[0]
	if c.Name != "debadge" || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Secure || strings.Contains(c.Value, key[4:10]) {
		t.Errorf("over http on this machine: %+v", c)
	}
	page := func(value string) (int, string) {
		answer, body := s.get(t, "/policies", map[string]string{"Cookie": "debadge=" + value})
		return answer.StatusCode, body
	}
	if status, body := page(c.Value); status != http.StatusOK || !strings.Contains(body, "key of a reader") || strings.Contains(body, `href="/screen"`) {
		t.Errorf("a reader sees: %d %s", status, body)
	}
	for _, forged := range []string{"", "x", c.Value[:len(c.Value)-2] + "AA", key} {
		if status, _ := page(forged); status != http.StatusSeeOther {
			t.Errorf("the cookie %.20q: %d", forged, status)
		}
	}
	answer, _ = s.post(t, "/sign-out", nil, nil, c)
	if gone := answer.Cookies(); len(gone) != 1 || gone[0].MaxAge >= 0 || gone[0].Value != "" {
		t.Errorf("after signing out: %v", gone)
	}
}

// TestSessionEnds lets time pass, and revokes a key.
func TestSessionEnds(t *testing.T) {
	now := noon()
	s := serve(t, func(o *api.Options, w *web.Options) {
		o.Access.Anonymous = ""
		w.Clock = func() time.Time { return now }
	})
	c := s.enter(t, s.key(t, ledger.Reader))[0]
	cookie := map[string]string{"Cookie": c.Name + "=" + c.Value}
	now = now.Add(12*time.Hour - time.Second)
	if answer, _ := s.get(t, "/policies", cookie); answer.StatusCode != http.StatusOK {
		t.Errorf("before it ends: %d", answer.StatusCode)
	}
	now = now.Add(time.Second)
	if answer, _ := s.get(t, "/policies", cookie); answer.StatusCode != http.StatusSeeOther {
		t.Errorf("after it ended: %d", answer.StatusCode)
	}
	now = noon()
	if _, err := s.ledger.RevokeKey(t.Context(), "test", "key-1"); err != nil {
		t.Fatal(err)
	}
	answer, _ := s.get(t, "/policies", cookie)
	if to := answer.Header.Get("Location"); answer.StatusCode != http.StatusSeeOther || !strings.Contains(to, "ended=1") {
		t.Errorf("a key that was revoked: %d %s", answer.StatusCode, to)
	}
}

// TestSignInRefuses gives what is no key, sends from elsewhere, and asks over a
// connection that others can read.
func TestSignInRefuses(t *testing.T) {
	s := serve(t, closed)
	for _, key := range []string{"", "two words", "dbk_nothing", "a.b.c", "ключ"} {
		answer, body := s.post(t, "/sign-in", url.Values{"key": {key}}, nil)
		if (answer.StatusCode != http.StatusUnauthorized && answer.StatusCode != http.StatusUnprocessableEntity) || len(answer.Cookies()) > 0 || !strings.Contains(body, "Not signed in") {
			t.Errorf("%q: %d %v", key, answer.StatusCode, answer.Cookies())
		}
		if key != "" && strings.Contains(body, key) {
			t.Errorf("the page repeats %q", key)
		}
	}
	key := s.key(t, ledger.Officer)
	for _, header := range []map[string]string{{"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}} {
		if answer, _ := s.post(t, "/sign-in", url.Values{"key": {key}}, header); answer.StatusCode != http.StatusForbidden || len(answer.Cookies()) > 0 {
			t.Errorf("%v: %d", header, answer.StatusCode)
		}
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/sign-in", strings.NewReader(url.Values{"key": {key}}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "debadge.example"
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if answer, body := s.send(t, r); answer.StatusCode != http.StatusForbidden || len(answer.Cookies()) > 0 || !strings.Contains(body, "for all to read") {
		t.Errorf("over plain http: %d %v", answer.StatusCode, answer.Cookies())
	}
}

// TestCookieOverTLS has the prefix that binds it to the host.
func TestCookieOverTLS(t *testing.T) {
	s := serve(t, func(o *api.Options, w *web.Options) {
		o.Access.Anonymous = ""
		w.Secure = func(*http.Request) bool { return true }
	})
	if c := s.enter(t, s.key(t, ledger.Reader))[0]; c.Name != "__Host-debadge" || !c.Secure || c.Domain != "" || c.Path != "/" {
		t.Errorf("%+v", c)
	}
}

// TestNextStaysHere goes on to no page of another site.
func TestNextStaysHere(t *testing.T) {
	s := serve(t, closed)
	key := s.key(t, ledger.Reader)
	for next, want := range map[string]string{
		"": "/", "/screen?x=1": "/screen?x=1", "//elsewhere.example": "/", "https://elsewhere.example/": "/", "/\\elsewhere.example": "/",
		"javascript:alert(1)": "/", "/\t/elsewhere.example": "/", "policies": "/",
	} {
		answer, _ := s.post(t, "/sign-in", url.Values{"key": {key}, "next": {next}}, nil)
		if to := answer.Header.Get("Location"); to != want {
			t.Errorf("%q leads to %q, want %q", next, to, want)
		}
	}
}

// TestIssuerSignsIn walks through the flow, with an access token that the API
// takes, and with an ID token.
func TestIssuerSignsIn(t *testing.T) {
	for name, audience := range map[string]string{"access token": "debadge", "ID token": clientID} {
		t.Run(name, func(t *testing.T) {
			i := newIssuer(t)
			i.opaque = audience == clientID
			s := serve(t, i.with(t, audience))
			j := jar(t)
			status, at, body := s.follow(t, j, "/sign-in/issuer?next=%2Fpolicies")
			if status != http.StatusOK || at != "/policies" || !strings.Contains(body, "m.okafor") {
				t.Fatalf("%d %s: %s", status, at, body)
			}
			if len(i.asked) != 1 || i.asked[0].Get("code_verifier") == "" {
				t.Errorf("%v", i.asked)
			}
		})
	}
}

// TestIssuerFlowIsItsOwn refuses what comes back from another flow, another
// issuer, or with a token of another.
func TestIssuerFlowIsItsOwn(t *testing.T) {
	i := newIssuer(t)
	s := serve(t, i.with(t, "debadge"))
	begin := func(t *testing.T) (j http.CookieJar, state string) {
		t.Helper()
		j = jar(t)
		c := http.Client{Jar: j, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/sign-in/issuer", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := c.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		to, err := answer.Location()
		if err != nil {
			t.Fatal(err)
		}
		return j, to.Query().Get("state")
	}
	j, state := begin(t)
	refused := func(j http.CookieJar, path string) {
		t.Helper()
		if status, _, body := s.follow(t, j, path); status != http.StatusUnauthorized && status != http.StatusServiceUnavailable || !strings.Contains(body, "Not signed in") {
			t.Errorf("%s: %d", path, status)
		}
	}
	refused(jar(t), "/sign-in/callback?code=x&state="+state) // a browser that did not begin
	refused(j, "/sign-in/callback?code=x&state=other")
	j, state = begin(t)
	refused(j, "/sign-in/callback?code=x&state="+state) // a code that the issuer does not know
	j, state = begin(t)
	refused(j, "/sign-in/callback?code=x&iss=https%3A%2F%2Felsewhere.example&state="+state)
	j, state = begin(t)
	refused(j, "/sign-in/callback?error=access_denied&state="+state)
	for _, change := range []map[string]any{{"nonce": "other"}, {"aud": "other"}, {"iss": "https://elsewhere.example"}, {"exp": noon().Unix() - 600}} {
		i.change = change
		refused(jar(t), "/sign-in/issuer")
	}
}

// TestIssuerAway lets people in with a key while the issuer is away.
func TestIssuerAway(t *testing.T) {
	i := newIssuer(t)
	s := serve(t, i.with(t, "debadge"))
	i.Close()
	status, _, body := s.follow(t, jar(t), "/sign-in/issuer")
	if status != http.StatusServiceUnavailable || !strings.Contains(body, "cannot be asked now") || !strings.Contains(body, `name="key"`) {
		t.Errorf("%d %s", status, body)
	}
}
