package recorded

import (
	"net/http"
	"testing"

	"github.com/memberships-go/memberships/cassette"
	"github.com/memberships-go/memberships/emulator"
)

// Album is one cassette that many small tests share. Each is a part: it has its own
// recordings in it, in its own order, and its own emulator while they are made.
type Album struct{ *Session }

// OpenAlbum opens the cassette with a name for the subtests of t. It ends with t.
func OpenAlbum(t testing.TB, provider, name string) *Album {
	t.Helper()
	return &Album{openMode(t, provider, name, func() http.RoundTripper { return http.DefaultTransport })}
}

// Part returns the transport of a part. The emulator that it is recorded from is made
// with opts.
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
