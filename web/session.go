package web

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"debadge/graph"
)

// session is what a browser keeps of a visitor who is signed in, sealed.
type session struct {
	Credential string    `json:"c"` // an API key or a token
	Expires    time.Time `json:"e"`
}

const (
	sessionLife = 12 * time.Hour

	sessionCookie = "debadge"
	flowCookie    = "debadge-flow" // while an issuer asks who somebody is

	// cookiePart is how much one cookie holds; browsers take about 4,096 bytes with its attributes.
	cookiePart  = 3500
	cookieParts = 6
)

// sealer seals what a browser keeps, so that it can neither be read nor changed.
type sealer struct{ aead cipher.AEAD }

func newSealer(secret []byte) (sealer, error) {
	key, err := hkdf.Key(sha256.New, secret, nil, "debadge web session", 32)
	if err != nil {
		return sealer{}, fmt.Errorf("making the key of sessions: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return sealer{}, fmt.Errorf("making the key of sessions: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return sealer{}, fmt.Errorf("making the key of sessions: %w", err)
	}
	return sealer{aead}, nil
}

// seal writes a value for a cookie of a name. It opens under that name alone.
func (s sealer) seal(name string, v any) (string, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("writing a cookie: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(s.aead.Seal(nil, nil, data, []byte(name))), nil //nolint:gosec // the nonce is made in there, anew each time
}

// unseal reads what seal wrote, or returns false.
func (s sealer) unseal(name, sealed string, v any) bool {
	data, err := base64.RawURLEncoding.Strict().DecodeString(sealed)
	if err != nil {
		return false
	}
	plain, err := s.aead.Open(nil, nil, data, []byte(name))
	return err == nil && json.Unmarshal(plain, v) == nil
}

// prefixed names a cookie. Where there is TLS, browsers take one of this prefix
// from this host alone, for all of it.
func prefixed(name string, secure bool) string {
	if secure {
		return "__Host-" + name
	}
	return name
}

// keep sets a cookie in as many parts as it needs, and removes those that an
// earlier one had beside.
func (v *visit) keep(name string, value any, life time.Duration) error {
	sealed, err := v.site.sealer.seal(name, value)
	if err != nil {
		return err
	}
	if len(sealed) > cookiePart*cookieParts {
		return graph.Errorf(graph.KindInvalid, "%s", text("sign-in.too-long"))
	}
	for i := range cookieParts {
		part := sealed[:min(len(sealed), cookiePart)]
		sealed = sealed[len(part):]
		v.setCookie(part, name, i, life)
	}
	return nil
}

// forget removes a cookie.
func (v *visit) forget(name string) {
	for i := range cookieParts {
		v.setCookie("", name, i, -1)
	}
}

func (v *visit) setCookie(part, name string, i int, life time.Duration) {
	secure := v.site.Secure(v.r)
	full := partName(prefixed(name, secure), i)
	if part == "" {
		if _, err := v.r.Cookie(full); err != nil {
			return // there is none to remove
		}
		life = -time.Second
	}
	http.SetCookie(v.w, &http.Cookie{ //nolint:gosec // without TLS on this machine alone: see maySignIn
		Name: full, Value: part, Path: "/", MaxAge: int(life / time.Second),
		Secure: secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

func partName(name string, i int) string {
	if i == 0 {
		return name
	}
	return name + "-" + strconv.Itoa(i)
}

// kept reads a cookie that keep set, or returns false.
func (v *visit) kept(name string, value any) bool {
	var sealed strings.Builder
	for i := range cookieParts {
		c, err := v.r.Cookie(partName(prefixed(name, v.site.Secure(v.r)), i))
		if err != nil {
			break
		}
		sealed.WriteString(c.Value)
	}
	return sealed.Len() > 0 && v.site.sealer.unseal(name, sealed.String(), value)
}

// credential is what the visitor is signed in with, "" if not.
func (v *visit) credential() string {
	var s session
	if !v.kept(sessionCookie, &s) || !s.Expires.After(v.site.Clock()) {
		return ""
	}
	return s.Credential
}

// maySignIn reports whether a credential can come here unseen by others: over
// TLS, or on this machine alone.
func (v *visit) maySignIn() bool {
	if v.site.Secure(v.r) {
		return true
	}
	host := v.r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	a, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && a.IsLoopback() || strings.EqualFold(host, "localhost")
}

// freshText is a text that nobody can guess.
func freshText() string { return rand.Text() }
