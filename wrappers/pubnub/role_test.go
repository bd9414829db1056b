package pubnub_test

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/pubnub"
)

// An update of the role keeps all other fields of a membership, wherever the role is.
func TestProviderRolePlace(t *testing.T) {
	const before = `{"level":"editor","n":1.50,"role":"guest","x":null}`
	for _, tc := range []struct {
		name                string
		opts                []option.Option
		read, custom, kind  string
		addCustom, addKind  string
		status, updatedKind string
	}{
		{"in the default custom value", nil, "unknown (guest)", `{"level":"editor","n":1.5,"role":"manager","x":null}`, "vip", `{"role":"owner"}`, "", "pending", "vip"},
		{"in another custom value", []option.Option{pubnub.WithRoleInCustom("level")}, "unknown (editor)",
			`{"level":"manager","n":1.5,"role":"guest","x":null}`, "vip", `{"level":"owner"}`, "", "pending", "vip"},
		{"in an absent custom value", []option.Option{pubnub.WithRoleInCustom("rôle of it")}, "member ()",
			`{"level":"editor","n":1.5,"role":"guest","rôle of it":"manager","x":null}`, "vip", `{"rôle of it":"owner"}`, "", "pending", "vip"},
		{"in the type", []option.Option{pubnub.WithRoleInType()}, "unknown (vip)", `{"level":"editor","n":1.5,"role":"guest","x":null}`, "manager", ``, "owner", "pending", "manager"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, typed, _ := portable(t, "", tc.opts...)
			ctx := t.Context()
			in := userInputs("alan")
			in[0].Status, in[0].Type = pubnub.Text("pending"), pubnub.Text("vip")
			in[0].Custom.Set(json.RawMessage(before))
			if _, err := typed.Members.Add(ctx, "demo", in, pubnub.WriteParams{}); err != nil {
				t.Fatal(err)
			}
			ref := memberships.Ref{Group: inDemo, Member: byID("alan")}
			if got, want := wrappertest.Outcome(c.Get(ctx, ref)), "alan <alan@example.com> is "+tc.read+" in channel:demo, invited"; got != want {
				t.Errorf("read\n%s, want\n%s", got, want)
			}
			m, err := c.Update(ctx, ref, memberships.RoleManager)
			if got, want := wrappertest.Outcome(m, err), "alan <alan@example.com> is manager (manager) in channel:demo, invited"; got != want {
				t.Errorf("updated to\n%s, want\n%s", got, want)
			}
			own, _ := memberships.Native[*pubnub.Member](m)
			if diff := cmp.Diff([]string{tc.custom, tc.updatedKind, tc.status}, []string{compact(t, own.Custom), own.Type, own.Status}); diff != "" {
				t.Errorf("updated (-want +got)\n%s", diff)
			}
			m, err = c.Add(ctx, inDemo, byID("joan"), memberships.RoleOwner)
			if got, want := wrappertest.Outcome(m, err), "joan <joan@example.com> is owner (owner) in channel:demo, active"; got != want {
				t.Errorf("added\n%s, want\n%s", got, want)
			}
			own, _ = memberships.Native[*pubnub.Member](m)
			if diff := cmp.Diff([]string{tc.addCustom, tc.addKind, ""}, []string{compact(t, own.Custom), own.Type, own.Status}); diff != "" {
				t.Errorf("added (-want +got)\n%s", diff)
			}
		})
	}
	if _, err := pubnub.New(append(slices.Clone(base), pubnub.WithRoleInCustom(""))...); !errors.Is(err, memberships.ErrInvalidArgument) {
		t.Errorf("no name: %v", err)
	}
}

// compact returns custom with sorted names, "" for null.
func compact(t *testing.T, custom json.RawMessage) string {
	t.Helper()
	var v map[string]any
	if len(custom) == 0 || string(custom) == "null" {
		return ""
	}
	if err := json.Unmarshal(custom, &v); err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
