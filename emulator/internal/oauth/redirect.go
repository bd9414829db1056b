package oauth

import (
	"net"
	"net/url"
	"strings"

	"github.com/memberships-go/memberships/emulator/internal/seed"
)

// redirect returns the redirect URI that a client asks for, or an error for a missing or
// foreign one. No answer may go to the URI then.
func (s *Server) redirect(c *seed.Client, asked string) (*url.URL, *Error) {
	if asked == "" && s.rules.SoleRedirect && len(c.RedirectURIs) == 1 {
		asked = c.RedirectURIs[0]
	}
	if asked == "" {
		return nil, InvalidRequest("The redirect_uri is missing.")
	}
	u, err := seed.RedirectURI(asked)
	if err != nil {
		return nil, mismatch("The redirect_uri is not valid: " + err.Error() + ".")
	}
	if !s.Named() {
		if u.Scheme != "http" || !loopback(u) {
			return nil, mismatch("Without clients in the state, a redirect_uri is an http URL of 127.0.0.1, [::1] or localhost.")
		}
		return u, nil
	}
	for _, registered := range c.RedirectURIs {
		if s.matches(registered, asked, u) {
			return u, nil
		}
	}
	return nil, mismatch("The redirect_uri is not one that the client has registered.")
}

func mismatch(description string) *Error { return refuse("redirect_uri_mismatch", description) }

// matches reports whether a registered URI allows the one asked for: the same text, or, for
// a loopback URI without a port, the same with any port.
func (s *Server) matches(registered, asked string, u *url.URL) bool {
	if registered == asked {
		return true
	}
	r, err := url.Parse(registered)
	if err != nil || r.Scheme != "http" || u.Scheme != "http" || !loopback(r) || !loopback(u) || r.Port() != "" {
		return false
	}
	if s.rules.Installed && strings.TrimSuffix(r.Path, "/") == "" && r.RawQuery == "" {
		return true
	}
	return r.Hostname() == u.Hostname() && r.EscapedPath() == u.EscapedPath() && r.RawQuery == u.RawQuery
}

// loopback reports whether a URL names the loopback interface.
func loopback(u *url.URL) bool {
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
}

// installed reports whether a client runs on its user's machine.
func (s *Server) installed(c *seed.Client) bool {
	if !s.Named() {
		return true
	}
	for _, registered := range c.RedirectURIs {
		if r, err := url.Parse(registered); err == nil && loopback(r) && r.Port() == "" && strings.TrimSuffix(r.Path, "/") == "" {
			return true
		}
	}
	return false
}

// with returns u with further parameters in its query, in the order of names and values.
func with(u *url.URL, pairs ...string) string {
	out := *u
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			continue
		}
		if out.RawQuery != "" {
			out.RawQuery += "&"
		}
		out.RawQuery += pairs[i] + "=" + url.QueryEscape(pairs[i+1])
	}
	return out.String()
}

func unescape(text string) string {
	if plain, err := url.QueryUnescape(text); err == nil {
		return plain
	}
	return text
}
