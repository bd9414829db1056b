package googlechat_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/googlechat"
)

// fakeTransport responds without a network and records the requests.
type fakeTransport struct {
	seen   []*http.Request
	answer func(n int, req *http.Request) (status int, header http.Header, body string)
}

func (w *fakeTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	w.seen = append(w.seen, req)
	status, header, body := w.answer(len(w.seen)-1, req)
	if header == nil {
		header = http.Header{}
	}
	return &http.Response{StatusCode: status, Header: header, Request: req, Body: io.NopCloser(strings.NewReader(body))}, nil
}

// withBodies returns a client that gets these response bodies in turn. The last one repeats.
func withBodies(t *testing.T, bodies ...string) (*googlechat.Client, *fakeTransport) {
	t.Helper()
	w := &fakeTransport{answer: func(n int, _ *http.Request) (int, http.Header, string) {
		return http.StatusOK, nil, bodies[min(n, len(bodies)-1)]
	}}
	return newClient(t, w), w
}

// newClient returns a client that makes one attempt per call.
func newClient(t *testing.T, rt http.RoundTripper, opts ...option.Option) *googlechat.Client {
	t.Helper()
	opts = append([]option.Option{option.WithHTTPClient(&http.Client{Transport: rt}), option.WithToken("token"), option.WithAttempts(1)}, opts...)
	c, err := googlechat.New(opts...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// settings has the texts of errors and findings for missing settings in Google's consoles.
var settings = map[string]string{
	"unmet":     "Google Chat ON for the user (Admin console > Apps > Google Workspace > Google Chat > Service status), or a configured Chat app in the project of the token (Google Cloud console > APIs & Services > Google Chat API > Configuration)",
	"noApp":     "; required: a configured Chat app in the project of the token (Google Cloud console > APIs & Services > Google Chat API > Configuration)",
	"apiUnused": "the Google Chat API in the project of the token (Google Cloud console > APIs & Services > Enabled APIs & services)",
}

func TestErrors(t *testing.T) {
	type fault struct {
		Kind       string `json:"kind"`
		Code       string `json:"code"`
		Message    string `json:"message"`
		RequestID  string `json:"requestId"`
		RetryAfter string `json:"retryAfter"`
		Setting    string `json:"setting"` // the missing one
	}
	var cases []struct {
		Name       string          `json:"name"`
		Status     int             `json:"status"`
		RetryAfter string          `json:"retryAfter"`
		Body       json.RawMessage `json:"body"`
		Text       string          `json:"text"`
		Want       fault           `json:"want"`
	}
	data, err := os.ReadFile("testdata/errors.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	for _, tc := range cases {
		t.Run(tc.Name, func(t *testing.T) {
			header := http.Header{}
			if tc.RetryAfter != "" {
				header.Set("Retry-After", tc.RetryAfter)
			}
			c := newClient(t, &fakeTransport{answer: func(int, *http.Request) (int, http.Header, string) {
				return tc.Status, header, tc.Text + string(tc.Body)
			}})
			_, err := c.Memberships.Get(t.Context(), "spaces/s/members/app", googlechat.GetMembershipParams{})
			var e *memberships.Error
			if !errors.As(err, &e) {
				t.Fatalf("got %v, want a *memberships.Error", err)
			}
			got := fault{Kind: e.Kind.Error(), Code: e.Code, Message: e.Message, RequestID: e.RequestID}
			for name, text := range settings {
				if e.Err != nil && strings.Contains(e.Err.Error(), text) && strings.Contains(err.Error(), text) {
					got.Setting = name
				}
			}
			if tc.Want.RetryAfter != "" {
				d, err := time.ParseDuration(tc.Want.RetryAfter)
				if err != nil {
					t.Fatal(err)
				}
				tc.Want.RetryAfter = d.String()
			}
			if e.RetryAfter != 0 {
				got.RetryAfter = e.RetryAfter.String()
			}
			if diff := cmp.Diff(tc.Want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if e.StatusCode != tc.Status {
				t.Errorf("got status %d, want %d", e.StatusCode, tc.Status)
			}
		})
	}
}

// Google Chat may refuse an addition of an existing member; the emulator does so on request.
func TestAlreadyAMember(t *testing.T) {
	emu, err := emulator.New(emulator.WithFaults(emulator.Fault{Provider: "googlechat", Method: "POST", Path: "/v1/spaces/*/members", Status: 409}))
	if err != nil {
		t.Fatal(err)
	}
	c := newClient(t, emu.Client().Transport)
	_, err = c.Memberships.Create(t.Context(), "AAAA0000001", googlechat.UserMember("ada@example.com"), googlechat.CreateMembershipParams{})
	wantError(t, err, memberships.ErrAlreadyExists, 409)
}

// An error with status 200 keeps its message.
func TestErrorUnderStatus200(t *testing.T) {
	c, _ := withBodies(t, `{"error":{"code":403,"message":"no","status":"PERMISSION_DENIED"}}`)
	err := drain(c.Memberships.ListBySpace(t.Context(), "s", googlechat.ListMembershipsParams{}))
	var e *memberships.Error
	if !errors.As(err, &e) || !errors.Is(err, memberships.ErrMalformed) || e.Message != "no" || e.Code != "PERMISSION_DENIED" {
		t.Errorf("got %v, want malformed with the message", err)
	}
}
