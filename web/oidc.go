package web

import (
	"cmp"
	"context"
	"crypto/subtle"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"debadge/api/client"
	"debadge/graph"
)

// OIDC signs people in at an OpenID Connect issuer, by the authorization code
// flow with PKCE (OpenID Connect Core 1.0, section 3.1; RFC 7636). What the
// issuer hands out becomes the credential of the session: its access token where
// the API takes it, else its ID token.
type OIDC struct {
	Issuer    string
	ClientID  string
	Secret    string            // of the client; a public client has none
	Scopes    []string          // beside openid
	Name      string            // as the page names the issuer; default: its host
	Transport http.RoundTripper // to the issuer; nil is that of net/http

	mu    sync.Mutex
	found *oidc.Provider
}

const (
	issuerPatience = 10 * time.Second
	flowLife       = 10 * time.Minute
)

// name is what the page calls the issuer.
func (o *OIDC) name() string {
	if u, err := url.Parse(o.Issuer); err == nil {
		return cmp.Or(o.Name, u.Host)
	}
	return cmp.Or(o.Name, o.Issuer)
}

// with is a context in which the issuer is asked.
func (o *OIDC) with(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, &http.Client{
		Transport: o.Transport, Timeout: issuerPatience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return errors.New("the issuer sends elsewhere") },
	})
}

// provider asks the issuer where its pages are, until it says so once.
func (o *OIDC) provider(ctx context.Context) (*oidc.Provider, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.found != nil {
		return o.found, nil
	}
	// The keys are fetched later in the context that is given here.
	p, err := oidc.NewProvider(o.with(context.WithoutCancel(ctx)), o.Issuer)
	if err != nil {
		return nil, graph.Unavailable(text("sign-in.issuer-away"), err)
	}
	o.found = p
	return p, nil
}

func (o *OIDC) config(p *oidc.Provider, back string) *oauth2.Config {
	return &oauth2.Config{
		ClientID: o.ClientID, ClientSecret: o.Secret, Endpoint: p.Endpoint(), RedirectURL: back,
		Scopes: append([]string{oidc.ScopeOpenID}, o.Scopes...),
	}
}

// flow is what a browser keeps while it is at the issuer, sealed.
type flow struct {
	State, Nonce, Verifier, Next string
	Expires                      time.Time
}

// backPath is where an issuer sends people back to; it has to be registered there.
const backPath = "/sign-in/callback"

func (v *visit) backAddress() string {
	scheme := "http://"
	if v.site.Secure(v.r) {
		scheme = "https://"
	}
	return scheme + v.r.Host + backPath
}

// goToIssuer sends a visitor to the issuer.
func (v *visit) goToIssuer() error {
	o := v.site.OIDC
	if o == nil {
		return noIssuer()
	}
	if !v.maySignIn() {
		return v.showSignIn(signInPage{Next: "/"}, http.StatusForbidden)
	}
	p, err := o.provider(v.ctx())
	if err != nil {
		return v.issuerAway(err)
	}
	f := flow{
		State: freshText(), Nonce: freshText(), Verifier: oauth2.GenerateVerifier(), Next: localPath(v.form("next")),
		Expires: v.site.Clock().Add(flowLife),
	}
	if err := v.keep(flowCookie, f, flowLife); err != nil {
		return err
	}
	return v.redirect(o.config(p, v.backAddress()).AuthCodeURL(f.State, oidc.Nonce(f.Nonce), oauth2.S256ChallengeOption(f.Verifier)))
}

// backFromIssuer begins a session with what the issuer hands out.
func (v *visit) backFromIssuer() error {
	o := v.site.OIDC
	if o == nil {
		return noIssuer()
	}
	var f flow
	known := v.kept(flowCookie, &f)
	v.forget(flowCookie)
	q := v.r.URL.Query()
	page := signInPage{Next: localPath(f.Next)}
	switch {
	case !known || !f.Expires.After(v.site.Clock()) || subtle.ConstantTimeCompare([]byte(f.State), []byte(q.Get("state"))) != 1:
		page.Wrong = text("sign-in.flow-lost")
	case q.Get("iss") != "" && q.Get("iss") != o.Issuer: // RFC 9207
		page.Wrong = text("sign-in.flow-lost")
	case q.Get("error") != "":
		page.Wrong = text("sign-in.issuer-refused")
	}
	if page.Wrong != "" {
		return v.showSignIn(page, http.StatusUnauthorized)
	}
	credentials, err := v.exchange(o, f, q.Get("code"))
	if err != nil {
		return v.issuerAway(err)
	}
	for _, c := range credentials {
		if page.Wrong, err = v.try(c); err != nil {
			return err
		}
		if page.Wrong == "" {
			return v.enter(c, page)
		}
	}
	return v.showSignIn(page, http.StatusUnauthorized)
}

// exchange turns a code into credentials, the better one first. The ID token has
// to be for this client and this flow; the API checks what it is shown itself.
func (v *visit) exchange(o *OIDC, f flow, code string) ([]string, error) {
	p, err := o.provider(v.ctx())
	if err != nil {
		return nil, err
	}
	ctx := o.with(v.ctx())
	token, err := o.config(p, v.backAddress()).Exchange(ctx, code, oauth2.VerifierOption(f.Verifier))
	if err != nil {
		return nil, graph.Unavailable(text("sign-in.issuer-away"), err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := p.VerifierContext(ctx, &oidc.Config{ClientID: o.ClientID, Now: v.site.Clock}).Verify(ctx, raw)
	if err != nil || subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(f.Nonce)) != 1 {
		return nil, graph.Unavailable(text("sign-in.issuer-away"), cmp.Or(err, errors.New("the ID token is of another flow")))
	}
	if strings.Count(token.AccessToken, ".") == 2 { // a signed token; others are for the issuer alone
		return []string{token.AccessToken, raw}, nil
	}
	return []string{raw}, nil
}

// issuerAway shows the page for signing in, since a key may do.
func (v *visit) issuerAway(err error) error {
	e, ok := errors.AsType[*graph.Error](err)
	if !ok {
		return err
	}
	v.site.Log.LogAttrs(v.ctx(), slog.LevelWarn, "nobody can sign in at the issuer", slog.String("error", errorText(e)))
	return v.showSignIn(signInPage{Next: "/", Wrong: e.Message}, http.StatusServiceUnavailable)
}

// errorText is the cause, without what a server answered: that can be anything.
func errorText(e *graph.Error) string {
	if failed, ok := errors.AsType[*oauth2.RetrieveError](e); ok && failed.Response != nil {
		return "the issuer answers with " + failed.Response.Status
	}
	if cause := errors.Unwrap(e); cause != nil {
		return cause.Error()
	}
	return e.Message
}

func noIssuer() error {
	return &client.Problem{Status: http.StatusNotFound, Title: text("failure.not-found"), Detail: text("sign-in.no-issuer")}
}
