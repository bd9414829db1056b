package control

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
)

// Guard keeps web pages of other origins away from the control API, which has no
// credentials. A page can send requests to this machine, and a name of its own can come to
// the address of this machine.
type Guard struct {
	// On reports whether the control API is on for a request.
	On func(*http.Request) bool
	// Hosts are the names besides those of the loopback interface that are expected in the
	// header Host.
	Hosts []string
	// Local reports that a request did not come over a network; its Host does not count.
	Local func(context.Context) bool
}

// check returns an error and its status for a request that is refused.
func (g Guard) check(r *http.Request) (int, error) {
	switch {
	case !g.On(r):
		return http.StatusNotFound, errors.New("the control API is off")
	case !g.Local(r.Context()) && !g.expected(r):
		return http.StatusMisdirectedRequest, errors.New("the header Host names neither the loopback interface nor the address that is listened on")
	case foreign(r):
		return http.StatusForbidden, errors.New("the request comes from a page of another origin")
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		return 0, nil
	}
	m := media(r)
	if m == "application/json" || m == "application/yaml" && r.Method == http.MethodPut && r.URL.Path == httpapi.ControlPrefix+"state" {
		return 0, nil
	}
	return http.StatusUnsupportedMediaType, errors.New("a change needs the header Content-Type: application/json")
}

// expected reports whether the header Host names the loopback interface, the address of the
// connection, or one of Hosts.
func (g Guard) expected(r *http.Request) bool {
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	ip := net.ParseIP(host)
	if strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback() {
		return true
	}
	if local, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr); ok && ip != nil && ip.Equal(local.IP) {
		return true
	}
	return slices.ContainsFunc(g.Hosts, func(name string) bool { return name != "" && strings.EqualFold(name, host) })
}

// foreign reports whether a request says that it comes from a page of another origin, or
// from one without an origin.
func foreign(r *http.Request) bool {
	if site := r.Header.Values("Sec-Fetch-Site"); len(site) > 1 || len(site) == 1 && site[0] != "same-origin" && site[0] != "none" {
		return true
	}
	origins := r.Header.Values("Origin")
	if len(origins) == 0 {
		return false
	}
	u, err := url.Parse(origins[0])
	return len(origins) > 1 || err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || !strings.EqualFold(u.Host, r.Host)
}
