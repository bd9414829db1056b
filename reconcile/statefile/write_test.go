package statefile

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/reconcile"
)

// written returns the file of a state.
func written(t rapid.TB, d *reconcile.Desired) string {
	t.Helper()
	var b strings.Builder
	if err := Write(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// loadText reads one file.
func loadText(text string) (*reconcile.Desired, error) {
	return Load([]string{"-"}, Options{Stdin: strings.NewReader(text)})
}

// A file is sorted, has the settings that are not built in, and quotes what it must.
func TestWrite(t *testing.T) {
	d := &reconcile.Desired{
		People: map[string]reconcile.Person{
			"grace@example.com":  {Key: "grace@example.com", Email: "grace@example.com"},
			"unused@example.com": {Key: "unused@example.com", Email: "unused@example.com"},
			"Ada@Example.com":    {Key: "Ada@Example.com", Email: "Ada@Example.com"},
			"on": {Key: "on", Email: "on@example.com", Aliases: []string{"z@example.com", "a@example.com"}, IDs: map[string]memberships.Member{
				"box": {ID: "007", Name: "On"}, "clerk": {Kind: memberships.MemberUser, ID: "a@b"}, "googlechat": {Kind: memberships.MemberApp, ID: "users/1"}, "webex": {Kind: memberships.MemberUser, ID: "Y2lz"},
			}},
		},
		Protected:      []string{"on", "grace@example.com"},
		MaxRunRemovals: &reconcile.Limit{Count: 25, Percent: 7},
		Groups: []reconcile.Group{
			{Name: "z", Mode: reconcile.ModeUnmanaged},
			{
				Name: "#1: \"a\"", Mode: reconcile.ModeAuthoritative, In: map[string]memberships.Group{"webex": {Kind: memberships.KindTeam, ID: "Y2lz", Name: "A"}, "box": {ID: "9000001"}},
				Members: []reconcile.Wanted{{Person: "on", Role: "manager"}, {Person: "Ada@Example.com", Role: "org: x"}, {Person: "grace@example.com", Role: "member"}},
				Ignore:  []string{"app:*", "*@partner.example"}, MinManagers: 1, MaxRemovals: &reconcile.Limit{Count: 0, Percent: 10}, Ceiling: 5, AllowEmpty: true, Invite: true,
				Roles: map[string]map[memberships.Role]memberships.Role{"clerk": {"lead": "org:admin"}},
			},
		},
	}
	want := `# yaml-language-server: $schema=https://raw.githubusercontent.com/memberships-go/memberships/main/docs/desired-state.schema.json
version: 1
people:
  Ada@Example.com:
    email: Ada@Example.com
  "on":
    email: on@example.com
    aliases:
      - a@example.com
      - z@example.com
    ids:
      box: "007"
      clerk: "id:a@b"
      googlechat: "app:users/1"
      webex: Y2lz
  unused@example.com:
    email: unused@example.com
max_run_removals:
  percent: 7
protected:
  - grace@example.com
  - "on"
groups:
  "#1: \"a\"":
    mode: authoritative
    min_managers: 1
    max_removals:
      count: 0
      ceiling: 5
    allow_empty: true
    invite: true
    ignore:
      - "*@partner.example"
      - "app:*"
    roles:
      clerk:
        lead: "org:admin"
    in:
      box: "9000001"
      webex: "team:Y2lz"
    members:
      Ada@Example.com: "org: x"
      grace@example.com: member
      "on": manager
  z:
    mode: unmanaged
`
	text := written(t, d)
	if diff := cmp.Diff(want, text); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	read, err := loadText(text)
	if err != nil {
		t.Fatal(err)
	}
	c := canonical(d)
	if diff := cmp.Diff(&c, read, withoutPlaces); diff != "" || read.Hash != Hash(d) {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Write refuses what Load would refuse or read as something else, and writes nothing.
func TestWriteRefuses(t *testing.T) {
	group := func(g reconcile.Group) *reconcile.Desired {
		g.Name, g.Mode = "a", reconcile.ModeAdditive
		return &reconcile.Desired{Groups: []reconcile.Group{g}}
	}
	person := func(m memberships.Member) *reconcile.Desired {
		return &reconcile.Desired{People: map[string]reconcile.Person{"a": {Key: "a", IDs: map[string]memberships.Member{"box": m}}}}
	}
	const invalid, lost = "the state makes no valid file: ", "the state has a value that no file can hold"
	for _, tt := range []struct {
		want string
		d    *reconcile.Desired
	}{
		{invalid + `state:6:12: expected an id: the text holds a control character`, person(memberships.Member{ID: "a\x7f"})},
		{invalid + `state:6:12: expected an id: the id is empty`, person(memberships.Member{Kind: memberships.MemberApp})},
		{invalid + `state:4:3: the group "a" is in no provider: in names its group there, as in {box: "9000001"}`, group(reconcile.Group{})},
		{lost, group(reconcile.Group{In: map[string]memberships.Group{"box": {ID: "room:1"}}})},
		{lost, person(memberships.Member{Kind: "bot", ID: "1"})},
		{lost, person(memberships.Member{ID: "a\xff"})},
	} {
		var b strings.Builder
		if err := Write(&b, tt.d); message(err) != tt.want || b.Len() > 0 {
			t.Errorf("got %v, want %s", err, tt.want)
		}
	}
}

// brokenWriter fails.
type brokenWriter struct{}

var errBroken = errors.New("broken")

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

func TestWriteFails(t *testing.T) {
	if err := Write(brokenWriter{}, &reconcile.Desired{}); !errors.Is(err, errBroken) {
		t.Errorf("got %v", err)
	}
}
