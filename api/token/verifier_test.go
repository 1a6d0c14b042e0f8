package token_test

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"debadge/api/token"
	"debadge/graph"
)

func TestGoodTokens(t *testing.T) {
	i := newIssuer(t)
	i.publish("ec-1", ecKey(t))
	v := i.verifier(t, nil)
	for name, raw := range map[string]string{
		"RSA":             i.good(t, nil),
		"RSA-PSS":         sign(t, jose.PS256, i.keys["rsa-1"], map[string]any{"kid": "rsa-1"}, i.claims(nil)),
		"EC":              sign(t, jose.ES256, i.keys["ec-1"], map[string]any{"kid": "ec-1", "typ": "at+jwt"}, i.claims(nil)),
		"no key id":       sign(t, jose.ES256, i.keys["ec-1"], nil, i.claims(nil)),
		"audiences":       i.good(t, map[string]any{"aud": []string{"other", "debadge"}}),
		"just expired":    i.good(t, map[string]any{"exp": i.clock().Unix() - 59}),
		"nearly valid":    i.good(t, map[string]any{"nbf": i.clock().Unix() + 59, "iat": i.clock().Unix() + 59}),
		"fraction":        i.good(t, map[string]any{"exp": float64(i.clock().Unix()) + 0.5}),
		"nothing but exp": i.good(t, map[string]any{"nbf": nil, "iat": nil}),
	} {
		got, err := v.Token(t.Context(), raw)
		if err != nil || got.Name != "user-1" || !slices.Equal(got.Roles, []string{"reader"}) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	if n := i.fetches.Load(); n != 1 {
		t.Errorf("%d fetches of keys", n)
	}
	if n := i.discoveries.Load(); n != 1 {
		t.Errorf("the issuer was asked %d times where its keys are", n)
	}
}

// TestForgedTokens is the trial A2: nothing but a token of the issuer, for this
// service, within its time, is taken.
func TestForgedTokens(t *testing.T) {
	i, other := newIssuer(t), newIssuer(t)
	v := i.verifier(t, nil)
	now := i.clock().Unix()
	rsa1, stranger := i.keys["rsa-1"], rsaKey(t)
	der, err := x509.MarshalPKIXPublicKey(rsa1.Public())
	if err != nil {
		t.Fatal(err)
	}
	public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	embedded := jose.JSONWebKey{Key: stranger.Public(), KeyID: "rsa-1"}
	good := i.good(t, nil)
	parts := strings.Split(good, ".")
	tampered := forge(t, nil, i.claims(map[string]any{"roles": []string{"admin"}}), nil)
	tokens := map[string]string{
		"alg none":               forge(t, map[string]any{"alg": "none", "kid": "rsa-1"}, i.claims(nil), nil),
		"alg None":               forge(t, map[string]any{"alg": "None", "kid": "rsa-1"}, i.claims(nil), nil),
		"alg none, signed":       forge(t, map[string]any{"alg": "none", "kid": "rsa-1"}, i.claims(nil), []byte("x")),
		"HS256 with the PEM":     forge(t, map[string]any{"alg": "HS256", "kid": "rsa-1"}, i.claims(nil), public),
		"HS256 with the DER":     forge(t, map[string]any{"alg": "HS256", "kid": "rsa-1"}, i.claims(nil), der),
		"HS256 with nothing":     forge(t, map[string]any{"alg": "HS256", "kid": "rsa-1"}, i.claims(nil), []byte{}),
		"no alg":                 forge(t, map[string]any{"kid": "rsa-1"}, i.claims(nil), public),
		"wrong issuer":           i.good(t, map[string]any{"iss": other.URL}),
		"token of another":       other.good(t, nil),
		"other's, says ours":     other.good(t, map[string]any{"iss": i.URL}),
		"issuer with a slash":    i.good(t, map[string]any{"iss": i.URL + "/"}),
		"no issuer":              i.good(t, map[string]any{"iss": nil}),
		"wrong audience":         i.good(t, map[string]any{"aud": "somebody-else"}),
		"audience in part":       i.good(t, map[string]any{"aud": "debadge-other"}),
		"no audience":            i.good(t, map[string]any{"aud": nil}),
		"expired":                i.good(t, map[string]any{"exp": now - 61}),
		"no expiry":              i.good(t, map[string]any{"exp": nil}),
		"endless":                i.good(t, map[string]any{"exp": 1e300}),
		"expiry as text":         i.good(t, map[string]any{"exp": "tomorrow"}),
		"not yet valid":          i.good(t, map[string]any{"nbf": now + 61}),
		"issued later":           i.good(t, map[string]any{"iat": now + 61}),
		"key id is a path":       sign(t, jose.RS256, stranger, map[string]any{"kid": "../../../../dev/null"}, i.claims(nil)),
		"key id is an address":   sign(t, jose.RS256, stranger, map[string]any{"kid": other.URL + "/keys", "jku": other.URL + "/keys"}, i.claims(nil)),
		"key id is SQL":          sign(t, jose.RS256, stranger, map[string]any{"kid": "' UNION SELECT 'x' --"}, i.claims(nil)),
		"key in the header":      sign(t, jose.RS256, stranger, map[string]any{"kid": "rsa-1", "jwk": embedded}, i.claims(nil)),
		"certificate there":      sign(t, jose.RS256, stranger, map[string]any{"kid": "rsa-1", "x5c": []string{"AAAA"}, "x5u": other.URL}, i.claims(nil)),
		"critical extension":     sign(t, jose.RS256, rsa1, map[string]any{"kid": "rsa-1", "crit": []string{"x"}, "x": 1}, i.claims(nil)),
		"unknown key":            sign(t, jose.RS256, stranger, map[string]any{"kid": "rsa-2"}, i.claims(nil)),
		"known name, other key":  sign(t, jose.RS256, stranger, map[string]any{"kid": "rsa-1"}, i.claims(nil)),
		"claims exchanged":       parts[0] + "." + strings.Split(tampered, ".")[1] + "." + parts[2],
		"signature cut":          good[:len(good)-10],
		"no signature":           parts[0] + "." + parts[1] + ".",
		"two parts":              parts[0] + "." + parts[1],
		"four parts":             good + ".x",
		"spaces":                 " " + good,
		"JSON form":              `{"protected":"` + parts[0] + `","payload":"` + parts[1] + `","signature":"` + parts[2] + `"}`,
		"nothing":                "",
		"nobody":                 i.good(t, map[string]any{"sub": nil}),
		"a name that deceives":   i.good(t, map[string]any{"sub": "root\u202egnp"}),
		"a name of two lines":    i.good(t, map[string]any{"sub": "a\nb"}),
		"claims that are a list": sign(t, jose.RS256, rsa1, map[string]any{"kid": "rsa-1"}, []string{"x"}),
	}
	if _, err := v.Token(t.Context(), good); err != nil {
		t.Fatal(err)
	}
	for name, raw := range tokens {
		got, err := v.Token(t.Context(), raw)
		if graph.KindOf(err) != graph.KindInvalid {
			t.Errorf("%s: %+v, %v", name, got, err)
			continue
		}
		for part := range strings.SplitSeq(raw, ".") {
			if len(part) > 3 && strings.Contains(fmt.Sprintf("%+v", err), part) {
				t.Errorf("%s: the error repeats the token: %v", name, err)
			}
		}
	}
	if n := i.fetches.Load(); n != 1 {
		t.Errorf("%d fetches of keys", n)
	}
	if other.fetches.Load() != 0 || other.discoveries.Load() != 0 {
		t.Error("a token made the service ask another issuer")
	}
}

// TestUnknownKeyFlood is the rest of A2: made-up names of keys cause at most one
// fetch a minute, and a new key of the issuer comes in all the same.
func TestUnknownKeyFlood(t *testing.T) {
	i := newIssuer(t)
	v := i.verifier(t, nil)
	if _, err := v.Token(t.Context(), i.good(t, nil)); err != nil {
		t.Fatal(err)
	}
	stranger := ecKey(t)
	const minutes, each = 5, 200
	for range minutes {
		i.pass(time.Minute)
		var all sync.WaitGroup
		for n := range each {
			raw := sign(t, jose.ES256, stranger, map[string]any{"kid": fmt.Sprintf("made-up-%d", n)}, i.claims(nil))
			all.Go(func() {
				if _, err := v.Token(t.Context(), raw); graph.KindOf(err) != graph.KindInvalid {
					t.Errorf("%v", err)
				}
			})
		}
		all.Wait()
	}
	if n := i.fetches.Load(); n != 1+minutes {
		t.Errorf("%d fetches of keys in %d minutes", n, minutes)
	}
	next := ecKey(t)
	i.publish("ec-2", next)
	raw := sign(t, jose.ES256, next, map[string]any{"kid": "ec-2"}, i.claims(nil))
	if _, err := v.Token(t.Context(), raw); graph.KindOf(err) != graph.KindInvalid {
		t.Errorf("before the minute is over: %v", err)
	}
	i.pass(time.Minute)
	if err := soon(t, v, raw, func(err error) bool { return err == nil }); err != nil {
		t.Errorf("after the minute: %v", err)
	}
}

// TestRotation exchanges the key of the issuer.
func TestRotation(t *testing.T) {
	i := newIssuer(t)
	v := i.verifier(t, nil)
	before := i.good(t, map[string]any{"exp": i.clock().Unix() + 3600})
	if _, err := v.Token(t.Context(), before); err != nil {
		t.Fatal(err)
	}
	i.pass(time.Minute)
	next := ecKey(t)
	i.publish("ec-2", next)
	i.withdraw("rsa-1")
	after := sign(t, jose.ES256, next, map[string]any{"kid": "ec-2"}, i.claims(nil))
	if err := soon(t, v, after, func(err error) bool { return err == nil }); err != nil {
		t.Fatal(err)
	}
	i.pass(time.Minute)
	if err := soon(t, v, before, func(err error) bool { return graph.KindOf(err) == graph.KindInvalid }); err != nil {
		t.Errorf("a key that was withdrawn is still taken: %v", err)
	}
}

// soon checks a token until the outcome is as wanted: whoever asks in the very
// moment in which keys come in is answered by the ones before, and to the clock
// of a test that moment can be a minute long.
func soon(t *testing.T, v *token.Verifier, raw string, wanted func(error) bool) error {
	t.Helper()
	var err error
	for range 100 {
		if _, err = v.Token(t.Context(), raw); wanted(err) {
			return nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return errors.New(fmt.Sprint("the outcome is still: ", err))
}

// TestIssuerAway checks that a token which cannot be checked is neither taken
// nor refused, and that the issuer is asked again.
func TestIssuerAway(t *testing.T) {
	i := newIssuer(t)
	v := i.verifier(t, nil)
	i.down.Store(true)
	for range 3 {
		if _, err := v.Token(t.Context(), i.good(t, nil)); graph.KindOf(err) != graph.KindUnavailable {
			t.Fatal(err)
		}
	}
	if n := i.discoveries.Load(); n != 1 {
		t.Errorf("asked %d times within seconds", n)
	}
	i.down.Store(false)
	i.pass(5 * time.Second)
	if _, err := v.Token(t.Context(), i.good(t, nil)); err != nil {
		t.Fatal(err)
	}
	// Known keys are enough while it is away again.
	i.down.Store(true)
	i.pass(time.Minute)
	if _, err := v.Token(t.Context(), i.good(t, nil)); err != nil {
		t.Error(err)
	}
	unknown := sign(t, jose.ES256, ecKey(t), map[string]any{"kid": "ec-9"}, i.claims(nil))
	for range 3 {
		if err := soon(t, v, unknown, func(err error) bool { return graph.KindOf(err) == graph.KindUnavailable }); err != nil {
			t.Error(err)
		}
	}
}

func TestRolesAndNames(t *testing.T) {
	i := newIssuer(t)
	for _, test := range []struct {
		roleClaim, nameClaim string
		changes              map[string]any
		name                 string
		roles                []string
	}{
		{"", "", map[string]any{"roles": "reader officer"}, "user-1", []string{"reader", "officer"}},
		{"", "", map[string]any{"roles": []any{"reader", 7, "x"}}, "user-1", []string{"reader", "x"}},
		{"", "", map[string]any{"roles": nil}, "user-1", nil},
		{"", "", map[string]any{"roles": map[string]any{"reader": true}}, "user-1", nil},
		{"realm_access.roles", "email", map[string]any{"realm_access": map[string]any{"roles": []string{"admin"}}, "email": "a@example.com"}, "a@example.com", []string{"admin"}},
		{"https://example.com/roles", "", map[string]any{"https://example.com/roles": []string{"analyst"}}, "user-1", []string{"analyst"}},
		{"a.b.c", "", map[string]any{"a": map[string]any{"b": "x"}}, "user-1", nil},
	} {
		v := i.verifier(t, func(c *token.Config) { c.RoleClaim, c.NameClaim = test.roleClaim, test.nameClaim })
		got, err := v.Token(t.Context(), i.good(t, test.changes))
		if err != nil || got.Name != test.name || !slices.Equal(got.Roles, test.roles) {
			t.Errorf("%v: %+v, %v", test.changes, got, err)
		}
	}
}

func TestConfig(t *testing.T) {
	clock := func() time.Time { return time.Time{} }
	for name, c := range map[string]token.Config{
		"no issuer":      {Audience: "a", Clock: clock},
		"plain http":     {Issuer: "http://issuer.example", Audience: "a", Clock: clock},
		"a password":     {Issuer: "https://a:b@issuer.example", Audience: "a", Clock: clock},
		"no address":     {Issuer: "issuer", Audience: "a", Clock: clock},
		"no audience":    {Issuer: "https://issuer.example", Clock: clock},
		"endless skew":   {Issuer: "https://issuer.example", Audience: "a", Clock: clock, Skew: time.Hour},
		"skew below 0":   {Issuer: "https://issuer.example", Audience: "a", Clock: clock, Skew: -1},
		"query, not tls": {Issuer: "https://issuer.example?x=1", Audience: "a", Clock: clock},
	} {
		if _, err := token.New(c); graph.KindOf(err) != graph.KindInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := token.New(token.Config{Issuer: "http://127.0.0.1:8080/realm", Audience: "a", Clock: clock}); err != nil {
		t.Error(err)
	}
}

// FuzzToken checks that no text is taken, and none is repeated in an error.
func FuzzToken(f *testing.F) {
	clock := func() time.Time { return time.Unix(1_800_000_000, 0) }
	v, err := token.New(token.Config{Issuer: "http://127.0.0.1:1", Audience: "debadge", Clock: clock})
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{"", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "eyJhbGciOiJSUzI1NiJ9.e30.AAAA", `{"payload":"x"}`, strings.Repeat("a.", 1000)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		got, err := v.Token(t.Context(), raw)
		if err == nil {
			t.Fatalf("%q is taken: %+v", raw, got)
		}
		if len(raw) > 30 && strings.Contains(err.Error(), raw) {
			t.Errorf("the error repeats %q", raw)
		}
	})
}
