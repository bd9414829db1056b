package transport

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// NextLink returns the target of the rel="next" link in RFC 8288 headers, nil if there is
// none. A malformed header and two different next links are errors: ignoring either ends a
// listing early. So is a link to another path, or to an origin other than the request's and
// those of aliases.
func NextLink(h http.Header, request *url.URL, aliases ...string) (*url.URL, error) {
	var next *url.URL
	for _, line := range h.Values("Link") {
		links, err := parseLinks(line)
		if err != nil {
			return nil, err
		}
		for _, l := range links {
			if !slices.Contains(strings.Fields(strings.ToLower(l.rel)), "next") {
				continue
			}
			u, err := request.Parse(l.target)
			if err != nil {
				return nil, fmt.Errorf("the next link is not a URL")
			}
			if next != nil && !sameTarget(next, u) {
				return nil, fmt.Errorf("there are two next links")
			}
			next = u
		}
	}
	if next == nil {
		return nil, nil
	}
	if err := sameResource(next, request, aliases); err != nil {
		return nil, err
	}
	return next, nil
}

// UntrustedError is the error of a link or redirect to another origin or path. It names the
// host only.
type UntrustedError struct{ What, Host string }

func (e *UntrustedError) Error() string { return e.What + " " + e.Host }

// sameTarget reports whether two links have the same target.
func sameTarget(a, b *url.URL) bool {
	x, y := *a, *b
	if SameOrigin(a, b) {
		x.Scheme, x.Host, y.Scheme, y.Host = "", "", "", ""
	}
	return x.String() == y.String()
}

func sameResource(next, request *url.URL, aliases []string) error {
	known := SameOrigin(next, request) || slices.ContainsFunc(aliases, func(host string) bool {
		return SameOrigin(next, &url.URL{Scheme: "https", Host: host})
	})
	if !known || next.User != nil {
		return &UntrustedError{"the next link leads to", next.Scheme + "://" + next.Host}
	}
	if next.EscapedPath() != request.EscapedPath() {
		return &UntrustedError{"the next link leads to another path on", next.Host}
	}
	return nil
}

type link struct{ target, rel string }

func parseLinks(s string) ([]link, error) {
	bad := fmt.Errorf("the Link header cannot be read")
	var links []link
	for {
		s = strings.TrimLeft(s, " \t,")
		if s == "" {
			return links, nil
		}
		if s[0] != '<' {
			return nil, bad
		}
		end := strings.IndexByte(s, '>')
		if end < 0 {
			return nil, bad
		}
		l := link{target: s[1:end]}
		s = strings.TrimLeft(s[end+1:], " \t")
		relSeen := false
		for strings.HasPrefix(s, ";") {
			s = strings.TrimLeft(s[1:], " \t")
			name, rest := cutToken(s)
			if name == "" {
				if s == "" || s[0] == ',' || s[0] == ';' {
					continue // an empty parameter is harmless
				}
				return nil, bad
			}
			s = strings.TrimLeft(rest, " \t")
			value := ""
			if strings.HasPrefix(s, "=") {
				s = strings.TrimLeft(s[1:], " \t")
				if strings.HasPrefix(s, `"`) {
					var ok bool
					if value, s, ok = cutQuoted(s); !ok {
						return nil, bad
					}
				} else {
					value, s = cutToken(s)
				}
				s = strings.TrimLeft(s, " \t")
			}
			if strings.EqualFold(name, "rel") && !relSeen { // RFC 8288: the first counts
				l.rel, relSeen = value, true
			}
		}
		if s != "" && s[0] != ',' {
			return nil, bad
		}
		links = append(links, l)
	}
}

func cutToken(s string) (token, rest string) {
	i := strings.IndexAny(s, " \t=;,\"<>")
	if i < 0 {
		return s, ""
	}
	return s[:i], s[i:]
}

func cutQuoted(s string) (value, rest string, ok bool) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			if i++; i < len(s) {
				b.WriteByte(s[i])
			}
		case '"':
			return b.String(), s[i+1:], true
		default:
			b.WriteByte(s[i])
		}
	}
	return "", "", false
}
