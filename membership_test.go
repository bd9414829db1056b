package memberships_test

import (
	"testing"
	"time"

	"github.com/memberships-go/memberships"
)

func TestParseGroup(t *testing.T) {
	for text, want := range map[string]memberships.Group{
		"Y2lz":             {ID: "Y2lz"},
		"team:Y2lz":        {Kind: memberships.KindTeam, ID: "Y2lz"},
		"channel:chat:42":  {Kind: memberships.KindChannel, ID: "chat:42"},
		"chat:42":          {ID: "chat:42"},
		"spaces/AAAA":      {ID: "spaces/AAAA"},
		"space:spaces/AAA": {Kind: memberships.KindSpace, ID: "spaces/AAA"},
		"room:":            {Kind: memberships.KindRoom},
		"":                 {},
		"Team:x":           {ID: "Team:x"},
	} {
		got := memberships.ParseGroup(text)
		if got != want || got.String() != text {
			t.Errorf("%q: got %+v, which is %q", text, got, got.String())
		}
	}
}

func TestParseMember(t *testing.T) {
	tests := []struct {
		text string
		want memberships.Member
		back string // what String gives, text if empty
	}{
		{text: "ada@example.com", want: memberships.Member{Email: "ada@example.com"}},
		{text: "user_1", want: memberships.Member{ID: "user_1"}},
		{text: "id:ada@example.com", want: memberships.Member{ID: "ada@example.com"}},
		{text: "id:user:1", want: memberships.Member{ID: "user:1"}},
		{text: "user:1", want: memberships.Member{ID: "user:1"}, back: "id:user:1"},
		{text: "email:root", want: memberships.Member{Email: "root"}},
		{text: "email:ada@example.com", want: memberships.Member{Email: "ada@example.com"}, back: "ada@example.com"},
		{text: "email:app:x@example.com", want: memberships.Member{Email: "app:x@example.com"}},
		{text: "group:g1", want: memberships.Member{Kind: memberships.MemberGroup, ID: "g1"}},
		{text: "group:g@example.com", want: memberships.Member{Kind: memberships.MemberGroup, ID: "g@example.com"}},
		{text: "app:app", want: memberships.Member{Kind: memberships.MemberApp, ID: "app"}},
		{text: "", want: memberships.Member{}, back: "email:"},
	}
	for _, tt := range tests {
		if tt.want.Kind == "" {
			tt.want.Kind = memberships.MemberUser
		}
		if tt.back == "" {
			tt.back = tt.text
		}
		got := memberships.ParseMember(tt.text)
		if got != tt.want || got.String() != tt.back {
			t.Errorf("%q: got %+v, which is %q", tt.text, got, got.String())
		}
	}
}

func FuzzParseGroup(f *testing.F) {
	for _, s := range []string{"", "x", "team:x", "room:team:x", "a:b", ":", "team:"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if g := memberships.ParseGroup(s); g.String() != s || memberships.ParseGroup(g.String()) != g {
			t.Errorf("%q became %+v, which is %q", s, g, g.String())
		}
	})
}

func FuzzParseMember(f *testing.F) {
	for _, s := range []string{"", "x", "a@b", "id:a@b", "email:x", "email:id:x", "email:group:a@b", "group:x", "app:id:x", "id:email:x", "a:b@c", "id:", "@", ":@"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m := memberships.ParseMember(s)
		if again := memberships.ParseMember(m.String()); again != m {
			t.Errorf("%q became %+v, whose text %q is %+v", s, m, m.String(), again)
		}
	})
}

func TestMembershipEqual(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	m := membership{
		Provider: "webex", ID: "m", Group: group("g"), Member: member("ada"), Role: memberships.RoleOwner, RoleName: "owner",
		State: memberships.StateActive, Created: at, Updated: at,
	}
	elsewhere := m
	elsewhere.Created, elsewhere.Updated = at.In(time.FixedZone("", 3600)), at.Local()
	for name, o := range map[string]membership{"itself": m, "another native value": m.WithNative(new(int)), "the same times elsewhere": elsewhere} {
		if !m.Equal(o) || !o.Equal(m) {
			t.Errorf("it is not equal to %s", name)
		}
	}
	for name, change := range map[string]func(*membership){
		"provider": func(m *membership) { m.Provider = "box" }, "id": func(m *membership) { m.ID = "n" },
		"group": func(m *membership) { m.Group.Kind = memberships.KindTeam }, "group name": func(m *membership) { m.Group.Name = "G" },
		"member": func(m *membership) { m.Member.Email = "ada@example.com" }, "role": func(m *membership) { m.Role = memberships.RoleMember },
		"role name": func(m *membership) { m.RoleName = "" }, "state": func(m *membership) { m.State = memberships.StateInvited },
		"created": func(m *membership) { m.Created = at.Add(1) }, "updated": func(m *membership) { m.Updated = time.Time{} },
	} {
		o := m
		if change(&o); m.Equal(o) {
			t.Errorf("another %s is equal", name)
		}
	}
	// Native values that cannot be compared do no harm.
	if !m.WithNative([]int{1}).Equal(m.WithNative(map[string]int{})) {
		t.Error("native values count")
	}
}

func TestNative(t *testing.T) {
	type own struct{ n int }
	v := &own{7}
	m := membership{}.WithNative(v)
	if got, ok := memberships.Native[*own](m); !ok || got != v {
		t.Errorf("got %v, %v", got, ok)
	}
	if _, ok := memberships.Native[own](m); ok {
		t.Error("a value of another type is there")
	}
	if got, ok := memberships.Native[*own](membership{}); ok || got != nil {
		t.Errorf("got %v, %v of a membership without a native value", got, ok)
	}
	if _, ok := memberships.Native[any](m.WithNative(nil)); ok {
		t.Error("a value is left after WithNative(nil)")
	}
}

func TestMembershipRef(t *testing.T) {
	m := membership{ID: "m", Group: group("g"), Member: member("ada"), Role: memberships.RoleOwner}
	if got, want := m.Ref(), (memberships.Ref{ID: "m", Group: group("g"), Member: member("ada")}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
