package statefile

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/reconcile"
)

// shown is a provider that finds people by address, and gives two roles.
var shown = memberships.Capabilities{
	GroupKinds: []memberships.GroupKind{"group"}, Roles: []memberships.Role{memberships.RoleMember, memberships.RoleManager}, Email: true,
}

// member1 returns an active member.
func member1(id, email string, role memberships.Role) memberships.Membership {
	return memberships.Membership{Member: memberships.Member{Kind: memberships.MemberUser, ID: id, Email: email, Name: "N " + id}, Role: role, State: memberships.StateActive}
}

func pending(email string) memberships.Membership {
	m := member1("", email, memberships.RoleMember)
	m.State = memberships.StateInvited
	return m
}

// sighted returns the observation of a group.
func sighted(provider, id, name string, rows ...memberships.Membership) reconcile.Observation {
	return reconcile.Observation{Provider: provider, Group: memberships.Group{Kind: "group", ID: id, Name: name}, Rows: rows}
}

func observed(groups ...reconcile.Observation) *reconcile.Observed {
	o := &reconcile.Observed{Capabilities: map[string]memberships.Capabilities{}, Groups: groups}
	for _, g := range groups {
		o.Capabilities[g.Provider] = shown
	}
	return o
}

// importedFile returns the file of an import, without its first two lines.
func importedFile(t *testing.T, seen *reconcile.Observed, mode reconcile.Mode) (string, *Imported) {
	t.Helper()
	i := Import(seen, ImportOptions{Mode: mode})
	var b strings.Builder
	if err := i.Write(&b); err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(b.String(), "version: 1\n")
	return text, i
}

// Accounts with one address are one person in all providers. Others have an id, and a
// comment with their name.
func TestImportPeople(t *testing.T) {
	noEmail := shown
	noEmail.Email = false
	seen := observed(
		sighted("box", "1", "A", member1("11", "Ada@Example.com", "manager"), member1("12", "eve@one.example", "member"), member1("13", "", "member"),
			member1("14", "two@example.com", "member"), member1("15", "TWO@example.com", "member")),
		sighted("clerk", "2", "B", member1("u1", "ada@example.com", "member"), member1("u2", "eve@two.example", "member"), pending("new+x@example.com"), pending("two@example.com")),
		sighted("pubnub", "3", "C", member1("p1", "ADA@example.com", "member"), member1("p2", "no address", "member")),
	)
	seen.Capabilities["pubnub"] = noEmail
	got, _ := importedFile(t, seen, "")
	want := `people:
  ada:
    email: Ada@Example.com
    ids:
      pubnub: p1
  # N 13
  "box:13":
    ids:
      box: "13"
  # N 14
  "box:14":
    ids:
      box: "14"
  # N 15
  "box:15":
    ids:
      box: "15"
  newx:
    email: new+x@example.com
  # N p2
  "pubnub:p2":
    ids:
      pubnub: p2
  two:
    email: two@example.com
groups:
  A:
    mode: additive
    in:
      box: "1"
    members:
      ada: manager
      "box:13": member
      "box:14": member
      "box:15": member
      eve@one.example: member
  B:
    mode: additive
    in:
      clerk: "2"
    members:
      ada: member
      eve@two.example: member
      newx: member
      two: member
  C:
    mode: additive
    in:
      pubnub: "3"
    members:
      ada: member
      "pubnub:p2": member
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A group that the file cannot state exactly is additive and says why.
func TestImportModes(t *testing.T) {
	app := memberships.Membership{Member: memberships.Member{Kind: memberships.MemberApp, ID: "1"}, State: memberships.StateActive}
	own := member1("1", "", memberships.RoleUnknown)
	own.RoleName = "auditor"
	direct := member1("1", "a@example.com", "member")
	direct.Direct = true
	failed := sighted("box", "6", "failed", member1("1", "a@example.com", "member"))
	failed.Err = errors.New("denied\nfor you")
	hidden := sighted("box", "7", "hidden", member1("1", "a@example.com", "member"))
	hidden.Coverage.Add(memberships.Gap{Level: memberships.GapHidden, Code: memberships.GapAppView, Text: "some are hidden"})
	scope := sighted("box", "8", "scope", member1("1", "a@example.com", "member"))
	scope.Coverage.Add(memberships.Gap{Level: memberships.GapScope, Code: memberships.GapCallersGroups, Text: "others"})
	for _, tt := range []struct {
		group    reconcile.Observation
		mode     reconcile.Mode
		comments []string
		members  int
	}{
		{sighted("box", "1", "empty"), reconcile.ModeAdditive, []string{"additive: the group has no members"}, 0},
		{sighted("box", "2", "apps", app, app, member1("1", "a@example.com", "member")), reconcile.ModeAuthoritative, []string{"apps and groups that are left out: 2"}, 1},
		{sighted("box", "3", "unnamed", member1("", "", "member"), member1("1", "a@example.com", "member")), reconcile.ModeAdditive, []string{"additive: 1 member without id and address"}, 1},
		{sighted("box", "4", "role", own), reconcile.ModeAdditive, []string{"additive: 1 member with a role that the provider does not let others give"}, 1},
		{sighted("box", "5", "twice", pending("a@example.com"), member1("1", "a@example.com", "manager")), reconcile.ModeAdditive, []string{`additive: "a" is in the group twice`}, 1},
		{failed, reconcile.ModeAdditive, []string{"not read as a whole, and additive for that reason: denied\nfor you"}, 1},
		{hidden, reconcile.ModeAdditive, []string{"not read as a whole, and additive for that reason: some are hidden"}, 1},
		{scope, reconcile.ModeAuthoritative, nil, 1},
	} {
		name := tt.group.Group.Name
		_, i := importedFile(t, observed(tt.group), reconcile.ModeAuthoritative)
		g := i.Desired.Groups[0]
		if diff := cmp.Diff(tt.comments, i.Comments.Groups[name]); diff != "" || g.Mode != tt.mode || len(g.Members) != tt.members {
			t.Errorf("%s: mode %s, %d members, comments (-want +got):\n%s", name, g.Mode, len(g.Members), diff)
		}
		if whole := len(i.Incomplete) == 0; whole != (name != "failed" && name != "hidden") {
			t.Errorf("%s: incomplete %v", name, i.Incomplete)
		}
	}
	_, i := importedFile(t, observed(sighted("box", "1", "pair", direct)), reconcile.ModeAuthoritative)
	if len(i.Desired.Groups)+len(i.Desired.People) > 0 || i.Direct != 1 {
		t.Errorf("a conversation of two people: got %d groups and %d people", len(i.Desired.Groups), len(i.Desired.People))
	}
}

// A role is the portable one or the provider's own name, if others can give it.
func TestImportRoles(t *testing.T) {
	caps := shown
	caps.OwnRoles = true
	for _, tt := range []struct {
		role memberships.Role
		name string
		want memberships.Role
	}{
		{memberships.RoleManager, "org:admin", memberships.RoleManager},
		{memberships.RoleUnknown, "org:billing", "org:billing"},
		{memberships.RoleUnknown, "", memberships.RoleMember},
		{memberships.RoleUnknown, "owner", memberships.RoleMember},
		{memberships.RoleOwner, "org:boss", "org:boss"},
	} {
		m := member1("1", "a@example.com", tt.role)
		m.RoleName = tt.name
		seen := observed(sighted("clerk", "1", "A", m))
		seen.Capabilities["clerk"] = caps
		if got := Import(seen, ImportOptions{}).Desired.Groups[0].Members[0].Role; got != tt.want {
			t.Errorf("%s %q: got %s, want %s", tt.role, tt.name, got, tt.want)
		}
	}
}

// Every group has a name of its own, and hostile names make a valid file.
func TestImportNames(t *testing.T) {
	long := strings.Repeat("é", maxName)
	seen := observed(
		sighted("box", "1", "Team"), sighted("box", "2", "Team"), sighted("box", "3", "Team (clerk)"), sighted("box", "4", " \n "),
		sighted("box", "5", "a\x1b[31m\u202e\ufeff: #\"x\""), sighted("box", "6", long), sighted("box", "7", long), sighted("clerk", "8", "Team"),
		sighted("box", "9", "Team (box) (1)"),
	)
	text, i := importedFile(t, seen, "")
	var names []string
	for _, g := range i.Desired.Groups {
		names = append(names, g.Name)
	}
	cut := strings.Repeat("é", maxName/4)
	want := []string{
		"Team (box) (1)", "Team (box) (2)", "Team (clerk) (3)", "box/group:4", "a\ufffd[31m\ufffd\ufeff: #\"x\"", cut + " (box) (6)", cut + " (box) (7)", "Team (clerk) (8)", "box/group:9",
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("(-want +got):\n%s\n%s", diff, text)
	}
	same := make([]memberships.Membership, 3)
	for n := range same {
		same[n] = member1(strings.Repeat("x", maxName)+string(rune('a'+n)), "", "member")
		same[n].Member.Name = "\x1b]0;\n- evil: true\ufeff"
	}
	if _, i := importedFile(t, observed(sighted("box", "1", "A", same...)), ""); len(i.Desired.People) != 3 {
		t.Errorf("long ids: got %d people, want 3", len(i.Desired.People))
	}
}
