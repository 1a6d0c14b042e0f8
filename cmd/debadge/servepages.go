package main

import (
	"net/http"

	"debadge/api"
	"debadge/web"
)

// service is the API with the pages for people, which ask the API itself.
func (p *program) service(o api.Options) (http.Handler, error) {
	var service http.Handler
	pages, err := web.New(web.Options{
		API:   http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { service.ServeHTTP(w, r) }),
		Clock: p.clock, Log: o.Log, Secure: o.Proxies.Secure, Version: o.Version,
	})
	if err != nil {
		return nil, err
	}
	o.Pages = pages
	service, err = api.New(o)
	return service, err
}
