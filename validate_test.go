package memberships_test

import (
	"errors"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/providers"
)

// Validate refuses what the operation itself would, and sends nothing: there is nobody
// to send to.
func TestValidate(t *testing.T) {
	group := memberships.Group{ID: "Y2lz"}
	ada := memberships.ParseMember("ada@example.com")
	for _, tt := range []struct {
		name string
		op   memberships.Operation
		ref  memberships.Ref
		role memberships.Role
		kind error
	}{
		{"add", memberships.OpAdd, memberships.Ref{Group: group, Member: ada}, memberships.RoleManager, nil},
		{"add in no role", memberships.OpAdd, memberships.Ref{Group: group, Member: ada}, "", nil},
		{"add in an unknown role", memberships.OpAdd, memberships.Ref{Group: group, Member: ada}, "boss", memberships.ErrInvalidArgument},
		{"add to no group", memberships.OpAdd, memberships.Ref{Member: ada}, "", memberships.ErrInvalidArgument},
		{"add to a space", memberships.OpAdd, memberships.Ref{Group: memberships.ParseGroup("space:1"), Member: ada}, "", memberships.ErrInvalidArgument},
		{"add nobody", memberships.OpAdd, memberships.Ref{Group: group}, "", memberships.ErrInvalidArgument},
		{"add an app", memberships.OpAdd, memberships.Ref{Group: group, Member: memberships.ParseMember("app:1")}, "", memberships.ErrInvalidArgument},
		{"add a path", memberships.OpAdd, memberships.Ref{Group: group, Member: memberships.Member{ID: ".."}}, "", memberships.ErrInvalidArgument},
		{"update by id", memberships.OpUpdate, memberships.Ref{ID: "x"}, memberships.RoleMember, nil},
		{"update in an unknown role", memberships.OpUpdate, memberships.Ref{ID: "x"}, memberships.RoleOwner, memberships.ErrInvalidArgument},
		{"update by group alone", memberships.OpUpdate, memberships.Ref{Group: group}, memberships.RoleMember, memberships.ErrInvalidArgument},
		{"remove", memberships.OpRemove, memberships.Ref{Group: group, Member: ada}, "", nil},
		{"remove by the id of a space", memberships.OpRemove, memberships.Ref{ID: "x", Group: memberships.ParseGroup("space:")}, "", memberships.ErrInvalidArgument},
		{"get nothing", memberships.OpGet, memberships.Ref{}, "", memberships.ErrInvalidArgument},
		{"list", memberships.OpList, memberships.Ref{Group: group}, memberships.RoleManager, nil},
		{"list a path", memberships.OpList, memberships.Ref{Group: memberships.Group{ID: "."}}, "", memberships.ErrInvalidArgument},
		{"of", memberships.OpListByMember, memberships.Ref{Member: ada}, "", nil},
		{"of nobody", memberships.OpListByMember, memberships.Ref{Group: group}, "", memberships.ErrInvalidArgument},
		{"groups", memberships.OpGroups, memberships.Ref{}, "", nil},
		{"no operation", "merge", memberships.Ref{}, "", memberships.ErrUnsupported},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, err := providers.Open("webex", option.WithToken("any"), option.WithBaseURL("http://127.0.0.1:1"))
			if err != nil {
				t.Fatal(err)
			}
			if err := memberships.New(p).Validate(tt.op, tt.ref, tt.role); !errors.Is(err, tt.kind) {
				t.Errorf("got %v, want %v", err, tt.kind)
			}
		})
	}
}
