package box_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"github.com/oapi-codegen/nullable"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/wrappers/box"
)

// Requests and responses distinguish absent, null and a map.
func TestConfigurablePermissions(t *testing.T) {
	type permissions = nullable.Nullable[map[string]bool]
	tests := []struct {
		name, sent, read string
		value            permissions
	}{
		{"absent", `{"role":"admin"}`, `{"id":"1"}`, nil},
		{"null", `{"role":"admin","configurable_permissions":null}`, `{"id":"1","configurable_permissions":null}`, nullable.NewNullNullable[map[string]bool]()},
		{"empty map", `{"role":"admin","configurable_permissions":{}}`, `{"id":"1","configurable_permissions":{}}`, nullable.NewNullableWithValue(map[string]bool{})},
		{
			"map", `{"role":"admin","configurable_permissions":{"can_run_reports":false}}`,
			`{"id":"1","configurable_permissions":{"can_run_reports":false}}`, nullable.NewNullableWithValue(map[string]bool{"can_run_reports": false}),
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var bodies []string
			c := serve(t, func(w http.ResponseWriter, r *http.Request) {
				b, _ := io.ReadAll(r.Body)
				bodies = append(bodies, strings.Replace(string(b), `"user":{"id":"u"},"group":{"id":"g"},`, "", 1))
				_, _ = io.WriteString(w, tt.read)
			})
			ctx := t.Context()
			made := must[*box.Membership](t)(c.Memberships.Create(ctx, box.CreateMembershipRequest{
				User: box.UserRef{ID: "u"}, Group: box.GroupRef{ID: "g"}, Role: box.RoleAdmin, ConfigurablePermissions: tt.value,
			}, box.CreateMembershipParams{}))
			changed := must[*box.Membership](t)(c.Memberships.Update(ctx, "1", box.UpdateMembershipRequest{
				Role: box.RoleAdmin, ConfigurablePermissions: tt.value,
			}, box.UpdateMembershipParams{}))
			if diff := cmp.Diff([]string{tt.sent, tt.sent}, bodies); diff != "" {
				t.Errorf("bodies (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]permissions{tt.value, tt.value}, []permissions{made.ConfigurablePermissions, changed.ConfigurablePermissions}); diff != "" {
				t.Errorf("read (-want +got):\n%s", diff)
			}
		})
	}
	// An update may have permissions only, or null for none.
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if b, _ := io.ReadAll(r.Body); string(b) != `{"configurable_permissions":null}` {
			t.Errorf("sent %s", b)
		}
		_, _ = io.WriteString(w, `{"id":"1"}`)
	})
	must[*box.Membership](t)(c.Memberships.Update(t.Context(), "1", box.UpdateMembershipRequest{
		ConfigurablePermissions: nullable.NewNullNullable[map[string]bool](),
	}, box.UpdateMembershipParams{}))
}

// Find reads pages until it has found the group, and returns ErrNotFound only after the last
// page.
func TestMembershipsFind(t *testing.T) {
	pages := map[string]string{
		"":  `{"total_count":3,"limit":2,"entries":[{"id":"0","group":{"id":"f"}},{"id":"1","group":{"id":"g"}}]}`,
		"1": `{"total_count":3,"limit":2,"entries":[{"id":"1","group":{"id":"g"}},{"id":"2","group":{"id":"h"}}]}`,
	}
	requests := 0
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		requests++
		_, _ = io.WriteString(w, pages[r.URL.Query().Get("offset")])
	})
	for group, want := range map[string]int{"g": 1, "h": 2, "i": 2} {
		requests = 0
		m, err := c.Memberships.Find(t.Context(), group, "u")
		if requests != want {
			t.Errorf("%s: %d requests, want %d", group, requests, want)
		}
		if group == "i" {
			if !errors.Is(err, memberships.ErrNotFound) {
				t.Errorf("%s: got %v, want not found", group, err)
			}
		} else if err != nil || m.Group.ID != group {
			t.Errorf("%s: got %+v, %v", group, m, err)
		}
	}
	pages["1"] = `{}`
	if _, err := c.Memberships.Find(t.Context(), "i", "u"); !errors.Is(err, memberships.ErrMalformed) || errors.Is(err, memberships.ErrNotFound) {
		t.Errorf("got %v, want malformed", err)
	}
}

// A confirming read compares permissions by name. A request grants every permission that it
// does not name.
func TestConfirmedPermissions(t *testing.T) {
	value := nullable.NewNullableWithValue[map[string]bool]
	null := nullable.NewNullNullable[map[string]bool]()
	type tc struct {
		want permissions
		got  string
		done bool
	}
	wrappertest.RunSynctest(t, map[string]tc{
		"unspecified":                          {nil, `{"a":false}`, true},
		"null, returned as null":               {null, `null`, true},
		"null, returned as false":              {null, `{"a":false,"b":false}`, true},
		"null, one returned as true":           {null, `{"a":false,"b":true}`, false},
		"a map, returned unchanged":            {value(map[string]bool{"a": false}), `{"a":false,"b":true}`, true},
		"a granted permission":                 {value(map[string]bool{"a": false}), `{"a":true,"b":true}`, false},
		"a permission that is not granted":     {value(map[string]bool{"a": false}), `{"a":false,"b":false}`, false},
		"a permission that the response lacks": {value(map[string]bool{"a": true}), `{"b":true}`, false},
		"a map, returned as null":              {value(map[string]bool{}), `null`, false},
	}, func(t *testing.T, tt tc) {
		read := step{200, `{"id":"1","role":"admin","configurable_permissions":` + tt.got + `}`}
		c, asked := wrappertest.Scripted(t, box.New, step{503, ""}, read, step{200, `{"id":"1"}`})
		_, err := c.Memberships.Update(t.Context(), "1", box.UpdateMembershipRequest{Role: box.RoleAdmin, ConfigurablePermissions: tt.want}, box.UpdateMembershipParams{})
		if done := len(*asked) == 2; err != nil || done != tt.done {
			t.Errorf("got %v after %v, want done %t", err, *asked, tt.done)
		}
	})
	synctest.Test(t, func(t *testing.T) { // a member has none
		c, _ := wrappertest.Scripted(t, box.New, step{503, ""}, step{200, `{"id":"1","role":"member","configurable_permissions":null}`})
		_, err := c.Memberships.Update(t.Context(), "1", box.UpdateMembershipRequest{ConfigurablePermissions: value(map[string]bool{"a": true})}, box.UpdateMembershipParams{})
		if err != nil {
			t.Error(err)
		}
	})
}
