package statefile

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/reconcile"
)

// memberState is a state whose group a has a member file and further lines, in providers.
func memberState(in, more string) string {
	return "version: 1\npeople:\n  ada: {email: ada@example.com, aliases: [lovelace@example.com], ids: {box: \"5000001\"}}\n  grace: {email: grace@example.com}\ngroups:\n  a:\n    in: " + in + "\n    members_from: m\n" + more
}

// people returns the members of the first group with their roles, and the ids of people
// other than ada.
func people(d *reconcile.Desired) []string {
	var all []string
	for _, w := range d.Groups[0].Members {
		all = append(all, w.Person+" "+string(w.Role))
	}
	for _, key := range slices.Sorted(maps.Keys(d.People)) {
		for provider, m := range d.People[key].IDs {
			if key != "ada" {
				all = append(all, key+" = "+provider+" "+m.String())
			}
		}
	}
	return all
}

// A member file is one of add --from. A member is a key of people, an address or an id.
func TestMemberFiles(t *testing.T) {
	const both = "{box: \"1\", clerk: org_demo}"
	tests := []struct {
		name, in, more, file string
		want                 []string
	}{
		{"keys and addresses", both, "", "member,role\nada,manager\nGRACE@example.com,Owner\nX@example.com,\n", []string{"ada manager", "grace owner", "x@example.com any"}},
		{"an alias", both, "", "email,role\nlovelace@example.com,own:boss\n", []string{"ada own:boss"}},
		{"ids in a single provider", "{box: \"1\"}", "", "member_id,role\n5000001,manager\n5000002,member\n", []string{"ada manager", "box:5000002 member", "box:5000002 = box 5000002"}},
		{"an id with an address", "{box: \"1\"}", "", "member_id,email\n5000003,grace@example.com\n", []string{"grace any", "grace = box 5000003"}},
		{"an app", "{googlechat: AAAA}", "", "member\napp:users/1\n", []string{"googlechat:app:users/1 any", "googlechat:app:users/1 = googlechat app:users/1"}},
		{"NDJSON", both, "", `{"member":"ada"}` + "\n" + `{"email":"b@example.com","role":"unknown","role_name":"guest"}` + "\n", []string{"ada any", "b@example.com guest"}},
		{"JSON", both, "", `[{"member":"ada","role":"manager"}]`, []string{"ada manager"}},
		{"a list of addresses", both, "", "ada@example.com\nGrace <grace@example.com>\n", []string{"ada any", "grace any"}},
		{"the output of the command", both, "", "provider,group_id,member_id,email,role\nclerk,org_x,user_1,grace@example.com,manager\nbox,7,5000001,,member\nbox,7,5000009,,member\nwebex,R,Y2lz,x@example.com,member\n", []string{
			"ada member", "box:5000009 member", "grace manager", "x@example.com member", "box:5000009 = box 5000009", "grace = clerk user_1",
		}},
		{"an id before its address", both, "", "provider,member_id,email\nbox,5000009,\nbox,5000009,b@example.com\n", []string{"b@example.com any", "b@example.com = box 5000009"}},
		{"the group's name and ids", both, "", "group,member\na,ada\norg_demo,grace@example.com\n1,x@example.com\n", []string{"ada any", "grace any", "x@example.com any"}},
		{"a role in one of two rows", both, "", "member,role\nada,\nada@example.com,owner\nada,\n", []string{"ada owner"}},
		{"members and rows", both, "    members: {ada: manager, x@example.com: member}\n", "member,role\nada@example.com,manager\nada,manager\n", []string{"ada manager", "x@example.com member"}},
		{"a listing that is not whole, for additions", both, "", `{"member":"ada"}` + "\n" + `{"end":{"rows":1,"coverage":[{"level":"hidden","text":"guests are hidden"}]}}`, []string{"ada any"}},
		{"no rows", both, "    allow_empty: true\n", "member\n", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, err := load(t, map[string]string{"a.yaml": memberState(tt.in, tt.more), "m": tt.file}, "a.yaml")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, people(d)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A mistake in a member file has its place there.
func TestMistakesInMemberFiles(t *testing.T) {
	const both = "{box: \"1\", clerk: org_demo}"
	tests := []struct {
		name, in, more, file string
		want                 []string
	}{
		{"no rows", both, "", "member\n", []string{"a.yaml:8:19: the member file m has no rows; allow_empty: true permits that"}},
		{"unknown columns", both, "", "person,x\nada,1\n", []string{`m:1:1: "person" is no column; the first line names the columns: member, member_kind, member_id, email, role, role_name, group, group_kind, group_id, group_name and provider`}},
		{"a column nearly known", both, "", "emial,role\nada,\n", []string{`m:1:1: "emial" is nearly email: spell it so`}},
		{"two columns for one", both, "", "email,Email Address\na@b,\n", []string{`m:1:7: "email" and "Email Address" both are the column email`}},
		{"a guest", both, "", "email\na_b#EXT#@example.com\n", []string{"m:2:1: a_b#EXT#@example.com is a guest's name in Entra and no address: take another column"}},
		{"a printed table", both, "", "GROUP   MEMBER   ROLE\na   ada   member\n", []string{"m:1:1: this is a table for people, whose cells cannot be told apart; print it again with -o csv or -o ndjson"}},
		{"not JSON", both, "", "{\"member\":}", []string{"m:1:11: this is not JSON: invalid character '}' at start of value"}},
		{"no members", both, "", "member,role\n,manager\n", []string{"m:2:1: there is no member, member_id or email"}},
		{"no addresses", both, "", "email,role\nada,manager\nx@y@z,member\n", []string{`m:2:1: "ada" is no e-mail address`, `m:3:1: this cell holds more than one address or value: a row has one; in a file of several columns the first line names them`}},
		{"a role as member", both, "", "member\nManager\n", []string{`m:2:1: "Manager" is a role and no member: the column of roles is called role; if it is an id, write "id:Manager"`}},
		{"two members in a row", both, "", "member,email\nada@example.com,grace@example.com\n", []string{"m:2:17: the row names ada@example.com in one column and grace@example.com in another"}},
		{"an id in two providers", both, "", "member\n5000001\n", []string{`m:2:1: the id "5000001" is of one provider and the group is in 2 providers; name the person in people, or give the row an address`}},
		{"an id of a spreadsheet", "{box: \"1\"}", "", "member_id\n1.2E+10\n", []string{`m:2:1: this id was converted to a number by a spreadsheet, 1.2E+10, and its digits are lost; if they are not, write "id:1.2E+10"`}},
		{"rounded ids", "{googlechat: a}", "", "provider,member_id\ngooglechat,100000000000000000000\n", []string{`m:2:12: this id was converted to a number by a spreadsheet, 100000000000000000000, and its digits are lost; if they are not, write "id:100000000000000000000"`}},
		{"an id of another provider", both, "", "provider,member_id\nwebex,Y2lz\n", []string{"m:2:7: the row is of webex, whose ids mean nothing here, and has no e-mail address"}},
		{"another group", both, "", "group_id,member\n2,ada\n", []string{`m:2:1: the row is for the group "2" and the file for "a"`}},
		{"another group by name", both, "", "group_name,member\n1,ada\n", []string{`m:2:1: the row is for the group "1" and the file for "a"`}},
		{"a group as member", both, "", "group,type,email\na,GROUP,x@example.com\n", []string{`m:2:3: this member is of type "GROUP" and no person`}},
		{"two roles", both, "    members: {ada: manager}\n", "member,role\nlovelace@example.com,member\n", []string{`m:2:1: "ada" has the role "member" here and "manager" at a.yaml:9:15`}},
		{"two roles in rows", both, "", "member,role\nada,member\nada@example.com,owner\n", []string{`m:3:1: "ada" has the role "owner" here and "member" at m:2:1`}},
		{"two ids of an address", both, "", "provider,member_id,email\nbox,1,b@example.com\nbox,2,b@example.com\n", []string{`m:3:5: "b@example.com" has the id "2" in box here, and "1" elsewhere`}},
		{"one id of two addresses", both, "", "provider,member_id,email\nbox,1,b@example.com\nbox,1,c@example.com\n", []string{`m:3:5: "c@example.com" and "b@example.com" at m:2:5 are one person: both have the id "1" in box`}},
		{"two people in a row", both, "", "provider,member_id,email\nbox,5000001,grace@example.com\n", []string{`m:2:5: the row names "ada" by the id and "grace" by the address`}},
		{"ignored members", both, "    ignore: [\"*@example.com\"]\n", "member\nx@example.com\n", []string{`m:2:1: "x@example.com" is a member of the group "a", which ignores "*@example.com" at a.yaml:9:14`}},
		{"a listing that is not whole", both, "    mode: authoritative\n", `{"member":"ada"}` + "\n" + `{"end":{"rows":1,"coverage":[{"level":"hidden","text":"guests are hidden"}]}}`, []string{"a.yaml:8:19: the member file m is a listing that is not whole: guests are hidden; an authoritative group needs a whole one"}},
		{"a listing that is cut", both, "", `{"member":"ada"}` + "\n" + `{"end":{"rows":2}}`, []string{"m:2:1: the end line counts 2 rows, and the file has 1: it is not the listing as it was printed"}},
		{"too few managers", both, "    mode: authoritative\n    min_managers: 1\n", "member,role\nada,member\n", []string{`a.yaml:10:19: min_managers of the group "a" is 1, and its members have 0 managers`}},
		{"an unreadable character", both, "", "member\nada\x00\n", []string{"m:2:4: a NUL byte stands here: this is no text"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := load(t, map[string]string{"a.yaml": memberState(tt.in, tt.more), "m": tt.file}, "a.yaml")
			if diff := cmp.Diff(strings.Join(tt.want, "\n"), message(err)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A path of a member file is relative to the file that names it.
func TestMemberFilesBesideTheFile(t *testing.T) {
	dir := t.TempDir()
	absolute := filepath.Join(dir, "c.csv")
	for name, text := range map[string]string{
		"a.yaml": fmt.Sprintf("version: 1\ngroups: {a: {in: {box: \"1\"}, members_from: [b.csv, %q]}}", absolute),
		"b.csv":  "email\nb@example.com\n", "c.csv": "email\nc@example.com\nb@example.com\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	d, err := Load([]string{filepath.Join(dir, "a.yaml")}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []reconcile.Wanted{
		{Person: "b@example.com", Role: reconcile.RoleAny, At: reconcile.Position{File: filepath.Join(dir, "b.csv"), Line: 2, Column: 1}},
		{Person: "c@example.com", Role: reconcile.RoleAny, At: reconcile.Position{File: absolute, Line: 2, Column: 1}},
	}
	if diff := cmp.Diff(want, d.Groups[0].Members); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Columns that are not read are told apart from mistakes.
func TestNoticesOfMemberFiles(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"a.yaml": "version: 1\ngroups: {a: {in: {box: \"1\"}, members_from: b.csv}}", "b.csv": "email,Team\nb@example.com\u200b,x\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	var notices []string
	if _, err := Load([]string{"a.yaml"}, Options{Notice: func(text string) { notices = append(notices, text) }}); err != nil {
		t.Fatal(err)
	}
	want := []string{`b.csv: not read: "Team"`, "b.csv: invisible characters were removed from 1 cell, first on line 2"}
	if diff := cmp.Diff(want, notices); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Two groups are compared in the form of the provider's lists.
func TestListedGroups(t *testing.T) {
	stdin := strings.NewReader("version: 1\ngroups: {a: {in: {googlechat: spaces/A}}, b: {in: {googlechat: A}}}")
	listed := func(_ string, g memberships.Group) memberships.Group {
		g.ID = strings.TrimPrefix(g.ID, "spaces/")
		return g
	}
	_, err := Load([]string{"-"}, Options{Stdin: stdin, Listed: listed})
	if want := `stdin:2:64: the group "A" of googlechat is "b" here and "a" at stdin:2:31`; message(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
