package row

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
)

// whole is a membership with a value in every field.
var whole = memberships.Membership{
	ID: "m1", Provider: "webex",
	Group:  memberships.Group{Kind: memberships.KindTeam, ID: "g1", Name: "Sales"},
	Member: memberships.Member{Kind: memberships.MemberUser, ID: "u1", Email: "ada@example.com", Name: "Ada"},
	Role:   memberships.RoleManager, RoleName: "moderator", State: memberships.StateInvited,
	Created: time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC), Updated: time.Date(2026, 1, 6, 10, 0, 0, 0, time.UTC), Expires: time.Date(2026, 1, 7, 10, 0, 0, 0, time.UTC),
}

const wholeText = `{"provider":"webex","group_kind":"team","group_id":"g1","group_name":"Sales","member_kind":"user","member_id":"u1",` +
	`"email":"ada@example.com","name":"Ada","role":"manager","role_name":"moderator","state":"invited",` +
	`"created":"2026-01-05T10:00:00Z","updated":"2026-01-06T10:00:00Z","expires":"2026-01-07T10:00:00Z","id":"m1"}`

const bareText = `{"provider":"box","group_kind":"","group_id":"","group_name":"","member_kind":"","member_id":"","email":"","name":"",` +
	`"role":"","role_name":"","state":"","created":"","updated":"","expires":"","id":""}`

// A row has every field, and Parse reads it back.
func TestAppend(t *testing.T) {
	for name, tt := range map[string]struct {
		membership memberships.Membership
		want       string
	}{
		"all fields": {whole, wholeText},
		"the least":  {memberships.Membership{Provider: "box"}, bareText},
		"another country": {func() memberships.Membership {
			m := whole
			m.Created = m.Created.In(time.FixedZone("", 3600))
			return m
		}(), wholeText},
	} {
		t.Run(name, func(t *testing.T) {
			got := Append(nil, tt.membership)
			if diff := cmp.Diff(tt.want, string(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			read, end, err := Parse(got)
			if err != nil || end != nil {
				t.Fatalf("got the end line %v, %v", end, err)
			}
			if diff := cmp.Diff(tt.membership, read); diff != "" {
				t.Errorf("read back (-want +got):\n%s", diff)
			}
		})
	}
}

// A row shows no fraction of a second and no zero time.
func TestTime(t *testing.T) {
	for want, at := range map[string]time.Time{
		"":                     {},
		"2026-01-05T09:00:00Z": time.Date(2026, 1, 5, 10, 0, 0, 999_999_999, time.FixedZone("", 3600)),
	} {
		if got := Time(at); got != want {
			t.Errorf("%v: got %q, want %q", at, got, want)
		}
	}
}

// A text is JSON without characters that change a terminal.
func TestAppendString(t *testing.T) {
	for text, want := range map[string]string{
		"":                  `""`,
		"Ada \"A\" <x>&é\n": `"Ada \"A\" <x>&é\n"`,
		"a\x1b[1m":          `"a\u001b[1m"`,
		"a\u009b1m":         `"a\u009b1m"`,
		"a\u202eb":          `"a\u202eb"`,
		"a\xffb":            `"a` + "\ufffd" + `b"`,
		"\x7f":              `"\u007f"`,
	} {
		if got := string(AppendString([]byte("-"), text)); got != "-"+want {
			t.Errorf("%q: got %s, want -%s", text, got, want)
		}
	}
	if got := string(AppendEscaped(nil, "\x1b\n\u009b", "\n")); got != `\u001b`+"\n"+`\u009b` {
		t.Errorf("got %q, want that the line break is kept", got)
	}
}
