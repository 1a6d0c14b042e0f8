package web

import (
	"net/http"

	"debadge/api/client"
)

// OIDC signs people in at an OpenID Connect issuer.
type OIDC struct {
	Issuer string
}

func (o *OIDC) name() string { return o.Issuer }

func (v *visit) goToIssuer() error     { return noIssuer() }
func (v *visit) backFromIssuer() error { return noIssuer() }

func noIssuer() error {
	return &client.Problem{Status: http.StatusNotFound, Title: text("failure.not-found"), Detail: text("sign-in.no-issuer")}
}
