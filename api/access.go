package api

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"debadge/graph"
)

// permission is what a request needs leave for. Each operation names one; there
// is none that stands for "nothing said".
type permission uint8

const (
	open          permission = iota + 1 // answered to everybody: probes and documents
	mayRead                             // ask questions, look at claims, lists and policies
	mayScreen                           // send lines to be screened
	mayWrite                            // add, correct and withdraw claims; import
	mayDecide                           // record decisions
	mayMeasure                          // look at the metrics of the service
	mayAdminister                       // keys, the audit log, the service itself
	mayEnter                            // what every role may: ask who one is
)

// permissionKey is where the description of an operation keeps its permission.
const permissionKey = "permission"

// permissionOf returns what an operation needs leave for, 0 if it does not say.
func permissionOf(op *huma.Operation) permission {
	p, _ := op.Metadata[permissionKey].(permission)
	return p
}

// String is the name of a permission in the OpenAPI document.
func (p permission) String() string {
	switch p {
	case open:
		return "open"
	case mayRead:
		return "read"
	case mayScreen:
		return "screen"
	case mayWrite:
		return "write"
	case mayDecide:
		return "decide"
	case mayMeasure:
		return "measure"
	case mayAdminister:
		return "administer"
	case mayEnter:
		return "enter"
	}
	return "unknown"
}

// Role is a set of permissions that a credential has.
type Role string

// The roles. Each may do what stands in the table of roles, and nothing else.
const (
	Reader   Role = "reader"
	Screener Role = "screener"
	Analyst  Role = "analyst"
	Officer  Role = "officer"
	Monitor  Role = "monitor"
	Admin    Role = "admin"
)

// Roles are all roles, those that may do less first.
func Roles() []Role { return []Role{Monitor, Reader, Screener, Analyst, Officer, Admin} }

// ParseRole reads the name of a role.
func ParseRole(name string) (Role, error) {
	if r := Role(name); slices.Contains(Roles(), r) {
		return r, nil
	}
	return "", graph.Errorf(graph.KindInvalid, "%.100q is not a role; known are monitor, reader, screener, analyst, officer and admin", name)
}

// may is the table of roles.
func (r Role) may(p permission) bool {
	if p == mayEnter {
		return slices.Contains(Roles(), r)
	}
	switch r {
	case Reader:
		return p == mayRead
	case Screener:
		return p == mayRead || p == mayScreen
	case Analyst:
		return p == mayRead || p == mayScreen || p == mayWrite
	case Officer:
		return p == mayRead || p == mayScreen || p == mayDecide
	case Monitor:
		return p == mayMeasure
	case Admin:
		return p >= mayRead && p <= mayAdminister
	}
	return false
}

// rolesThat are the names of the roles that have a permission.
func rolesThat(p permission) []string {
	var names []string
	for _, r := range Roles() {
		if r.may(p) {
			names = append(names, string(r))
		}
	}
	return names
}

// Credential is the kind of what a caller showed.
type Credential string

// The kinds of credentials.
const (
	NoCredential Credential = "anonymous"
	KeyShown     Credential = "key"
	TokenShown   Credential = "token"
)

// Caller is who sent a request, as far as the credential tells.
type Caller struct {
	Name       string
	Roles      []Role // a token can have several
	Credential Credential
}

// Actor is how claims, decisions and the audit log name the caller; "" if no
// credential says who it is.
func (c Caller) Actor() string {
	if c.Credential == KeyShown || c.Credential == TokenShown {
		return string(c.Credential) + ":" + c.Name
	}
	return ""
}

func (c Caller) may(p permission) bool {
	return slices.ContainsFunc(c.Roles, func(r Role) bool { return r.may(p) })
}

// callerOf returns who sent the request that ctx belongs to. Its zero value is
// nobody: the operation is open to all.
func callerOf(ctx context.Context) Caller { return recordOf(ctx).caller }

// Access says who may do what. Its zero value lets nobody do more than what is
// open to all.
type Access struct {
	Keys      Keys   // nil if there are none
	Tokens    Tokens // nil if tokens are not taken
	Anonymous Role   // of requests without a credential; none refuses them
	LocalOnly bool   // Anonymous is for requests to a loopback name or address: a name of somebody else's that leads here is not one
}

// Keys finds API keys.
type Keys interface {
	// Key returns the key of this text, whether or not it is still valid.
	// KindNotFound if there is none, KindInvalid if it is mistyped, which an
	// error says without repeating it, KindUnavailable if that cannot be said now.
	Key(ctx context.Context, text string) (Key, error)
}

// Key is what is known of an API key beside its secret, which nobody keeps.
type Key struct {
	Name    string
	Role    Role
	Expires time.Time // zero is never
	Revoked time.Time // zero is not
}

// KeyPrefix begins the secret of every API key, so that one that leaked is
// found by those who look for secrets.
const KeyPrefix = "dbk_"

// Tokens checks bearer tokens that others issued.
type Tokens interface {
	// Token returns whom a token names. KindInvalid says why it is refused, and
	// repeats nothing of it; KindUnavailable that it cannot be checked now.
	Token(ctx context.Context, token string) (Caller, error)
}

// isLocal reports whether a Host header names this machine.
func isLocal(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	a, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && a.IsLoopback() || strings.EqualFold(host, "localhost")
}

// maxToken bounds a credential that is looked at.
const maxToken = 16 << 10

// authenticate returns who sent a request. A credential that is refused is
// never as good as none.
func (s *server) authenticate(r *http.Request) (Caller, *problem) {
	shown := r.Header.Values("Authorization")
	if len(shown) == 0 {
		switch {
		case s.Access.Anonymous == "":
			return Caller{}, newProblem(unauthenticated, "show an API key or a token: Authorization: Bearer …")
		case s.Access.LocalOnly && !isLocal(r.Host):
			return Caller{}, newProblem(unauthenticated, "without a credential, ask http://127.0.0.1 or http://localhost")
		}
		return Caller{Name: string(NoCredential), Roles: []Role{s.Access.Anonymous}, Credential: NoCredential}, nil
	}
	scheme, secret, _ := strings.Cut(shown[0], " ")
	switch {
	case len(shown) > 1:
		return Caller{}, refused("several credentials are shown; show one")
	case !strings.EqualFold(scheme, "Bearer"):
		return Caller{}, refused("this kind of credential is not taken; show an API key or a token as Authorization: Bearer …")
	case len(secret) > maxToken:
		return Caller{}, refused("the credential is too long")
	case strings.HasPrefix(secret, KeyPrefix):
		return s.keyCaller(r.Context(), secret)
	}
	return s.tokenCaller(r.Context(), secret)
}

// refused is the problem of a credential that is not taken.
func refused(why string) *problem {
	p := newProblem(unauthenticated, why)
	p.refusal = why
	return p
}

func (s *server) keyCaller(ctx context.Context, secret string) (Caller, *problem) {
	const unknown = "the API key is not known here"
	if s.Access.Keys == nil {
		return Caller{}, refused(unknown)
	}
	key, err := s.Access.Keys.Key(ctx, secret)
	if err != nil {
		p := problemOf(ctx, err)
		switch p.fault { //nolint:exhaustive // all others are no fault of the key
		case notFound:
			return Caller{}, refused(unknown)
		case invalid:
			return Caller{}, refused(p.Detail)
		}
		return Caller{}, p
	}
	now := s.Clock()
	switch {
	case !key.Revoked.IsZero() && !key.Revoked.After(now):
		return Caller{}, refused("the API key was revoked")
	case !key.Expires.IsZero() && !key.Expires.After(now):
		return Caller{}, refused("the API key has expired")
	}
	return Caller{Name: key.Name, Roles: []Role{key.Role}, Credential: KeyShown}, nil
}

func (s *server) tokenCaller(ctx context.Context, token string) (Caller, *problem) {
	if s.Access.Tokens == nil {
		return Caller{}, refused("the credential is not an API key, and tokens are not taken here")
	}
	caller, err := s.Access.Tokens.Token(ctx, token)
	if err == nil {
		caller.Credential = TokenShown
		return caller, nil
	}
	p := problemOf(ctx, err)
	if p.fault != invalid {
		return Caller{}, p
	}
	return Caller{}, refused(p.Detail)
}

// authorize lets a request through if its operation is open, or its caller may
// do it. A route without a rule is nobody's.
func (s *server) authorize(c *gin.Context) {
	ctx := c.Request.Context()
	needed := s.rules[rule{c.Request.Method, c.FullPath()}]
	if a, ok := agentOf(ctx); ok {
		recordOf(ctx).caller = a.caller
		if p := deny(a.caller, needed); p != nil && needed != open {
			s.turnAway(c, p)
		}
		return
	}
	if needed == open || c.FullPath() == "" {
		s.within(c, addressKey(recordOf(ctx).remote))
		return
	}
	caller, p := s.authenticate(c.Request)
	if p == nil {
		recordOf(ctx).caller = caller
		p = deny(caller, needed)
	}
	key := string(caller.Credential) + " " + caller.Name
	if caller.Credential == "" || caller.Credential == NoCredential {
		key = addressKey(recordOf(ctx).remote)
	}
	if p == nil {
		s.within(c, key)
		return
	}
	// What is refused counts too: who guesses is slowed down.
	if slow := s.limiter.count(key, s.Clock()); slow != nil && p.fault != unavailable {
		p = slow
	}
	s.turnAway(c, p)
}

// deny returns why a caller may not do something, nil if it may.
func deny(caller Caller, needed permission) *problem {
	switch {
	case needed == 0:
		return newProblem(forbidden, "nobody has leave for this")
	case caller.may(needed):
		return nil
	case caller.Credential == NoCredential:
		return newProblem(unauthenticated, "this needs leave to "+needed.String()+"; show an API key or a token: Authorization: Bearer …")
	}
	return newProblem(forbidden, "this needs leave to "+needed.String()+", which the credential does not have; "+
		"these roles have it: "+strings.Join(rolesThat(needed), ", "))
}

// turnAway answers with a problem, and nothing after it sees the request.
func (s *server) turnAway(c *gin.Context, p *problem) {
	switch {
	case p.fault == unauthenticated && p.refusal == "":
		c.Header("WWW-Authenticate", `Bearer realm="debadge"`)
	case p.fault == unauthenticated:
		c.Header("WWW-Authenticate", `Bearer realm="debadge", error="invalid_token"`)
	case p.fault == forbidden:
		c.Header("WWW-Authenticate", `Bearer realm="debadge", error="insufficient_scope"`)
	}
	writeProblem(c.Request.Context(), c.Writer, p)
	c.Abort()
}

// rule names a route as gin does.
type rule struct{ method, path string }

// rule is noted for each operation as it is added.
func (s *server) note(op *huma.Operation) {
	path := strings.NewReplacer("{", ":", "}", "").Replace(op.Path)
	s.rules[rule{op.Method, path}] = permissionOf(op)
}

// bearer is the name of the security scheme in the OpenAPI document.
const bearer = "bearer"

// describeAccess says in the description of an operation what it needs.
func describeAccess(op *huma.Operation, p permission) {
	if p == open {
		op.Security = []map[string][]string{}
		return
	}
	op.Security = []map[string][]string{{bearer: {p.String()}}}
	op.Description += " Needs leave to " + p.String() + " (" + strings.Join(rolesThat(p), ", ") + ")."
}

func securitySchemes() map[string]*huma.SecurityScheme {
	return map[string]*huma.SecurityScheme{bearer: {
		Type: "http", Scheme: "bearer",
		Description: "An API key, which begins with " + KeyPrefix + ", or a token of the OpenID Connect issuer that the service was configured with. " +
			"An operation names the leave that it needs; its description names the roles that have it.",
	}}
}
