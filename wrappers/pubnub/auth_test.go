package pubnub

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/config"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
)

// vector is a signature from another implementation.
type vector struct {
	Name, Method, PublishKey, SecretKey, Path, Body, CanonicalQuery, Signature string
	Query                                                                      map[string]string
}

func vectors(t *testing.T) []vector {
	t.Helper()
	b, err := os.ReadFile("testdata/signatures.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []vector
	if err := json.Unmarshal(b, &all); err != nil || len(all) != 9 {
		t.Fatalf("%d vectors: %v", len(all), err)
	}
	return all
}

// wire records requests and answers each with the same status and body.
type wire struct {
	status int
	body   string
	seen   []*http.Request
	bodies []string
}

func (w *wire) RoundTrip(req *http.Request) (*http.Response, error) {
	body := ""
	if req.Body != nil {
		b, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		body = string(b)
	}
	w.seen, w.bodies = append(w.seen, req), append(w.bodies, body)
	return &http.Response{
		StatusCode: w.status, Header: http.Header{}, Request: req, ContentLength: -1,
		Body: io.NopCloser(strings.NewReader(w.body)),
	}, nil
}

func clock(seconds int64) func() time.Time { return func() time.Time { return time.Unix(seconds, 0) } }

// The code that signs an attempt reproduces every vector.
func TestSignatureVectors(t *testing.T) {
	for _, v := range vectors(t) {
		t.Run(v.Name, func(t *testing.T) {
			var seconds int64
			if _, err := fmt.Sscan(v.Query["timestamp"], &seconds); err != nil {
				t.Fatal(err)
			}
			q := url.Values{}
			for name, value := range v.Query {
				if name != "timestamp" {
					q.Set(name, value)
				}
			}
			id := identity{publishKey: v.PublishKey, SecretKey: config.Secret(v.SecretKey), now: clock(seconds)}
			req, err := http.NewRequest(v.Method, "https://ps.pndsn.com"+v.Path+"?"+q.Encode(), strings.NewReader(v.Body))
			if err != nil {
				t.Fatal(err)
			}
			if err := id.seal(req, nil); err != nil {
				t.Fatal(err)
			}
			if want := v.CanonicalQuery + "&signature=" + v.Signature; req.URL.RawQuery != want {
				t.Errorf("signed %s\nwant   %s", req.URL.RawQuery, want)
			}
			if body, err := io.ReadAll(req.Body); err != nil || req.URL.EscapedPath() != v.Path || string(body) != v.Body {
				t.Errorf("the path is %s, and the body %s: %v", req.URL.EscapedPath(), body, err)
			}
		})
	}
}

// canonicalQuery is url.Values.Encode with the escapes of signatures.
func TestCanonicalQuery(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	text := func() string {
		alphabet := []rune("ab~+ %&=/,:*\"'é\U0001f600.-_")
		var b strings.Builder
		for range rng.IntN(6) {
			b.WriteRune(alphabet[rng.IntN(len(alphabet))])
		}
		return b.String()
	}
	for range 2000 {
		q, own := url.Values{}, []parameter(nil)
		for _, name := range []string{"auth", "count", "filter", "limit", "pnsdk", "start", "timestamp", "uuid", "zzz"} {
			if rng.IntN(2) == 0 {
				q.Set(name, text())
			}
		}
		raw := q.Encode()
		for _, name := range []string{"uuid", "auth", "pnsdk"}[rng.IntN(3):] {
			own = append(own, parameter{name, text()})
			q.Set(name, own[len(own)-1].value)
		}
		want := strings.NewReplacer("+", "%20", "~", "%7E").Replace(q.Encode())
		if got := canonicalQuery(raw, own); got != want {
			t.Fatalf("%q with %q is %s, want %s", raw, own, got, want)
		}
	}
}

// A client's methods reproduce the vectors of their own requests.
func TestSignatureOfMethods(t *testing.T) {
	all := vectors(t)
	signed := func(seconds int64) (*Client, *wire) {
		w := &wire{status: 200, body: `{"status":200,"data":[]}`}
		c, err := New(WithKeys("sub-c-demo", "pub-c-demo"), WithUserID("admin"), WithSecretKey("sec-c-demo"), withClock(clock(seconds)),
			option.WithUserAgent("memberships-go/0.1.0"), option.WithHTTPClient(&http.Client{Transport: w}))
		if err != nil {
			t.Fatal(err)
		}
		return c, w
	}
	c, w := signed(1700000000)
	_, err := c.Memberships.ListByUserPage(t.Context(), "alice", ListMembershipsParams{
		Include: []string{IncludeCustom, IncludeChannelCustom}, Count: new(CountTotal),
	}, "")
	if want := all[0].CanonicalQuery + "&signature=" + all[0].Signature; err != nil || w.seen[0].URL.RawQuery != want {
		t.Errorf("sent  %s\nwant %s\n%v", w.seen[0].URL.RawQuery, want, err)
	}
	c, w = signed(1700000001)
	p := ListMembershipsParams{Count: new(CountNone), Filter: new(all[1].Query["filter"]), Sort: []string{Desc(FieldChannelName), string(FieldUpdated)}}
	query := url.Values{"filter": {*p.Filter}, "sort": {strings.Join(p.Sort, ",")}}.Encode()
	token := wrappertest.Token("MTA", "pubnub", "GET /v2/objects/{subscribeKey}/uuids/{userId}/channels", query, "sub-c-demo", "alice")
	_, err = c.Memberships.ListByUserPage(t.Context(), "alice", p, token, option.WithPageSize(25))
	if want := all[1].CanonicalQuery + "&signature=" + all[1].Signature; err != nil || w.seen[0].URL.RawQuery != want {
		t.Errorf("sent  %s\nwant %s\n%v", w.seen[0].URL.RawQuery, want, err)
	}
	// Paths are escaped segment by segment, as in the fourth vector.
	_, _ = c.Members.ListByChannelPage(t.Context(), "space one+two~", ListMembersParams{}, "")
	if got, want := w.seen[1].URL.EscapedPath(), "/v2/objects/sub-c-demo/channels/space%20one%2Btwo%7E/uuids"; got != want {
		t.Errorf("sent path %s, want %s", got, want)
	}
}

// Each attempt has its own signature, because a signature is valid for 60 seconds.
func TestSignatureIsFresh(t *testing.T) {
	w := &wire{status: 200, body: `{"status":200,"data":[]}`}
	now := int64(1700000000)
	c, err := New(WithKeys("demo", ""), WithUserID("admin"), WithSecretKey("sec-c-demo"), option.WithHTTPClient(&http.Client{Transport: w}),
		withClock(func() time.Time { now += 100; return time.Unix(now, 0) }))
	if err != nil {
		t.Fatal(err)
	}
	seq := c.Memberships.ListByUser(t.Context(), "", ListMembershipsParams{})
	for range 2 {
		for _, err := range seq {
			t.Fatal(err)
		}
	}
	a, b := w.seen[0].URL.Query(), w.seen[1].URL.Query()
	if a.Get("timestamp") != "1700000100" || b.Get("timestamp") != "1700000200" || a.Get("signature") == b.Get("signature") {
		t.Errorf("sent %v and %v", a, b)
	}
}

func TestAuthorize(t *testing.T) {
	const token = "qEF2AkF0Gl+/kGhDdHRsGDw="
	base := []option.Option{WithKeys("demo", ""), WithUserID("admin")}
	for _, test := range []struct {
		name string
		opts []option.Option
		want map[string]string // a parameter and its value, "" for one that is not sent, "*" for any
	}{
		{"none", nil, map[string]string{"uuid": "admin", "auth": "", "timestamp": "", "signature": ""}},
		{"token", []option.Option{option.WithToken(token)}, map[string]string{"auth": token, "signature": ""}},
		{"token source", []option.Option{option.WithTokenSource(oauth2.StaticTokenSource(&oauth2.Token{AccessToken: token}))}, map[string]string{"auth": token}},
		{"both", []option.Option{option.WithToken(token), WithSecretKey("s")}, map[string]string{"auth": token, "timestamp": "*", "signature": "*"}},
		{"another caller", []option.Option{WithUserID("zoë~")}, map[string]string{"uuid": "zoë~"}},
		{"software", []option.Option{option.WithUserAgent("my app/1")}, map[string]string{"pnsdk": "my app/1"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := &wire{status: 200, body: `{"status":200,"data":null}`}
			c, err := New(append(base, option.WithHTTPClient(&http.Client{Transport: w}))...)
			if err != nil {
				t.Fatal(err)
			}
			if err := c.Users.Remove(t.Context(), "x", test.opts...); err != nil {
				t.Fatal(err)
			}
			q := w.seen[0].URL.Query()
			for name, want := range test.want {
				if got := q.Get(name); got != want && (want != "*" || got == "") {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
			if strings.ContainsAny(w.seen[0].URL.RawQuery, "+~ ") {
				t.Errorf("sent %s", w.seen[0].URL.RawQuery)
			}
		})
	}
}

func TestOptions(t *testing.T) {
	good := []option.Option{WithKeys("sub-c-1", "pub-c-1"), WithUserID("admin")}
	for _, test := range []struct {
		name string
		opts []option.Option
		want string
	}{
		{"good", good, ""},
		{"no publish key", []option.Option{WithKeys("demo", ""), WithUserID("admin")}, ""},
		{"no keys", []option.Option{WithUserID("admin")}, "WithKeys"},
		{"no user", []option.Option{WithKeys("demo", "")}, "WithUserID"},
		{"empty key", append(good, WithKeys("", "pub-c-1")), "WithKeys"},
		{"swapped keys", append(good, WithKeys("pub-c-1", "sub-c-1")), "comes first"},
		{"secret as subscribe key", append(good, WithKeys("sec-c-canary", "")), "WithSecretKey"},
		{"secret as publish key", append(good, WithKeys("demo", "sec-c-canary")), "WithSecretKey"},
		{"key with a slash", append(good, WithKeys("sub/../canary", "")), "WithKeys"},
		{"key with a letter of another script", append(good, WithKeys("sub-ç", "")), "WithKeys"},
		{"empty user", append(good, WithUserID("")), "WithUserID"},
		{"user with a slash", append(good, WithUserID("a/b")), "WithUserID"},
		{"long user", append(good, WithUserID(strings.Repeat("ä", 47))), "WithUserID"},
		{"empty secret", append(good, WithSecretKey("")), "WithSecretKey"},
		{"secret with a newline", append(good, WithSecretKey("canary\n")), "WithSecretKey"},
		{"secret with outer space", append(good, WithSecretKey(" canary")), "WithSecretKey"},
	} {
		_, err := New(test.opts...)
		switch {
		case test.want == "" && err != nil:
			t.Errorf("%s: %v", test.name, err)
		case test.want != "" && (!errors.Is(err, memberships.ErrInvalidArgument) || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "canary")):
			t.Errorf("%s: got %v, want invalid argument that says %s", test.name, err, test.want)
		}
	}
}

// Errors, logs and page tokens repeat no credential of the query.
func TestCredentialsStayInTheRequest(t *testing.T) {
	const token, secret = "canary-token-8c1f", "canary-secret-2b7e"
	var log bytes.Buffer
	opts := []option.Option{
		WithKeys("demo", ""), WithUserID("admin"), option.WithToken(token), WithSecretKey(secret),
		option.WithAttempts(1), option.WithLogger(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))),
	}
	var told []string
	var sent *url.URL
	for _, rt := range []http.RoundTripper{
		roundTripper(func(req *http.Request) (*http.Response, error) {
			sent = req.URL
			return nil, &url.Error{Op: "Get", URL: req.URL.String(), Err: errors.New("connection refused")}
		}),
		&wire{status: 403, body: `{"error":true}`},
		&wire{status: 302},
		&wire{status: 200, body: `<html>`},
		&wire{status: 200, body: `{"status":200,"data":[{"channel":{"id":"x"},"updated":"2026-01-01T00:00:00Z","eTag":"e"}],"next":"MQ"}`},
	} {
		c, err := New(append(opts, option.WithHTTPClient(&http.Client{Transport: rt}))...)
		if err != nil {
			t.Fatal(err)
		}
		page, err := c.Memberships.ListByUserPage(t.Context(), "", ListMembershipsParams{}, "")
		told = append(told, fmt.Sprintf("%v %+v %#v %s", err, err, err, fmt.Sprint(c)))
		if page != nil {
			told = append(told, page.Next)
		}
	}
	told = append(told, log.String(), fmt.Sprintf("%v %+v %#v", identity{SecretKey: secret}, identity{SecretKey: secret}, identity{SecretKey: secret}))
	signature := sent.Query().Get("signature")
	if sent.Query().Get("auth") != token || signature == "" {
		t.Fatal("no credentials were sent")
	}
	for _, text := range told {
		for _, c := range []string{token, secret, signature, "timestamp="} {
			if strings.Contains(text, c) {
				t.Errorf("%s repeats %s", text, c)
			}
		}
	}
	if !strings.Contains(log.String(), "/v2/objects/demo/uuids/admin/channels") {
		t.Error("nothing was logged")
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }
