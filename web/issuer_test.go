package web_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"debadge/api"
	"debadge/api/token"
	"debadge/web"
)

// issuer is an OpenID Connect issuer with a real key: it asks nobody for a
// password, but checks what a client sends.
type issuer struct {
	*httptest.Server
	t   *testing.T
	key *rsa.PrivateKey

	mu     sync.Mutex
	codes  map[string]url.Values // what was asked for each code
	change map[string]any        // claims of the next ID token
	opaque bool                  // access tokens are for the issuer alone
	asked  []url.Values          // requests for tokens
}

const clientID, clientSecret = "debadge-pages", "the secret of the client"

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	i := &issuer{t: t, key: key, codes: map[string]url.Values{}}
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{
			"issuer": i.URL, "jwks_uri": i.URL + "/keys", "authorization_endpoint": i.URL + "/auth", "token_endpoint": i.URL + "/token",
			"id_token_signing_alg_values_supported": []string{"RS256"},
		})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "one", Use: "sig"}}})
	})
	mux.HandleFunc("/auth", i.authorize)
	mux.HandleFunc("/token", i.token)
	i.Server = httptest.NewServer(mux)
	t.Cleanup(i.Close)
	return i
}

func (i *issuer) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("client_id") != clientID || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" || q.Get("nonce") == "" {
		http.Error(w, "this is no request of the client", http.StatusBadRequest)
		return
	}
	i.mu.Lock()
	code := rand.Text()
	i.codes[code] = q
	i.mu.Unlock()
	back, err := url.Parse(q.Get("redirect_uri"))
	if err != nil {
		http.Error(w, "nowhere to go back to", http.StatusBadRequest)
		return
	}
	back.RawQuery = url.Values{"code": {code}, "state": {q.Get("state")}, "iss": {i.URL}}.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
}

func (i *issuer) token(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	i.mu.Lock()
	defer i.mu.Unlock()
	i.asked = append(i.asked, r.PostForm)
	asked, ok := i.codes[r.PostForm.Get("code")]
	delete(i.codes, r.PostForm.Get("code"))
	sum := sha256.Sum256([]byte(r.PostForm.Get("code_verifier")))
	id, secret, basic := r.BasicAuth()
	secret, _ = url.QueryUnescape(secret)
	if !ok || base64.RawURLEncoding.EncodeToString(sum[:]) != asked.Get("code_challenge") || !basic || id != clientID || secret != clientSecret ||
		r.PostForm.Get("redirect_uri") != asked.Get("redirect_uri") {
		http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	now := noon().Unix()
	claims := map[string]any{"iss": i.URL, "sub": "m.okafor", "iat": now, "exp": now + 300, "aud": clientID, "nonce": asked.Get("nonce"), "roles": []string{"officer"}}
	maps.Copy(claims, i.change)
	answer := map[string]any{"token_type": "Bearer", "expires_in": 300, "access_token": "opaque", "id_token": i.sign(claims)}
	if !i.opaque {
		claims["aud"] = "debadge"
		answer["access_token"] = i.sign(claims)
	}
	_ = json.NewEncoder(w).Encode(answer)
}

func (i *issuer) sign(claims map[string]any) string {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: i.key}, (&jose.SignerOptions{}).WithHeader("kid", "one"))
	if err != nil {
		i.t.Error(err)
		return ""
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		i.t.Error(err)
		return ""
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		i.t.Error(err)
		return ""
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		i.t.Error(err)
	}
	return text
}

// issuerTokens are the tokens of an issuer, as the service takes them.
type issuerTokens struct{ verifier *token.Verifier }

// Token returns whom a token names.
func (t issuerTokens) Token(ctx context.Context, raw string) (api.Caller, error) {
	id, err := t.verifier.Token(ctx, raw)
	if err != nil {
		return api.Caller{}, err
	}
	c := api.Caller{Name: id.Name}
	for _, name := range id.Roles {
		if r, err := api.ParseRole(name); err == nil {
			c.Roles = append(c.Roles, r)
		}
	}
	return c, nil
}

// with lets a service take the tokens of the issuer, for an audience.
func (i *issuer) with(t *testing.T, audience string) func(*api.Options, *web.Options) {
	t.Helper()
	verifier, err := token.New(token.Config{Issuer: i.URL, Audience: audience, Clock: noon})
	if err != nil {
		t.Fatal(err)
	}
	return func(o *api.Options, w *web.Options) {
		o.Access.Anonymous = ""
		o.Access.Tokens = issuerTokens{verifier}
		w.OIDC = &web.OIDC{Issuer: i.URL, ClientID: clientID, Secret: clientSecret, Scopes: []string{"profile"}, Name: "the works"}
	}
}

// follow goes where answers lead, with the cookies of a browser, and returns the
// last page.
func (s *service) follow(t *testing.T, jar http.CookieJar, path string) (status int, at, body string) {
	t.Helper()
	c := http.Client{Jar: jar}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var b strings.Builder
	if _, err := copyAll(&b, answer.Body); err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, answer.Request.URL.RequestURI(), b.String()
}
