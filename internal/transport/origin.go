package transport

import (
	"net"
	"net/netip"
	"net/url"
	"strings"

	"golang.org/x/net/idna"
)

// SameOrigin reports whether two URLs have the same scheme, host and port. It ignores case,
// an explicit default port, a dot at the end of the host, and Unicode or ASCII spelling. A
// URL with an invalid host has no origin.
func SameOrigin(a, b *url.URL) bool {
	x, ok := originOf(a)
	y, also := originOf(b)
	return ok && also && x == y
}

// origin is a normalized origin.
type origin struct{ scheme, host, port string }

// ports are the default ports of schemes.
var ports = map[string]string{"http": "80", "https": "443"}

func originOf(u *url.URL) (o origin, ok bool) {
	o.scheme = strings.ToLower(u.Scheme)
	usual, known := ports[o.scheme]
	if !known || u.Opaque != "" {
		return o, false
	}
	if o.port = u.Port(); o.port == "" {
		o.port = usual
	}
	if o.port = strings.TrimLeft(o.port, "0"); o.port == "" {
		return o, false
	}
	o.host, ok = hostOf(u.Hostname())
	return o, ok
}

// hostOf returns the normalized spelling of a host.
func hostOf(name string) (string, bool) {
	if ip, err := netip.ParseAddr(name); err == nil {
		return ip.String(), true
	}
	if net.ParseIP(name) != nil || strings.ContainsAny(name, "[]:%/\\@ ") {
		return "", false
	}
	ascii, err := idna.Lookup.ToASCII(name)
	if err != nil {
		// Real host names may hold underscores and the like. They are compared as written,
		// and have no other spelling in Unicode.
		if ascii = strings.ToLower(name); !isPrintable(ascii) {
			return "", false
		}
	}
	ascii = strings.TrimSuffix(ascii, ".")
	return ascii, ascii != ""
}

// isPrintable reports whether a name is printable ASCII.
func isPrintable(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f }) < 0
}
