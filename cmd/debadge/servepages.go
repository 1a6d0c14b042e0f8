package main

import (
	"net/http"
	"strings"

	"debadge/api"
	"debadge/web"
)

// pageSecret seals what browsers keep; shorter ones can be guessed.
const pageSecret = 32

// pages are what the flags say of the pages for people.
func (p *program) pages() (web.Options, error) {
	o := web.Options{Clock: p.clock}
	secret, err := p.secret("DEBADGE_SESSION_KEY")
	if err != nil {
		return o, err
	}
	if secret != "" && len(secret) < pageSecret {
		return o, usage("DEBADGE_SESSION_KEY is shorter than %d characters; make one with openssl rand -base64 32", pageSecret)
	}
	o.Secret = []byte(secret)
	f := p.flags.serviceFlags
	secret, err = p.secret("DEBADGE_OIDC_CLIENT_SECRET")
	switch {
	case err != nil:
		return o, err
	case f.oidcClient == "" && secret != "":
		return o, usage("DEBADGE_OIDC_CLIENT_SECRET has no use without --oidc-client")
	case f.oidcClient == "":
		return o, nil
	case f.oidcIssuer == "":
		return o, usage("--oidc-client has no use without --oidc-issuer")
	}
	o.OIDC = &web.OIDC{Issuer: f.oidcIssuer, ClientID: f.oidcClient, Secret: secret, Scopes: strings.Fields(f.oidcScopes), Transport: p.transport}
	return o, nil
}

// service is the API with the pages for people, which ask the API itself.
func (p *program) service(ready prepared) (http.Handler, error) {
	var service http.Handler
	o, w := ready.options, ready.pages
	w.API = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { service.ServeHTTP(w, r) })
	w.Log, w.Secure, w.Version = o.Log, o.Proxies.Secure, o.Version
	pages, err := web.New(w)
	if err != nil {
		return nil, err
	}
	o.Pages = pages
	service, err = api.New(o)
	return service, err
}
