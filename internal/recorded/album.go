package recorded

import (
	"net/http"
	"testing"

	"github.com/memberships-go/memberships/cassette"
	"github.com/memberships-go/memberships/emulator"
)

// Album is one cassette that many small tests share. Each test is a part, with its own
// recordings in their own order, and its own emulator to record from.
type Album struct{ *Session }

// OpenAlbum opens the named cassette for the subtests of t, and closes it at the end of t.
func OpenAlbum(t testing.TB, provider, name string) *Album {
	t.Helper()
	return &Album{openMode(t, provider, name, func() http.RoundTripper { return http.DefaultTransport })}
}

// Part returns the transport of a part. opts configure the emulator that it is recorded
// from.
func (a *Album) Part(t testing.TB, name string, opts ...emulator.Option) http.RoundTripper {
	t.Helper()
	if a.cassette == nil {
		return a.Client.Transport
	}
	var from http.RoundTripper
	if a.cassette.Mode() == cassette.Record {
		from = emulated(t, opts...)
	}
	return a.cassette.Part(name, from)
}
