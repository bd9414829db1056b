package providertest

import (
	"fmt"
	"reflect"
	"time"

	"github.com/memberships-go/memberships"
)

func valuesAreWhole(t *checker) {
	for _, m := range append(t.members(t.Small), t.members(t.Large)...) {
		report := func(format string, args ...any) {
			t.Errorf("%s in %s: %s", m.Member, m.Group, fmt.Sprintf(format, args...))
		}
		if m.Provider != t.Provider.Name() {
			report("got the Provider %q, want %q", m.Provider, t.Provider.Name())
		}
		if m.Member.ID == "" || m.Member.Kind == "" {
			report("got the member's ID %q and Kind %q, want both", m.Member.ID, m.Member.Kind)
		}
		if g := m.Group; g.Kind != t.Small.Kind || g.ID != t.Small.ID && g.ID != t.Large.ID {
			report("it is in neither of the groups that were listed")
		}
		switch m.Role {
		case memberships.RoleMember, memberships.RoleManager, memberships.RoleOwner:
		default:
			report("got the Role %q, want a portable one", m.Role)
		}
		if m.State != memberships.StateActive {
			report("got the State %q, want %q", m.State, memberships.StateActive)
		}
		for _, at := range []time.Time{m.Created, m.Updated} {
			if year := at.UTC().Year(); !at.IsZero() && (year < 2000 || year > 2100) {
				report("got the time %v; mind the unit, and leave times zero that the provider does not tell", at)
			}
		}
		if !m.Equal(m.WithNative(nil)) || m.Equal(memberships.Membership{}) {
			report("Equal does not hold between a membership and itself, or holds with an empty one")
		}
	}
	if t.caps.Can(memberships.OpGet) {
		for _, m := range []memberships.Member{t.Ada, t.Alan} {
			want := memberships.RoleMember
			if got := t.get(t.Large, m).Role; (got == want) != (m.ID == t.Alan.ID) {
				t.Errorf("%s: got the role %q; Ada has the highest role, and Alan is an ordinary member", m, got)
			}
		}
	}
}

func nativeIsStable(t *checker) {
	got := map[string]memberships.Membership{"Get": t.get(t.Small, t.Alan)}
	for _, m := range t.members(t.Small) {
		got["List"] = m
	}
	if t.caps.Can(memberships.OpAdd) {
		got["Add"] = must[memberships.Membership](t, "Add")(t.client.Add(t.Context(), t.Small, byID(t.Niklaus), ""))
	}
	if t.caps.Can(memberships.OpUpdate) {
		got["Update"] = must[memberships.Membership](t, "Update")(
			t.client.Update(t.Context(), ref(t.Small, byID(t.Alan)), t.otherRole()))
	}
	var first reflect.Type
	for from, m := range got {
		native, ok := memberships.Native[any](m)
		v := reflect.ValueOf(native)
		if !ok || v.Kind() != reflect.Pointer || v.IsNil() {
			t.Errorf("%s: got the native value %T; attach a pointer to the provider's own value by WithNative", from, native)
			continue
		}
		if first == nil {
			first = v.Type()
		}
		if v.Type() != first {
			t.Errorf("%s: got a native value of type %v, and another operation %v; callers ask for one", from, v.Type(), first)
		}
		if _, ok := memberships.Native[*checker](m); ok {
			t.Errorf("%s: Native of a type that the value does not have is true", from)
		}
	}
}

// alan returns Alan's membership of Small from List and from Get.
func (t *checker) alan() map[string]memberships.Membership {
	t.Helper()
	got := map[string]memberships.Membership{"Get": t.get(t.Small, t.Alan)}
	for _, m := range t.members(t.Small) {
		if m.Member.ID == t.Alan.ID {
			got["List"] = m
		}
	}
	if len(got) != 2 {
		t.Errorf("List: a member with a value that is not known is missing; let unknown values pass through")
	}
	return got
}

func unknownRole(t *checker) {
	for from, m := range t.alan() {
		if m.Role != memberships.RoleUnknown || m.RoleName == "" {
			t.Errorf("%s: got the role %q (%q), want %q with the provider's own name", from, m.Role, m.RoleName, memberships.RoleUnknown)
		}
	}
	if got, err := t.client.Check(t.Context(), t.Small, byID(t.Alan)); got != memberships.PresenceMember || err != nil {
		t.Errorf("Check of a member whose role is not known: got %v, %v, want %v", got, err, memberships.PresenceMember)
	}
}

func unknownState(t *checker) {
	for from, m := range t.alan() {
		if m.State != memberships.StateUnknown {
			t.Errorf("%s: got the state %q, want %q", from, m.State, memberships.StateUnknown)
		}
	}
	if got, err := t.client.Check(t.Context(), t.Small, byID(t.Alan)); got != memberships.PresenceUndetermined || err == nil {
		t.Errorf("Check of a membership whose state is not known: got %v, %v, want undetermined and an error", got, err)
	}
}
