package webex_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/webex"
)

// serve returns a client of a server with handler under a base path: a URL without the base
// path fails.
func serve(t *testing.T, handler http.HandlerFunc, opts ...option.Option) *webex.Client {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("/proxy/", http.StripPrefix("/proxy", handler))
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	opts = append([]option.Option{option.WithBaseURL(srv.URL + "/proxy/v1"), option.WithToken("token")}, opts...)
	c, err := webex.New(opts...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// A base URL with or without the version reaches the same path.
func TestBaseURL(t *testing.T) {
	for base, want := range map[string]string{
		"":                             "https://webexapis.com/v1/people/me",
		"https://example.com":          "https://example.com/v1/people/me",
		"https://example.com/v1":       "https://example.com/v1/people/me",
		"https://example.com/proxy/v1": "https://example.com/proxy/v1/people/me",
	} {
		var got string
		opts := []option.Option{option.WithToken("token"), option.WithHTTPClient(&http.Client{Transport: wrappertest.Handler(func(w http.ResponseWriter, r *http.Request) {
			got = r.URL.String()
			_, _ = w.Write([]byte(`{"id":"p"}`))
		})})}
		if base != "" {
			opts = append(opts, option.WithBaseURL(base))
		}
		c, err := webex.New(opts...)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.People.GetMe(t.Context(), webex.GetMeParams{}); err != nil || got != want {
			t.Errorf("%q: asked %s, %v, want %s", base, got, err, want)
		}
	}
}
