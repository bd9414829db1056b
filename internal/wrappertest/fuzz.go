package wrappertest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/option"
)

// FuzzPage sends arbitrary bodies to a page of a listing. The keys of an accepted page
// are valid UTF-8 without replacement characters that the body lacks.
func FuzzPage(f *testing.F, page func(ctx context.Context, opts ...option.Option) (keys []string, err error), seeds ...string) {
	for _, s := range append(seeds, `{}`, `null`, `[]`, `[null]`, `{"error":{}}`, "{\"id\":\"\xff\"}", `{"id":"\ud800"}`) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		a := &answer{status: 200, body: body}
		keys, err := page(t.Context(), fuzzed(a)...)
		if err != nil {
			var e *memberships.Error
			if !errors.As(err, &e) || e.Kind == nil {
				t.Errorf("%q: %v is not a *memberships.Error", body, err)
			}
			return
		}
		for _, k := range keys {
			if k == "" || !utf8.ValidString(k) || strings.Contains(k, "\uFFFD") && !strings.Contains(body, "\uFFFD") && !strings.Contains(strings.ToLower(body), `\ufffd`) {
				t.Errorf("%q gave the key %q", body, k)
			}
		}
	})
}

// FuzzError sends arbitrary failures to a call. The error has a kind and the status, fits
// on one line and does not contain the credential.
func FuzzError(f *testing.F, call func(ctx context.Context, opts ...option.Option) error, seeds ...string) {
	for _, s := range append(seeds, ``, `{}`, `null`, `[]`, `<html>`, `{"message":"a\nb\u2028c","errors":[{}],"error":true}`, "\xff") {
		f.Add(400, s)
		f.Add(503, s)
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		if status < 400 || status > 599 {
			return
		}
		err := call(t.Context(), fuzzed(&answer{status: status, body: body})...)
		var e *memberships.Error
		if !errors.As(err, &e) || e.Kind == nil || e.StatusCode != status {
			t.Fatalf("%d %q: got %v", status, body, err)
		}
		for _, verb := range []string{"%v", "%+v", "%#v"} {
			if s := fmt.Sprintf(verb, err); strings.ContainsAny(s, "\n\r\u2028") || strings.Contains(s, Canary) || !utf8.ValidString(s) {
				t.Errorf("%d %q: %q", status, body, s)
			}
		}
	})
}

func fuzzed(a *answer) []option.Option {
	return []option.Option{
		option.WithHTTPClient(&http.Client{Transport: a}), option.WithToken(Canary), option.WithAttempts(1),
	}
}
