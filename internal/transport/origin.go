package transport

import (
	"net"
	"net/netip"
	"net/url"
	"strings"

	"golang.org/x/net/idna"
)

// SameOrigin reports whether two URLs lead to the same scheme, host and port, however they
// are spelled: with the scheme's own port or without it, in any case, with a dot at the
// end of the host's name, in Unicode or in ASCII. A host that is none has no origin.
func SameOrigin(a, b *url.URL) bool {
	x, ok := originOf(a)
	y, also := originOf(b)
	return ok && also && x == y
}

// origin is what SameOrigin compares.
type origin struct{ scheme, host, port string }

// ports are those that a URL need not name.
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

// hostOf returns the one spelling of a host.
func hostOf(name string) (string, bool) {
	if ip, err := netip.ParseAddr(name); err == nil {
		return ip.String(), true
	}
	if net.ParseIP(name) != nil || strings.ContainsAny(name, "[]:%/\\@ ") {
		return "", false
	}
	ascii, err := idna.Lookup.ToASCII(name)
	if err != nil {
		// Underscores and the like are in names that servers have all the same. Those are
		// compared as they are written, and never with another spelling in Unicode.
		if ascii = strings.ToLower(name); !plainName(ascii) {
			return "", false
		}
	}
	ascii = strings.TrimSuffix(ascii, ".")
	return ascii, ascii != ""
}

// plainName reports whether a name is printable ASCII.
func plainName(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f }) < 0
}
