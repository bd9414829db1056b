package client

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/oauth2"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/config"
	"github.com/memberships-go/memberships/internal/transport"
	"github.com/memberships-go/memberships/option"
)

const canary = "canary/7f3a+9c41d2"

// canaryForms are the encodings of canary that a test looks for.
var canaryForms = []string{
	canary, url.QueryEscape(canary), url.QueryEscape(url.QueryEscape(canary)), strings.ToUpper(canary),
	base64.StdEncoding.EncodeToString([]byte(canary))[:20],
	base64.StdEncoding.EncodeToString([]byte("user:" + canary))[8:24],
	strings.ToLower(base64.StdEncoding.EncodeToString([]byte(canary)))[:12],
	`canary\/7f3a+9c41d2`, "canary~17f3a+9c41d2", "canary/7f3a",
}

// observed is the output of a call: its error, the log and the hooks.
type observed struct {
	err   error
	log   bytes.Buffer
	hooks strings.Builder
	errs  []error // of hooks
}

// texts returns every text of the output, by its place.
func (o *observed) texts() map[string]string {
	texts := map[string]string{"the log": o.log.String(), "the hooks": o.hooks.String()}
	for i, err := range append(o.errs, o.err) {
		add := func(what, text string) { texts[fmt.Sprintf("%s of error %d", what, i)] = text }
		add("the text", fmt.Sprintf("%v %+v %#v %q", err, err, err, err))
		var e *memberships.Error
		if errors.As(err, &e) {
			add("the fields", fmt.Sprintf("%s %s %s %s %v %#v", e.Body, e.Code, e.Message, e.RequestID, e.Err, e.Err))
		}
		var u *url.Error
		if errors.As(err, &u) {
			add("the URL", fmt.Sprint(u))
		}
		var op *net.OpError
		if errors.As(err, &op) {
			add("the operation", fmt.Sprintf("%v %#v", op, op))
		}
		var r *transport.RedirectError
		if errors.As(err, &r) {
			add("the redirect", fmt.Sprintf("%#v", r))
		}
		var l *leaky
		if errors.As(err, &l) {
			add("the own error", l.note)
		}
	}
	return texts
}

func (o *observed) options() []option.Option {
	return []option.Option{
		option.WithAttempts(1),
		option.WithLogger(slog.New(slog.NewJSONHandler(&o.log, &slog.HandlerOptions{Level: slog.LevelDebug}))),
		option.WithHook(func(ctx context.Context, a option.Attempt) context.Context {
			fmt.Fprintf(&o.hooks, "%+v %#v\n", a, a)
			return ctx
		}, func(_ context.Context, a option.Attempt) {
			fmt.Fprintf(&o.hooks, "%+v %#v\n", a, a)
			if a.Err != nil {
				o.errs = append(o.errs, a.Err)
			}
		}),
	}
}

// leaky is a foreign error with a field that its text does not show.
type leaky struct{ note string }

func (*leaky) Error() string { return "leaky" }

// The error of a call, its log and its hooks show no credential, and errors.Is keeps its
// results.
func TestErrorsShowNoCredential(t *testing.T) {
	fails := func(err error) rt { return func(*http.Request) (*http.Response, error) { return nil, err } }
	responds := func(status int, body string, header ...string) rt {
		return func(*http.Request) (*http.Response, error) { return answers(status, body, header...), nil }
	}
	basic := base64.StdEncoding.EncodeToString([]byte("user:" + canary))
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("the caller stops " + canary))
	for _, tt := range []struct {
		name string
		ctx  context.Context
		rt   rt
		is   []error
	}{
		{"a URL", nil, fails(&url.Error{Op: "Get", URL: "https://x/" + canary, Err: refused}), []error{memberships.ErrUnavailable, syscall.ECONNREFUSED}},
		{"a URL in an address", nil, fails(&net.OpError{Op: "read", Net: canary, Err: &url.Error{URL: basic, Err: io.ErrUnexpectedEOF}}), []error{memberships.ErrUnavailable, io.ErrUnexpectedEOF}},
		{"a foreign error", nil, fails(fmt.Errorf("x: %w", errors.Join(&leaky{canary}, io.ErrUnexpectedEOF))), []error{memberships.ErrUnavailable, io.ErrUnexpectedEOF}},
		{"a cause", ctx, responds(200, "{}"), []error{context.Canceled}},
		{"a redirect", nil, responds(302, "", "Location", "https://"+strings.ToUpper(url.QueryEscape(canary))+".example.net/x"), []error{memberships.ErrUntrusted}},
		{"a field", nil, responds(200, `{"canary\/7f3a+9c41d2":{"x":nope}}`), []error{memberships.ErrMalformed}},
		{"a field as a pointer", nil, responds(200, `{"`+canary+`":{"x":nope}}`), []error{memberships.ErrMalformed}},
		{"a long body", nil, responds(200, `{"x":nope,"y":"`+strings.Repeat("x", maxErrorBody-22)+canary+strings.Repeat("x", maxErrorBody)), []error{memberships.ErrMalformed}},
		{"a long body in small letters", nil, responds(200, `{"x":nope,"y":"`+strings.Repeat("x", maxErrorBody-28)+"."+strings.ToLower(base64.StdEncoding.EncodeToString([]byte(canary)))+strings.Repeat(" ", maxErrorBody)), []error{memberships.ErrMalformed}},
		{"a body that is cut", nil, responds(500, strings.Repeat("x", maxErrorBody-11)+canary), []error{memberships.ErrUnavailable}},
		{"a message", nil, responds(400, "you sent "+url.QueryEscape(url.QueryEscape(canary))+" and "+basic), []error{memberships.ErrInvalidArgument}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := new(observed)
			c, err := New(echoing, append(o.options(), option.WithToken(canary), option.WithHTTPClient(&http.Client{Transport: tt.rt})))
			if err != nil {
				t.Fatal(err)
			}
			if tt.ctx == nil {
				tt.ctx = t.Context()
			}
			_, o.err = getThing(tt.ctx, c)
			o.check(t)
			for _, want := range tt.is {
				if !errors.Is(o.err, want) {
					t.Errorf("%v does not wrap %v", o.err, want)
				}
			}
		})
	}
}

func (o *observed) check(t *testing.T) {
	t.Helper()
	if o.err == nil {
		t.Error("no error")
	}
	for what, text := range o.texts() {
		for _, form := range canaryForms {
			if strings.Contains(text, form) {
				t.Errorf("%s shows %s: %.300s", what, form, text)
			}
		}
	}
}

// Every credential of a call is redacted: of the client, the arguments, the headers, the
// query of each attempt, and tokens before a renewal.
func TestAllCredentials(t *testing.T) {
	api := *echoing
	api.SecretParams = []string{"signature"}
	api.Secrets = func(*config.Config) []string { return []string{"secret-key-5d1e"} }
	attempt := 0
	api.Authorize = func(ctx context.Context, cfg *config.Config, req *http.Request) (string, error) {
		token, err := Token(ctx, cfg)
		attempt++
		req.URL.RawQuery = url.Values{"signature": {fmt.Sprintf("signature-%d/7b", attempt)}}.Encode()
		return token, err
	}
	refreshes := 0
	tokens := tokenFunc(func() (*oauth2.Token, error) {
		refreshes++
		return &oauth2.Token{AccessToken: fmt.Sprintf("token-number-%d", refreshes)}, nil
	})
	all := []string{
		"secret-key-5d1e", "header-key-5d1e", "argument-5d1e", "token-number-1", "token-number-2", "signature-1/7b", "signature-2/7b",
	}
	o := new(observed)
	c, err := New(&api, append(o.options(), option.WithTokenSource(tokens), option.WithHeader("X-Api-Key", "header-key-5d1e"),
		option.WithHTTPClient(&http.Client{Transport: rt(func(*http.Request) (*http.Response, error) {
			return answers(401, strings.Join(all, " ")+" visible"), nil
		})})))
	if err != nil {
		t.Fatal(err)
	}
	_, err = One(t.Context(), c, Call{
		Name: "Things.Get", Endpoint: withID("GET /things/{id}", "argument-5d1e"), Secrets: []string{"argument-5d1e"},
	}, thingKey)
	var e *memberships.Error
	if !errors.As(err, &e) || !strings.Contains(string(e.Body), "visible") || refreshes != 2 {
		t.Fatalf("got %v after %d refreshes", err, refreshes)
	}
	for _, secret := range all {
		for what, text := range map[string]string{"error": err.Error(), "body": string(e.Body), "log": o.log.String(), "hook": o.hooks.String()} {
			if strings.Contains(text, secret) {
				t.Errorf("the %s shows %s: %s", what, secret, text)
			}
		}
	}
	if !strings.Contains(o.log.String(), `/things/REDACTED`) {
		t.Errorf("the log is %s", o.log.String())
	}
}

type tokenFunc func() (*oauth2.Token, error)

func (f tokenFunc) Token() (*oauth2.Token, error) { return f() }

// The error of a refused argument does not show a credential in it.
func TestArgumentsDoNotShowTheToken(t *testing.T) {
	c, err := New(echoing, []option.Option{option.WithToken(canary)})
	if err != nil {
		t.Fatal(err)
	}
	_, err = One(t.Context(), c, Call{
		Name: "Things.Get", Endpoint: withID("GET /things/{id}", "x"),
		Check: func() error { return fmt.Errorf("the id %q will not do: %w", canary, io.ErrUnexpectedEOF) },
	}, thingKey)
	if !errors.Is(err, memberships.ErrInvalidArgument) || !errors.Is(err, io.ErrUnexpectedEOF) || strings.Contains(err.Error(), canary) || !strings.Contains(err.Error(), "will not do") {
		t.Errorf("got %v", err)
	}
}

// A token source that ends its goroutine fails the call.
func TestTokenSourceThatExits(t *testing.T) {
	c, err := New(echoing, []option.Option{option.WithTokenSource(tokenFunc(func() (*oauth2.Token, error) {
		runtime.Goexit() // as t.FailNow does
		return nil, nil
	})), option.WithHTTPClient(&http.Client{Transport: rt(func(*http.Request) (*http.Response, error) {
		t.Error("a request was sent")
		return answers(200, "{}"), nil
	})})})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := getThing(t.Context(), c); !errors.Is(err, memberships.ErrUnauthenticated) || !strings.Contains(err.Error(), "gave no token") {
			t.Errorf("got %v", err)
		}
	}
}

// A success without hook and logger makes no redactor.
func TestNoRedactorOnSuccess(t *testing.T) {
	made := 0
	api := *echoing
	api.Secrets = func(*config.Config) []string { made++; return nil }
	status := 200
	c, err := New(&api, []option.Option{option.WithToken(canary), option.WithAttempts(1), option.WithHTTPClient(&http.Client{
		Transport: rt(func(*http.Request) (*http.Response, error) { return answers(status, `{"id":"x"}`), nil }),
	}), option.WithLogger(slog.New(slog.DiscardHandler))})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := getThing(t.Context(), c); err != nil || made != 0 {
		t.Errorf("%d redactors for a success: %v", made, err)
	}
	if _, err := getThing(t.Context(), c, option.WithHook(nil, func(context.Context, option.Attempt) {})); err != nil || made == 0 {
		t.Errorf("%d redactors for a hook: %v", made, err)
	}
	made, status = 0, 400
	if _, err := getThing(t.Context(), c); err == nil || made == 0 {
		t.Errorf("%d redactors for a failure: %v", made, err)
	}
}
