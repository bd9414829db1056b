package box_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/box"
)

// An error of any grant has no secret of the request.
func TestTokensCreateRedacts(t *testing.T) {
	for _, r := range []box.CreateTokenRequest{
		{GrantType: box.GrantAuthorizationCode, Code: wrappertest.Canary},
		{GrantType: box.GrantRefreshToken, RefreshToken: wrappertest.Canary},
		{GrantType: box.GrantClientCredentials, ClientSecret: wrappertest.Canary},
		{GrantType: box.GrantJWTBearer, Assertion: wrappertest.Canary},
		{GrantType: box.GrantTokenExchange, SubjectToken: wrappertest.Canary},
		{GrantType: box.GrantTokenExchange, ActorToken: wrappertest.Canary},
	} {
		c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"error":"bad `+wrappertest.Canary+`","error_description":"`+wrappertest.Canary+`?"}`)
		})
		_, err := c.Tokens.Create(t.Context(), r)
		var e *memberships.Error
		if !errors.As(err, &e) || e.Code != "bad REDACTED" || e.Message != "REDACTED?" || len(e.Body) != 0 {
			t.Errorf("%s: got %v with body %q", r.GrantType, err, e.Body)
		}
	}
}

// A response may repeat a secret in any encoding, in a redirect or in the name of a field;
// neither error, log nor hook shows it.
func TestTokensCreateRedactsForms(t *testing.T) {
	const secret = "canary/7f3a+9c41d2"
	basic := base64.StdEncoding.EncodeToString([]byte("id:" + secret))
	for name, answer := range map[string]func(http.ResponseWriter){
		"words": func(w http.ResponseWriter) {
			w.WriteHeader(400)
			_, _ = io.WriteString(w, `{"error":"`+basic+`","error_description":"`+url.QueryEscape(secret)+`"}`)
		},
		"a field": func(w http.ResponseWriter) { _, _ = io.WriteString(w, `{"canary\/7f3a+9c41d2":{"x":nope}}`) },
		"redirect": func(w http.ResponseWriter) {
			w.Header().Set("Location", "https://"+basic+".example.net/")
			w.WriteHeader(302)
		},
	} {
		var log bytes.Buffer
		var hooked []string
		c := serve(t, func(w http.ResponseWriter, _ *http.Request) { answer(w) },
			option.WithLogger(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))),
			option.WithHook(nil, func(_ context.Context, a option.Attempt) { hooked = append(hooked, fmt.Sprintf("%+v %#v", a, a.Err)) }))
		_, err := c.Tokens.Create(t.Context(), box.CreateTokenRequest{GrantType: box.GrantClientCredentials, ClientID: "id", ClientSecret: secret})
		if err == nil || log.Len() == 0 || len(hooked) == 0 {
			t.Fatalf("%s: %v, log %q, hooks %q", name, err, log.String(), hooked)
		}
		text := fmt.Sprintf("%v %#v %s %s", err, errors.Unwrap(err), log.String(), hooked)
		for _, form := range []string{"7f3a", "7F3A", basic[4:20], strings.ToLower(basic[4:20])} {
			if strings.Contains(text, form) {
				t.Errorf("%s shows %s: %s", name, form, text)
			}
		}
	}
}

// A long message loses its secrets before it is cut.
func TestTokensCreateRedactsLongSecrets(t *testing.T) {
	assertion := strings.Repeat(wrappertest.Canary, 100)
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"error":"invalid_grant","error_description":"not `+assertion+`"}`)
	})
	_, err := c.Tokens.Create(t.Context(), box.CreateTokenRequest{GrantType: box.GrantJWTBearer, Assertion: assertion})
	var e *memberships.Error
	if !errors.As(err, &e) || e.Message != "not REDACTED" {
		t.Errorf("got %v", err)
	}
}

// Only grants that are valid for several uses are retried.
func TestTokensCreateRetries(t *testing.T) {
	again := map[box.CreateTokenRequest]bool{
		{GrantType: box.GrantClientCredentials}: true,
		{GrantType: box.GrantTokenExchange}:     true,
		{GrantType: box.GrantJWTBearer}:         false,
		{GrantType: box.GrantRefreshToken}:      false,
		{GrantType: box.GrantAuthorizationCode}: false,
	}
	for r, repeatable := range again {
		t.Run(string(r.GrantType), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				steps := []step{{503, ""}}
				if repeatable {
					steps = append(steps, step{200, `{"access_token":"t"}`})
				}
				c, asked := wrappertest.Scripted(t, box.New, steps...)
				_, err := c.Tokens.Create(t.Context(), r)
				if repeatable != (err == nil) || repeatable == errors.Is(err, memberships.ErrOutcomeUnknown) || len(*asked) != len(steps) {
					t.Errorf("got %v after %v", err, *asked)
				}
			})
		})
	}
}
