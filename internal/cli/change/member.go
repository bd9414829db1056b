package change

import (
	"errors"
	"slices"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/output"
)

// planAddition fills in the planned role and the member.
func (c *changer) planAddition(o *outcome, who memberships.Member) {
	role := o.role
	if roles := c.client.Capabilities().Roles; role == "" && len(roles) > 0 {
		role = roles[0]
	}
	o.got.Role, o.got.RoleName = c.shownRole(role)
	if o.ref.Member.ID == "" && who.ID != "" {
		o.got.Member = who
	}
}

// shownRole returns a requested role in the form of lists.
func (c *changer) shownRole(r memberships.Role) (memberships.Role, string) {
	if caps := c.client.Capabilities(); slices.Contains(caps.Roles, r) {
		return r, caps.RoleNames[r]
	}
	return memberships.RoleUnknown, string(r)
}

// unnamed reports whether a row lacks the id of its member, because nothing was changed.
// The provider's error does not contain the member that it looked up.
func (c *changer) unnamed(o *outcome) bool {
	found := o.result == output.ResultAbsent || o.result == output.ResultWouldAdd
	for _, kind := range []error{
		memberships.ErrNotMember, memberships.ErrPermissionDenied, memberships.ErrAlreadyExists, memberships.ErrConflict, memberships.ErrInvalidArgument,
	} {
		found = found || o.result == output.ResultFailed && errors.Is(o.err, kind)
	}
	return found && o.got.Member.ID == "" && o.ref.Member.ID == "" && o.ref.Member.Email != "" && c.client.Capabilities().Directory
}

// rights fills in the permissions of a new manager, if the provider has permissions.
func (c *changer) rights(o *outcome) {
	if o.got.Role == memberships.RoleManager {
		o.rights = c.permissions.planned(c.client.Name())
	}
}
