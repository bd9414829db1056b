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

// scripted returns a client that answers with one step after another, and repeats the last.
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

// Class tells whether a retry may help and whether a write may have been carried out.
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
					want, r.Absent = tt.read, r.Accept // a client sets Absent for reads alone
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

// A status has a class for reads and another for writes, whose result only a refusal
// settles.
func TestClassOfStatus(t *testing.T) {
	for _, tt := range []struct {
		status      int
		read, write Class
	}{
		{0, Final, Ambiguous},
		{199, Final, Ambiguous},
		{200, Final, Final},
		{204, Final, Final},
		{299, Final, Final},
		{300, Final, Ambiguous},
		{304, Final, Ambiguous},
		{399, Final, Ambiguous},
		{400, Final, Final},
		{401, Unauthenticated, Unauthenticated},
		{403, Final, Final},
		{404, Final, Final},
		{408, Ambiguous, Ambiguous}, // perhaps from a proxy that forwarded the request
		{409, Final, Final},
		{410, Final, Final},
		{425, NotProcessed, NotProcessed},
		{429, NotProcessed, NotProcessed},
		{498, Final, Final},
		{499, Ambiguous, Ambiguous}, // CANCELLED, of Google
		{500, Ambiguous, Ambiguous},
		{501, Final, Final},
		{502, Ambiguous, Ambiguous},
		{503, Ambiguous, Ambiguous},
		{504, Ambiguous, Ambiguous},
		{505, Final, Final},
		{506, Ambiguous, Ambiguous},
		{999, Ambiguous, Ambiguous},
	} {
		for repeatable, want := range map[bool]Class{true: tt.read, false: tt.write} {
			r := &Request{Repeatable: repeatable}
			if got, why := r.classifyStatus(&Response{StatusCode: tt.status}); got != want || why != nil {
				t.Errorf("status %d, repeatable %t: got %d, %v, want %d", tt.status, repeatable, got, why, want)
			}
		}
	}
}

// An answer that Busy finds is NotProcessed under any status; one that Accept or Absent
// refuses is Malformed.
func TestClassOfAProvidersAnswer(t *testing.T) {
	wrong := errors.New("wrong")
	fails := func(*Response) error { return wrong }
	fine := func(*Response) error { return nil }
	busy := func(r *Response) bool { return r.StatusCode == http.StatusAccepted }
	for name, tt := range map[string]struct {
		r      Request
		status int
		want   Class
		why    error
	}{
		"busy":                        {Request{Busy: busy}, 202, NotProcessed, nil},
		"not busy":                    {Request{Busy: busy}, 200, Final, nil},
		"accepted":                    {Request{Accept: fine}, 200, Final, nil},
		"not accepted":                {Request{Accept: fails}, 299, Malformed, wrong},
		"no success to accept":        {Request{Accept: fails}, 400, Final, nil},
		"absent":                      {Request{Absent: fine}, 404, Final, nil},
		"not for sure absent":         {Request{Absent: fails}, 404, Malformed, wrong},
		"not for sure gone":           {Request{Absent: fails}, 410, Malformed, wrong},
		"something else than absence": {Request{Absent: fails}, 403, Final, nil},
	} {
		if got, why := tt.r.classifyStatus(&Response{StatusCode: tt.status}); got != tt.want || !errors.Is(why, tt.why) || (why == nil) != (tt.why == nil) {
			t.Errorf("%s: got %d, %v, want %d, %v", name, got, why, tt.want, tt.why)
		}
	}
}
