package transport

import (
	"errors"
	"net/http"
	"net/url"
)

// Guard returns a client that uses hc's transport, cookie jar and timeout, and never
// follows a redirect. A nil hc means the transport that all clients of this module share.
func Guard(hc *http.Client) *http.Client {
	if hc == nil {
		return &http.Client{Transport: &guard{shared}}
	}
	base := hc.Transport
	switch base.(type) {
	case nil:
		base = shared
	case *http.Transport: // obeys a request's context
	default:
		base = &callerTransport{base}
	}
	return &http.Client{Transport: &guard{base}, Jar: hc.Jar, Timeout: hc.Timeout}
}

// guard turns a redirect into an error below http.Client: no policy above can follow it and
// send credentials again.
type guard struct{ base http.RoundTripper }

func (g *guard) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := g.base.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	if resp == nil {
		return nil, errors.New("the transport returned neither an answer nor an error")
	}
	if resp.Body == nil {
		resp.Body = http.NoBody
	}
	if resp.StatusCode >= 300 && resp.StatusCode < 400 && resp.StatusCode != http.StatusNotModified {
		_ = resp.Body.Close()
		host := "(no location)"
		if u, err := req.URL.Parse(resp.Header.Get("Location")); err == nil && resp.Header.Get("Location") != "" {
			host = (&url.URL{Scheme: u.Scheme, Host: u.Host}).String()
		}
		return nil, &RedirectError{resp.StatusCode, UntrustedError{"a redirect leads to", host}}
	}
	return resp, nil
}

// CloseIdleConnections calls that of the base transport, if it has one.
func (g *guard) CloseIdleConnections() {
	if c, ok := g.base.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// RedirectError is the error of a redirect, which is never followed.
type RedirectError struct {
	StatusCode int
	UntrustedError
}
