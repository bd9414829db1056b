package webex_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/webex"
)

// serve returns a client of a server that answers with handler, under a base path so
// that a URL that forgets it fails.
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
