package cli

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/credentials"
)

// A row of a file of members has its id and its address, from whichever columns name them. The
// provider is that of the row, or of the command.
func TestReadMembers(t *testing.T) {
	clerk, err := credentials.OpenEmulator("clerk")
	if err != nil {
		t.Fatal(err)
	}
	user := func(id, email string) memberships.Member {
		return memberships.Member{Kind: memberships.MemberUser, ID: id, Email: email}
	}
	for name, tt := range map[string]struct {
		client *memberships.Client
		file   string
		want   []memberships.Membership
		wrong  string
	}{
		"an address":              {nil, "email\na@example.com\n", []memberships.Membership{{Member: user("", "a@example.com")}}, ""},
		"an id and an address":    {nil, "member_id,email\nu1,a@example.com\n", []memberships.Membership{{Member: user("u1", "a@example.com")}}, ""},
		"a member and an id":      {nil, "member,member_id\na@example.com,u1\n", []memberships.Membership{{Member: user("u1", "a@example.com")}}, ""},
		"a member and an address": {nil, "member,email\nu1,a@example.com\n", []memberships.Membership{{Member: user("u1", "a@example.com")}}, ""},
		"roles as written":        {nil, "email,role\na@example.com,Boss\n", []memberships.Membership{{Member: user("", "a@example.com"), Role: "boss"}}, ""},
		"roles of a provider": {clerk, "email,role\na@example.com,manager\nb@example.com,\n", []memberships.Membership{
			{Provider: "clerk", Member: user("", "a@example.com"), Role: memberships.RoleManager, RoleName: "org:admin"},
			{Provider: "clerk", Member: user("", "b@example.com")},
		}, ""},
		"its own output": {clerk, "provider,member_id,email,role,role_name\nbox,u1,a@example.com,owner,x\n", []memberships.Membership{
			{Provider: "box", Member: user("u1", "a@example.com"), Role: memberships.RoleOwner, RoleName: "x"},
		}, ""},
		"two members":    {nil, "member,email\na@example.com,b@example.com\n", nil, "f.csv:2:15: the row names a@example.com in one column and b@example.com in another"},
		"no member":      {nil, "member,role\n,member\n", nil, "f.csv:2:1: there is no member, member_id or email"},
		"a rounded id":   {nil, "member_id\n1.16E+20\n", nil, "f.csv:2:1: this id was converted to a number by a spreadsheet"},
		"a wrong column": {nil, "Staff\nx\n", nil, `f.csv:1:1: "Staff" is no column`},
	} {
		t.Run(name, func(t *testing.T) {
			s, _, err := readMembers(strings.NewReader(tt.file), "f.csv", tt.client)
			wrong := ""
			if err != nil {
				wrong = err.Error()
			}
			if !strings.HasPrefix(wrong, tt.wrong) || (wrong == "") != (tt.wrong == "") {
				t.Errorf("got %q, want %q", wrong, tt.wrong)
			}
			if diff := cmp.Diff(tt.want, s.Rows, cmp.Comparer(memberships.Membership.Equal)); diff != "" && tt.wrong == "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
