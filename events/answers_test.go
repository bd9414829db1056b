package events_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/events"
	verifier "github.com/memberships-go/memberships/events/googlechat"
	"github.com/memberships-go/memberships/wrappers/box"
	"github.com/memberships-go/memberships/wrappers/clerk"
	"github.com/memberships-go/memberships/wrappers/webex"
)

// receiver is a provider whose requests a handler takes.
type receiver struct {
	name       string
	deliveries memberships.Deliveries
	sign       func(body string) map[string][]string
	// signature is the header of the signature.
	signature string
	// good is a body that passes.
	good string
}

// receivers returns all providers with deliveries. Their keys contain canary.
func receivers(t *testing.T) []receiver {
	t.Helper()
	const (
		key      = "canary key"
		whsec    = "whsec_canaryABCDEFGHIJKLMNOPQRSTUV"
		audience = "https://hooks.example.com/googlechat"
		account  = "canary@example.iam.gserviceaccount.com"
	)
	signer, err := verifier.NewSigner()
	if err != nil {
		t.Fatal(err)
	}
	all := []receiver{
		{"webex", webex.Deliveries(key), func(body string) map[string][]string { return webex.SignDelivery(key, []byte(body)) }, "X-Spark-Signature", webexBody("created", "false")},
		{"clerk", clerk.Deliveries(whsec), func(body string) map[string][]string {
			headers, err := clerk.SignDelivery(whsec, "msg_canary", time.Now(), []byte(body))
			if err != nil {
				t.Fatal(err)
			}
			return headers
		}, "Svix-Signature", clerkBody},
		{"box", box.Deliveries(key, ""), func(body string) map[string][]string {
			return box.SignDelivery(key, "", time.Now(), []byte(body))
		}, "Box-Signature-Primary", `{"id":"1","trigger":"FILE.UPLOADED"}`},
		{"googlechat", verifier.Deliveries(audience, account, verifier.WithHTTPClient(signer.Client())), func(string) map[string][]string {
			return signer.SignPush(audience, account, time.Now())
		}, "Authorization", `{"message":{"attributes":{"ce-id":"1","ce-type":"x"},"data":""}}`},
	}
	if len(all) != len(allDeliveries())+1 {
		t.Fatalf("%d providers", len(all))
	}
	return all
}

// TestHandlerAnswers is the table of answers, for each provider: a status and a few words that
// repeat nothing, and a line of the log without the secret, the signature and the body.
func TestHandlerAnswers(t *testing.T) {
	for _, p := range receivers(t) {
		post := func(body string, headers map[string][]string) *http.Request {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/"+p.name, strings.NewReader(body))
			r.Header = maps.Clone(headers)
			return r
		}
		good := func() *http.Request { return post(p.good, p.sign(p.good)) }
		path := func(path string) *http.Request { r := good(); r.URL.Path = path; return r }
		method := func(name string) *http.Request { r := good(); r.Method = name; return r }
		signature := func(change func(http.Header)) *http.Request { r := good(); change(r.Header); return r }
		text := func(body string) *http.Request { return post(body, p.sign(body)) }
		large := p.good + strings.Repeat(" ", 1<<20+1-len(p.good))
		chunked := post(large, p.sign(large))
		chunked.ContentLength, chunked.Body = -1, io.NopCloser(strings.NewReader(large))
		for name, tt := range map[string]struct {
			req    *http.Request
			status int
			answer string
		}{
			"good":                         {good(), 204, ""},
			"another path":                 {path("/canary"), 404, "not found\n"},
			"a longer path":                {path("/" + p.name + "/canary"), 404, "not found\n"},
			"the path with a slash":        {path("/" + p.name + "/"), 404, "not found\n"},
			"the path in capitals":         {path("/" + strings.ToUpper(p.name)), 404, "not found\n"},
			"GET":                          {method("GET"), 405, "method not allowed\n"},
			"PUT":                          {method("PUT"), 405, "method not allowed\n"},
			"DELETE":                       {method("DELETE"), 405, "method not allowed\n"},
			"a method of its own":          {method("CANARY"), 405, "method not allowed\n"},
			"no headers":                   {post(p.good, nil), 401, "unauthorized\n"},
			"no signature":                 {signature(func(h http.Header) { delete(h, p.signature) }), 401, "unauthorized\n"},
			"an empty signature":           {signature(func(h http.Header) { h[p.signature] = []string{""} }), 401, "unauthorized\n"},
			"another signature":            {signature(func(h http.Header) { h[p.signature] = []string{"canary"} }), 401, "unauthorized\n"},
			"the signature twice":          {signature(func(h http.Header) { h[p.signature] = slices.Repeat(h[p.signature], 2) }), 401, "unauthorized\n"},
			"text without a signature":     {post("canary", nil), 401, "unauthorized\n"},
			"text":                         {text("canary"), 400, "bad request\n"},
			"nothing":                      {text(""), 400, "bad request\n"},
			"a list":                       {text(`["canary"]`), 400, "bad request\n"},
			"null":                         {text("null"), 400, "bad request\n"},
			"half":                         {text(p.good[:len(p.good)/2]), 400, "bad request\n"},
			"two":                          {text(p.good + p.good), 400, "bad request\n"},
			"too large":                    {text(large), 413, "too large\n"},
			"too large, in chunks":         {chunked, 413, "too large\n"},
			"too large and not signed":     {post(large, nil), 413, "too large\n"},
			"too large at a longer path":   {func() *http.Request { r := text(large); r.URL.Path += "/x"; return r }(), 404, "not found\n"},
			"too large and another method": {func() *http.Request { r := text(large); r.Method = "PUT"; return r }(), 405, "method not allowed\n"},
		} {
			t.Run(p.name+"/"+name, func(t *testing.T) {
				var log bytes.Buffer
				passed := 0
				h, err := events.Handler(func(context.Context, memberships.Event) error { passed++; return nil },
					[]memberships.Deliveries{p.deliveries}, events.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
				if err != nil {
					t.Fatal(err)
				}
				secrets := append(slices.Concat(slices.Collect(maps.Values(tt.req.Header))...), "canary", "CANARY")
				w := httptest.NewRecorder()
				h.ServeHTTP(w, tt.req)
				if w.Code != tt.status || w.Body.String() != tt.answer {
					t.Errorf("got %d %q, want %d %q", w.Code, w.Body, tt.status, tt.answer)
				}
				if tt.status == http.StatusNoContent {
					if passed != 1 || log.Len() > 0 {
						t.Errorf("%d events passed, logged %s", passed, &log)
					}
					return
				}
				if kind := w.Header().Get("Content-Type"); kind != "text/plain; charset=utf-8" || w.Header().Get("X-Content-Type-Options") != "nosniff" {
					t.Errorf("the headers are %v", w.Header())
				}
				if allow := w.Header().Get("Allow"); (allow == "POST") != (tt.status == http.StatusMethodNotAllowed) {
					t.Errorf("Allow is %q", allow)
				}
				if passed != 0 {
					t.Errorf("%d events passed", passed)
				}
				if n := strings.Count(log.String(), "\n"); n != 1 || !strings.Contains(log.String(), fmt.Sprintf("status=%d reason=", tt.status)) {
					t.Errorf("logged %d lines: %s", n, &log)
				}
				for _, secret := range secrets {
					if len(secret) > 2 && (strings.Contains(log.String(), secret) || strings.Contains(w.Body.String(), secret)) {
						t.Errorf("%q is in the log or the answer: %s%s", secret, &log, w.Body)
					}
				}
			})
		}
	}
}
