package box

import (
	"fmt"
	"slices"
	"strings"

	"github.com/oapi-codegen/nullable"

	"github.com/memberships-go/memberships/internal/config"
	"github.com/memberships-go/memberships/option"
)

// What an admin of a group may be allowed to do beside managing its members.
const (
	CanCreateAccounts = "can_create_accounts"
	CanEditAccounts   = "can_edit_accounts"
	CanInstantLogin   = "can_instant_login"
	CanRunReports     = "can_run_reports"
)

// AdminPermissions returns the names that WithAdminPermissions takes.
func AdminPermissions() []string {
	return []string{CanCreateAccounts, CanEditAccounts, CanInstantLogin, CanRunReports}
}

type permissionsKey struct{}

// WithAdminPermissions says what members may do whom Provider adds as managers or makes
// managers: of AdminPermissions, those that are named and no other. Without names they may
// do nothing but manage the group's members. It is for New, or for a call, which wins, and
// means nothing for other roles.
//
// Without this option nothing is sent: Box allows everything to an admin who is added, and
// an Update leaves an admin's permissions as they are. Box takes them away with the role,
// so that a member who was a restricted admin once may come back as one who may do
// everything; the Native of the answer tells.
func WithAdminPermissions(names ...string) option.Option {
	names = slices.Clone(names)
	return config.ProviderOption(api.Name, func(c *config.Config) error {
		for _, n := range names {
			if !slices.Contains(AdminPermissions(), n) {
				return fmt.Errorf("WithAdminPermissions: there is no permission %q; there are %s", n, strings.Join(AdminPermissions(), ", "))
			}
		}
		c.Set(permissionsKey{}, names)
		return nil
	})
}

// permissions are those that an admin is to have, left out where nobody has said.
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
