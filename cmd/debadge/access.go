package main

import (
	"context"
	"net"
	"net/netip"
	"runtime"
	"strings"

	"debadge/api"
	"debadge/api/token"
	"debadge/graph"
	"debadge/ledger"
)

// noRole is how --anonymous says that nobody comes in without a credential.
const noRole = "none"

// access is who may do what, as the flags say it. l may be nil for a check.
func (p *program) access(l *ledger.Ledger) (api.Access, error) {
	a := api.Access{}
	if l != nil {
		a.Keys = ledgerKeys{l}
	}
	loopback := isLoopback(p.flags.addr)
	switch p.flags.anonymous {
	case "":
		if p.flags.demo && loopback {
			a.Anonymous = api.Admin
		}
	case noRole:
	default:
		role, err := api.ParseRole(p.flags.anonymous)
		if err != nil {
			return a, usage("--anonymous: %w", err)
		}
		if role != api.Reader && role != api.Screener && !loopback {
			return a, usage("--anonymous %s would let everybody who reaches %s change things; give reader or screener, or listen on a loopback address", role, p.flags.addr)
		}
		a.Anonymous = role
	}
	a.LocalOnly = loopback && len(p.flags.trustedProxies) == 0
	tokens, err := p.tokens()
	if err != nil {
		return a, err
	}
	if tokens != nil {
		a.Tokens = tokens
	}
	return a, nil
}

// isLoopback reports whether an address is reached from this machine alone.
func isLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.IsLoopback() || host == "localhost"
}

// ledgerKeys are the keys of the ledger.
type ledgerKeys struct{ ledger *ledger.Ledger }

// Key returns the key of a text, and notes that it is in use.
func (k ledgerKeys) Key(ctx context.Context, text string) (api.Key, error) {
	hash, err := ledger.ParseKey(text)
	if err != nil {
		return api.Key{}, err
	}
	found, err := k.ledger.Key(ctx, hash)
	if err != nil {
		return api.Key{}, err
	}
	_ = k.ledger.Use(ctx, found) // a key is as good where that cannot be written down
	return api.Key{Name: found.Name, Role: api.Role(found.Role), Expires: found.ExpiresAt, Revoked: found.RevokedAt}, nil
}

// tokens returns who checks tokens, nil if none are taken.
func (p *program) tokens() (api.Tokens, error) {
	f := p.flags.serviceFlags
	if f.oidcIssuer == "" {
		if f.oidcAudience != "" {
			return nil, usage("--oidc-audience has no use without --oidc-issuer")
		}
		return nil, nil //nolint:nilnil // none, which is no error
	}
	v, err := token.New(token.Config{
		Issuer: f.oidcIssuer, Audience: f.oidcAudience, RoleClaim: f.oidcRoleClaim, NameClaim: f.oidcName, Skew: f.oidcSkew,
		Clock: p.clock, Transport: p.transport,
	})
	if err != nil {
		return nil, usage("--oidc-issuer: %w", err)
	}
	return issuerTokens{v}, nil
}

// issuerTokens are the tokens of an issuer.
type issuerTokens struct{ verifier *token.Verifier }

// Token returns whom a token names. Words that are no roles say nothing.
func (i issuerTokens) Token(ctx context.Context, raw string) (api.Caller, error) {
	identity, err := i.verifier.Token(ctx, raw)
	if err != nil {
		return api.Caller{}, err
	}
	caller := api.Caller{Name: identity.Name}
	for _, name := range identity.Roles {
		if role, err := api.ParseRole(name); err == nil {
			caller.Roles = append(caller.Roles, role)
		}
	}
	return caller, nil
}

// proxies are those in front of the service.
func (p *program) proxies() (api.Proxies, error) {
	proxies := api.Proxies{Header: api.ProxyHeader(strings.ToLower(p.flags.proxyHeader))}
	if proxies.Header != api.XForwardedFor && proxies.Header != api.Forwarded {
		return proxies, usage("--proxy-header %q is not one of %s and %s", p.flags.proxyHeader, api.XForwardedFor, api.Forwarded)
	}
	for _, text := range p.flags.trustedProxies {
		network, err := parseNetwork(text)
		if err != nil {
			return proxies, usage("--trusted-proxy %q is not an address or a network; write 10.0.0.0/8", text)
		}
		if network.Bits() == 0 {
			return proxies, usage("--trusted-proxy %s would believe everybody; name the proxies", text)
		}
		proxies.Trusted = append(proxies.Trusted, network)
	}
	return proxies, nil
}

// parseNetwork reads a network, or an address, which is a network of one.
func parseNetwork(text string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(text); err == nil {
		return a.Prefix(a.BitLen())
	}
	network, err := netip.ParsePrefix(text)
	return network.Masked(), err
}

// limits are what callers may take.
func (p *program) limits() (api.Limits, error) {
	f := p.flags.serviceFlags
	for name, n := range map[string]int{
		"rate-limit": f.rateLimit, "rate-burst": f.rateBurst, "max-requests-per-caller": f.maxPerCaller, "max-requests": f.maxAll, "max-answers": f.maxAnswers,
	} {
		if n < 0 {
			return api.Limits{}, usage("--%s %d is below 0", name, n)
		}
	}
	answers := f.maxAnswers
	if answers == 0 {
		answers = runtime.GOMAXPROCS(0)
		if p.flags.read == "direct" {
			answers *= answersWaiting
		}
	}
	return api.Limits{
		PerSecond: float64(f.rateLimit), Burst: f.rateBurst, PerCaller: f.maxPerCaller, InAll: f.maxAll, Answers: answers,
	}, nil
}

// policies are those of the folder that the flags name.
func (p *program) policies() ([]graph.Policy, error) {
	if p.flags.policyFolder == "" {
		return nil, nil
	}
	return readPolicies(p.flags.policyFolder)
}
