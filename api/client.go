package api

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"debadge/graph"
)

// Proxies are those that the service stands behind. What a request says of
// where it came from counts only if one of them says it.
type Proxies struct {
	Trusted []netip.Prefix
	Header  ProxyHeader // default XForwardedFor
}

// ProxyHeader is where the proxies say whom they speak for. The other headers of
// that kind are ignored: a proxy hands on what it does not set, and anybody can
// have set it.
type ProxyHeader string

// The headers: X-Forwarded-For with X-Forwarded-Proto, or that of RFC 7239.
const (
	XForwardedFor ProxyHeader = "x-forwarded-for"
	Forwarded     ProxyHeader = "forwarded"
)

func (p Proxies) check() error {
	if p.Header != "" && p.Header != XForwardedFor && p.Header != Forwarded {
		return graph.Errorf(graph.KindInvalid, "%.100q is not a header of proxies; use %s or %s", p.Header, XForwardedFor, Forwarded)
	}
	return nil
}

func (p Proxies) trusts(a netip.Addr) bool {
	return slices.ContainsFunc(p.Trusted, func(t netip.Prefix) bool { return t.Contains(a) })
}

// hop is one station that a request came over.
type hop struct{ from, proto string }

// Secure reports whether a request came over TLS, to this process or to the
// outermost trusted proxy.
func (p Proxies) Secure(r *http.Request) bool {
	_, secure := p.client(r)
	return secure
}

// client returns the address that a request came from, the zero one if that is
// not known, and whether it came over TLS to the outermost trusted proxy.
func (p Proxies) client(r *http.Request) (remote netip.Addr, secure bool) {
	secure = r.TLS != nil
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}, secure
	}
	remote = peer.Addr().Unmap()
	if !p.trusts(remote) {
		return remote, secure
	}
	hops := p.hops(r.Header)
	for _, h := range slices.Backward(hops) {
		if h.proto != "" {
			secure = strings.EqualFold(h.proto, "https")
		}
		from, ok := parseNode(h.from)
		if !ok {
			return remote, secure
		}
		remote = from
		if !p.trusts(from) {
			return remote, secure
		}
	}
	return remote, secure
}

// hops are the stations that the trusted header names, the farthest one first.
func (p Proxies) hops(h http.Header) []hop {
	if p.Header == Forwarded {
		return parseForwarded(h.Values("Forwarded"))
	}
	var hops []hop
	for _, from := range splitList(h.Values("X-Forwarded-For")) {
		hops = append(hops, hop{from: from})
	}
	// One value for all, or one for each hop.
	protos := splitList(h.Values("X-Forwarded-Proto"))
	switch {
	case len(protos) == 1 && len(hops) > 0:
		hops[len(hops)-1].proto = protos[0]
	case len(protos) == len(hops):
		for i := range hops {
			hops[i].proto = protos[i]
		}
	}
	return hops
}

func splitList(values []string) []string {
	var all []string
	for _, v := range values {
		for item := range strings.SplitSeq(v, ",") {
			all = append(all, strings.TrimSpace(item))
		}
	}
	return all
}

// parseForwarded reads the header of RFC 7239. A comma or semicolon within
// quotes does not occur in what is read here: addresses and protocols.
func parseForwarded(values []string) []hop {
	var hops []hop
	for _, element := range splitList(values) {
		var h hop
		for pair := range strings.SplitSeq(element, ";") {
			name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
			value = strings.Trim(value, `"`)
			switch {
			case strings.EqualFold(name, "for"):
				h.from = value
			case strings.EqualFold(name, "proto"):
				h.proto = value
			}
		}
		hops = append(hops, h)
	}
	return hops
}

// parseNode reads an address with or without a port, IPv6 with or without
// brackets. What is hidden ("unknown", "_name") is none.
func parseNode(text string) (netip.Addr, bool) {
	if at, err := netip.ParseAddrPort(text); err == nil {
		return at.Addr().Unmap(), true
	}
	a, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(text, "["), "]"))
	return a.Unmap(), err == nil
}
