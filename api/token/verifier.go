// Package token checks the bearer tokens of an OpenID Connect issuer: JSON Web
// Tokens (RFC 7519, RFC 8725) that are signed with a key which the issuer
// publishes, as OpenID Connect Discovery 1.0 says where.
//
// The issuer is asked first when the first token comes, and again when a token
// names a key that is not known, at most once a minute: whoever sends made-up
// names of keys cannot make this service ask more. Nothing of a token is ever
// in an error.
package token

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/coreos/go-oidc/v3/oidc"

	"debadge/graph"
)

// Config says whose tokens are taken.
type Config struct {
	Issuer    string        // its URL, as tokens name it; https, or http on this machine
	Audience  string        // whom tokens must be for
	RoleClaim string        // where roles stand: a claim, or a path with dots; default "roles"
	NameClaim string        // whom a token names; default "sub"
	Skew      time.Duration // how far clocks may differ; default one minute
	Clock     func() time.Time
	Transport http.RoundTripper // to the issuer; nil is that of net/http
}

// Identity is what a token says of its bearer.
type Identity struct {
	Name  string
	Roles []string // as they stand in the token, in its order
}

// Verifier checks tokens. Its methods may be called at once by several
// goroutines.
type Verifier struct {
	Config
	client *http.Client
	gate   *gate

	asking chan struct{} // holds one; whoever has it may ask the issuer
	found  *found        // after asking
}

// found is what the issuer said of itself, or why it did not.
type found struct {
	keys *oidc.RemoteKeySet
	err  error
	at   time.Time
}

const (
	defaultSkew = time.Minute
	maxSkew     = 10 * time.Minute

	// askAgain is when an issuer that did not answer is asked again.
	askAgain = 5 * time.Second

	issuerPatience = 10 * time.Second
)

// algorithms are those that need a secret which the issuer alone has. With
// "none" nothing is signed, with HS256 everybody who knows a public key could.
var algorithms = []string{
	oidc.RS256, oidc.RS384, oidc.RS512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.EdDSA,
}

// New returns a verifier. It asks nobody yet.
func New(c Config) (*Verifier, error) {
	c.RoleClaim, c.NameClaim = cmp.Or(c.RoleClaim, "roles"), cmp.Or(c.NameClaim, "sub")
	c.Skew = cmp.Or(c.Skew, defaultSkew)
	if c.Clock == nil {
		return nil, graph.Errorf(graph.KindInternal, "a verifier of tokens needs a clock")
	}
	if err := checkAddress(c.Issuer); err != nil {
		return nil, graph.Errorf(graph.KindInvalid, "%.200q is not the address of an issuer: %w", c.Issuer, err)
	}
	if c.Audience == "" {
		return nil, graph.Errorf(graph.KindInvalid, "an issuer needs an audience: whom its tokens must be for, else a token for anybody else would be taken")
	}
	if c.Skew < 0 || c.Skew > maxSkew {
		return nil, graph.Errorf(graph.KindInvalid, "clocks may not differ by %s; allow 0 to %s", c.Skew, maxSkew)
	}
	v := &Verifier{Config: c, asking: make(chan struct{}, 1)}
	v.gate = &gate{next: c.Transport, clock: c.Clock}
	v.client = &http.Client{
		Transport: v.gate, Timeout: issuerPatience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return errors.New("the issuer sends elsewhere") },
	}
	return v, nil
}

// checkAddress refuses an address over which anybody on the way could answer.
func checkAddress(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "":
		return errors.New("write it as https://HOST/PATH")
	case u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())):
		return errors.New("it must begin with https://")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return errors.New("it must be nothing but a scheme, a host and a path")
	}
	return nil
}

func isLoopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return err == nil && a.IsLoopback() || host == "localhost"
}

// form is that of a JSON Web Signature in its compact form, the only one taken.
var form = regexp.MustCompile(`^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$`)

// Token returns whom a token names. KindInvalid says why it is refused,
// KindUnavailable that it cannot be checked now.
func (v *Verifier) Token(ctx context.Context, raw string) (Identity, error) {
	if !form.MatchString(raw) {
		return Identity{}, refuse("the credential is neither an API key nor a signed token")
	}
	keys, err := v.keys(ctx)
	if err != nil {
		return Identity{}, err
	}
	attempt := &attempt{keys: keys}
	checked, err := oidc.NewVerifier(v.Issuer, attempt, &oidc.Config{
		ClientID: v.Audience, SupportedSigningAlgs: algorithms, SkipExpiryCheck: true, Now: v.Clock,
	}).Verify(ctx, raw)
	switch {
	case attempt.away != nil:
		return Identity{}, graph.Unavailable("the token cannot be checked: the keys of its issuer cannot be had", attempt.away)
	case attempt.wrong:
		return Identity{}, refuse("no key of the issuer has signed the token")
	case err != nil && !attempt.right:
		return Identity{}, refuse("the token is malformed, or not signed in a way that is taken")
	case err != nil:
		return Identity{}, refuse("the token is from another issuer, or for somebody else")
	}
	return v.identity(checked)
}

func refuse(why string) error { return graph.Errorf(graph.KindInvalid, "%s", why) }

// attempt notes what became of the check of one signature.
type attempt struct {
	keys         oidc.KeySet
	right, wrong bool
	away         error // the keys cannot be had
}

// VerifySignature returns the payload of a token that a key of the issuer signed.
func (a *attempt) VerifySignature(ctx context.Context, raw string) ([]byte, error) {
	payload, err := a.keys.VerifySignature(ctx, raw)
	switch {
	case err == nil:
		a.right = true
	case errors.Unwrap(err) == nil || errors.Is(err, errTooSoon): // no key fits, among those that are there
		a.wrong = true
	default:
		a.away = err
	}
	return payload, err
}

// claims are those that a verifier looks at itself.
type claims struct {
	Expires   *float64 `json:"exp"`
	NotBefore *float64 `json:"nbf"`
	IssuedAt  *float64 `json:"iat"`
}

// identity reads a token whose signature, issuer and audience are right.
func (v *Verifier) identity(t *oidc.IDToken) (Identity, error) {
	var c claims
	if err := t.Claims(&c); err != nil {
		return Identity{}, refuse("the times in the token are none")
	}
	var all map[string]any
	if err := t.Claims(&all); err != nil {
		return Identity{}, refuse("the claims in the token are none")
	}
	if err := v.inTime(c); err != nil {
		return Identity{}, err
	}
	name, _ := claim(all, v.NameClaim).(string)
	if !readable(name) {
		return Identity{}, refuse("the token names nobody in the claim " + v.NameClaim)
	}
	return Identity{Name: name, Roles: texts(claim(all, v.RoleClaim))}, nil
}

// lastSecond is far enough for every token, and small enough for a time.
const lastSecond = 1e11

func (v *Verifier) inTime(c claims) error {
	now := float64(v.Clock().UnixNano()) / float64(time.Second)
	skew := v.Skew.Seconds()
	switch {
	case c.Expires == nil || *c.Expires > lastSecond:
		return refuse("the token never expires")
	case now >= *c.Expires+skew:
		return refuse("the token has expired")
	case c.NotBefore != nil && now < *c.NotBefore-skew, c.IssuedAt != nil && now < *c.IssuedAt-skew:
		return refuse("the token is not valid yet")
	}
	return nil
}

const maxName = 200

func readable(name string) bool {
	return name != "" && len(name) <= maxName && strings.TrimSpace(name) == name &&
		!strings.ContainsFunc(name, func(r rune) bool { return r == unicode.ReplacementChar || !unicode.IsPrint(r) })
}

// claim returns a claim by its name, or else by a path with dots: names can have
// dots themselves.
func claim(all map[string]any, path string) any {
	if v, ok := all[path]; ok {
		return v
	}
	head, rest, ok := strings.Cut(path, ".")
	inner, isObject := all[head].(map[string]any)
	if !ok || !isObject {
		return nil
	}
	return claim(inner, rest)
}

// texts are the words of a claim: one, several with spaces between, or a list.
func texts(v any) []string {
	switch v := v.(type) {
	case string:
		return strings.Fields(v)
	case []any:
		var all []string
		for _, item := range v {
			if text, ok := item.(string); ok {
				all = append(all, text)
			}
		}
		return all
	}
	return nil
}

// keys returns the keys of the issuer, which it asks for where they are if it
// was not asked, or did not answer a while ago.
func (v *Verifier) keys(ctx context.Context) (oidc.KeySet, error) {
	select {
	case v.asking <- struct{}{}:
		defer func() { <-v.asking }()
	case <-ctx.Done():
		return nil, graph.Unavailable("the issuer of tokens did not answer in time", ctx.Err())
	}
	if v.found == nil || v.found.err != nil && v.Clock().Sub(v.found.at) >= askAgain {
		v.found = v.discover(ctx)
	}
	return v.found.keys, v.found.err
}

func (v *Verifier) discover(ctx context.Context) *found {
	// Others wait for the same answer: one who leaves does not end it.
	ctx = oidc.ClientContext(context.WithoutCancel(ctx), v.client)
	f := &found{at: v.Clock()}
	provider, err := oidc.NewProvider(ctx, v.Issuer)
	if err != nil {
		f.err = graph.Unavailable("the token cannot be checked: its issuer cannot be asked for its keys", plain(err))
		return f
	}
	var where struct {
		Keys string `json:"jwks_uri"`
	}
	if err := provider.Claims(&where); err != nil {
		f.err = graph.Unavailable("the token cannot be checked: what its issuer says cannot be read", err)
		return f
	}
	if err := checkKeysAddress(where.Keys); err != nil {
		f.err = graph.Unavailable("the token cannot be checked: its issuer does not say where its keys are", err)
		return f
	}
	v.gate.watch(where.Keys)
	f.keys = oidc.NewRemoteKeySet(ctx, where.Keys)
	return f
}

// checkKeysAddress allows a query, which some issuers have there.
func checkKeysAddress(text string) error {
	address, _, _ := strings.Cut(text, "?")
	return checkAddress(address)
}

// plain leaves out of an error what a server answered.
func plain(err error) error {
	var network net.Error
	var syntax *json.SyntaxError
	var mismatch *oidc.IssuerMismatchError
	switch {
	case errors.As(err, &network), errors.As(err, &mismatch), errors.As(err, &syntax):
		return err
	}
	return errors.New("it does not answer with its configuration")
}
