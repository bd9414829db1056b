package change

import (
	"context"
	"errors"
	"slices"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/output"
)

// planAddition fills in the result of an addition: the role, and the member of the address.
func (c *changer) planAddition(ctx context.Context, o *outcome) {
	role := o.role
	if roles := c.client.Capabilities().Roles; role == "" && len(roles) > 0 {
		role = roles[0]
	}
	o.got.Role, o.got.RoleName = c.shownRole(role)
	c.lookUp(ctx, o)
}

// shownRole is a role to give as a listing shows it once it is given.
func (c *changer) shownRole(r memberships.Role) (memberships.Role, string) {
	if caps := c.client.Capabilities(); slices.Contains(caps.Roles, r) {
		return r, caps.RoleNames[r]
	}
	return memberships.RoleUnknown, string(r)
}

// addMember fills in the member where nothing was changed: the provider has looked up the
// address before, and its error does not hold the answer.
func (c *changer) addMember(ctx context.Context, o *outcome) {
	found := o.result == output.ResultAbsent
	for _, kind := range []error{
		memberships.ErrNotMember, memberships.ErrPermissionDenied, memberships.ErrAlreadyExists, memberships.ErrConflict, memberships.ErrInvalidArgument,
	} {
		found = found || o.result == output.ResultFailed && errors.Is(o.err, kind)
	}
	if found && ctx.Err() == nil {
		c.lookUp(ctx, o)
	}
}

// lookUp asks a provider that has a directory for the member of an address. A row stays as
// it is where no answer comes.
func (c *changer) lookUp(ctx context.Context, o *outcome) {
	if o.got.Member.ID != "" || o.ref.Member.ID != "" || o.ref.Member.Email == "" || !c.client.Capabilities().Directory {
		return
	}
	if found, err := c.client.Resolve(ctx, o.ref.Member); err == nil {
		o.got.Member = found.Member
	}
}

// rights fills in the permissions of a new manager, where the provider has such.
func (c *changer) rights(o *outcome) {
	if o.got.Role == memberships.RoleManager {
		o.rights = c.permissions.planned(c.client.Name())
	}
}
