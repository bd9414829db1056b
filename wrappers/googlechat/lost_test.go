package googlechat_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/googlechat"
)

const demo = "AAAA0000001"

// stateOf returns a function that describes the membership of a member.
func stateOf(member string) func(context.Context, *googlechat.Client) string {
	return func(ctx context.Context, c *googlechat.Client) string {
		return describe(c.Memberships.Get(ctx, googlechat.MembershipName(demo, member), googlechat.GetMembershipParams{}))
	}
}

func describe(m *googlechat.Membership, err error) string {
	switch {
	case errors.Is(err, memberships.ErrNotFound):
		return "not found"
	case err != nil:
		return err.Error()
	}
	return strings.TrimSpace(fmt.Sprint(m.State, " ", m.Role))
}

func writes() map[string]wrappertest.Write[*googlechat.Client] {
	type do = func(context.Context, *googlechat.Client, string) (string, error)
	create := func(r googlechat.CreateMembershipRequest) do {
		return func(ctx context.Context, c *googlechat.Client, _ string) (string, error) {
			m, err := c.Memberships.Create(ctx, demo, r, googlechat.CreateMembershipParams{})
			return describe(m, err), err
		}
	}
	first := func(r googlechat.CreateMembershipRequest) func(context.Context, *googlechat.Client) (string, error) {
		return func(ctx context.Context, c *googlechat.Client) (string, error) { return create(r)(ctx, c, "") }
	}
	remove := func(member string) do {
		return func(ctx context.Context, c *googlechat.Client, _ string) (string, error) {
			name := googlechat.MembershipName(demo, member)
			m, err := wrappertest.Deleted[googlechat.Membership](func(opts ...option.Option) error {
				return c.Memberships.Delete(ctx, name, googlechat.DeleteMembershipParams{}, opts...)
			})
			if err == nil && m.DeleteTime.IsZero() && !cmp.Equal(m, &googlechat.Membership{Name: name, State: googlechat.StateNotAMember}) {
				err = fmt.Errorf("a membership that was not read is %+v", m)
			}
			if err == nil && m.DeleteTime.IsZero() {
				return "gone", nil
			}
			return describe(m, err), err
		}
	}
	const guest, outside, group = "niklaus@example.com", "outside@example.com", "03abcdefghijklm"
	room := googlechat.CreateSpaceRequest{SpaceType: googlechat.SpaceTypeSpace, DisplayName: "Book club"}
	spaceCalled := func(sp *googlechat.Space, err error) (string, error) {
		if err != nil {
			return "", err
		}
		return string(sp.SpaceType) + " " + sp.DisplayName, nil
	}
	makeSpace := func(id *string) do {
		return func(ctx context.Context, c *googlechat.Client, _ string) (string, error) {
			return spaceCalled(c.Spaces.Create(ctx, room, googlechat.CreateSpaceParams{RequestID: id}))
		}
	}
	setUp := func(r googlechat.SetUpSpaceRequest) do {
		return func(ctx context.Context, c *googlechat.Client, _ string) (string, error) {
			return spaceCalled(c.Spaces.SetUp(ctx, r))
		}
	}
	const club = "SPACE Book club"
	clubs := func(ctx context.Context, c *googlechat.Client) string {
		n := 0
		for sp, err := range c.Spaces.List(ctx, googlechat.ListSpacesParams{}) {
			if err != nil {
				return err.Error()
			}
			if sp.DisplayName == room.DisplayName {
				n++
			}
		}
		return fmt.Sprint(n)
	}
	return map[string]wrappertest.Write[*googlechat.Client]{
		"Memberships.Create": {
			Do:   create(googlechat.UserMember(guest)),
			Want: "JOINED ROLE_MEMBER", After: "JOINED ROLE_MEMBER", Without: "not found", State: stateOf(guest),
		},
		"Memberships.Create, an invitation": {
			Do:   create(googlechat.UserMember(outside)),
			Want: "INVITED", After: "INVITED", Without: "not found", State: stateOf(outside),
		},
		"Memberships.Create, the app": {
			Do:   create(googlechat.AppMember()),
			Want: "JOINED ROLE_MEMBER", After: "JOINED ROLE_MEMBER", Without: "not found", State: stateOf("app"),
		},
		"Memberships.Create, a group": {
			Do:   create(googlechat.GroupMember(group)),
			Want: "JOINED", After: "JOINED", Without: "not found", State: stateOf(group),
		},
		"Memberships.Update": {
			Before: first(googlechat.UserMember(guest)),
			Do: func(ctx context.Context, c *googlechat.Client, _ string) (string, error) {
				m, err := c.Memberships.Update(ctx, googlechat.MembershipName(demo, guest),
					googlechat.UpdateMembershipRequest{Role: googlechat.RoleManager}, googlechat.UpdateMembershipParams{})
				return describe(m, err), err
			},
			Want: "JOINED ROLE_MANAGER", After: "JOINED ROLE_MANAGER", Without: "JOINED ROLE_MEMBER", State: stateOf(guest),
		},
		"Memberships.Delete": {
			Before: first(googlechat.UserMember(guest)), Do: remove(guest),
			Want: "NOT_A_MEMBER", Lost: "gone", After: "not found", Without: "JOINED ROLE_MEMBER", State: stateOf(guest),
		},
		"Memberships.Delete, an invitation": {
			Before: first(googlechat.UserMember(outside)), Do: remove(outside),
			Want: "NOT_A_MEMBER", Lost: "gone", After: "not found", Without: "INVITED", State: stateOf(outside),
		},
		"Memberships.Delete, a group": {
			Before: first(googlechat.GroupMember(group)), Do: remove(group),
			Want: "NOT_A_MEMBER", Lost: "gone", After: "not found", Without: "JOINED", State: stateOf(group),
		},
		"Spaces.Create": {
			Do: makeSpace(nil), Repeat: wrappertest.Never, State: clubs, After: "1", Without: "0",
		},
		"Spaces.Create, with a request id": { // which makes one space for all repeats
			Do: makeSpace(new("request-1")), Want: club,
			Repeat: wrappertest.Always, Unread: true, State: clubs, After: "1", Without: "0",
		},
		"Spaces.SetUp": {
			Do: setUp(googlechat.SetUpSpaceRequest{Space: room}), Repeat: wrappertest.Never, State: clubs, After: "1", Without: "0",
		},
		"Spaces.SetUp, with a request id": {
			Do: setUp(googlechat.SetUpSpaceRequest{Space: room, RequestID: "request-1"}), Want: club,
			Repeat: wrappertest.Always, Unread: true, State: clubs, After: "1", Without: "0",
		},
		"Spaces.SetUp, a direct message": {
			Do: setUp(googlechat.SetUpSpaceRequest{
				Space:       googlechat.CreateSpaceRequest{SpaceType: googlechat.SpaceTypeDirectMessage},
				Memberships: []googlechat.CreateMembershipRequest{googlechat.UserMember(guest)},
			}),
			Want: "DIRECT_MESSAGE ", Repeat: wrappertest.Always, Unread: true,
			After: "there", Without: "not found", State: func(ctx context.Context, c *googlechat.Client) string {
				if _, err := c.Spaces.FindDirectMessage(ctx, guest); err != nil {
					return describe(nil, err)
				}
				return "there"
			},
		},
		"Spaces.Delete": {
			Do: func(ctx context.Context, c *googlechat.Client, _ string) (string, error) {
				return "", c.Spaces.Delete(ctx, demo, googlechat.DeleteSpaceParams{})
			},
			After: "not found", Without: "there", State: func(ctx context.Context, c *googlechat.Client) string {
				if _, err := c.Spaces.Get(ctx, demo, googlechat.GetSpaceParams{}); err != nil {
					return describe(nil, err)
				}
				return "there"
			},
		},
	}
}

func TestLostAnswers(t *testing.T) {
	wrappertest.RunLostResponses(t, wrappertest.LostResponses[*googlechat.Client]{New: googlechat.New, Writes: writes(), Duplicates: googlechat.Duplicates})
}

// step is one response of a scripted provider.
type step struct {
	status int
	body   string
}

// scripted returns a client with scripted responses.
func scripted(t *testing.T, steps ...step) (*googlechat.Client, *fakeTransport) {
	t.Helper()
	w := &fakeTransport{answer: func(n int, req *http.Request) (int, http.Header, string) {
		if n >= len(steps) {
			t.Errorf("%s %s is one request too many", req.Method, req.URL.Path)
			return 500, nil, ""
		}
		return steps[n].status, nil, steps[n].body
	}}
	return newClient(t, w), w
}

const (
	joined  = `{"name":"spaces/s/members/1","state":"JOINED","role":"ROLE_MEMBER","member":{"name":"users/1","type":"HUMAN"}}`
	former  = `{"name":"spaces/s/members/1","state":"NOT_A_MEMBER","member":{"name":"users/1","type":"HUMAN"}}`
	already = `{"error":{"code":409,"message":"x","status":"ALREADY_EXISTS"}}`
	missing = `{"error":{"code":404,"message":"x","status":"NOT_FOUND"}}`
)

// A lost attempt may reach the provider after its retry.
func TestLateWrites(t *testing.T) {
	retried := option.WithAttempts(4)
	create := func(ctx context.Context, c *googlechat.Client) (*googlechat.Membership, error) {
		return c.Memberships.Create(ctx, "s", googlechat.UserMember("1"), googlechat.CreateMembershipParams{}, retried)
	}
	remove := func(ctx context.Context, c *googlechat.Client) (*googlechat.Membership, error) {
		return wrappertest.Deleted[googlechat.Membership](func(opts ...option.Option) error {
			return c.Memberships.Delete(ctx, "spaces/s/members/1", googlechat.DeleteMembershipParams{}, append(opts, retried)...)
		})
	}
	type late struct {
		do    func(context.Context, *googlechat.Client) (*googlechat.Membership, error)
		steps []step
		state googlechat.MembershipState
		kind  error
	}
	wrappertest.RunSynctest(t, map[string]late{
		"an addition": {create, []step{{503, ""}, {404, missing}, {409, already}, {200, joined}}, googlechat.StateJoined, nil},
		"an addition that was taken back": {
			create, []step{{503, ""}, {404, missing}, {409, already}, {200, former}}, "", memberships.ErrAlreadyExists,
		},
		"an addition of an existing member":     {create, []step{{409, already}}, "", memberships.ErrAlreadyExists},
		"an addition where a former member was": {create, []step{{503, ""}, {200, former}, {200, joined}}, googlechat.StateJoined, nil},
		"a removal":                             {remove, []step{{503, ""}, {200, joined}, {404, missing}, {404, missing}}, googlechat.StateNotAMember, nil},
		"a removal that left something":         {remove, []step{{503, ""}, {200, former}}, googlechat.StateNotAMember, nil},
		"a removal without a membership":        {remove, []step{{404, missing}}, "", memberships.ErrNotFound},
	}, func(t *testing.T, tc late) {
		c, w := scripted(t, tc.steps...)
		m, err := tc.do(t.Context(), c)
		if !errors.Is(err, tc.kind) || err == nil != (tc.kind == nil) || errors.Is(err, memberships.ErrOutcomeUnknown) {
			t.Fatalf("got %v, want %v", err, tc.kind)
		}
		if err == nil && m.State != tc.state {
			t.Errorf("got %+v, want %s", m, tc.state)
		}
		if len(w.seen) != len(tc.steps) {
			t.Errorf("%d requests, want %d", len(w.seen), len(tc.steps))
		}
	})
}

// A confirming read has the access of the write.
func TestConfirmingReads(t *testing.T) {
	const group = `{"name":"spaces/s/members/g","state":"JOINED","groupMember":{"name":"groups/g"}}`
	const admin = true
	tests := map[string]struct {
		do   func(context.Context, *googlechat.Client) error
		read string
		body string
	}{
		"a person": {func(ctx context.Context, c *googlechat.Client) error {
			_, err := c.Memberships.Create(ctx, "s", googlechat.UserMember("a@example.com"), googlechat.CreateMembershipParams{UseAdminAccess: admin})
			return err
		}, "/v1/spaces/s/members/a@example.com?useAdminAccess=true", joined},
		"the app": {func(ctx context.Context, c *googlechat.Client) error {
			_, err := c.Memberships.Create(ctx, "spaces/s", googlechat.AppMember(), googlechat.CreateMembershipParams{})
			return err
		}, "/v1/spaces/s/members/app", joined},
		"a group": {func(ctx context.Context, c *googlechat.Client) error {
			_, err := c.Memberships.Create(ctx, "s", googlechat.GroupMember("g"), googlechat.CreateMembershipParams{})
			return err
		}, "/v1/spaces/s/members?pageSize=1000&showGroups=true", `{"memberships":[` + joined + `,` + group + `]}`},
		"a group, as administrator": {func(ctx context.Context, c *googlechat.Client) error {
			_, err := c.Memberships.Create(ctx, "s", googlechat.GroupMember("g"), googlechat.CreateMembershipParams{UseAdminAccess: admin})
			return err
		}, "/v1/spaces/s/members?filter=member.type+%21%3D+%22BOT%22&pageSize=1000&showGroups=true&useAdminAccess=true", `{"memberships":[` + group + `]}`},
		"a role": {func(ctx context.Context, c *googlechat.Client) error {
			_, err := c.Memberships.Update(ctx, "spaces/s/members/1", googlechat.UpdateMembershipRequest{Role: googlechat.RoleMember},
				googlechat.UpdateMembershipParams{UseAdminAccess: admin})
			return err
		}, "/v1/spaces/s/members/1?useAdminAccess=true", joined},
		"a removal": {func(ctx context.Context, c *googlechat.Client) error {
			return c.Memberships.Delete(ctx, "spaces/s/members/1", googlechat.DeleteMembershipParams{UseAdminAccess: admin})
		}, "/v1/spaces/s/members/1?useAdminAccess=true", former},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			c, w := scripted(t, step{503, ""}, step{200, tc.body})
			if err := tc.do(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.read, w.seen[1].URL.RequestURI()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
	t.Run("a deleted space", func(t *testing.T) {
		c, w := scripted(t, step{503, ""}, step{404, missing})
		if err := c.Spaces.Delete(t.Context(), "s", googlechat.DeleteSpaceParams{UseAdminAccess: admin}); err != nil {
			t.Fatal(err)
		}
		if got := w.seen[1].URL.RequestURI(); got != "/v1/spaces/s?useAdminAccess=true" {
			t.Errorf("read %s", got)
		}
	})
}

// The creation of an ended membership cannot be confirmed.
func TestEndedMembershipIsNotConfirmed(t *testing.T) {
	c, w := scripted(t, step{503, ""})
	r := googlechat.UserMember("1")
	r.DeleteTime = time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
	_, err := c.Memberships.Create(t.Context(), "s", r, googlechat.CreateMembershipParams{})
	if !errors.Is(err, memberships.ErrOutcomeUnknown) || len(w.seen) != 1 {
		t.Errorf("got %v after %d requests, want an unknown outcome after one", err, len(w.seen))
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
		"a reason":                     {reason("RATE_LIMIT_EXCEEDED"), nil},
		"a status":                     {`{"error":{"code":403,"message":"x","status":"RESOURCE_EXHAUSTED"}}`, nil},
		"a failure":                    {`{"error":{"code":403,"status":"PERMISSION_DENIED","details":[{"@type":"type.googleapis.com/google.rpc.QuotaFailure"}]}}`, nil},
		"rate":                         {older("rateLimitExceeded"), nil},
		"a user's rate":                {older("userRateLimitExceeded"), nil},
		"a quota":                      {older("quotaExceeded"), nil},
		"until tomorrow":               {older("dailyLimitExceeded"), memberships.ErrRateLimited},
		"until resources are deleted":  {reason("RESOURCE_QUOTA_EXCEEDED"), memberships.ErrRateLimited},
		"a missing scope":              {reason("ACCESS_TOKEN_SCOPE_INSUFFICIENT"), memberships.ErrPermissionDenied},
		"nothing said":                 {"", memberships.ErrPermissionDenied},
		"an API that is not turned on": {reason("SERVICE_DISABLED"), memberships.ErrPermissionDenied},
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
