package change

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/output"
)

// The provider's answer has the member and the group of a row, and the request has what the
// answer lacks.
func TestOutcomeFields(t *testing.T) {
	asked := change{named: "Ada", ref: memberships.Ref{
		Group:  memberships.Group{Kind: memberships.KindGroup, ID: "g"},
		Member: memberships.Member{Kind: memberships.MemberUser, ID: "u", Email: "ada@example.com"},
	}}
	for name, tt := range map[string]struct {
		got  memberships.Membership
		want []string // group id, member id, email, name
	}{
		"no answer": {memberships.Membership{}, []string{"g", "u", "ada@example.com", ""}},
		"an answer": {memberships.Membership{
			Group: memberships.Group{ID: "h"}, Member: memberships.Member{ID: "v", Email: "a@example.com", Name: "Ada L."},
		}, []string{"h", "v", "a@example.com", "Ada L."}},
		"a part": {memberships.Membership{Member: memberships.Member{Name: "Ada L."}}, []string{"g", "u", "ada@example.com", "Ada L."}},
	} {
		t.Run(name, func(t *testing.T) {
			o := outcome{change: asked, got: tt.got}
			var got []string
			for _, f := range outcomeFields {
				switch f.Name {
				case "group_id", "member_id", "email", "name":
					got = append(got, f.Text(o))
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// The longest name, result and group determine the widths of the report. A group column is
// there for several groups.
func TestOutcomeWidths(t *testing.T) {
	in := func(group, named string) change {
		return change{named: named, ref: memberships.Ref{Group: memberships.Group{Kind: memberships.KindGroup, ID: group}}}
	}
	for name, tt := range map[string]struct {
		changes []change
		columns []string
		widths  []int
	}{
		"none":           {nil, []string{"result", "member", "role", "detail"}, []int{12, 0, 7, 0}},
		"one group":      {[]change{in("g", "ada"), in("g", "grace"), in("g", "bo")}, []string{"result", "member", "role", "detail"}, []int{12, 5, 7, 0}},
		"several groups": {[]change{in("g", "ada"), in("long", "bo"), in("h", "cy")}, []string{"result", "group", "member", "role", "detail"}, []int{12, 10, 3, 7, 0}},
	} {
		t.Run(name, func(t *testing.T) {
			s := outcomes(tt.changes, output.ResultWouldUpdate)
			var columns []string
			for _, c := range s.Columns {
				columns = append(columns, c.Name)
			}
			if diff := cmp.Diff(tt.columns, columns); diff != "" {
				t.Errorf("columns (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.widths, s.Widths); diff != "" {
				t.Errorf("widths (-want +got):\n%s", diff)
			}
		})
	}
}

// The result column has space for the longest result of the operation.
func TestLongestResult(t *testing.T) {
	for _, tt := range []struct {
		invite bool
		op     memberships.Operation
		want   string
	}{
		{false, memberships.OpAdd, output.ResultWouldUpdate},
		{true, memberships.OpAdd, output.ResultAlreadyInvited},
		{true, memberships.OpUpdate, output.ResultWouldUpdate},
		{false, memberships.OpRemove, output.ResultWouldUpdate},
	} {
		f := &Flags{invite: tt.invite}
		if got := f.longestResult(tt.op); got != tt.want {
			t.Errorf("invite %t, %s: got %s, want %s", tt.invite, tt.op, got, tt.want)
		}
	}
}
