package wrappertest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/option"
)

// Handler is a transport that calls an HTTP handler, without a network.
type Handler http.HandlerFunc

// RoundTrip returns the answer of h.
func (h Handler) RoundTrip(r *http.Request) (*http.Response, error) {
	rec := httptest.NewRecorder()
	h(rec, r)
	return rec.Result(), nil
}

// Step is one scripted response.
type Step = struct {
	Status int
	Body   string
}

// Scripted returns a client that gets the responses of steps in order, and the requests
// that it has sent, as method and URL. A request after the last step fails the test.
func Scripted[C any](t *testing.T, create func(...option.Option) (C, error), steps ...Step) (C, *[]string) {
	t.Helper()
	requests := &[]string{}
	c, err := create(option.WithToken("secret"), option.WithHTTPClient(&http.Client{Transport: Handler(func(w http.ResponseWriter, r *http.Request) {
		if *requests = append(*requests, r.Method+" "+r.URL.RequestURI()); len(*requests) > len(steps) {
			t.Errorf("%s %s is one request too many", r.Method, r.URL)
			w.WriteHeader(http.StatusTeapot)
			return
		}
		s := steps[len(*requests)-1]
		w.WriteHeader(s.Status)
		_, _ = io.WriteString(w, s.Body)
	})}))
	if err != nil {
		t.Fatal(err)
	}
	return c, requests
}

// Faulty returns a client of an emulator with faults, and the methods of its requests.
// The client waits between attempts, so call it in testing/synctest.
func Faulty[C any](t *testing.T, create func(...option.Option) (C, error), faults ...emulator.Fault) (C, *[]string) {
	t.Helper()
	e, err := emulator.New(emulator.WithFaults(faults...))
	if err != nil {
		t.Fatal(err)
	}
	requests := &[]string{}
	e.Control(func(_ http.ResponseWriter, r *http.Request) bool {
		*requests = append(*requests, r.Method)
		return false
	})
	c, err := create(option.WithHTTPClient(e.Client()), option.WithToken("any"))
	if err != nil {
		t.Fatal(err)
	}
	return c, requests
}
