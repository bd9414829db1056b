package googlechat_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/wrappers/googlechat"
)

// Responses may lack fields and have unknown ones.
func TestMembershipsDecode(t *testing.T) {
	tests := []struct {
		name, body string
		want       googlechat.Membership
	}{
		{
			"a person with name and type only",
			`{"name":"spaces/AAA/members/111","state":"JOINED","role":"ROLE_MEMBER","member":{"name":"users/111","type":"HUMAN"}}`,
			googlechat.Membership{
				Name: "spaces/AAA/members/111", State: googlechat.StateJoined, Role: googlechat.RoleMember,
				Member: googlechat.User{Name: "users/111", Type: googlechat.UserHuman},
			},
		},
		{
			"a person with all fields",
			`{"name":"spaces/AAA/members/111","state":"INVITED","createTime":"2026-01-02T03:04:05.123456789Z","affiliation":"MANAGED_EXTERNAL",
			 "member":{"name":"users/111","displayName":"Ada","email":"ada@example.com","avatarUrl":"https://a.example.com/1","domainId":"d","type":"HUMAN","isAnonymous":true}}`,
			googlechat.Membership{
				Name: "spaces/AAA/members/111", State: googlechat.StateInvited, Affiliation: "MANAGED_EXTERNAL",
				CreateTime: time.Date(2026, 1, 2, 3, 4, 5, 123456789, time.UTC),
				Member: googlechat.User{
					Name: "users/111", DisplayName: "Ada", Email: "ada@example.com", AvatarURL: "https://a.example.com/1",
					DomainID: "d", Type: googlechat.UserHuman, IsAnonymous: true,
				},
			},
		},
		{
			"a group, which has no role",
			`{"name":"spaces/AAA/members/g1","state":"JOINED","groupMember":{"name":"groups/g1"}}`,
			googlechat.Membership{Name: "spaces/AAA/members/g1", State: googlechat.StateJoined, GroupMember: googlechat.Group{Name: "groups/g1"}},
		},
		{
			"only a name",
			`{"name":"spaces/AAA/members/111"}`,
			googlechat.Membership{Name: "spaces/AAA/members/111"},
		},
		{
			"unknown values and fields",
			`{"name":"spaces/AAA/members/111","state":"ASLEEP","role":"ROLE_KING","member":{"name":"users/111","type":"ALIEN","pronouns":["x"]},"mood":{"a":1}}`,
			googlechat.Membership{
				Name: "spaces/AAA/members/111", State: "ASLEEP", Role: "ROLE_KING",
				Member: googlechat.User{Name: "users/111", Type: "ALIEN"},
			},
		},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			c, _ := withBodies(t, tc.body)
			got, err := c.Memberships.Get(t.Context(), "spaces/AAA/members/111", googlechat.GetMembershipParams{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(&tc.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// Google Chat may refuse an addition of an existing member; the emulator does so on request.
func TestMembershipsCreateExisting(t *testing.T) {
	emu, err := emulator.New(emulator.WithFaults(emulator.Fault{Provider: "googlechat", Method: "POST", Path: "/v1/spaces/*/members", Status: 409}))
	if err != nil {
		t.Fatal(err)
	}
	c := newClient(t, emu.Client().Transport)
	_, err = c.Memberships.Create(t.Context(), "AAAA0000001", googlechat.UserMember("ada@example.com"), googlechat.CreateMembershipParams{})
	wantError(t, err, memberships.ErrAlreadyExists, 409)
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
			synctest.Test(t, func(t *testing.T) {
				c, w := scripted(t, step{503, ""}, step{200, tc.body})
				if err := tc.do(t.Context(), c); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(tc.read, w.seen[1].URL.RequestURI()); diff != "" {
					t.Errorf("(-want +got)\n%s", diff)
				}
			})
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

// A reading without the membership confirms no creation. The next reading may have it.
func TestMissingMembershipIsNotConfirmed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, w := scripted(t, step{503, ""}, step{404, missing}, step{200, joined})
		m, err := c.Memberships.Create(t.Context(), "s", googlechat.UserMember("1"), googlechat.CreateMembershipParams{})
		if err != nil || m == nil || m.Name != "spaces/s/members/1" || len(w.seen) != 3 {
			t.Errorf("got %+v, %v after %d requests, want the membership of the last reading", m, err, len(w.seen))
		}
	})
}

// The creation of an ended membership cannot be confirmed.
func TestFormerMembershipIsNotConfirmed(t *testing.T) {
	c, w := scripted(t, step{503, ""})
	r := googlechat.UserMember("1")
	r.DeleteTime = time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
	_, err := c.Memberships.Create(t.Context(), "s", r, googlechat.CreateMembershipParams{})
	if !errors.Is(err, memberships.ErrOutcomeUnknown) || len(w.seen) != 1 {
		t.Errorf("got %v after %d requests, want an unknown outcome after one", err, len(w.seen))
	}
}
