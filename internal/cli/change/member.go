package change

import (
	"context"
	"errors"
	"slices"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/output"
)

// planAddition fills in the planned role and the member of the address.
func (c *changer) planAddition(ctx context.Context, o *outcome) {
	role := o.role
	if roles := c.client.Capabilities().Roles; role == "" && len(roles) > 0 {
		role = roles[0]
	}
	o.got.Role, o.got.RoleName = c.shownRole(role)
	c.lookUp(ctx, o)
}

// shownRole returns a requested role in the form of lists.
func (c *changer) shownRole(r memberships.Role) (memberships.Role, string) {
	if caps := c.client.Capabilities(); slices.Contains(caps.Roles, r) {
		return r, caps.RoleNames[r]
	}
	return memberships.RoleUnknown, string(r)
}

// addMember fills in the member if nothing was changed. The provider's error does not
// contain the member that it looked up.
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

// lookUp resolves an address in a provider with a directory. Without a result the row
// stays as it is.
func (c *changer) lookUp(ctx context.Context, o *outcome) {
	if o.got.Member.ID != "" || o.ref.Member.ID != "" || o.ref.Member.Email == "" || !c.client.Capabilities().Directory {
		return
	}
	if found, err := c.client.Resolve(ctx, o.ref.Member); err == nil {
		o.got.Member = found.Member
	}
}

// rights fills in the permissions of a new manager, if the provider has permissions.
func (c *changer) rights(o *outcome) {
	if o.got.Role == memberships.RoleManager {
		o.rights = c.permissions.planned(c.client.Name())
	}
}
