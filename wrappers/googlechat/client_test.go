package googlechat_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/googlechat"
)

// Every method sends the right method, path, query and body.
func TestRequests(t *testing.T) {
	tests := []struct {
		name string
		do   func(context.Context, *googlechat.Client) error
		want string
	}{
		{
			"a space by id",
			func(ctx context.Context, c *googlechat.Client) error {
				_, err := c.Spaces.Get(ctx, "AAA", googlechat.GetSpaceParams{UseAdminAccess: true})
				return err
			},
			"GET /v1/spaces/AAA?useAdminAccess=true",
		},
		{
			"a space by name",
			func(ctx context.Context, c *googlechat.Client) error {
				_, err := c.Spaces.Get(ctx, "spaces/AAA", googlechat.GetSpaceParams{})
				return err
			},
			"GET /v1/spaces/AAA",
		},
		{
			"a member by address",
			func(ctx context.Context, c *googlechat.Client) error {
				_, err := c.Memberships.Get(ctx, googlechat.MembershipName("AAA", "ada+x@example.com"), googlechat.GetMembershipParams{})
				return err
			},
			"GET /v1/spaces/AAA/members/ada+x@example.com",
		},
		{
			"a member by the name of the user",
			func(ctx context.Context, c *googlechat.Client) error {
				return c.Memberships.Delete(ctx, googlechat.MembershipName("spaces/AAA", "users/111"), googlechat.DeleteMembershipParams{})
			},
			"DELETE /v1/spaces/AAA/members/111",
		},
		{
			"a person",
			func(ctx context.Context, c *googlechat.Client) error {
				_, err := c.Memberships.Create(ctx, "AAA", googlechat.UserMember("users/111"), googlechat.CreateMembershipParams{UseAdminAccess: true})
				return err
			},
			`POST /v1/spaces/AAA/members?useAdminAccess=true {"member":{"name":"users/111","type":"HUMAN"}}`,
		},
		{
			"the calling app",
			func(ctx context.Context, c *googlechat.Client) error {
				_, err := c.Memberships.Create(ctx, "AAA", googlechat.AppMember(), googlechat.CreateMembershipParams{})
				return err
			},
			`POST /v1/spaces/AAA/members {"member":{"name":"users/app","type":"BOT"}}`,
		},
		{
			"a Google group",
			func(ctx context.Context, c *googlechat.Client) error {
				_, err := c.Memberships.Create(ctx, "AAA", googlechat.GroupMember("groups/g1"), googlechat.CreateMembershipParams{})
				return err
			},
			`POST /v1/spaces/AAA/members {"groupMember":{"name":"groups/g1"}}`,
		},
		{
			"a role",
			func(ctx context.Context, c *googlechat.Client) error {
				_, err := c.Memberships.Update(ctx, "spaces/AAA/members/111",
					googlechat.UpdateMembershipRequest{Role: googlechat.RoleAssistantManager}, googlechat.UpdateMembershipParams{})
				return err
			},
			`PATCH /v1/spaces/AAA/members/111?updateMask=role {"role":"ROLE_ASSISTANT_MANAGER"}`,
		},
		{
			"a mask of the caller's own",
			func(ctx context.Context, c *googlechat.Client) error {
				_, err := c.Memberships.Update(ctx, "spaces/AAA/members/111",
					googlechat.UpdateMembershipRequest{Role: "ROLE_NEW"}, googlechat.UpdateMembershipParams{UpdateMask: "*"})
				return err
			},
			`PATCH /v1/spaces/AAA/members/111?updateMask=%2A {"role":"ROLE_NEW"}`,
		},
		{
			"a direct message",
			func(ctx context.Context, c *googlechat.Client) error {
				_, err := c.Spaces.FindDirectMessage(ctx, "ada@example.com")
				return err
			},
			"GET /v1/spaces:findDirectMessage?name=users%2Fada%40example.com",
		},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			c, w := withBodies(t, `{"name":"spaces/AAA/members/111"}`)
			if err := tc.do(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			req := w.seen[0]
			got := req.Method + " " + req.URL.RequestURI()
			if req.Body != nil {
				b, err := io.ReadAll(req.Body)
				if err != nil {
					t.Fatal(err)
				}
				got += " " + string(b)
			}
			if diff := cmp.Diff(tc.want, strings.TrimSpace(got)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// An invalid argument fails before a request, and the error names it.
func TestBadArguments(t *testing.T) {
	ctx := t.Context()
	get := func(name string) func(*googlechat.Client) error {
		return func(c *googlechat.Client) error {
			_, err := c.Memberships.Get(ctx, name, googlechat.GetMembershipParams{})
			return err
		}
	}
	create := func(r googlechat.CreateMembershipRequest) func(*googlechat.Client) error {
		return func(c *googlechat.Client) error {
			_, err := c.Memberships.Create(ctx, "s", r, googlechat.CreateMembershipParams{})
			return err
		}
	}
	space := func(name string) func(*googlechat.Client) error {
		return func(c *googlechat.Client) error {
			_, err := c.Spaces.Get(ctx, name, googlechat.GetSpaceParams{})
			return err
		}
	}
	find := func(user string) func(*googlechat.Client) error {
		return func(c *googlechat.Client) error {
			_, err := c.Spaces.FindDirectMessage(ctx, user)
			return err
		}
	}
	tests := []struct {
		name string
		do   func(*googlechat.Client) error
		says string
	}{
		{"no space", space(""), "space is empty"},
		{"a name without an id", space("spaces/"), "space is empty"},
		{"another resource", space("rooms/x"), "space does not have the form"},
		{"a membership for a space", space("spaces/s/members/m"), "space does not have the form"},
		{"a slash at the end", space("spaces/s/"), "space does not have the form"},
		{"the parent", space("spaces/.."), "space is a path segment"},
		{"no name", get(""), "name does not have the form"},
		{"a bare id", get("m"), "name does not have the form"},
		{"a space for a membership", get("spaces/s"), "name does not have the form"},
		{"a member without a space", get("spaces//members/m"), "name is empty"},
		{"no member", get(googlechat.MembershipName("s", "")), "name is empty"},
		{"the space's parent", get("spaces/../members/m"), "name is a path segment"},
		{"the member's parent", get("spaces/s/members/.."), "name is a path segment"},
		{"a part too many", get(googlechat.MembershipName("s", "m/x")), "name does not have the form"},
		{"a membership within a membership", get(googlechat.MembershipName("spaces/s/members/a", "b")), "name does not have the form"},
		{"a line break", get(googlechat.MembershipName("s", "a\nb")), "name holds a control character"},
		{"no member", create(googlechat.CreateMembershipRequest{}), "are both empty"},
		{"a user and a group", create(googlechat.CreateMembershipRequest{
			Member: googlechat.UserRef{Name: "users/1"}, GroupMember: googlechat.Group{Name: "groups/1"},
		}), "are both set"},
		{"a contact", create(googlechat.UserMember("people/c123")), "Member.Name does not have the form"},
		{"an empty user", create(googlechat.UserMember("")), "Member.Name is empty"},
		{"a user without its collection", create(googlechat.CreateMembershipRequest{Member: googlechat.UserRef{Name: "1"}}), "Member.Name does not have the form"},
		{"a control character", create(googlechat.UserMember("a\x00b")), "Member.Name holds a control character"},
		{"the address of a group", create(googlechat.GroupMember("team@example.com")), "GroupMember.Name is an address"},
		{"an empty group", create(googlechat.GroupMember("")), "GroupMember.Name is empty"},
		{"no role", func(c *googlechat.Client) error {
			_, err := c.Memberships.Update(ctx, "spaces/s/members/m", googlechat.UpdateMembershipRequest{}, googlechat.UpdateMembershipParams{})
			return err
		}, "Role is empty"},
		{"an administrator's list with apps", func(c *googlechat.Client) error {
			return drain(c.Memberships.ListBySpace(ctx, "s", googlechat.ListMembershipsParams{UseAdminAccess: true}))
		}, "UseAdminAccess requires a Filter"},
		{"an empty filter", func(c *googlechat.Client) error {
			return drain(c.Memberships.ListBySpace(ctx, "s", googlechat.ListMembershipsParams{Filter: new("")}))
		}, "filter is empty"},
		{"no user", find(""), "user is empty"},
		{"users of users", find("users/users/1"), "user does not have the form"},
		{"a user that is a path", find(".."), "user is a path segment"},
		{"no type", func(c *googlechat.Client) error {
			_, err := c.Spaces.Create(ctx, googlechat.CreateSpaceRequest{DisplayName: "x"}, googlechat.CreateSpaceParams{})
			return err
		}, "SpaceType is empty"},
		{"no title", func(c *googlechat.Client) error {
			_, err := c.Spaces.Create(ctx, googlechat.CreateSpaceRequest{SpaceType: googlechat.SpaceTypeSpace}, googlechat.CreateSpaceParams{})
			return err
		}, "DisplayName is empty"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			c, w := withBodies(t, `{}`)
			err := tc.do(c)
			if !errors.Is(err, memberships.ErrInvalidArgument) || !strings.Contains(err.Error(), tc.says) || len(w.seen) != 0 {
				t.Errorf("got %v after %d requests, want an invalid argument that says %q, before any", err, len(w.seen), tc.says)
			}
		})
	}
}

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
