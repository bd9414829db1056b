package change

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/oapi-codegen/nullable"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/wrappers/box"
)

// managerRights includes every permission in the response, also an unknown one.
func TestBoxRights(t *testing.T) {
	answer := nullable.NewNullableWithValue[map[string]bool]
	tests := []struct {
		name string
		role memberships.Role
		has  nullable.Nullable[map[string]bool]
		want string
	}{
		{"all", memberships.RoleManager, answer(map[string]bool{"can_run_reports": true, "can_instant_login": true, "can_edit_accounts": true, "can_create_accounts": true}),
			"may also create accounts, edit accounts, use instant login and run reports"},
		{"one", memberships.RoleManager, answer(map[string]bool{"can_run_reports": true, "can_edit_accounts": false}), "may also run reports"},
		{"an unknown permission", memberships.RoleManager, answer(map[string]bool{"can_fly_far": true, "can_run_reports": false}), "may also fly far"},
		{"unknown permissions after the known", memberships.RoleManager, answer(map[string]bool{"can_b": true, "can_a": true, "can_run_reports": true}), "may also run reports, a and b"},
		{"no permission", memberships.RoleManager, answer(map[string]bool{"can_run_reports": false}), "may manage the members and nothing else"},
		{"null", memberships.RoleManager, nullable.NewNullNullable[map[string]bool](), "may manage the members and nothing else"},
		{"hidden permissions", memberships.RoleManager, nil, ""},
		{"a member", memberships.RoleMember, nullable.NewNullNullable[map[string]bool](), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := memberships.Membership{Role: tt.role}.WithNative(&box.Membership{ConfigurablePermissions: tt.has})
			if diff := cmp.Diff(tt.want, managerRights(m)); diff != "" {
				t.Errorf("rights (-want +got):\n%s", diff)
			}
		})
	}
	if got := managerRights(memberships.Membership{Role: memberships.RoleManager}); got != "" {
		t.Errorf("a manager elsewhere: got %q", got)
	}
}
