package box

import (
	"fmt"
	"slices"
	"strings"

	"github.com/oapi-codegen/nullable"

	"github.com/memberships-go/memberships/internal/config"
	"github.com/memberships-go/memberships/option"
)

// The permissions that an admin of a group may have beside managing its members.
const (
	CanCreateAccounts = "can_create_accounts"
	CanEditAccounts   = "can_edit_accounts"
	CanInstantLogin   = "can_instant_login"
	CanRunReports     = "can_run_reports"
)

// AdminPermissions returns the known permissions, which WithAdminPermissions accepts.
func AdminPermissions() []string {
	return []string{CanCreateAccounts, CanEditAccounts, CanInstantLogin, CanRunReports}
}

type permissionsKey struct{}

// WithAdminPermissions sets the permissions of members that Provider adds or promotes as
// managers. They get the named permissions of AdminPermissions and no others; without
// names, they may only manage the group's members. It is an option for New or for a call;
// the option of a call wins. It does not apply to other roles.
//
// Without this option the client sends no permissions: Box grants all of them to a new
// admin, and an Update keeps the permissions of an existing admin. A demoted admin loses
// them, so a second promotion may grant more than the first. The Native of the result has
// the permissions.
func WithAdminPermissions(names ...string) option.Option {
	names = slices.Clone(names)
	return config.ProviderOption(api.Name, func(c *config.Config) error {
		for _, n := range names {
			if !slices.Contains(AdminPermissions(), n) {
				return fmt.Errorf("WithAdminPermissions: there is no permission %q; choose from %s", n, strings.Join(AdminPermissions(), ", "))
			}
		}
		c.Set(permissionsKey{}, names)
		return nil
	})
}

// permissions returns the permissions of a new admin, unspecified without an option.
func (p *provider) permissions(r MembershipRole) (out nullable.Nullable[map[string]bool]) {
	cfg, err := p.c.Memberships.c.Config(p.opts)
	if err != nil || r != RoleAdmin {
		return out
	}
	names, ok := cfg.Values[permissionsKey{}].([]string)
	switch {
	case !ok:
		return out
	case len(names) == 0:
		return nullable.NewNullNullable[map[string]bool]()
	}
	allowed := map[string]bool{}
	for _, n := range AdminPermissions() {
		allowed[n] = slices.Contains(names, n)
	}
	return nullable.NewNullableWithValue(allowed)
}
