package token_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"debadge/api/token"
)

// issuer is an OpenID Connect issuer with real keys, on a socket of its own.
type issuer struct {
	*httptest.Server
	fetches, discoveries atomic.Int32
	down                 atomic.Bool

	mu   sync.Mutex
	keys map[string]crypto.Signer
	now  time.Time
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	i := &issuer{keys: map[string]crypto.Signer{}, now: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)}
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		i.discoveries.Add(1)
		if i.down.Load() {
			http.Error(w, "later", http.StatusServiceUnavailable)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{
			"issuer": i.URL, "jwks_uri": i.URL + "/keys", "authorization_endpoint": i.URL + "/auth",
			// One that lies about what it signs with is not believed.
			"id_token_signing_alg_values_supported": []string{"RS256", "ES256", "HS256", "none"},
		})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		i.fetches.Add(1)
		if i.down.Load() {
			http.Error(w, "later", http.StatusServiceUnavailable)
			return
		}
		i.mu.Lock()
		defer i.mu.Unlock()
		var set jose.JSONWebKeySet
		for id, k := range i.keys {
			set.Keys = append(set.Keys, jose.JSONWebKey{Key: k.Public(), KeyID: id, Use: "sig"})
		}
		_ = json.NewEncoder(w).Encode(set)
	})
	i.Server = httptest.NewTLSServer(mux)
	t.Cleanup(i.Close)
	i.publish("rsa-1", rsaKey(t))
	return i
}

func rsaKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func ecKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func (i *issuer) publish(id string, k crypto.Signer) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.keys[id] = k
}

func (i *issuer) withdraw(id string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	delete(i.keys, id)
}

func (i *issuer) clock() time.Time {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.now
}

func (i *issuer) pass(d time.Duration) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.now = i.now.Add(d)
}

func (i *issuer) verifier(t *testing.T, change func(*token.Config)) *token.Verifier {
	t.Helper()
	c := token.Config{Issuer: i.URL, Audience: "debadge", Clock: i.clock, Transport: i.Client().Transport}
	if change != nil {
		change(&c)
	}
	v, err := token.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// claims are those of a good token, with changes; nil takes one away.
func (i *issuer) claims(changes map[string]any) map[string]any {
	now := i.clock().Unix()
	all := map[string]any{
		"iss": i.URL, "aud": "debadge", "sub": "user-1", "iat": now, "nbf": now, "exp": now + 300, "roles": []string{"reader"},
	}
	maps.Copy(all, changes)
	maps.DeleteFunc(all, func(_ string, v any) bool { return v == nil })
	return all
}

func sign(t *testing.T, alg jose.SignatureAlgorithm, key any, header map[string]any, claims any) string {
	t.Helper()
	options := &jose.SignerOptions{}
	for name, v := range header {
		options.WithHeader(jose.HeaderKey(name), v)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: key}, options)
	if err != nil {
		t.Fatal(err)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		t.Fatal(err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// good is a token that the first key signed.
func (i *issuer) good(t *testing.T, changes map[string]any) string {
	t.Helper()
	return sign(t, jose.RS256, i.keys["rsa-1"], map[string]any{"kid": "rsa-1", "typ": "JWT"}, i.claims(changes))
}

// forge makes a token by hand, with what no library signs.
func forge(t *testing.T, header, claims map[string]any, secret []byte) string {
	t.Helper()
	encode := func(v any) string {
		data, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(data)
	}
	text := encode(header) + "." + encode(claims)
	if secret == nil {
		return text + "."
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(text))
	return text + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
