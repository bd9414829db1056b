package output

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
)

// The names of the fields of an event are a promise to the readers of JSON and CSV.
func TestEventFields(t *testing.T) {
	at := time.Date(2026, 1, 5, 10, 0, 0, 123_000_000, time.UTC)
	e := memberships.Event{Type: memberships.EventCreated, Provider: "webex", ID: "d1", Time: at, Membership: memberships.Membership{
		Provider: "webex", ID: "m1", Group: memberships.Group{Kind: memberships.KindRoom, ID: "r1"},
		Member: memberships.Member{Kind: memberships.MemberUser, ID: "u1", Email: "ada@example.com", Name: "Ada"},
		Role:   memberships.RoleManager, RoleName: "moderator", State: memberships.StateActive, Created: at,
	}}
	want := [][2]string{
		{"event", "created"}, {"provider", "webex"}, {"delivery_id", "d1"}, {"time", "2026-01-05T10:00:00.123Z"},
		{"group_kind", "room"}, {"group_id", "r1"}, {"group_name", ""}, {"member_kind", "user"}, {"member_id", "u1"},
		{"email", "ada@example.com"}, {"name", "Ada"}, {"role", "manager"}, {"role_name", "moderator"}, {"state", "active"},
		{"created", "2026-01-05T10:00:00Z"}, {"updated", ""}, {"expires", ""}, {"id", "m1"},
	}
	var got [][2]string
	for _, f := range EventSchema.Fields {
		got = append(got, [2]string{f.Name, f.Text(e)})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The words of results are a promise to scripts.
func TestResults(t *testing.T) {
	want := []string{
		"added", "invited", "updated", "removed", "would-add", "would-invite", "would-update", "would-remove",
		"already", "already-invited", "absent", "repeated", "partly", "failed", "unknown",
	}
	if diff := cmp.Diff(want, Results); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
