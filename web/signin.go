package web

import (
	"net/http"
	"net/url"
	"strings"
)

// signInPage is what the page for signing in shows.
type signInPage struct {
	Next   string
	Ended  bool   // the session ended
	Wrong  string // why the credential was not taken
	Unsafe bool   // anybody on the way could read a credential
	Issuer string // where else one can sign in
}

func (v *visit) signInForm() error {
	return v.showSignIn(signInPage{Next: localPath(v.form("next")), Ended: v.form("ended") != ""}, http.StatusOK)
}

func (v *visit) showSignIn(p signInPage, status int) error {
	p.Unsafe = !v.maySignIn()
	if v.site.OIDC != nil {
		p.Issuer = v.site.OIDC.name()
	}
	return v.render("sign-in", view{Title: text("sign-in.title"), Nav: "sign-in", Data: p, Status: status})
}

// signIn takes a key if the API does.
func (v *visit) signIn() error {
	f, err := v.postForm(maxForm)
	if err != nil {
		return err
	}
	p := signInPage{Next: localPath(f.Get("next"))}
	key := strings.TrimSpace(f.Get("key"))
	if key == "" || strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
		p.Wrong = text("sign-in.no-key")
		return v.showSignIn(p, http.StatusUnprocessableEntity)
	}
	return v.enter(key, p)
}

// enter begins a session with a credential that the API takes.
func (v *visit) enter(credential string, p signInPage) error {
	if !v.maySignIn() {
		return v.showSignIn(p, http.StatusForbidden)
	}
	refused, err := v.try(credential)
	if err != nil {
		return err
	}
	if refused != "" {
		p.Wrong = refused
		return v.showSignIn(p, http.StatusUnauthorized)
	}
	s := session{Credential: credential, Expires: v.site.Clock().Add(sessionLife)}
	if err := v.keep(sessionCookie, s, sessionLife); err != nil {
		return err
	}
	return v.redirect(p.Next)
}

// try asks the API whether it takes a credential, and returns why not.
func (v *visit) try(credential string) (refused string, err error) {
	ask, err := v.clientWith(credential)
	if err != nil {
		return "", err
	}
	_, err = ask.Me(v.ctx())
	if p, ok := problemOf(err); ok && p.Status == http.StatusUnauthorized {
		return p.Detail, nil
	}
	return "", err
}

// signOut ends the session of this browser.
func (v *visit) signOut() error {
	v.forget(sessionCookie)
	return v.redirect("/sign-in")
}

// localPath is where to go on: a page of this service, and none of another.
func localPath(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\t\r\n") {
		return "/"
	}
	return next
}
