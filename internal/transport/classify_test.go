package transport

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
)

// scripted answers with one step after another, the last one for ever.
type step struct {
	status int
	header http.Header
	body   string
	err    error
}

func scripted(seen *int, steps ...step) *http.Client {
	return Guard(&http.Client{Transport: roundTrip(func(req *http.Request) (*http.Response, error) {
		s := steps[min(*seen, len(steps)-1)]
		*seen++
		if s.err != nil {
			return nil, s.err
		}
		h := s.header
		if h == nil {
			h = http.Header{}
		}
		return &http.Response{StatusCode: s.status, Header: h, Body: io.NopCloser(strings.NewReader(s.body)), ContentLength: -1, Request: req}, nil
	})})
}

// A result says whether a retry may help, and whether a write may have been carried out.
func TestClass(t *testing.T) {
	reset := &net.OpError{Op: "read", Err: syscall.ECONNRESET}
	refused := &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
	noHost := &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", IsNotFound: true}}
	flakyDNS := &net.OpError{Op: "dial", Err: &net.DNSError{Err: "server misbehaving", IsTemporary: true}}
	location := http.Header{"Location": {"/x"}}
	tests := []struct {
		name        string
		step        step
		read, write Class
	}{
		{"success", step{status: 200}, Final, Final},
		{"400", step{status: 400}, Final, Final},
		{"401", step{status: 401}, Unauthenticated, Unauthenticated},
		{"404", step{status: 404}, Final, Final},
		{"404 that shows nothing", step{status: 404, body: "malformed"}, Malformed, Final},
		{"409", step{status: 409}, Final, Final},
		{"501", step{status: 501}, Final, Final},
		{"408", step{status: 408}, Ambiguous, Ambiguous},
		{"425", step{status: 425}, NotProcessed, NotProcessed},
		{"429", step{status: 429}, NotProcessed, NotProcessed},
		{"499", step{status: 499}, Ambiguous, Ambiguous},
		{"500", step{status: 500}, Ambiguous, Ambiguous},
		{"503", step{status: 503}, Ambiguous, Ambiguous},
		{"599", step{status: 599}, Ambiguous, Ambiguous},
		{"reset", step{err: reset}, Ambiguous, Ambiguous},
		{"eof", step{err: io.ErrUnexpectedEOF}, Ambiguous, Ambiguous},
		{"connection refused", step{err: refused}, NotProcessed, NotProcessed},
		{"no such host", step{err: noHost}, Final, Final},
		{"name server down", step{err: flakyDNS}, NotProcessed, NotProcessed},
		{"redirect after a POST", step{status: 303, header: location}, Final, Ambiguous},
		{"redirect", step{status: 302, header: location}, Final, Ambiguous},
		{"redirect before any effect", step{status: 307, header: location}, Final, Final},
		{"not now", step{status: 202, body: "busy"}, NotProcessed, NotProcessed},
		{"malformed content", step{status: 200, body: "malformed"}, Malformed, Malformed},
	}
	for _, tt := range tests {
		for _, repeatable := range []bool{true, false} {
			t.Run(fmt.Sprint(tt.name, " repeatable ", repeatable), func(t *testing.T) {
				r := request(t, "https://h.example/")
				r.Repeatable = repeatable
				r.Busy = func(resp *Response) bool { return resp.StatusCode == 202 }
				r.Accept = func(resp *Response) error {
					if string(resp.Body) == "malformed" {
						return errors.New("malformed")
					}
					return nil
				}
				want := tt.write
				if repeatable {
					want, r.Absent = tt.read, r.Accept // a client asks for the absence of reads alone
				}
				a := r.Attempt(t.Context(), scripted(new(int), tt.step), 1, true)
				if a.Class != want {
					t.Errorf("class %d, want %d (%v)", a.Class, want, a.Err)
				}
				if tt.step.err != nil && !errors.Is(a.Err, tt.step.err) {
					t.Errorf("got %v, want %v", a.Err, tt.step.err)
				}
				if (a.Malformed != nil) != (want == Malformed) {
					t.Errorf("malformed: %v", a.Malformed)
				}
			})
		}
	}
}
