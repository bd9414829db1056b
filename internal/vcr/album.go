package vcr

import (
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/memberships-go/memberships/emulator"
)

// partHeader names the part of an album that a request belongs to.
const partHeader = "Cassette-Part"

// Album is one cassette that many small tests share. Each is a part: it has its own
// recordings in it, in its own order, and its own service while they are made.
type Album struct {
	*Session
	recording bool

	mu       sync.Mutex
	services map[string]http.RoundTripper
}

// OpenAlbum opens the cassette with a name for the subtests of t. It ends with t.
func OpenAlbum(t testing.TB, provider, name string) *Album {
	t.Helper()
	a := &Album{services: map[string]http.RoundTripper{}}
	a.Session = openMode(t, provider, name, func() http.RoundTripper {
		a.recording = true
		return a
	})
	return a
}

// RoundTrip gives a request that is to be recorded to the service of its part.
func (a *Album) RoundTrip(req *http.Request) (*http.Response, error) {
	a.mu.Lock()
	service := a.services[req.Header.Get(partHeader)]
	a.mu.Unlock()
	if service == nil {
		return nil, fmt.Errorf("%s %s belongs to no part of the album", req.Method, req.URL.Path)
	}
	return service.RoundTrip(req)
}

// Part returns the transport of a part. The emulator that it is recorded from is made
// with opts.
func (a *Album) Part(t testing.TB, name string, opts ...emulator.Option) http.RoundTripper {
	t.Helper()
	if a.recording {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.services[name] = emulated(t, opts...)
	}
	return part{a.Client.Transport, name}
}

type part struct {
	to   http.RoundTripper
	name string
}

func (p part) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.Header.Set(partHeader, p.name)
	return p.to.RoundTrip(req)
}
