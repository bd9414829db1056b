package reconcile_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/reconcile"
)

var noon = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

// member returns a row of an active member; the role is "member" unless given.
func member(id string, role ...memberships.Role) memberships.Membership {
	r := memberships.RoleMember
	if len(role) > 0 {
		r = role[0]
	}
	return memberships.Membership{
		Provider: "memory", Group: memberships.Group{Kind: "group", ID: "g"}, Role: r, RoleName: string(r), State: memberships.StateActive,
		Member: memberships.Member{Kind: memberships.MemberUser, ID: id, Email: id + "@example.com"},
	}
}

func manager(id string) memberships.Membership { return member(id, memberships.RoleManager) }

func direct(id string) memberships.Membership {
	m := member(id)
	m.Direct = true
	return m
}

func invited(email string) memberships.Membership {
	m := member("")
	m.Member.Email, m.State = email, memberships.StateInvited
	return m
}

func people(prefix string, n int) []memberships.Membership {
	var out []memberships.Membership
	for i := range n {
		out = append(out, member(fmt.Sprintf("%s%04d", prefix, i)))
	}
	return out
}

// situation is one group in the file and at the provider.
type situation struct {
	group     reconcile.Group
	protected []string
	rows      []memberships.Membership
	gaps      []memberships.Gap
	err       error
	matches   map[string]reconcile.Match // in place of the ids
	caller    memberships.Member
	caps      memberships.Capabilities
	people    map[string]reconcile.Person
	options   reconcile.PlanOptions
}

// wants returns the members of a file. The key of a person is the id; a role follows after
// a colon.
func wants(members ...string) []reconcile.Wanted {
	var out []reconcile.Wanted
	for _, m := range members {
		person, role, _ := strings.Cut(m, ":")
		if role == "" {
			role = "member"
		}
		out = append(out, reconcile.Wanted{Person: person, Role: memberships.Role(role)})
	}
	return out
}

func keep(rows []memberships.Membership) []reconcile.Wanted {
	var out []reconcile.Wanted
	for _, r := range rows {
		out = append(out, reconcile.Wanted{Person: r.Member.ID, Role: r.Role})
	}
	return out
}

func roles() memberships.Capabilities {
	return memberships.Capabilities{
		GroupKinds: []memberships.GroupKind{"group"},
		Roles:      []memberships.Role{memberships.RoleMember, memberships.RoleManager, memberships.RoleOwner},
		RoleNames:  map[memberships.Role]string{memberships.RoleMember: "member", memberships.RoleManager: "manager", memberships.RoleOwner: "owner"},
	}
}

// plan returns the plan of a situation.
func (s situation) plan() (*reconcile.Plan, error) {
	g := s.group
	g.Name = "team"
	if g.Mode == "" {
		g.Mode = reconcile.ModeAuthoritative
	}
	g.In = map[string]memberships.Group{"memory": {Kind: "group", ID: "g"}}
	d := &reconcile.Desired{People: map[string]reconcile.Person{}, Protected: s.protected, Groups: []reconcile.Group{g}, Hash: "h"}
	obs := reconcile.Observation{
		Name: "team", Provider: "memory", Group: g.In["memory"], Rows: s.rows, Err: s.err,
		Coverage: memberships.Coverage{Gaps: s.gaps}, Matches: map[string]reconcile.Match{},
	}
	for _, key := range append(slices.Clone(s.protected), names(g.Members)...) {
		d.People[key] = reconcile.Person{Key: key, Email: key + "@example.com"}
		obs.Matches[key] = reconcile.Match{Member: memberships.Member{Kind: memberships.MemberUser, ID: key}, How: reconcile.MatchedByAddress}
	}
	for key, p := range s.people {
		d.People[key] = p
	}
	for key, m := range s.matches {
		obs.Matches[key] = m
	}
	caps := s.caps
	if caps.Roles == nil {
		c := roles()
		caps.Roles, caps.RoleNames, caps.GroupKinds = c.Roles, c.RoleNames, c.GroupKinds
	}
	seen := &reconcile.Observed{Time: noon, Groups: []reconcile.Observation{obs}, Capabilities: map[string]memberships.Capabilities{"memory": caps}}
	if s.caller != (memberships.Member{}) {
		seen.Callers = map[string]memberships.Member{"memory": s.caller}
	}
	return reconcile.NewPlan(d, seen, s.options)
}

func names(members []reconcile.Wanted) []string {
	var out []string
	for _, m := range members {
		out = append(out, m.Person)
	}
	return out
}

// lines returns a plan as text: the changes, then "=" for a member that is left alone, "!"
// for one whose change is held back, and "#" for the reasons that block the group.
func lines(p *reconcile.Plan) []string {
	var out []string
	for _, g := range p.Groups {
		for _, ch := range g.Changes {
			out = append(out, line(ch))
		}
		for _, ch := range g.Effects {
			out = append(out, "effect "+line(ch))
		}
		for _, l := range g.Left {
			sign := "="
			if l.Blocked {
				sign = "!"
			}
			out = append(out, fmt.Sprintf("%s %s %s", sign, l.Member.Member(), l.Why.Reason))
		}
		for _, b := range g.Blocked {
			out = append(out, strings.TrimSpace(fmt.Sprintf("# %s %s", b.Reason, b.Person)))
		}
	}
	for _, b := range p.Blocked {
		out = append(out, "# "+string(b.Reason))
	}
	return out
}

func line(ch reconcile.PlannedChange) string {
	who := ch.Member.Member().String()
	switch ch.Op {
	case memberships.OpAdd:
		if ch.Invite {
			who += " (invite)"
		}
		return fmt.Sprintf("+ %s %s", who, ch.To.Role)
	case memberships.OpRemove:
		return fmt.Sprintf("- %s %s", who, ch.From.Role)
	}
	return fmt.Sprintf("~ %s %s to %s", who, ch.From.Role, ch.To.Role)
}

func TestNewPlan(t *testing.T) {
	noAccount := reconcile.Match{Member: memberships.Member{Kind: memberships.MemberUser, Email: "new@example.com"}, Err: memberships.ErrNoSuchMember}
	ada, bob, cid, dan := member("ada"), member("bob"), member("cid"), member("dan")
	app := member("bot")
	app.Member.Kind, app.Member.Email = memberships.MemberApp, ""
	for name, tt := range map[string]struct {
		situation
		want []string
	}{
		"nothing to do": {situation{group: reconcile.Group{Members: wants("ada")}, rows: []memberships.Membership{ada}}, nil},
		"additions, changes and removals in their order": {
			situation{group: reconcile.Group{Members: wants("zoe", "bob:manager", "ada", "cid")}, rows: []memberships.Membership{ada, bob, manager("cid"), dan}},
			[]string{"+ zoe member", "~ bob member to manager", "~ cid manager to member", "- dan member"},
		},
		"additive": {
			situation{group: reconcile.Group{Mode: reconcile.ModeAdditive, Members: wants("zoe", "bob:manager", "cid")}, rows: []memberships.Membership{bob, manager("cid"), dan}},
			[]string{"+ zoe member", "~ bob member to manager", "= dan mode", "= cid mode"},
		},
		"additive, with a protected manager": {
			situation{group: reconcile.Group{Mode: reconcile.ModeAdditive, Members: wants("cid")}, rows: []memberships.Membership{bob, manager("cid")}, protected: []string{"cid"}},
			[]string{"= bob mode", "= cid mode"},
		},
		"no removals": {
			situation{group: reconcile.Group{Mode: reconcile.ModeNoRemovals, Members: wants("bob:manager", "cid", "ada")}, rows: []memberships.Membership{ada, bob, manager("cid"), dan}},
			[]string{"~ bob member to manager", "~ cid manager to member", "= dan mode"},
		},
		"ignored members and apps": {
			situation{group: reconcile.Group{Members: wants("ada"), Ignore: []string{"*@PARTNER.example", "x*"}}, rows: []memberships.Membership{ada, app, {Member: memberships.Member{Kind: "user", ID: "1", Email: "p@partner.example"}}, member("x9")}},
			[]string{"= app:bot no_person", "= 1 ignored", "= x9 ignored"},
		},
		"a named app stays": {
			situation{group: reconcile.Group{Members: wants("ada", "bot")}, rows: []memberships.Membership{ada, app}, matches: map[string]reconcile.Match{"bot": {Member: app.Member, How: reconcile.MatchedByFileID}}},
			nil,
		},
		"the caller and protected people": {
			situation{group: reconcile.Group{Members: wants("ada", "bob")}, rows: []memberships.Membership{ada, manager("bob"), cid, dan, manager("eve")}, protected: []string{"cid", "bob"}, caller: dan.Member},
			[]string{"- eve manager", "! cid protected", "! dan caller", "! bob protected"},
		},
		"the last manager is kept":      {situation{group: reconcile.Group{Members: wants("ada", "bob", "cid")}, rows: []memberships.Membership{ada, bob, manager("cid")}}, []string{"! cid last_manager"}},
		"a new manager takes over":      {situation{group: reconcile.Group{Members: wants("ada", "bob:manager", "cid")}, rows: []memberships.Membership{ada, bob, manager("cid")}}, []string{"~ bob member to manager", "~ cid manager to member"}},
		"an invited manager is pending": {situation{group: reconcile.Group{Invite: true, Members: wants("ada", "bob", "new:manager", "cid")}, caps: memberships.Capabilities{Invites: true}, matches: map[string]reconcile.Match{"new": noAccount}, rows: []memberships.Membership{ada, bob, manager("cid")}}, []string{"+ new@example.com (invite) manager", "! cid last_manager"}},
		"the last owner is kept":        {situation{group: reconcile.Group{Members: wants("ada", "bob:manager", "cid:manager")}, rows: []memberships.Membership{ada, member("cid", memberships.RoleOwner), manager("bob")}}, []string{"! cid last_owner"}},
		"too few managers":              {situation{group: reconcile.Group{MinManagers: 2, Members: wants("ada", "bob:manager", "cid")}, rows: []memberships.Membership{ada, manager("bob"), manager("cid")}}, []string{"# managers"}},
		"a person without an account":   {situation{group: reconcile.Group{Members: wants("ada", "new")}, rows: []memberships.Membership{ada}, matches: map[string]reconcile.Match{"new": noAccount}}, []string{"# no_account new"}},
		"a person is invited":           {situation{group: reconcile.Group{Invite: true, Members: wants("ada", "new")}, caps: memberships.Capabilities{Invites: true}, rows: []memberships.Membership{ada}, matches: map[string]reconcile.Match{"new": noAccount}}, []string{"+ new@example.com (invite) member"}},
		"invited counts as present":     {situation{group: reconcile.Group{Members: wants("ada", "new:manager")}, rows: []memberships.Membership{ada, invited("New@example.com")}, matches: map[string]reconcile.Match{"new": noAccount}}, []string{"= New@example.com pending"}},
		"an invitation is revoked":      {situation{group: reconcile.Group{Members: wants("ada", "bob", "cid")}, rows: []memberships.Membership{ada, bob, cid, invited("x@example.com")}}, []string{"- x@example.com member"}},
		"an ambiguous person":           {situation{group: reconcile.Group{Members: wants("ada", "new")}, rows: []memberships.Membership{ada}, matches: map[string]reconcile.Match{"new": {Err: memberships.ErrAmbiguous}}}, []string{"# ambiguous new"}},
		"a failed look-up":              {situation{group: reconcile.Group{Members: wants("ada", "new")}, rows: []memberships.Membership{ada}, matches: map[string]reconcile.Match{"new": {Err: memberships.ErrUnavailable}}}, []string{"# unresolved new"}},
		"two people with one account":   {situation{group: reconcile.Group{Members: wants("ada", "bob")}, rows: []memberships.Membership{ada}, matches: map[string]reconcile.Match{"bob": {Member: ada.Member}}}, []string{"# same_account ada"}},
		"an unread group":               {situation{group: reconcile.Group{Members: wants("ada")}, err: memberships.ErrUnavailable}, []string{"# unread"}},
		"a group that does not exist":   {situation{group: reconcile.Group{Members: wants("ada")}, err: memberships.ErrNotFound}, []string{"# no_group"}},
		"a cut listing":                 {situation{group: reconcile.Group{Members: wants("ada")}, err: memberships.ErrListLimit, rows: []memberships.Membership{ada, bob, cid}}, []string{"# incomplete"}},
		"a moving listing":              {situation{group: reconcile.Group{Members: wants("ada")}, err: memberships.ErrUnstable, rows: []memberships.Membership{ada}}, []string{"# incomplete"}},
		"an empty listing":              {situation{group: reconcile.Group{Members: wants("ada")}}, []string{"# empty_listing"}},
		"a new empty group":             {situation{group: reconcile.Group{Members: wants("ada"), AllowEmpty: true}}, []string{"+ ada member"}},
		"an empty group is filled":      {situation{group: reconcile.Group{Mode: reconcile.ModeAdditive, Members: wants("ada")}}, []string{"+ ada member"}},
		"a hidden part, and removals":   {situation{group: reconcile.Group{Members: wants("ada", "bob", "cid")}, rows: []memberships.Membership{ada, bob, cid, dan}, gaps: []memberships.Gap{{Level: memberships.GapHidden, Code: memberships.GapWithheld, Text: "some"}}}, []string{"# incomplete"}},
		"a hidden part, and additions":  {situation{group: reconcile.Group{Members: wants("ada", "bob")}, rows: []memberships.Membership{ada}, gaps: []memberships.Gap{{Level: memberships.GapHidden, Code: memberships.GapWithheld, Text: "some"}}}, []string{"+ bob member"}},
		"a part outside of the scope":   {situation{group: reconcile.Group{Members: wants("ada", "bob", "cid")}, rows: []memberships.Membership{ada, bob, cid, dan}, gaps: []memberships.Gap{{Level: memberships.GapScope, Code: memberships.GapCallersGroups, Text: "some"}}}, []string{"- dan member"}},
		"managers leave after members":  {situation{group: reconcile.Group{Members: wants("ada:manager", "bob", "cid", "zoe")}, rows: []memberships.Membership{manager("ada"), bob, cid, member("zoe"), manager("a"), member("b")}}, []string{"- b member", "- a manager"}},
		"a conversation of two people":  {situation{group: reconcile.Group{Mode: reconcile.ModeAdditive, Members: wants("ada", "bob", "cid")}, rows: []memberships.Membership{direct("ada"), direct("bob")}}, []string{"# direct"}},
		"the same conversation":         {situation{group: reconcile.Group{Members: wants("ada", "bob")}, rows: []memberships.Membership{direct("ada"), direct("bob")}}, nil},
		"a protected person who cannot be looked up": {
			situation{group: reconcile.Group{Members: wants("ada", "bob", "cid")}, rows: []memberships.Membership{ada, bob, cid, dan}, protected: []string{"eve"}, matches: map[string]reconcile.Match{"eve": {Err: memberships.ErrUnavailable}}},
			[]string{"# unresolved eve"},
		},
		"an effect on the caller": {
			situation{group: reconcile.Group{Members: wants("ada", "bob:manager", "me")}, caps: memberships.Capabilities{PromotesCaller: []memberships.GroupKind{"group"}}, caller: member("me").Member, rows: []memberships.Membership{ada, bob, member("me")}},
			[]string{"~ bob member to manager", "effect ~ me member to manager"},
		},
		"a member without a role keeps the present one": {
			situation{group: reconcile.Group{Members: []reconcile.Wanted{{Person: "ada"}, {Person: "bob"}, {Person: "zoe"}}}, rows: []memberships.Membership{manager("ada"), bob}},
			[]string{"+ zoe member"},
		},
		"a role of the provider": {
			situation{group: reconcile.Group{Members: wants("ada:org:reviewer", "bob:lead"), Roles: map[string]map[memberships.Role]memberships.Role{"memory": {"lead": memberships.RoleManager}}}, caps: memberships.Capabilities{OwnRoles: true}, rows: []memberships.Membership{ada, bob}},
			[]string{"~ ada member to ", "~ bob member to manager"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := tt.plan()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, lines(p)); diff != "" {
				t.Errorf("plan (-want +got):\n%s", diff)
			}
		})
	}
}

// The limits of removals. A group has n members and loses some of them.
func TestLimits(t *testing.T) {
	limit := func(count, percent int) *reconcile.Limit { return &reconcile.Limit{Count: count, Percent: percent} }
	for name, tt := range map[string]struct {
		members, removals int
		group             reconcile.Group
		allow             int
		want              []string // reasons
	}{
		"3 of 3":                     {3, 3, reconcile.Group{}, 0, []string{"empty"}},
		"10 of 10":                   {10, 10, reconcile.Group{}, 0, []string{"empty"}},
		"9 of 10":                    {10, 9, reconcile.Group{}, 0, []string{"half"}},
		"101 of 1000":                {1000, 101, reconcile.Group{}, 0, []string{"limit", "ceiling"}},
		"500 of 5000":                {5000, 500, reconcile.Group{}, 0, []string{"ceiling"}},
		"5 of 10":                    {10, 5, reconcile.Group{}, 0, nil},
		"6 of 10":                    {10, 6, reconcile.Group{}, 0, []string{"half"}},
		"1 of 2":                     {2, 1, reconcile.Group{}, 0, nil},
		"10 of 50":                   {50, 10, reconcile.Group{}, 0, nil},
		"11 of 50":                   {50, 11, reconcile.Group{}, 0, []string{"limit"}},
		"11 of 110":                  {110, 11, reconcile.Group{}, 0, nil},
		"26 of 1000":                 {1000, 26, reconcile.Group{}, 0, nil},
		"60 of 1000":                 {1000, 60, reconcile.Group{}, 0, []string{"run_limit"}},
		"an own limit":               {50, 2, reconcile.Group{MaxRemovals: limit(1, 1)}, 0, []string{"limit"}},
		"a limit of zero":            {50, 1, reconcile.Group{MaxRemovals: limit(0, 0)}, 0, []string{"limit"}},
		"a raised limit":             {50, 24, reconcile.Group{MaxRemovals: limit(24, 10)}, 0, nil},
		"a raised ceiling":           {5000, 200, reconcile.Group{Ceiling: 200}, 0, nil},
		"emptied with permission":    {3, 3, reconcile.Group{AllowEmpty: true}, 0, nil},
		"most with that permission":  {3, 2, reconcile.Group{AllowEmpty: true}, 0, []string{"half"}},
		"allowed: most":              {10, 9, reconcile.Group{}, 9, nil},
		"allowed: above the ceiling": {5000, 600, reconcile.Group{}, 600, nil},
		"allowed, but leaves none":   {10, 10, reconcile.Group{}, 10, []string{"error 10 0"}},
		"allowed, but leaves an invitation alone": {10, 10, reconcile.Group{Invite: true}, 10, []string{"error 10 0"}},
		"allowed with another number":             {10, 9, reconcile.Group{}, 8, []string{"error 8 9"}},
		"allowed, and nothing to do":              {10, 0, reconcile.Group{}, 1, []string{"error 1 0"}},
		"allowed, emptied by the file":            {3, 3, reconcile.Group{AllowEmpty: true}, 3, nil},
		"allowed, more than the file's":           {50, 2, reconcile.Group{MaxRemovals: limit(1, 1)}, 2, nil},
	} {
		t.Run(name, func(t *testing.T) {
			rows := people("m", tt.members)
			s := situation{group: tt.group, rows: rows, options: reconcile.PlanOptions{AllowRemovals: tt.allow}}
			s.group.Members = keep(rows[tt.removals:])
			if tt.group.Invite { // one more person, who has no account
				s.group.Members = append(s.group.Members, wants("new")...)
				s.caps.Invites = true
				s.matches = map[string]reconcile.Match{"new": {Member: memberships.Member{Kind: memberships.MemberUser, Email: "new@example.com"}, Err: memberships.ErrNoSuchMember}}
			}
			var got []string
			p, err := s.plan()
			var wrong *reconcile.RemovalsError
			switch {
			case errors.As(err, &wrong):
				got = append(got, fmt.Sprintf("error %d %d", wrong.Allowed, wrong.Planned))
			case err != nil:
				t.Fatal(err)
			default:
				for _, b := range append(p.Groups[0].Blocked, p.Blocked...) {
					got = append(got, string(b.Reason))
				}
				if len(got) == 0 && p.Summary().Removals != tt.removals {
					t.Errorf("%d removals are planned, want %d", p.Summary().Removals, tt.removals)
				}
				if p.Groups[0].Removals != tt.removals || tt.allow == 0 && slices.Contains(got, "half") && p.LiftedRemovals() != tt.removals {
					t.Errorf("the plan counts %d removals, %d to allow; want %d", p.Groups[0].Removals, p.LiftedRemovals(), tt.removals)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("reasons (-want +got):\n%s", diff)
			}
		})
	}
}

// An ignored member and a new invitation do not fill a group that loses its last member.
func TestIgnoredMembersFillNoGroup(t *testing.T) {
	rows := []memberships.Membership{member("x1"), member("bob")}
	p, err := (situation{
		group: reconcile.Group{Invite: true, Ignore: []string{"x*"}, Members: wants("new")}, rows: rows,
		caps:    memberships.Capabilities{Invites: true},
		matches: map[string]reconcile.Match{"new": {Member: memberships.Member{Kind: memberships.MemberUser, Email: "new@example.com"}, Err: memberships.ErrNoSuchMember}},
	}).plan()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"= x1 ignored", "# empty"}, lines(p)); diff != "" {
		t.Errorf("the plan (-want +got):\n%s", diff)
	}
}

// Demoted managers and revoked invitations count as removals, ignored members do not count
// as members.
func TestCountedRemovals(t *testing.T) {
	rows := append(people("m", 6), manager("a"), manager("b"), manager("c"), invited("i@example.com"), member("x1"), member("x2"))
	s := situation{rows: rows, group: reconcile.Group{Ignore: []string{"x*"}, Members: append(keep(rows[1:6]), wants("a:manager", "b", "c")...)}}
	p, err := s.plan()
	if err != nil {
		t.Fatal(err)
	}
	g := p.Groups[0]
	if g.Removals != 4 || g.Managed != 10 || len(g.Changes) != 4 {
		t.Errorf("got %d removals of %d members in %d changes, want 4 of 10 in 4", g.Removals, g.Managed, len(g.Changes))
	}
}

// A plan does not depend on the order of rows, and a changed text is noticed.
func TestPlanIsData(t *testing.T) {
	s := situation{rows: people("m", 9), group: reconcile.Group{Members: wants("m0001", "m0002:manager", "m0003", "m0004", "m0005", "zoe")}}
	p, err := s.plan()
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	if err := p.Write(&text); err != nil {
		t.Fatal(err)
	}
	again, err := reconcile.ReadPlan(strings.NewReader(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p, again); diff != "" {
		t.Errorf("read again (-want +got):\n%s", diff)
	}
	for name, tt := range map[string]struct{ from, to, want string }{
		"another id":         {`"id": "m0007"`, `"id": "m0008"`, "edited"},
		"another op":         {`"op": "add"`, `"op": "remove"`, "edited"},
		"another hash":       {`"hash": "` + p.Hash[:4], `"hash": "0000`, "edited"},
		"another format":     {reconcile.PlanFormat, "memberships-plan/9", `"memberships-plan/9"`},
		"no format":          {`"format"`, `"version"`, `no "format"`},
		"an unknown key":     {`"mode"`, `"more": 1, "mode"`, "unknown field"},
		"another type":       {`"removals": 4`, `"removals": "4"`, `line 205, column 19: the value of "groups.removals" has the wrong type, string`},
		"a number as format": {`"format": "` + reconcile.PlanFormat + `"`, `"format": 1`, `the value of "format" has the wrong type, number`},
		"something after":    {"\n}\n", "\n}\n{}", "line"},
	} {
		if !strings.Contains(text.String(), tt.from) {
			t.Fatalf("%s: the plan does not have %s:\n%s", name, tt.from, text.String()[:900])
		}
		_, err := reconcile.ReadPlan(strings.NewReader(strings.Replace(text.String(), tt.from, tt.to, 1)))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", name, err, tt.want)
		}
	}
}

var update = flag.Bool("update", false, "write the golden files")

// The JSON of a plan is its format: a change of it needs another version.
func TestPlanGolden(t *testing.T) {
	s := situation{
		group:  reconcile.Group{Members: wants("zoe", "bob:manager", "ada", "cid"), Ignore: []string{"app:*"}},
		rows:   []memberships.Membership{member("ada"), member("bob"), manager("cid"), member("dan"), invited("new@example.com")},
		gaps:   []memberships.Gap{{Level: memberships.GapScope, Code: memberships.GapCallersGroups, Text: "some groups"}},
		caller: manager("cid").Member,
	}
	p, err := s.plan()
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if err := p.Write(&got); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("testdata", "plan.json")
	if *update {
		if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
