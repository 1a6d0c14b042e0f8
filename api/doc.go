// Package api answers debadge's questions over HTTP.
//
// One typed handler gives the route, the checks of its parameters and its part
// of the OpenAPI document, so that these cannot drift. Handlers return an
// error; one place turns it into an RFC 9457 problem with the request's id, and
// the cause goes to the log alone. What could not be answered is never an empty
// answer: a store that is away is 503, a typo in a parameter's name is refused.
package api
