package web

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Place is the network a request comes from: the /24 of an IPv4 address, the /56 of an IPv6 address (what one subscriber has). It
// tells attempts apart and is for nothing else: never for the log or the database.
func Place(r *http.Request) string {
	var proxies []netip.Prefix
	if v := visitOf(r.Context()); v != nil {
		proxies = v.options.TrustedProxies
	}
	address, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return "" // a unix socket: all are one
	}
	return network(client(address.Addr().Unmap(), r.Header.Values("X-Forwarded-For"), proxies))
}

// client walks the addresses from the nearest outwards and stops at the first that no trusted proxy wrote or is.
func client(nearest netip.Addr, forwarded []string, proxies []netip.Prefix) netip.Addr {
	trusted := func(a netip.Addr) bool {
		return slices.ContainsFunc(proxies, func(p netip.Prefix) bool { return p.Contains(a) })
	}
	if !trusted(nearest) {
		return nearest
	}
	hops := strings.Split(strings.Join(forwarded, ","), ",")
	for _, hop := range slices.Backward(hops) {
		address, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			return nearest
		}
		nearest = address.Unmap().WithZone("")
		if !trusted(nearest) {
			return nearest
		}
	}
	return nearest
}

func network(a netip.Addr) string {
	bits := 24
	if a.Is6() {
		bits = 56
	}
	p, err := a.WithZone("").Prefix(bits)
	if err != nil {
		return ""
	}
	return p.String()
}
