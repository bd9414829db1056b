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
				err = fmt.Errorf("the membership was not read: %+v", m)
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
		"Subscriptions.Create": {
			Do: func(ctx context.Context, c *googlechat.Client, _ string) (string, error) {
				return describeSubscription(c.Subscriptions.Create(ctx, subscribe(demo)))
			},
			Want: "ACTIVE 3", After: "ACTIVE 3", Without: "none", State: subscriptions,
		},
		"Subscriptions.Update": {
			Before: subscribed,
			Do: func(ctx context.Context, c *googlechat.Client, name string) (string, error) {
				return describeSubscription(c.Subscriptions.Update(ctx, name,
					googlechat.UpdateSubscriptionRequest{EventTypes: []string{googlechat.TypeMembershipDeleted}}, googlechat.UpdateSubscriptionParams{}))
			},
			Want: "ACTIVE 1", After: "ACTIVE 1", Without: "ACTIVE 3", State: subscriptions,
		},
		"Subscriptions.Update, a renewal": { // whose time no reading shows
			Before: subscribed,
			Do: func(ctx context.Context, c *googlechat.Client, name string) (string, error) {
				return describeSubscription(c.Subscriptions.Update(ctx, name, googlechat.UpdateSubscriptionRequest{TTL: "60s"}, googlechat.UpdateSubscriptionParams{}))
			},
			Want: "ACTIVE 3", Repeat: wrappertest.Always, Unread: true, After: "ACTIVE 3, renewed", Without: "ACTIVE 3",
			State: func(ctx context.Context, c *googlechat.Client) string {
				for sub, err := range c.Subscriptions.List(ctx, googlechat.ListSubscriptionsParams{}) {
					if err == nil && sub.ExpireTime.Sub(sub.UpdateTime) == time.Minute {
						return subscriptions(ctx, c) + ", renewed"
					}
				}
				return subscriptions(ctx, c)
			},
		},
		"Subscriptions.Reactivate": { // of a user who has left the space and come back
			Before: func(ctx context.Context, c *googlechat.Client) (string, error) {
				name, err := subscribed(ctx, c)
				if err == nil {
					err = c.Memberships.Delete(ctx, googlechat.MembershipName(demo, "ada@example.com"), googlechat.DeleteMembershipParams{})
				}
				if err == nil {
					_, err = c.Memberships.Create(ctx, demo, googlechat.UserMember("ada@example.com"), googlechat.CreateMembershipParams{UseAdminAccess: true})
				}
				return name, err
			},
			Do: func(ctx context.Context, c *googlechat.Client, name string) (string, error) {
				return describeSubscription(c.Subscriptions.Reactivate(ctx, name))
			},
			Want: "ACTIVE 3", After: "ACTIVE 3", Without: "SUSPENDED 3", State: subscriptions,
		},
		"Subscriptions.Delete": {
			Before: subscribed,
			Do: func(ctx context.Context, c *googlechat.Client, name string) (string, error) {
				return "", c.Subscriptions.Delete(ctx, name, googlechat.DeleteSubscriptionParams{})
			},
			After: "none", Without: "ACTIVE 3", State: subscriptions,
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

func describeSubscription(sub *googlechat.Subscription, err error) (string, error) {
	if err != nil {
		return "", err
	}
	return fmt.Sprint(sub.State, " ", len(sub.EventTypes)), nil
}

// subscribed makes a subscription and returns its name.
func subscribed(ctx context.Context, c *googlechat.Client) (string, error) {
	sub, err := c.Subscriptions.Create(ctx, subscribe(demo))
	if err != nil {
		return "", err
	}
	return sub.Name, nil
}

// subscriptions describes the only subscription.
func subscriptions(ctx context.Context, c *googlechat.Client) string {
	for sub, err := range c.Subscriptions.List(ctx, googlechat.ListSubscriptionsParams{}) {
		if err != nil {
			return err.Error()
		}
		text, _ := describeSubscription(sub, nil)
		return text
	}
	return "none"
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
			t.Errorf("unexpected request %s %s", req.Method, req.URL.Path)
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
		"an addition, then a removal": {
			create, []step{{503, ""}, {404, missing}, {409, already}, {200, former}}, "", memberships.ErrAlreadyExists,
		},
		"an addition of an existing member":             {create, []step{{409, already}}, "", memberships.ErrAlreadyExists},
		"an addition of a former member":                {create, []step{{503, ""}, {200, former}, {200, joined}}, googlechat.StateJoined, nil},
		"a removal":                                     {remove, []step{{503, ""}, {200, joined}, {404, missing}, {404, missing}}, googlechat.StateNotAMember, nil},
		"a removal with the membership in the response": {remove, []step{{503, ""}, {200, former}}, googlechat.StateNotAMember, nil},
		"a removal without a membership":                {remove, []step{{404, missing}}, "", memberships.ErrNotFound},
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
