package googlechat_test

import (
	"testing"

	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/googlechat"
)

// Every method that returns a membership keeps its JSON if an option asks for it.
func TestRawJSON(t *testing.T) {
	const sent = `{"name":"spaces/s/members/1","role":"ROLE_MANAGER","mood":{"like":"a holiday"}}`
	const page = `{"memberships":[` + sent + `]}`
	type membership = googlechat.Membership
	add := googlechat.UserMember("ada@example.com")
	calls := map[string]struct {
		body string
		do   func(*googlechat.Client, ...option.Option) (*membership, error)
	}{
		"get": {sent, func(c *googlechat.Client, opts ...option.Option) (*membership, error) {
			return c.Memberships.Get(t.Context(), "spaces/s/members/1", googlechat.GetMembershipParams{}, opts...)
		}},
		"create": {sent, func(c *googlechat.Client, opts ...option.Option) (*membership, error) {
			return c.Memberships.Create(t.Context(), "s", add, googlechat.CreateMembershipParams{}, opts...)
		}},
		"update": {sent, func(c *googlechat.Client, opts ...option.Option) (*membership, error) {
			role := googlechat.UpdateMembershipRequest{Role: googlechat.RoleManager}
			return c.Memberships.Update(t.Context(), "spaces/s/members/1", role, googlechat.UpdateMembershipParams{}, opts...)
		}},
		"delete": {sent, func(c *googlechat.Client, opts ...option.Option) (*membership, error) {
			return wrappertest.Deleted[membership](func(more ...option.Option) error {
				return c.Memberships.Delete(t.Context(), "spaces/s/members/1", googlechat.DeleteMembershipParams{}, append(more, opts...)...)
			})
		}},
		"page": {page, func(c *googlechat.Client, opts ...option.Option) (*membership, error) {
			p, err := c.Memberships.ListBySpacePage(t.Context(), "s", googlechat.ListMembershipsParams{}, "", opts...)
			if err != nil {
				return nil, err
			}
			return p.Items[0], nil
		}},
		"list": {page, func(c *googlechat.Client, opts ...option.Option) (*membership, error) {
			for m, err := range c.Memberships.ListBySpace(t.Context(), "s", googlechat.ListMembershipsParams{}, opts...) {
				return m, err
			}
			return nil, nil
		}},
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			c, _ := withBodies(t, call.body)
			m, err := call.do(c, option.WithRawJSON())
			if err != nil || string(m.RawJSON) != sent || m.Role != googlechat.RoleManager {
				t.Errorf("got %+v, %v, want the whole object", m, err)
			}
			if m, err := call.do(c); err != nil || m.RawJSON != nil {
				t.Errorf("got %+v, %v without the option", m, err)
			}
		})
	}
}
