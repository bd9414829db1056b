package box_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/box"
)

// inMemory answers requests without a network.
type inMemory http.HandlerFunc

func (h inMemory) RoundTrip(r *http.Request) (*http.Response, error) {
	rec := httptest.NewRecorder()
	if r.Body == nil {
		r.Body = http.NoBody
	}
	h(rec, r)
	return rec.Result(), nil
}

// app returns a client with an app's credentials, whose secret is the canary. It makes one
// attempt per call.
func app(t *testing.T, handler http.HandlerFunc, opts ...option.Option) *box.Client {
	t.Helper()
	opts = append([]option.Option{
		box.WithClientCredentials("app", wrappertest.Canary, box.SubjectEnterprise, "42"), // first, so that later options apply to it
		option.WithHTTPClient(&http.Client{Transport: inMemory(handler)}), option.WithAttempts(1),
	}, opts...)
	c, err := box.New(opts...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// tokens returns a handler that issues t1, t2 and so on, each for an hour.
func tokens(issued *atomic.Int32) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/oauth2/token" {
			_, _ = fmt.Fprintf(w, `{"access_token":"t%d","expires_in":3600,"restricted_to":[],"issued_token_type":"bearer"}`, issued.Add(1))
			return
		}
		_, _ = fmt.Fprintf(w, `{"id":%q}`, r.Header.Get("Authorization"))
	}
}

func TestClientCredentialsRequest(t *testing.T) {
	requests := 0
	c := app(t, func(w http.ResponseWriter, r *http.Request) {
		requests++
		if r.URL.Host != "box.example" || r.UserAgent() != "test" {
			t.Errorf("%s of %s left the client's configuration", r.URL, r.UserAgent())
		}
		if r.URL.Path != "/proxy/oauth2/token" {
			if r.URL.Path != "/proxy/2.0/users/me" || r.Header.Get("Authorization") != "Bearer good" || r.Header.Get("As-User") != "7" {
				t.Errorf("sent %s with %v", r.URL, r.Header)
			}
			_, _ = io.WriteString(w, `{"id":"1"}`)
			return
		}
		b, _ := io.ReadAll(r.Body)
		form, err := url.ParseQuery(string(b))
		want := url.Values{
			"grant_type": {"client_credentials"}, "client_id": {"app"}, "client_secret": {wrappertest.Canary},
			"box_subject_type": {"enterprise"}, "box_subject_id": {"42"},
		}
		if diff := cmp.Diff(want, form); diff != "" || err != nil {
			t.Errorf("form: %v (-want +got):\n%s", err, diff)
		}
		if h := r.Header; h.Get("Authorization") != "" || h.Get("As-User") != "" || h.Get("Content-Type") != "application/x-www-form-urlencoded" {
			t.Errorf("sent %v", h)
		}
		_, _ = io.WriteString(w, `{"access_token":"good","expires_in":3600}`)
	}, option.WithBaseURL("https://box.example/proxy/2.0"), option.WithUserAgent("test"), box.WithAsUser("7"))
	_ = must[*box.User](t)(c.Users.GetMe(t.Context(), box.GetMeParams{}))
	if requests != 2 {
		t.Errorf("%d requests, want one for a token and one with it", requests)
	}
}

// All calls, also those with options, use one token until shortly before its expiry.
func TestClientCredentialsKeepToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var issued atomic.Int32
		c := app(t, tokens(&issued))
		ctx := t.Context()
		token := func(opts ...option.Option) string {
			t.Helper()
			return must[*box.User](t)(c.Users.GetMe(ctx, box.GetMeParams{}, opts...)).ID
		}
		var wg sync.WaitGroup
		for range 32 {
			wg.Go(func() {
				if got := token(option.WithHeader("X-Y", "z")); got != "Bearer t1" {
					t.Errorf("got %s", got)
				}
			})
		}
		wg.Wait()
		time.Sleep(58 * time.Minute)
		if got := token(box.WithAsUser("1")); got != "Bearer t1" {
			t.Errorf("got %s long before the expiry", got)
		}
		time.Sleep(90 * time.Second) // 30 seconds are left
		if got := token(); got != "Bearer t2" {
			t.Errorf("got %s shortly before the expiry", got)
		}
		if n := issued.Load(); n != 2 {
			t.Errorf("%d tokens were issued, want 2", n)
		}
	})
}

// A token without a lifetime is not kept.
func TestClientCredentialsUnknownLifetime(t *testing.T) {
	issued := 0
	c := app(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/oauth2/token" {
			issued++
			_, _ = io.WriteString(w, `{"access_token":"t"}`)
			return
		}
		_, _ = io.WriteString(w, `{"id":"1"}`)
	})
	for range 2 {
		_ = must[*box.User](t)(c.Users.GetMe(t.Context(), box.GetMeParams{}))
	}
	if issued != 2 {
		t.Errorf("%d tokens for 2 calls", issued)
	}
}

// The last option with credentials wins, and a call's wins over its client's.
func TestClientCredentialsAmongOptions(t *testing.T) {
	var issued atomic.Int32
	ctx := t.Context()
	c := app(t, tokens(&issued))
	me := func(c *box.Client, opts ...option.Option) string {
		t.Helper()
		return must[*box.User](t)(c.Users.GetMe(ctx, box.GetMeParams{}, opts...)).ID
	}
	got := []string{
		me(c, option.WithToken("mine")),
		me(c),
		me(c),
		me(c, box.WithClientCredentials("other", "hush", box.SubjectUser, "1")),
		me(c),
		me(app(t, tokens(&issued), option.WithToken("later"))),
	}
	if diff := cmp.Diff([]string{"Bearer mine", "Bearer t1", "Bearer t1", "Bearer t2", "Bearer t1", "Bearer later"}, got); diff != "" {
		t.Errorf("tokens (-want +got):\n%s", diff)
	}
}

// A call without a token fails with the error of the token call under its own name, without
// a secret. The next call tries again.
func TestClientCredentialsFailures(t *testing.T) {
	const echo = `{"error":"invalid_client","error_description":"secret ` + wrappertest.Canary + ` is wrong","request_id":"r1"}`
	tests := []struct {
		name, body, header string
		status             int
		kind               error
		code, text         string
	}{
		{"refused", `{"error":"invalid_grant","error_description":"Grant credentials are invalid"}`, "", 400, memberships.ErrUnauthenticated, "invalid_grant", "Grant credentials are invalid"},
		{"refused with the secret in the response", echo, "", 400, memberships.ErrUnauthenticated, "invalid_client", "secret REDACTED is wrong"},
		{"refused for another reason", `{"error":"invalid_request","error_description":"No."}`, "", 400, memberships.ErrUnauthenticated, "invalid_request", "No."},
		{"unauthorized", `{"error":"invalid_client"}`, "", 401, memberships.ErrUnauthenticated, "invalid_client", "status 401"},
		{"forbidden", ``, "", 403, memberships.ErrUnauthenticated, "", "status 403"},
		{"down", `<html>`, "", 503, memberships.ErrUnavailable, "", "status 503"},
		{"busy", `{"code":"rate_limit_exceeded"}`, "Retry-After: 1", 429, memberships.ErrRateLimited, "rate_limit_exceeded", "1s"},
		{"html", `<html>Sign in</html>`, "", 200, memberships.ErrUnauthenticated, "", "HTML"},
		{"no token", `{"expires_in":3600}`, "", 200, memberships.ErrUnauthenticated, "", "empty"},
		{"token of another type", `{"access_token":"` + wrappertest.Canary + `","expires_in":"soon"}`, "", 200, memberships.ErrUnauthenticated, "", "expires_in"},
		{"token with a control character", `{"access_token":"a\nb","expires_in":3600}`, "", 200, memberships.ErrUnauthenticated, "", "control character"},
		{"redirect", ``, "Location: https://evil.example/?x=" + wrappertest.Canary, 307, memberships.ErrUnauthenticated, "", "evil.example"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			broken, asked := true, 0
			c := app(t, func(w http.ResponseWriter, r *http.Request) {
				switch {
				case r.URL.Path != "/oauth2/token":
					_, _ = io.WriteString(w, `{"id":"1"}`)
				case !broken:
					_, _ = io.WriteString(w, `{"access_token":"good","expires_in":3600}`)
				default:
					asked++
					if k, v, ok := strings.Cut(tt.header, ": "); ok {
						w.Header().Set(k, v)
					}
					w.WriteHeader(tt.status)
					_, _ = io.WriteString(w, tt.body)
				}
			})
			_, err := c.Users.GetMe(t.Context(), box.GetMeParams{})
			var e *memberships.Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v, want a *memberships.Error", err)
			}
			if e.Kind != tt.kind || e.Code != tt.code || e.Op != "Users.GetMe" || !strings.Contains(e.Error(), tt.text) || asked != 1 {
				t.Errorf("after %d requests for a token: got %v, want %v, code %q and %q", asked, err, tt.kind, tt.code, tt.text)
			}
			for e := error(e); e != nil; { // every cause below
				var in *memberships.Error
				if !errors.As(e, &in) {
					break
				}
				if strings.Contains(fmt.Sprintf("%+v %s", in, in.Body), wrappertest.Canary) {
					t.Errorf("the secret is in %v, body %q", in, in.Body)
				}
				e = in.Err
			}
			broken = false
			_ = must[*box.User](t)(c.Users.GetMe(t.Context(), box.GetMeParams{}))
		})
	}
}

func TestClientCredentialsRefused(t *testing.T) {
	tests := map[string][4]string{
		"clientID":     {"", wrappertest.Canary, "user", "1"},
		"clientSecret": {"app", wrappertest.Canary + "\n", "user", "1"},
		"subjectType":  {"app", wrappertest.Canary, "robot", "1"},
		"subjectID":    {"app", wrappertest.Canary, "enterprise", ""},
	}
	for name, a := range tests {
		_, err := box.New(box.WithClientCredentials(a[0], a[1], box.SubjectType(a[2]), a[3]))
		if !errors.Is(err, memberships.ErrInvalidArgument) || !strings.Contains(err.Error(), ": "+name+" ") || strings.Contains(err.Error(), wrappertest.Canary) {
			t.Errorf("%s: got %v, want invalid argument that names it and not its value", name, err)
		}
	}
}

// As-User is an option of a client or of a call, and the call's wins.
func TestAsUser(t *testing.T) {
	var asked []string
	handler := func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Header.Get("As-User"))
		_, _ = io.WriteString(w, `{"id":"1","access_token":"t"}`)
	}
	ctx := t.Context()
	plain, always := serve(t, handler), serve(t, handler, box.WithAsUser("1"))
	_ = must[*box.User](t)(plain.Users.GetMe(ctx, box.GetMeParams{}, box.WithAsUser("2")))
	_ = must[*box.User](t)(plain.Users.GetMe(ctx, box.GetMeParams{}))
	_ = must[*box.User](t)(always.Users.GetMe(ctx, box.GetMeParams{}))
	_ = must[*box.User](t)(always.Users.GetMe(ctx, box.GetMeParams{}, box.WithAsUser("3")))
	_ = must[*box.AccessToken](t)(always.Tokens.Create(ctx, box.CreateTokenRequest{GrantType: box.GrantRefreshToken}))
	_ = must[*box.User](t)(always.Users.GetMe(ctx, box.GetMeParams{}))
	if diff := cmp.Diff([]string{"2", "", "1", "3", "", "1"}, asked); diff != "" {
		t.Errorf("As-User (-want +got):\n%s", diff)
	}
}

// Calls that fail for lack of a token do not multiply the requests.
func TestClientCredentialsBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int32
		c, err := box.New(box.WithClientCredentials("app", "hush", box.SubjectEnterprise, "42"),
			option.WithHTTPClient(&http.Client{Transport: inMemory(func(w http.ResponseWriter, _ *http.Request) {
				asked.Add(1)
				w.WriteHeader(http.StatusServiceUnavailable)
			})}))
		if err != nil {
			t.Fatal(err)
		}
		const calls = 5000
		for range calls {
			if _, err := c.Users.GetMe(t.Context(), box.GetMeParams{}); !errors.Is(err, memberships.ErrUnavailable) || errors.Is(err, memberships.ErrUnauthenticated) {
				t.Fatalf("got %v", err)
			}
		}
		if n := asked.Load(); n > calls*105/100 {
			t.Errorf("%d requests for %d calls", n, calls)
		}
	})
}

// A call uses the token of the second attempt.
func TestClientCredentialsRetry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		steps := []step{{503, ""}, {200, `{"access_token":"t","expires_in":3600}`}, {200, `{"id":"1"}`}}
		c, asked := wrappertest.Scripted(t, box.New, steps...)
		if _, err := c.Users.GetMe(t.Context(), box.GetMeParams{}, box.WithClientCredentials("app", "hush", box.SubjectEnterprise, "42")); err != nil || len(*asked) != 3 {
			t.Errorf("got %v after %v", err, *asked)
		}
	})
}
