package emulator

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
)

// Request is one request to a provider, without its credentials.
type Request struct {
	// Time is the time of its arrival by the emulator's clock.
	Time   time.Time `json:"time"`
	Method string    `json:"method"`
	// Path is the path with the query. The values of credentials in it are "redacted".
	Path string `json:"path"`
	// Provider has the path, "" if no provider has it.
	Provider string `json:"provider"`
	// Caller is the address of the person that the credential acts as, "app" for an app,
	// and "" if the state does not say.
	Caller string `json:"caller"`
	// Status is that of the response, 0 if the connection was dropped.
	Status int `json:"status"`
	// Problem is the reason of a refusal, "" for none.
	Problem string `json:"problem"`
}

// maxRequests is the number of requests in the log.
const maxRequests = 1000

// maxShown bounds the length of each text of a Request.
const maxShown = 2 << 10

// requestLog has the last maxRequests requests.
type requestLog struct {
	mu    sync.Mutex
	items []Request
}

func (l *requestLog) add(r Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.items) == maxRequests {
		l.items[0] = Request{}
		l.items = l.items[1:]
	}
	l.items = append(l.items, r)
}

func (l *requestLog) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.items = nil
}

func (l *requestLog) all() []Request {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]Request{}, l.items...)
}

// Requests returns the last 1,000 requests to the providers, in the order of their ends.
func (e *Emulator) Requests() []Request { return e.requests.all() }

// logRequest adds a request to the log and to the live stream.
func (e *Emulator) logRequest(at time.Time, rt *route, r *http.Request, status int, x *httpapi.Exchange) {
	hide := hider(r)
	item := Request{
		Time: at, Method: cut(r.Method), Path: cut(hide(shownPath(r.URL))), Caller: x.Caller(), Status: status, Problem: cut(hide(x.Problem())),
	}
	if rt != nil {
		item.Provider = rt.provider
	}
	e.requests.add(item)
	e.hub.send("request", item)
}

func cut(s string) string {
	if len(s) > maxShown {
		return strings.ToValidUTF8(s[:maxShown], "") + "..."
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

const redacted = "redacted"

// secretParam reports whether the value of a query parameter authenticates.
func secretParam(name string) bool {
	name = strings.ToLower(name)
	switch name {
	case "pagetoken", "page_token":
		return false
	case "state": // of a sign-in
		return true
	}
	for _, part := range []string{"auth", "signature", "token", "secret", "key", "password", "assertion", "code", "verifier", "nonce", "credential"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}

// shownPath returns the path and query of a URL without the values of credentials.
func shownPath(u *url.URL) string {
	out := u.EscapedPath()
	if u.RawQuery == "" {
		return out
	}
	pairs := strings.FieldsFunc(u.RawQuery, func(r rune) bool { return r == '&' || r == ';' })
	for i, pair := range pairs {
		name, _, _ := strings.Cut(pair, "=")
		plain, err := url.QueryUnescape(name)
		if err != nil || secretParam(plain) {
			pairs[i] = name + "=" + redacted
		}
	}
	return out + "?" + strings.Join(pairs, "&")
}

// hider returns a function that removes the credentials of a request from a text.
func hider(r *http.Request) func(string) string {
	var pairs []string
	add := func(secret string) {
		for _, form := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret)} {
			if len(form) >= 4 {
				pairs = append(pairs, form, redacted)
			}
		}
	}
	for name, values := range r.Header {
		if name = strings.ToLower(name); name == "cookie" || name == "authorization" || name == "proxy-authorization" || secretParam(name) {
			for _, v := range values {
				add(v)
				if _, token, ok := strings.Cut(v, " "); ok {
					add(strings.TrimSpace(token))
				}
			}
		}
	}
	for name, values := range r.URL.Query() {
		if secretParam(name) {
			for _, v := range values {
				add(v)
			}
		}
	}
	if len(pairs) == 0 {
		return func(s string) string { return s }
	}
	return strings.NewReplacer(pairs...).Replace
}
