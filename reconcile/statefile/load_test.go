package statefile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/reconcile"
)

// providerNames are those of the tests.
var providerNames = []string{"box", "clerk", "googlechat", "pubnub", "webex"}

// load reads files by their names from a folder of their own. The paths in errors and in
// positions are relative to the folder.
func load(t *testing.T, files map[string]string, paths ...string) (*reconcile.Desired, error) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	return Load(paths, Options{Providers: providerNames, Stdin: strings.NewReader(files["stdin"])})
}

// withoutPlaces compares states by their content.
var withoutPlaces = cmp.Options{
	cmpopts.IgnoreTypes(reconcile.Position{}), cmpopts.EquateEmpty(), cmpopts.IgnoreFields(reconcile.Desired{}, "Hash"),
}

// A file has the settings of its groups, of the defaults and of the release, in this order.
func TestLoad(t *testing.T) {
	d, err := load(t, map[string]string{"state.yaml": `
version: 1
people:
  ada: {email: Ada@example.com, aliases: [b@example.com, a@example.com], name: Ada, ids: {webex: Y2lz, box: 007}}
  bot: {ids: {googlechat: "app:users/1", pubnub: id:a@b:c, clerk: ada@x:y}}
defaults: {max_removals: {count: 5, ceiling: 7}, min_managers: 1, invite: true, ignore: ["app:*"]}
max_run_removals: {percent: 50}
protected: [ada, grace@example.com, ada]
roles: {clerk: {lead: "org:admin", guest: "org:guest"}}
groups:
  platform:
    mode: authoritative
    in: {box: 9000001, clerk: org_demo, webex: "team:Y2lz"}
    members: {b@EXAMPLE.com: lead, Grace@example.com: member}
    ignore: ["*@partner.example"]
    max_removals: {percent: 3}
    invite: false
    roles: {clerk: {lead: "org:boss"}}
  "no": {mode: unmanaged}
  additions: {in: {box: 1e20}}
`[1:]}, "state.yaml")
	if err != nil {
		t.Fatal(err)
	}
	user := func(id string) memberships.Member {
		return memberships.Member{Kind: memberships.MemberUser, ID: id}
	}
	at := func(line, column int) reconcile.Position {
		return reconcile.Position{File: "state.yaml", Line: line, Column: column}
	}
	roles := map[string]map[memberships.Role]memberships.Role{"clerk": {"lead": "org:admin", "guest": "org:guest"}}
	own := map[string]map[memberships.Role]memberships.Role{"clerk": {"lead": "org:boss", "guest": "org:guest"}}
	want := &reconcile.Desired{
		People: map[string]reconcile.Person{
			"ada": {Key: "ada", Email: "Ada@example.com", Aliases: []string{"a@example.com", "b@example.com"}, IDs: map[string]memberships.Member{"webex": user("Y2lz"), "box": user("007")}, At: at(3, 3)},
			"bot": {Key: "bot", IDs: map[string]memberships.Member{
				"googlechat": {Kind: memberships.MemberApp, ID: "users/1"}, "pubnub": user("a@b:c"), "clerk": user("ada@x:y"),
			}, At: at(4, 3)},
			"grace@example.com": {Key: "grace@example.com", Email: "grace@example.com", At: at(13, 36)},
		},
		Protected:      []string{"ada", "grace@example.com"},
		MaxRunRemovals: &reconcile.Limit{Count: 25, Percent: 50},
		Groups: []reconcile.Group{
			{
				Name: "additions", Mode: reconcile.ModeAdditive, In: map[string]memberships.Group{"box": {ID: "1e20"}}, Ignore: []string{"app:*"}, MinManagers: 1,
				MaxRemovals: &reconcile.Limit{Count: 5, Percent: 10}, Ceiling: 7, Invite: true, Roles: roles, At: at(19, 3),
			},
			{
				Name: "no", Mode: reconcile.ModeUnmanaged, Ignore: []string{"app:*"}, MinManagers: 1,
				MaxRemovals: &reconcile.Limit{Count: 5, Percent: 10}, Ceiling: 7, Invite: true, Roles: roles, At: at(18, 3),
			},
			{
				Name: "platform", Mode: reconcile.ModeAuthoritative,
				In:      map[string]memberships.Group{"box": {ID: "9000001"}, "clerk": {ID: "org_demo"}, "webex": {Kind: memberships.KindTeam, ID: "Y2lz"}},
				Members: []reconcile.Wanted{{Person: "ada", Role: "lead", At: at(13, 15)}, {Person: "grace@example.com", Role: "member", At: at(13, 36)}},
				Ignore:  []string{"*@partner.example", "app:*"}, MinManagers: 1, MaxRemovals: &reconcile.Limit{Count: 5, Percent: 3}, Ceiling: 7, Roles: own, At: at(10, 3),
			},
		},
	}
	if diff := cmp.Diff(want, d, cmpopts.IgnoreFields(reconcile.Desired{}, "Hash")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(d.Hash) != 64 {
		t.Errorf("the hash is %q", d.Hash)
	}
}

// The built-in settings hold without others.
func TestBuiltInSettings(t *testing.T) {
	d, err := load(t, map[string]string{"stdin": "version: 1\ngroups: {a: {in: {box: \"1\"}}}\n"}, "-")
	if err != nil {
		t.Fatal(err)
	}
	want := &reconcile.Desired{
		MaxRunRemovals: &reconcile.Limit{Count: 25, Percent: 5},
		Groups: []reconcile.Group{{
			Name: "a", Mode: reconcile.ModeAdditive, In: map[string]memberships.Group{"box": {ID: "1"}},
			MaxRemovals: &reconcile.Limit{Count: 10, Percent: 10}, Ceiling: 100,
		}},
	}
	if diff := cmp.Diff(want, d, withoutPlaces); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := d.Groups[0].At.String(); got != "stdin:2:10" {
		t.Errorf("the group is at %s", got)
	}
}

// Texts stay as they are written, whatever YAML takes them for.
func TestTextsAreNotConverted(t *testing.T) {
	for _, id := range []string{
		"9000001", "007", "1e20", "0x1F", "0o17", "1_000", "+12", "-5", ".5", "1.0", "12345678901234567890123", ".inf", ".nan", "no", "on", "y", "true", "False", "2020-01-01",
		"12:30:45", "a#b", "a:b", "=", "-x", "?x", `"null"`, `'~'`, `"1e5"`, "a b", "é", "Y2lz==", "!!str 12", "&x 7", ">-\n        ab",
	} {
		d, err := load(t, map[string]string{"a.yaml": "version: 1\ngroups:\n  a:\n    in:\n      box: " + id + "\n"}, "a.yaml")
		if err != nil {
			t.Errorf("%s: %v", id, err)
			continue
		}
		want := strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(strings.Trim(id, `"'`), "!!str "), "&x "), ">-\n        ")
		if got := d.Groups[0].In["box"].ID; got != want {
			t.Errorf("%s is read as %s", id, got)
		}
	}
	for _, name := range []string{"no", "on", "yes", "true", "12", "1.0", "007"} {
		d, err := load(t, map[string]string{"a.yaml": "version: 1\ngroups: {" + name + ": {in: {box: a}}}\n"}, "a.yaml")
		if err != nil || d.Groups[0].Name != name {
			t.Errorf("%s: %v, %v", name, d, err)
		}
	}
}

// A folder holds the files with the two extensions, in the order of their names.
func TestFolders(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"b.YML": "version: 1\ngroups: {b: {in: {box: \"2\"}, members: {ada: member}}}", "a.yaml": "version: 1\npeople: {ada: {email: a@b}}",
		"c.txt": "no YAML: :", ".d.yaml": "version: 2", "~": "", "e.yaml.bak": "[",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "f.yaml"), 0o700); err != nil {
		t.Fatal(err)
	}
	stdin := strings.NewReader("version: 1\ngroups: {a: {in: {box: \"1\"}}}")
	d, err := Load([]string{dir, "-"}, Options{Providers: providerNames, Stdin: stdin})
	if err != nil {
		t.Fatal(err)
	}
	var places []string
	for _, g := range d.Groups {
		places = append(places, strings.TrimPrefix(g.At.String(), dir+string(filepath.Separator)))
	}
	if diff := cmp.Diff([]string{"stdin:2:10", "b.YML:2:10"}, places); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A path that cannot be read is an error of the file system.
func TestUnreadablePaths(t *testing.T) {
	dir := t.TempDir()
	for _, tt := range []struct {
		paths []string
		want  string
	}{
		{nil, "there is no file to read"},
		{[]string{dir}, dir + ": the folder has no file *.yaml or *.yml"},
		{[]string{filepath.Join(dir, "x")}, "no such file or directory"},
		{[]string{"-"}, "there is no stdin"},
		{[]string{"-", "-"}, "stdin is given twice"},
	} {
		if _, err := Load(tt.paths, Options{}); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: got %v, want %s", tt.paths, err, tt.want)
		}
	}
}

// message returns the text of an error, "" for none.
func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
