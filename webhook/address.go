package webhook

import (
	"errors"
	"net/netip"
	"syscall"
)

// errAddress is why a connection is refused. It does not tell the address: who
// makes watches should not learn of the inner network what names lead to.
var errAddress = errors.New("the endpoint's name leads to an address that is not on the public internet; --webhook-allow lets networks be reached")

// special are the networks that are not on the public internet, or lead elsewhere
// than they seem to (https://www.iana.org/assignments/iana-ipv4-special-registry
// and iana-ipv6-special-registry). Of IPv6 all is special outside of 2000::/3.
var special = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
	"192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24",
	"203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	"2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
)

var unicastIPv6 = netip.MustParsePrefix("2000::/3")

func prefixes(texts ...string) []netip.Prefix {
	all := make([]netip.Prefix, len(texts))
	for i, t := range texts {
		all[i] = netip.MustParsePrefix(t)
	}
	return all
}

// reachable are the addresses that webhooks may be sent to.
type reachable struct{ allowed []netip.Prefix }

// control refuses a connection just before it is made: by the address that it
// goes to, whatever name led there and however that was spelled.
func (r reachable) control(network, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil || network != "tcp4" && network != "tcp6" || !r.may(to.Addr()) {
		return errAddress
	}
	return nil
}

func (r reachable) may(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	within := func(networks []netip.Prefix) bool {
		for _, n := range networks {
			if n.Contains(a) {
				return true
			}
		}
		return false
	}
	if within(r.allowed) {
		return true
	}
	return (a.Is4() || unicastIPv6.Contains(a)) && !within(special)
}
