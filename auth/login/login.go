// Package login signs a person in with the authorization code flow of OAuth 2.0: the person
// approves in a browser, and a loopback address of this machine receives the code.
package login

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"golang.org/x/oauth2"

	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/internal/config"
	"github.com/memberships-go/memberships/internal/text"
)

// Flow is an app at a provider, and what the person is asked to approve.
type Flow struct {
	// Provider is the provider's name, for errors.
	Provider string
	// Config has the app, the endpoints and the scopes. Run sets its RedirectURL.
	Config oauth2.Config
	// PKCE binds the code to this sign-in. The provider must support S256.
	PKCE bool
	// Params are further parameters of the authorization URL.
	Params map[string]string
	// HTTPClient sends the requests to the token endpoint. It may be nil.
	HTTPClient *http.Client
}

// Options sets how the person is sent to the provider and comes back.
type Options struct {
	// RedirectURL is the address that receives the code, as the app has registered it:
	// http://127.0.0.1, a port and a path. Port 0, and an empty RedirectURL, take a free
	// port, where the provider permits that.
	RedirectURL string
	// Visit gets the URL to approve at. It opens a browser or prints the URL. An error of it
	// ends the sign-in.
	Visit func(url string) error
	// Paste, if it is not nil, returns the URL that the browser was sent to, in place of the
	// loopback listener. With PKCE it may return the code alone.
	Paste func(ctx context.Context) (string, error)
}

// The errors of a sign-in.
var (
	// ErrDenied is the provider's refusal of the sign-in, or the person's.
	ErrDenied = errors.New("the sign-in was refused")
)

// Run sends the person to the provider and returns the token. It waits until the person
// approves or denies, at most until ctx is done. A request to the loopback address with
// another state, path, method or host is answered with 400 and does not end the wait.
func (f *Flow) Run(ctx context.Context, o Options) (*oauth2.Token, error) {
	if o.Visit == nil {
		return nil, errors.New("login: Visit is nil")
	}
	redirect, err := parseRedirect(o.RedirectURL)
	if err != nil {
		return nil, err
	}
	a := attempt{Flow: f, state: random(), verifier: oauth2.GenerateVerifier(), config: f.Config}
	if o.Paste != nil {
		return a.paste(ctx, redirect, o)
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", redirect.Host)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("the address for the browser's answer is in use, perhaps by another sign-in that waits: %w", err)
	case err != nil:
		return nil, fmt.Errorf("the address for the browser's answer: %w", err)
	}
	redirect.Host = l.Addr().String()
	a.config.RedirectURL = redirect.String()
	answers := a.serve(l, redirect)
	defer answers.close()
	if err := o.Visit(a.url()); err != nil {
		return nil, err
	}
	select {
	case answer := <-answers.c:
		if answer.err != nil {
			return nil, answer.err
		}
		return a.exchange(ctx, answer.code)
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// parseRedirect returns a loopback URL.
func parseRedirect(s string) (*url.URL, error) {
	if s == "" {
		s = "http://127.0.0.1:0/"
	}
	u, err := url.Parse(s)
	switch {
	case err != nil, u.Scheme != "http", u.User != nil, u.RawQuery != "", u.Fragment != "", u.Hostname() != "127.0.0.1":
		return nil, errors.New("the redirect URL is not of the form http://127.0.0.1:8765/callback")
	case u.Port() == "":
		u.Host += ":80"
	}
	if u.Path == "" {
		u.Path = "/"
	}
	return u, nil
}

func random() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails
	return base64.RawURLEncoding.EncodeToString(b)
}

// attempt is one run of a Flow.
type attempt struct {
	*Flow
	config          oauth2.Config
	state, verifier string
}

// url returns the authorization URL.
func (a *attempt) url() string {
	var opts []oauth2.AuthCodeOption
	for k, v := range a.Params {
		opts = append(opts, oauth2.SetAuthURLParam(k, v))
	}
	if a.PKCE {
		opts = append(opts, oauth2.S256ChallengeOption(a.verifier))
	}
	return a.config.AuthCodeURL(a.state, opts...)
}

// exchange returns the token of a code.
func (a *attempt) exchange(ctx context.Context, code string) (*oauth2.Token, error) {
	var opts []oauth2.AuthCodeOption
	if a.PKCE {
		opts = append(opts, oauth2.VerifierOption(a.verifier))
	}
	t, err := a.config.Exchange(auth.HTTPContext(ctx, a.HTTPClient), code, opts...)
	switch {
	case err != nil: // the refusal of a code is not the end of a sign-in
		return nil, auth.GrantError(a.Provider, err, code, a.verifier, a.config.ClientSecret)
	case !config.ValidHeaderValue(t.AccessToken):
		return nil, fmt.Errorf("the token endpoint of %s: the access token has a control character", a.Provider)
	}
	return t, nil
}

// answer is the result of the authorization.
type answer struct {
	code string
	err  error
}

// read returns the answer in the query of a redirect. ok is false if it is not the answer to
// this attempt.
func (a *attempt) read(q url.Values) (_ answer, ok bool) {
	states := q["state"]
	if len(states) != 1 || subtle.ConstantTimeCompare([]byte(states[0]), []byte(a.state)) != 1 {
		return answer{}, false
	}
	if codes := q["error"]; len(codes) > 0 {
		message := codes[0]
		if d := q.Get("error_description"); d != "" {
			message += ": " + d
		}
		if len(message) > 300 {
			message = strings.ToValidUTF8(message[:300], "")
		}
		return answer{err: fmt.Errorf("%s: %w: %s", a.Provider, ErrDenied, text.Line(message))}, true
	}
	codes := q["code"]
	if len(codes) != 1 || codes[0] == "" || len(codes[0]) > 8<<10 {
		return answer{}, false
	}
	return answer{code: codes[0]}, true
}

// answers is the loopback listener of an attempt.
type answers struct {
	c     chan answer
	close func()
}

const done = "<!doctype html><meta charset=utf-8><title>Sign-in</title><p>The answer has arrived. You may close this page and go back to the terminal.\n"

// serve answers requests to the redirect URL until close.
func (a *attempt) serve(l net.Listener, redirect *url.URL) answers {
	c := make(chan answer, 1)
	srv := &http.Server{
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 5 * time.Second, WriteTimeout: 5 * time.Second, MaxHeaderBytes: 32 << 10,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			h := w.Header()
			h.Set("Connection", "close")
			h.Set("Cache-Control", "no-store")
			h.Set("Referrer-Policy", "no-referrer") // the URL has the code
			h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
			h.Set("X-Content-Type-Options", "nosniff")
			got, ok := answer{}, false
			if r.Method == http.MethodGet && r.Host == redirect.Host && r.URL.Path == redirect.Path {
				got, ok = a.read(r.URL.Query())
			}
			if !ok {
				http.Error(w, "this is not the answer to a sign-in", http.StatusBadRequest)
				return
			}
			h.Set("Content-Type", "text/html; charset=utf-8")
			_, _ = w.Write([]byte(done))
			if f, ok := w.(http.Flusher); ok {
				f.Flush()
			}
			select {
			case c <- got:
			default: // a repetition
			}
		}),
	}
	go func() { _ = srv.Serve(l) }()
	return answers{c, func() {
		end, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if srv.Shutdown(end) != nil {
			_ = srv.Close()
		}
	}}
}

// paste reads the answer from the person.
func (a *attempt) paste(ctx context.Context, redirect *url.URL, o Options) (*oauth2.Token, error) {
	if redirect.Port() == "0" {
		redirect.Host = "127.0.0.1:1" // where nothing listens: the browser shows the URL and an error
	}
	a.config.RedirectURL = redirect.String()
	if err := o.Visit(a.url()); err != nil {
		return nil, err
	}
	pasted, err := o.Paste(ctx)
	if err != nil {
		return nil, err
	}
	pasted = strings.TrimSpace(pasted)
	u, err := url.Parse(pasted)
	switch {
	case err == nil && u.Scheme != "" && u.Host != "":
		if u.Scheme != redirect.Scheme || u.Host != redirect.Host || u.Path != redirect.Path && u.Path+"/" != redirect.Path {
			return nil, fmt.Errorf("the pasted URL does not begin with %s", redirect)
		}
		got, ok := a.read(u.Query())
		switch {
		case !ok:
			return nil, errors.New("the pasted URL is not the answer to this sign-in: its state is missing or another one, or it has no code")
		case got.err != nil:
			return nil, got.err
		}
		return a.exchange(ctx, got.code)
	case pasted == "":
		return nil, errors.New("nothing was pasted")
	case strings.ContainsFunc(pasted, func(r rune) bool { return r < ' ' || r > '~' }), strings.Contains(pasted, "code="), strings.Contains(pasted, "state="):
		return nil, fmt.Errorf("this is neither a code nor the URL that the browser was sent to, which begins with %s", redirect)
	case !a.PKCE:
		return nil, fmt.Errorf("%s does not bind a code to this sign-in: paste the whole URL that the browser was sent to", a.Provider)
	}
	return a.exchange(ctx, pasted)
}
