package server_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/memberships-go/memberships/bench/internal/server"
)

// Every wire has its protocol, and the same members on a page.
func TestWires(t *testing.T) {
	const page = "/2.0/groups/50-0/memberships"
	want, err := io.ReadAll(get(t, server.New(0), page).Body)
	if err != nil {
		t.Fatal(err)
	}
	for wire, proto := range map[server.Wire]int{{}: 1, {Gzip: true}: 1, {TLS: true}: 2, {TLS: true, Gzip: true}: 2} {
		srv, at, serve, err := server.Listen(wire)
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 1)
		go func() { done <- serve() }()
		trusted := x509.NewCertPool()
		if ok := trusted.AppendCertsFromPEM([]byte(at.Certificate)); ok != wire.TLS {
			t.Errorf("%+v: has a certificate: %t", wire, ok)
		}
		hc := http.Client{Transport: &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: trusted, MinVersion: tls.VersionTLS12}}}
		for range 2 { // the second answer is a kept one
			resp, err := hc.Get(at.URL + page)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(resp.Body)
			if err != nil || !bytes.Equal(got, want) || resp.ProtoMajor != proto || resp.Uncompressed != wire.Gzip {
				t.Errorf("%+v: HTTP/%d, compressed %t, %d bytes of %d, %v", wire, resp.ProtoMajor, resp.Uncompressed, len(got), len(want), err)
			}
			_ = resp.Body.Close()
		}
		hc.CloseIdleConnections()
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
		if err := <-done; err != http.ErrServerClosed {
			t.Error(err)
		}
	}
}

// A client that does not accept gzip gets a plain answer, and the kept answers of two
// queries differ.
func TestGzipWhereAccepted(t *testing.T) {
	h := server.Gzip(server.New(0))
	ask := func(query, accepts string) *http.Response {
		r, w := httptest.NewRequest(http.MethodGet, "/2.0/groups/50-0/memberships"+query, nil), httptest.NewRecorder()
		r.Header.Set("Accept-Encoding", accepts)
		h.ServeHTTP(w, r)
		return w.Result()
	}
	if got := ask("", "br").Header.Get("Content-Encoding"); got != "" {
		t.Errorf("a client without gzip gets %s", got)
	}
	one, other, again := ask("?limit=1", "gzip"), ask("?limit=2", "gzip"), ask("?limit=1", "gzip")
	if one.Header.Get("Content-Encoding") != "gzip" || one.ContentLength == other.ContentLength || one.ContentLength != again.ContentLength {
		t.Errorf("lengths %d, %d and %d", one.ContentLength, other.ContentLength, again.ContentLength)
	}
	if got := ask("?limit=0", "gzip"); got.StatusCode != http.StatusBadRequest {
		t.Errorf("a refused request is answered with %s", got.Status)
	}
}
