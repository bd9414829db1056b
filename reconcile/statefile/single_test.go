package statefile

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/reconcile"
)

// clerkGroup is the group of LoadMembers in these tests.
func clerkGroup(mode reconcile.Mode) reconcile.Group {
	return reconcile.Group{Name: "team", Mode: mode, Invite: true, In: map[string]memberships.Group{"clerk": {ID: "org_1"}}}
}

// LoadMembers reads the file into the group, whose other fields stay.
func TestLoadMembers(t *testing.T) {
	notes := ""
	for name, tt := range map[string]struct {
		text string
		o    MemberOptions
		want []reconcile.Wanted
	}{
		"addresses, ids and roles": {"member,role\nada@example.com,Manager\nuser_1,org:x\ngrace@example.com,\n", MemberOptions{},
			[]reconcile.Wanted{{Person: "ada@example.com", Role: "manager"}, {Person: "clerk:user_1", Role: "org:x"}, {Person: "grace@example.com", Role: "any"}}},
		"one role for all":  {"email,role\nada@example.com,manager\n", MemberOptions{Role: "member"}, []reconcile.Wanted{{Person: "ada@example.com", Role: "member"}}},
		"a list":            {"ada@example.com\n", MemberOptions{Format: "list"}, []reconcile.Wanted{{Person: "ada@example.com", Role: "any"}}},
		"a column by name":  {"Work Mail\nada@example.com\n", MemberOptions{Columns: []string{"email=Work Mail"}}, []reconcile.Wanted{{Person: "ada@example.com", Role: "any"}}},
		"a row of another":  {`{"provider":"box","group_id":"9","member_id":"7","email":"ada@example.com","role":"manager"}`, MemberOptions{}, []reconcile.Wanted{{Person: "ada@example.com", Role: "manager"}}},
		"columns not read":  {"email,shoe size\nada@example.com,44\n", MemberOptions{Notice: func(s string) { notes += s }}, []reconcile.Wanted{{Person: "ada@example.com", Role: "any"}}},
		"a person repeated": {"email\nada@example.com\nADA@example.com\n", MemberOptions{}, []reconcile.Wanted{{Person: "ada@example.com", Role: "any"}}},
	} {
		tt.o.Stdin = strings.NewReader(tt.text)
		d, err := LoadMembers("-", clerkGroup(reconcile.ModeAuthoritative), tt.o)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want := clerkGroup(reconcile.ModeAuthoritative)
		want.Members = tt.want
		if diff := cmp.Diff([]reconcile.Group{want}, d.Groups, withoutPlaces); diff != "" || d.Hash != Hash(d) {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if notes != `stdin: not read: "shoe size"` {
		t.Errorf("got the notice %q", notes)
	}
	d, err := LoadMembers("-", clerkGroup(reconcile.ModeAdditive), MemberOptions{Stdin: strings.NewReader("member\nuser_1\n")})
	if err != nil {
		t.Fatal(err)
	}
	if got := d.People["clerk:user_1"].IDs["clerk"].ID; got != "user_1" {
		t.Errorf("a member by id: got the id %q", got)
	}
}

// Mistakes have the place in the file, and so has a file that cannot be read.
func TestLoadMembersMistakes(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	if err := os.WriteFile("m.csv", []byte("email,role\nada@example.com,manager\nada@example.com,member\nx,\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("empty.csv", []byte("email\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"m.csv":     `m.csv:4:1: "x" is no e-mail address`,
		"empty.csv": "empty.csv:1:1: the member file empty.csv has no rows",
		"none.csv":  "none.csv:1:1: the member file cannot be read: open none.csv: no such file or directory",
	} {
		_, err := LoadMembers(path, clerkGroup(reconcile.ModeAuthoritative), MemberOptions{})
		var all Errors
		if !errors.As(err, &all) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", filepath.Join(dir, path), err, want)
		}
	}
	if _, err := LoadMembers("m.csv", clerkGroup(""), MemberOptions{Columns: []string{"shoe=x"}}); err == nil {
		t.Error("a column that does not exist: got no error")
	}
}
