package box_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/oapi-codegen/nullable"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/wrappers/box"
)

// The ids of two groups of the emulator, and of a user outside of both.
const (
	demo     = "9000001"
	outsider = "11000000013"
	newName  = "Book club"
	newLogin = "new@example.com"
)

func describe(m *box.Membership, err error) string {
	switch {
	case errors.Is(err, memberships.ErrNotFound):
		return "not found"
	case err != nil:
		return err.Error()
	}
	p, _ := m.ConfigurablePermissions.Get()
	return fmt.Sprint(m.Role, " ", p["can_run_reports"], p["can_edit_accounts"], " of ", m.Group.ID)
}

// stateOf describes the outsider's membership of the group.
func stateOf(ctx context.Context, c *box.Client) string {
	m, err := c.Memberships.Find(ctx, demo, outsider)
	if err != nil {
		return describe(nil, err)
	}
	return describe(c.Memberships.Get(ctx, m.ID, box.GetMembershipParams{}))
}

type permissions = nullable.Nullable[map[string]bool]

func noReports() permissions {
	return nullable.NewNullableWithValue(map[string]bool{"can_run_reports": false})
}

func writes() map[string]wrappertest.Write[*box.Client] {
	type (
		before = func(context.Context, *box.Client) (string, error)
		do     = func(context.Context, *box.Client, string) (string, error)
	)
	create := func(ctx context.Context, c *box.Client, role box.MembershipRole, p permissions) (*box.Membership, error) {
		return c.Memberships.Create(ctx, box.CreateMembershipRequest{
			User: box.UserRef{ID: outsider}, Group: box.GroupRef{ID: demo}, Role: role, ConfigurablePermissions: p,
		}, box.CreateMembershipParams{})
	}
	add := func(role box.MembershipRole, p permissions) do {
		return func(ctx context.Context, c *box.Client, _ string) (string, error) {
			m, err := create(ctx, c, role, p)
			if err == nil && m.CreatedAt.IsZero() {
				err = fmt.Errorf("the response is not of a creation: %+v", m)
			}
			return describe(m, err), err
		}
	}
	in := func(role box.MembershipRole) before {
		return func(ctx context.Context, c *box.Client) (string, error) {
			m, err := create(ctx, c, role, nil)
			if err != nil {
				return "", err
			}
			return m.ID, nil
		}
	}
	update := func(r box.UpdateMembershipRequest, fields ...string) do {
		return func(ctx context.Context, c *box.Client, id string) (string, error) {
			m, err := c.Memberships.Update(ctx, id, r, box.UpdateMembershipParams{Fields: fields})
			return describe(m, err), err
		}
	}
	makeGroup := func(ctx context.Context, c *box.Client) (*box.Group, error) {
		return c.Groups.Create(ctx, box.CreateGroupRequest{Name: newName, Description: "reads"}, box.CreateGroupParams{Fields: []string{"name"}})
	}
	groups := func(ctx context.Context, c *box.Client) string {
		names := ""
		for g, err := range c.Groups.List(ctx, box.ListGroupsParams{FilterTerm: new("book")}) {
			if err != nil {
				return err.Error()
			}
			names += g.Name + ";"
		}
		return names
	}
	makeUser := func(ctx context.Context, c *box.Client) (*box.User, error) {
		return c.Users.Create(ctx, box.CreateUserRequest{Name: "New", Login: newLogin}, box.CreateUserParams{})
	}
	users := func(ctx context.Context, c *box.Client) string {
		u, err := c.Users.FindByEmail(ctx, newLogin)
		if err != nil {
			return describe(nil, err)
		}
		return u.Name
	}
	const (
		member  = "member false false of " + demo
		admin   = "admin true true of " + demo
		limited = "admin false true of " + demo
		nothing = "admin false false of " + demo
	)
	return map[string]wrappertest.Write[*box.Client]{
		"Memberships.Create": {
			Do: add("", nil), Want: member,
			State: stateOf, After: member, Without: "not found", Found: 2,
		},
		"Memberships.Create, an administrator": {
			Do: add(box.RoleAdmin, noReports()), Want: limited,
			State: stateOf, After: limited, Without: "not found", Found: 2,
		},
		"Memberships.Update, the role": {
			Before: in(""), Do: update(box.UpdateMembershipRequest{Role: box.RoleAdmin}), Want: admin,
			State: stateOf, After: admin, Without: member,
		},
		"Memberships.Update, the permissions": {
			Before: in(box.RoleAdmin), Want: "admin false true of ",
			Do:    update(box.UpdateMembershipRequest{ConfigurablePermissions: noReports()}, "role", "configurable_permissions"),
			State: stateOf, After: limited, Without: admin,
		},
		"Memberships.Update, no permissions": {
			Before: in(box.RoleAdmin), Want: nothing,
			Do:    update(box.UpdateMembershipRequest{ConfigurablePermissions: nullable.NewNullNullable[map[string]bool]()}),
			State: stateOf, After: nothing, Without: admin,
		},
		"Memberships.Delete": {
			Before: in(""),
			Do: func(ctx context.Context, c *box.Client, id string) (string, error) {
				return "", c.Memberships.Delete(ctx, id)
			},
			State: stateOf, After: "not found", Without: member,
		},
		"Groups.Create": {
			Want: newName,
			Do: func(ctx context.Context, c *box.Client, _ string) (string, error) {
				g, err := makeGroup(ctx, c)
				if err != nil {
					return "", err
				}
				return g.Name + g.Description, nil // the requested fields only
			},
			State: groups, After: newName + ";", Found: 2,
		},
		"Groups.Delete": {
			Before: func(ctx context.Context, c *box.Client) (string, error) {
				g, err := makeGroup(ctx, c)
				if err != nil {
					return "", err
				}
				return g.ID, nil
			},
			Do: func(ctx context.Context, c *box.Client, id string) (string, error) {
				return "", c.Groups.Delete(ctx, id)
			},
			State: groups, Without: newName + ";",
		},
		"Users.Create": {
			Want: "New",
			Do: func(ctx context.Context, c *box.Client, _ string) (string, error) {
				u, err := makeUser(ctx, c)
				if err != nil {
					return "", err
				}
				return u.Name, nil
			},
			State: users, After: "New", Without: "not found", Found: 2,
		},
		"Users.Delete": {
			Before: func(ctx context.Context, c *box.Client) (string, error) {
				u, err := makeUser(ctx, c)
				if err != nil {
					return "", err
				}
				return u.ID, nil
			},
			Do: func(ctx context.Context, c *box.Client, id string) (string, error) {
				return "", c.Users.Delete(ctx, id, box.DeleteUserParams{})
			},
			State: users, After: "not found", Without: "New",
		},
	}
}

// step is one response of a scripted provider.
type step = wrappertest.Step

func TestLostAnswers(t *testing.T) {
	wrappertest.RunLostResponses(t, wrappertest.LostResponses[*box.Client]{
		New: box.New, Writes: writes(), Duplicates: box.Duplicates,
		Excused: map[string]string{"Tokens.Create": "the grant decides: see TestTokensCreateRetries"},
	})
}

// A lost attempt may reach the provider after its retry.
func TestLateWrites(t *testing.T) {
	const (
		emptyPage = `{"total_count":0,"limit":1000,"entries":[]}`
		already   = `{"code":"conflict"}`
		missing   = `{"code":"not_found"}`
		listed    = `{"total_count":1,"limit":1000,"entries":[{"id":"1","role":"member","group":{"id":"g"},"user":{"id":"u"}}]}`
		member    = `{"id":"1","role":"member","configurable_permissions":null}`
		admin     = `{"id":"1","role":"admin","configurable_permissions":{"can_run_reports":true}}`
		group     = `{"total_count":2,"limit":1000,"entries":[{"id":"1","name":"Books"},{"id":"2","name":"Book","description":"d"}]}`
	)
	add := func(r box.CreateMembershipRequest) func(context.Context, *box.Client) error {
		r.User.ID, r.Group.ID = "u", "g"
		return func(ctx context.Context, c *box.Client) error {
			_, err := c.Memberships.Create(ctx, r, box.CreateMembershipParams{})
			return err
		}
	}
	remove := func(ctx context.Context, c *box.Client) error { return c.Memberships.Delete(ctx, "1") }
	create := func(description string) func(context.Context, *box.Client) error {
		return func(ctx context.Context, c *box.Client) error {
			_, err := c.Groups.Create(ctx, box.CreateGroupRequest{Name: "Book", Description: description}, box.CreateGroupParams{})
			return err
		}
	}
	plain := box.CreateMembershipRequest{}
	type late struct {
		do    func(context.Context, *box.Client) error
		steps []step
		kind  error
	}
	wrappertest.RunSynctest(t, map[string]late{
		"an addition": {add(plain), []step{{503, ""}, {200, emptyPage}, {409, already}, {200, listed}, {200, member}}, nil},
		"an addition in another role": {
			add(plain), []step{{503, ""}, {200, emptyPage}, {409, already}, {200, listed}, {200, admin}}, memberships.ErrAlreadyExists,
		},
		"an addition with other permissions": {
			add(box.CreateMembershipRequest{Role: box.RoleAdmin, ConfigurablePermissions: noReports()}),
			[]step{{503, ""}, {200, emptyPage}, {409, already}, {200, listed}, {200, admin}}, memberships.ErrAlreadyExists,
		},
		"an addition of an existing member": {add(plain), []step{{409, already}}, memberships.ErrAlreadyExists},
		"an addition of an unknown user":    {add(plain), []step{{503, ""}, {404, missing}, {404, missing}}, memberships.ErrNotFound},
		"a removal":                         {remove, []step{{503, ""}, {200, member}, {404, missing}, {404, missing}}, nil},
		"a removal without a membership":    {remove, []step{{404, missing}}, memberships.ErrNotFound},
		"a group":                           {create(""), []step{{503, ""}, {200, emptyPage}, {409, already}, {200, group}, {200, `{"id":"2"}`}}, nil},
		"another group of the name":         {create("other"), []step{{503, ""}, {200, group}, {409, already}, {200, group}}, memberships.ErrAlreadyExists},
		"a user without a login": {func(ctx context.Context, c *box.Client) error {
			_, err := c.Users.Create(ctx, box.CreateUserRequest{Name: "App", IsPlatformAccessOnly: new(true)}, box.CreateUserParams{})
			return err
		}, []step{{503, ""}}, memberships.ErrOutcomeUnknown},
		"a login of another user": {func(ctx context.Context, c *box.Client) error {
			_, err := c.Users.Create(ctx, box.CreateUserRequest{Name: "Ada", Login: "ada@example.com"}, box.CreateUserParams{})
			return err
		}, []step{
			{503, ""}, {200, `{"limit":1000,"entries":[{"id":"1","name":"Eve","login":"ada@example.com"}]}`},
			{409, already}, {200, `{"limit":1000,"entries":[{"id":"1","name":"Eve","login":"ada@example.com"}]}`},
		}, memberships.ErrAlreadyExists},
	}, func(t *testing.T, tc late) {
		c, asked := wrappertest.Scripted(t, box.New, tc.steps...)
		err := tc.do(t.Context(), c)
		if !errors.Is(err, tc.kind) || (err == nil) != (tc.kind == nil) || len(*asked) != len(tc.steps) {
			t.Errorf("got %v after %v, want %v after %d requests", err, *asked, tc.kind, len(tc.steps))
		}
	})
}
