package reconcile_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/providertest/memprovider"
	"github.com/memberships-go/memberships/reconcile"
)

// shared gives the rooms "general" and "team" the same members.
type shared struct{ memberships.Provider }

func (shared) MemberSet(g memberships.Group) memberships.Group {
	if g.ID == "team" {
		g.ID = "general"
	}
	return g
}

func TestCheck(t *testing.T) {
	c := memberships.New(shared{memprovider.New(memprovider.WithName("one"), memprovider.WithCapabilities(memberships.Capabilities{
		Operations: memberships.Operations(), GroupKinds: []memberships.GroupKind{"group"}, MemberKinds: []memberships.MemberKind{memberships.MemberUser},
		Roles:     []memberships.Role{memberships.RoleMember, memberships.RoleManager},
		RoleNames: map[memberships.Role]string{memberships.RoleMember: "member", memberships.RoleManager: "manager"},
	}))})
	group := func(name, id string, members ...string) reconcile.Group {
		return reconcile.Group{Name: name, At: reconcile.Position{File: "f", Line: 3, Column: 1}, In: map[string]memberships.Group{"one": memberships.ParseGroup(id), "two": {ID: "x"}}, Members: wants(members...)}
	}
	mapped := group("a", "a", "ada:boss")
	mapped.Roles = map[string]map[memberships.Role]memberships.Role{"one": {"boss": memberships.RoleManager}}
	unmanaged := group("b", "room:b")
	unmanaged.Mode = reconcile.ModeUnmanaged
	for name, tt := range map[string]struct {
		groups []reconcile.Group
		want   []string
	}{
		"nothing":              {[]reconcile.Group{group("a", "a", "ada:manager"), group("b", "b")}, nil},
		"an unknown role":      {[]reconcile.Group{group("a", "a", "ada:boss", "bob:boss")}, []string{`member "ada" of group "a": the role is "boss"; one gives member and manager; an entry under roles can map it to a role of one`}},
		"a mapped role":        {[]reconcile.Group{mapped}, nil},
		"any role":             {[]reconcile.Group{group("a", "a", "ada:any")}, nil},
		"another kind":         {[]reconcile.Group{group("a", "room:a")}, []string{`f:3:1: group "a" in one: the group is of kind "room"; one has group`}},
		"an unmanaged group":   {[]reconcile.Group{unmanaged}, nil},
		"two names of one set": {[]reconcile.Group{group("a", "team"), group("b", "general")}, []string{`f:3:1: group "b" in one always has the same members as group "a" (f:3:1): leave one of them out`}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, err := range (&reconcile.Desired{Groups: tt.groups}).Check([]*memberships.Client{c}) {
				got = append(got, err.Error())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("mistakes (-want +got):\n%s", diff)
			}
		})
	}
}
