package googlechat_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/wrappers/googlechat"
)

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

// An error with status 200 keeps its message.
func TestErrorUnderStatus200(t *testing.T) {
	c, _ := withBodies(t, `{"error":{"code":403,"message":"no","status":"PERMISSION_DENIED"}}`)
	err := drain(c.Memberships.ListBySpace(t.Context(), "s", googlechat.ListMembershipsParams{}))
	var e *memberships.Error
	if !errors.As(err, &e) || !errors.Is(err, memberships.ErrMalformed) || e.Message != "no" || e.Code != "PERMISSION_DENIED" {
		t.Errorf("got %v, want malformed with the message", err)
	}
}

// A temporary quota is retried, also with status 403 and also for a write, because Google
// has not executed the request.
func TestQuota(t *testing.T) {
	reason := func(r string) string {
		return `{"error":{"code":403,"message":"x","status":"PERMISSION_DENIED","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"` + r + `"}]}}`
	}
	older := func(r string) string {
		return `{"error":{"code":403,"message":"x","errors":[{"domain":"usageLimits","reason":"` + r + `"}]}}`
	}
	type quota struct {
		body string
		kind error // nil is success in the end
	}
	wrappertest.RunSynctest(t, map[string]quota{
		"a reason":             {reason("RATE_LIMIT_EXCEEDED"), nil},
		"a status":             {`{"error":{"code":403,"message":"x","status":"RESOURCE_EXHAUSTED"}}`, nil},
		"a quota failure":      {`{"error":{"code":403,"status":"PERMISSION_DENIED","details":[{"@type":"type.googleapis.com/google.rpc.QuotaFailure"}]}}`, nil},
		"rate":                 {older("rateLimitExceeded"), nil},
		"a user's rate":        {older("userRateLimitExceeded"), nil},
		"a quota":              {older("quotaExceeded"), nil},
		"a daily quota":        {older("dailyLimitExceeded"), memberships.ErrRateLimited},
		"a quota of resources": {reason("RESOURCE_QUOTA_EXCEEDED"), memberships.ErrRateLimited},
		"a missing scope":      {reason("ACCESS_TOKEN_SCOPE_INSUFFICIENT"), memberships.ErrPermissionDenied},
		"no code":              {"", memberships.ErrPermissionDenied},
		"a disabled API":       {reason("SERVICE_DISABLED"), memberships.ErrPermissionDenied},
	}, func(t *testing.T, q quota) {
		c, asked := wrappertest.Faulty(t, googlechat.New, emulator.Fault{Method: http.MethodPost, Times: 2, Status: 403, Body: &q.body})
		m, err := c.Memberships.Create(t.Context(), demo, googlechat.UserMember("niklaus@example.com"), googlechat.CreateMembershipParams{})
		if q.kind != nil {
			if !errors.Is(err, q.kind) || len(*asked) != 1 {
				t.Errorf("got %v after %v, want %v at once", err, *asked, q.kind)
			}
			return
		}
		if diff := cmp.Diff([]string{"POST", "POST", "POST"}, *asked); err != nil || diff != "" {
			t.Fatalf("got %v after requests (-want +got)\n%s", err, diff)
		}
		if got := stateOf("niklaus@example.com")(t.Context(), c); m.State != googlechat.StateJoined || got != "JOINED ROLE_MEMBER" {
			t.Errorf("got %+v, there is %q", m, got)
		}
	})
}

// The client waits for the delay in a body, up to its own limit.
func TestRetryInfo(t *testing.T) {
	body := func(status int, delay string) *string {
		return new(fmt.Sprintf(`{"error":{"code":%d,"message":"x","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":%q}]}}`, status, delay))
	}
	type info struct {
		fault emulator.Fault
		wait  time.Duration // 0 is an error at once
	}
	wrappertest.RunSynctest(t, map[string]info{
		"429":        {emulator.Fault{Status: 429, Body: body(429, "12.5s")}, 12500 * time.Millisecond},
		"403":        {emulator.Fault{Status: 403, Body: body(403, "7s")}, 7 * time.Second},
		"the header": {emulator.Fault{Status: 429, Body: body(429, "12.5s"), RetryAfter: 20}, 20 * time.Second},
		"too long":   {emulator.Fault{Status: 403, Body: body(403, "61s")}, 0},
	}, func(t *testing.T, tc info) {
		tc.fault.Times = 1
		c, asked := wrappertest.Faulty(t, googlechat.New, tc.fault)
		start := time.Now()
		err := drain(c.Memberships.ListBySpace(t.Context(), demo, googlechat.ListMembershipsParams{}))
		if tc.wait == 0 {
			var e *memberships.Error
			if !errors.As(err, &e) || e.Kind != memberships.ErrRateLimited || e.RetryAfter != 61*time.Second || len(*asked) != 1 || time.Since(start) != 0 {
				t.Errorf("got %v after %v, want rate limited at once", err, time.Since(start))
			}
			return
		}
		if took := time.Since(start); err != nil || took != tc.wait || len(*asked) != 2 {
			t.Errorf("got %v after %v, want success after %v", err, took, tc.wait)
		}
	})
}
