package box_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/box"
)

// WithAdminPermissions restricts new managers and no other members.
func TestProviderAdminPermissions(t *testing.T) {
	rights := func(m memberships.Membership, err error) string {
		if err != nil {
			return wrappertest.Outcome(m, err)
		}
		own, _ := memberships.Native[*box.Membership](m)
		allowed, _ := own.ConfigurablePermissions.Get()
		var names []string
		for _, n := range box.AdminPermissions() {
			if allowed[n] {
				names = append(names, strings.TrimPrefix(n, "can_"))
			}
		}
		return fmt.Sprint(m.Role, " ", names)
	}
	all := "manager [create_accounts edit_accounts instant_login run_reports]"
	none, reports := box.WithAdminPermissions(), box.WithAdminPermissions(box.CanRunReports)
	c, _ := portable(t)
	g, ctx := groupNamed(t, c, "Solo"), t.Context()
	ref := memberships.Ref{Group: g, Member: email("radia")}
	var got []string
	add := func(r memberships.Role, opts ...option.Option) {
		got = append(got, rights(c.Add(ctx, g, ref.Member, r, opts...)))
	}
	update := func(r memberships.Role, opts ...option.Option) {
		got = append(got, rights(c.Update(ctx, ref, r, opts...)))
	}
	add(memberships.RoleManager)
	update(memberships.RoleManager, none)
	update(memberships.RoleManager)          // keeps the restriction
	update(memberships.RoleManager, reports) // sets another one
	update(memberships.RoleMember, reports)  // has no effect on a member
	if _, err := c.Remove(ctx, ref); err != nil {
		t.Fatal(err)
	}
	add(memberships.RoleManager, none)
	update(memberships.RoleManager, box.WithAdminPermissions(box.AdminPermissions()...)) // lifts it
	if diff := cmp.Diff([]string{all, "manager []", "manager []", "manager [run_reports]", "member []", "manager []", all}, got); diff != "" {
		t.Errorf("rights (-want +got):\n%s", diff)
	}
	if _, err := box.New(option.WithToken("t"), box.WithAdminPermissions("can_fly")); err == nil || !strings.Contains(err.Error(), `no permission "can_fly"; choose from can_create_accounts`) {
		t.Errorf("got %v", err)
	}
}

// A request has no permissions, null, or all known permissions.
func TestProviderAdminPermissionsSent(t *testing.T) {
	reports := box.WithAdminPermissions(box.CanRunReports)
	const mapped = `{"can_create_accounts":false,"can_edit_accounts":false,"can_instant_login":false,"can_run_reports":true}`
	const every = `{"can_create_accounts":true,"can_edit_accounts":true,"can_instant_login":true,"can_run_reports":true}`
	tests := []struct {
		name   string
		client []option.Option
		call   []option.Option
		role   memberships.Role
		want   string // "" for no key at all
		fails  string
	}{
		{name: "no option", role: memberships.RoleManager},
		{name: "none", call: []option.Option{box.WithAdminPermissions()}, role: memberships.RoleManager, want: "null"},
		{name: "one", call: []option.Option{reports}, role: memberships.RoleManager, want: mapped},
		{name: "one twice", call: []option.Option{box.WithAdminPermissions(box.CanRunReports, box.CanRunReports)}, role: memberships.RoleManager, want: mapped},
		{name: "all", call: []option.Option{box.WithAdminPermissions(box.AdminPermissions()...)}, role: memberships.RoleManager, want: every},
		{name: "of the client", client: []option.Option{reports}, role: memberships.RoleManager, want: mapped},
		{name: "the call wins", client: []option.Option{reports}, call: []option.Option{box.WithAdminPermissions()}, role: memberships.RoleManager, want: "null"},
		{name: "a member", call: []option.Option{reports}, role: memberships.RoleMember},
		{name: "the ordinary role", client: []option.Option{reports}},
		{name: "an unknown one", call: []option.Option{box.WithAdminPermissions(box.CanRunReports, "can_fly")}, role: memberships.RoleManager,
			fails: `WithAdminPermissions: there is no permission "can_fly"; choose from can_create_accounts, can_edit_accounts, can_instant_login, can_run_reports`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e, err := emulator.New()
			if err != nil {
				t.Fatal(err)
			}
			sent, bodies := 0, []string{}
			e.Control(func(_ http.ResponseWriter, r *http.Request) bool {
				sent++
				if r.Method == http.MethodPost || r.Method == http.MethodPut {
					raw, err := io.ReadAll(r.Body)
					if err != nil {
						t.Error(err)
					}
					r.Body = io.NopCloser(bytes.NewReader(raw))
					var body map[string]json.RawMessage
					if err := json.Unmarshal(raw, &body); err != nil {
						t.Error(err)
					}
					bodies = append(bodies, string(body["configurable_permissions"]))
				}
				return false
			})
			native, err := box.New(append([]option.Option{option.WithHTTPClient(e.Client()), option.WithToken("ada")}, tt.client...)...)
			if err != nil {
				t.Fatal(err)
			}
			c := memberships.New(native.Provider())
			g := groupNamed(t, c, "Solo")
			sent = 0
			_, err = c.Add(t.Context(), g, email("radia"), tt.role, tt.call...)
			if tt.fails != "" {
				if err == nil || !strings.Contains(err.Error(), tt.fails) || !errors.Is(err, memberships.ErrInvalidArgument) || sent != 0 {
					t.Errorf("got %v after %d requests", err, sent)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if tt.role != "" {
				if _, err := c.Update(t.Context(), memberships.Ref{Group: g, Member: email("radia")}, tt.role, tt.call...); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff([]string{tt.want, tt.want}, bodies); diff != "" {
					t.Errorf("permissions of an addition and an update (-want +got):\n%s", diff)
				}
			} else if diff := cmp.Diff([]string{tt.want}, bodies); diff != "" {
				t.Errorf("permissions of an addition (-want +got):\n%s", diff)
			}
		})
	}
}
