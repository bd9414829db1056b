package auth_test

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/memberships-go/memberships/auth"
)

// The client of HTTPContext waits at most 30 seconds, and less for a caller's shorter timeout.
func TestHTTPContext(t *testing.T) {
	for _, tc := range []struct{ given, want time.Duration }{{0, 30 * time.Second}, {time.Second, time.Second}, {time.Hour, 30 * time.Second}} {
		client, _ := auth.HTTPContext(t.Context(), &http.Client{Timeout: tc.given}).Value(oauth2.HTTPClient).(*http.Client)
		if client == nil || client.Timeout != tc.want {
			t.Errorf("the timeout %s became that of %+v, want %s", tc.given, client, tc.want)
		}
	}
}

func refusal(status int, code, description string) error {
	return &oauth2.RetrieveError{Response: &http.Response{StatusCode: status}, ErrorCode: code, ErrorDescription: description}
}

func TestExchangeError(t *testing.T) {
	for _, tc := range []struct {
		name             string
		err              error
		want             string
		signedOut, grant bool // ErrSignedOut of ExchangeError and of GrantError
	}{
		{"a refused token", refusal(400, "invalid_grant", "canary is\nrevoked"), "signed out: box refused the token with status 400, invalid_grant: REDACTED is revoked", true, false},
		{"a refused app", refusal(401, "invalid_client", ""), "box refused the token with status 401, invalid_client", false, false},
		{"no OAuth error", &oauth2.RetrieveError{Response: &http.Response{StatusCode: 400}, Body: []byte(`{"message":"Bad code canary.","trackingId":"T"}`)}, "box refused the token with status 400: Bad code REDACTED.", false, false},
		{"an OAuth error in a message", &oauth2.RetrieveError{Response: &http.Response{StatusCode: 400}, Body: []byte(`{"message":"invalid_grant: canary has ended."}`)}, "signed out: box refused the token with status 400, invalid_grant: REDACTED has ended.", true, false},
		{"a canceled call", &url.Error{Op: "Post", URL: "http://canary", Err: context.Canceled}, "the token endpoint of box: context canceled", false, false},
		{"a hung answer", &url.Error{Op: "Post", URL: "http://canary", Err: context.DeadlineExceeded}, "the token endpoint of box did not answer in time: context deadline exceeded", false, false},
		{"a hung body", errors.New("oauth2: cannot fetch token: context deadline exceeded (Client.Timeout or context cancellation while reading body)"), "the token endpoint of box did not answer in time: context deadline exceeded", false, false},
		{"another error", errors.New("no route for canary"), "the token endpoint of box: no route for REDACTED", false, false},
		{"an answer that is no JSON", errors.New("oauth2: cannot parse json: json: invalid number literal, trying to unmarshal \"\\\"another\\\"\" into Number"), "the token endpoint of box: the answer is not the JSON of a token of at most 1 MiB", false, false},
		{"an answer without a token", errors.New("oauth2: server response missing access_token"), "the token endpoint of box: the answer has no access token", false, false},
		{"a long text", errors.New(strings.Repeat("é", 400)), "the token endpoint of box: " + strings.Repeat("é", 150), false, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := auth.ExchangeError("box", tc.err, "canary", "")
			if got.Error() != tc.want || errors.Is(got, auth.ErrSignedOut) != tc.signedOut {
				t.Errorf("got %v, want %s", got, tc.want)
			}
			if code := auth.RefusedCode(got); code != auth.RefusedCode(tc.err) {
				t.Errorf("the code is %q, want that of %v", code, tc.err)
			}
			own := auth.GrantError("box", tc.err, "canary")
			if own.Error() != strings.TrimPrefix(tc.want, "signed out: ") || errors.Is(own, auth.ErrSignedOut) != tc.grant {
				t.Errorf("got %v of an app", own)
			}
			if strings.Contains(tc.err.Error(), "deadline exceeded") != errors.Is(got, context.DeadlineExceeded) {
				t.Errorf("%v hides the end of the time", got)
			}
			if errors.Is(tc.err, context.Canceled) != errors.Is(got, context.Canceled) {
				t.Errorf("%v loses the cancellation", got)
			}
		})
	}
}

// An answer that repeats the form, or a secret of it in another encoding, shows none in the
// error.
func TestExchangeErrorOfEchoes(t *testing.T) {
	const secret, token = "canary/secret+1", "1//canary=token"
	form := url.Values{"client_id": {"id"}, "client_secret": {secret}, "refresh_token": {token}}.Encode()
	for name, echo := range map[string]string{
		"the form":         form,
		"a quoted form":    strconv.Quote(form),
		"JSON":             `{"client_secret":"canary\/secret+1","refresh_token":"1\/\/canary=token"}`,
		"a header":         "Basic " + base64.StdEncoding.EncodeToString([]byte("id:"+secret)),
		"hexadecimal":      hex.EncodeToString([]byte(token)),
		"a cut":            strings.Repeat("x", 16<<10-9) + secret,
		"beyond the limit": strings.Repeat("x", 290) + form,
	} {
		t.Run(name, func(t *testing.T) {
			for _, err := range []error{
				refusal(400, "invalid_grant", echo), refusal(400, echo, ""), errors.New(echo),
				&oauth2.RetrieveError{Response: &http.Response{StatusCode: 400}, Body: []byte(`{"message":` + strconv.Quote("invalid_grant: "+echo) + `}`)},
			} {
				got := auth.ExchangeError("box", err, secret, token).Error()
				if strings.Contains(got, "canary") || strings.Contains(got, echo) || strings.Contains(got, url.QueryEscape(secret)) {
					t.Errorf("got %s", got)
				}
			}
		})
	}
	if got := auth.ExchangeError("box", refusal(400, "invalid_grant", "bad "+form), secret, token).Error(); !strings.HasSuffix(got, "invalid_grant: bad client_id=id&client_secret=REDACTED&refresh_token=REDACTED") {
		t.Errorf("got %s", got)
	}
}

func TestPostRevocation(t *testing.T) {
	for _, tc := range []struct {
		name     string
		status   int
		body     string
		code     string
		want     string
		location string
	}{
		{"done", 200, "", "", "<nil>", ""},
		{"refused", 400, `{"error":"invalid_token","error_description":"canary-token is unknown"}`, "invalid_token", "box refused the revocation with status 400, invalid_token: REDACTED is unknown", ""},
		{"no JSON", 502, "<canary-secret>", "", "box refused the revocation with status 502", ""},
		{"a redirect", 307, "", "", "the revocation at box: a redirect leads to http://evil.example", "http://evil.example/x"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method != http.MethodPost || r.URL.RawQuery != "" || r.PostFormValue("token") != "canary-token" {
					t.Errorf("%s %s with the token %q", r.Method, r.URL, r.PostFormValue("token"))
				}
				if tc.location != "" {
					w.Header().Set("Location", tc.location)
				}
				w.WriteHeader(tc.status)
				_, _ = fmt.Fprint(w, tc.body)
			}))
			defer srv.Close()
			code, err := auth.PostRevocation(t.Context(), nil, "box", srv.URL+"/revoke", url.Values{"token": {"canary-token"}, "client_secret": {"canary-secret"}})
			if code != tc.code || fmt.Sprint(err) != tc.want {
				t.Errorf("got %q, %v, want %q, %s", code, err, tc.code, tc.want)
			}
		})
	}
}

// A token of a TokenFunc counts as ended a minute early.
func TestEarly(t *testing.T) {
	end := time.Now().Add(time.Hour)
	if got := auth.Early(&oauth2.Token{AccessToken: "a", Expiry: end}); !got.Expiry.Equal(end.Add(-time.Minute)) || got.AccessToken != "a" {
		t.Errorf("got %+v", got)
	}
	if got := auth.Early(&oauth2.Token{AccessToken: "a"}); got.Valid() {
		t.Errorf("a token without a lifetime lasts until %s", got.Expiry)
	}
	f := auth.TokenFunc(func(ctx context.Context) (*oauth2.Token, error) {
		if d, ok := ctx.Deadline(); !ok || time.Until(d) > time.Minute {
			return nil, errors.New("there is no deadline")
		}
		return &oauth2.Token{AccessToken: "a"}, nil
	})
	if got, err := f.Token(); err != nil || got.AccessToken != "a" {
		t.Errorf("got %v, %v", got, err)
	}
}
