package wrappertest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/option"
)

// Handler is a transport that lets a handler answer, without a network.
type Handler http.HandlerFunc

func (h Handler) RoundTrip(r *http.Request) (*http.Response, error) {
	rec := httptest.NewRecorder()
	h(rec, r)
	return rec.Result(), nil
}

// Step is one answer of a provider that is played by a test.
type Step = struct {
	Status int
	Body   string
}

// Played returns a client of a provider that answers in these steps, and the requests that
// came, as method and address. One request too many is an error of the test.
func Played[C any](t *testing.T, create func(...option.Option) (C, error), steps ...Step) (C, *[]string) {
	t.Helper()
	asked := &[]string{}
	c, err := create(option.WithToken("secret"), option.WithHTTPClient(&http.Client{Transport: Handler(func(w http.ResponseWriter, r *http.Request) {
		if *asked = append(*asked, r.Method+" "+r.URL.RequestURI()); len(*asked) > len(steps) {
			t.Errorf("%s %s is one request too many", r.Method, r.URL)
			w.WriteHeader(http.StatusTeapot)
			return
		}
		s := steps[len(*asked)-1]
		w.WriteHeader(s.Status)
		_, _ = io.WriteString(w, s.Body)
	})}))
	if err != nil {
		t.Fatal(err)
	}
	return c, asked
}

// Faulty returns a client of an emulator with these faults, and the methods of the
// requests that were made. Call it in a bubble: the client waits between attempts.
func Faulty[C any](t *testing.T, create func(...option.Option) (C, error), faults ...emulator.Fault) (C, *[]string) {
	t.Helper()
	e, err := emulator.New(emulator.WithFaults(faults...))
	if err != nil {
		t.Fatal(err)
	}
	asked := &[]string{}
	e.Control(func(_ http.ResponseWriter, r *http.Request) bool {
		*asked = append(*asked, r.Method)
		return false
	})
	c, err := create(option.WithHTTPClient(e.Client()), option.WithToken("any"))
	if err != nil {
		t.Fatal(err)
	}
	return c, asked
}
