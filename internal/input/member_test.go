package input

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
)

func row(cells map[string]string) Row {
	r := Row{Cells: map[string]Cell{}}
	for name, text := range cells {
		r.Cells[name] = Cell{Text: text}
	}
	return r
}

// The columns of a row name one member.
func TestContrary(t *testing.T) {
	for name, tt := range map[string]struct {
		cells         map[string]string
		column, wrong string
	}{
		"one column":        {cells: map[string]string{"member": "a@example.com"}},
		"the same address":  {cells: map[string]string{"member": "a@example.com", "email": "A@Example.com"}},
		"another address":   {cells: map[string]string{"member": "a@example.com", "email": "b@example.com"}, column: "email", wrong: "the row names a@example.com in one column and b@example.com in another"},
		"the same id":       {cells: map[string]string{"member": "u1", "member_id": "u1"}},
		"another id":        {cells: map[string]string{"member": "u1", "member_id": "u2"}, column: "member_id", wrong: "the row names u1 in one column and u2 in another"},
		"an id in capitals": {cells: map[string]string{"member": "u1", "member_id": "U1"}, column: "member_id", wrong: "the row names u1 in one column and U1 in another"},
		"an id, an address": {cells: map[string]string{"member": "u1", "email": "a@example.com"}},
	} {
		t.Run(name, func(t *testing.T) {
			column, err := Contrary(row(tt.cells))
			wrong := ""
			if err != nil {
				wrong = err.Error()
			}
			if column != tt.column || wrong != tt.wrong {
				t.Errorf("got %q, %q, want %q, %q", column, wrong, tt.column, tt.wrong)
			}
		})
	}
}

// An id identifies a member of its own provider alone. In a row of another one, the address
// does.
func TestMemberOf(t *testing.T) {
	user := func(id, email string) memberships.Member {
		return memberships.Member{Kind: memberships.MemberUser, ID: id, Email: email}
	}
	for name, tt := range map[string]struct {
		cells   map[string]string
		foreign bool
		want    memberships.Member
		named   string
		wrong   string
	}{
		"a member":                  {cells: map[string]string{"member": "u1", "email": "a@example.com"}, want: user("u1", ""), named: "u1"},
		"an id":                     {cells: map[string]string{"member_id": "u1", "email": "a@example.com"}, want: user("u1", ""), named: "u1"},
		"an id of an app":           {cells: map[string]string{"member_id": "u1", "member_kind": "app"}, want: memberships.Member{Kind: memberships.MemberApp, ID: "u1"}, named: "app:u1"},
		"an address":                {cells: map[string]string{"email": "a@example.com"}, want: user("", "a@example.com"), named: "a@example.com"},
		"nothing":                   {cells: map[string]string{"role": "member"}, wrong: "there is no member, member_id or email"},
		"foreign, an address":       {cells: map[string]string{"member": "u1", "email": "a@example.com"}, foreign: true, want: user("", "a@example.com"), named: "a@example.com"},
		"foreign, an address alone": {cells: map[string]string{"member": "a@example.com"}, foreign: true, want: user("", "a@example.com"), named: "a@example.com"},
		"foreign, an id":            {cells: map[string]string{"member": "u1", "provider": "box"}, foreign: true, wrong: "the row is of box, whose ids mean nothing here, and has no e-mail address"},
		"foreign, a member id":      {cells: map[string]string{"member_id": "u1", "provider": "box"}, foreign: true, wrong: "the row is of box, whose ids mean nothing here, and has no e-mail address"},
	} {
		t.Run(name, func(t *testing.T) {
			got, named, err := MemberOf(row(tt.cells), tt.foreign)
			wrong := ""
			if err != nil {
				wrong, got = err.Error(), memberships.Member{}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if named != tt.named || wrong != tt.wrong {
				t.Errorf("got %q, %q, want %q, %q", named, wrong, tt.named, tt.wrong)
			}
		})
	}
}
