package googlechat_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/memberships-go/memberships/auth/googlechat"
)

// method is a row of Google's matrix: the scopes of a method by caller, of which one suffices.
type method struct {
	name string
	// tasks need the method from these callers.
	tasks            []googlechat.Task
	user, app, admin string
}

const (
	read   = googlechat.Read
	manage = googlechat.Manage
	addApp = googlechat.AddApp
)

// matrix is that of Google Chat's reference. A caller without scopes cannot call the method.
var matrix = []method{
	{"spaces.members.create", []googlechat.Task{manage}, "chat.memberships", "chat.app.memberships", "chat.admin.memberships"},
	{"spaces.members.create of the app", []googlechat.Task{addApp}, "chat.memberships chat.memberships.app", "", ""},
	{"spaces.members.list", []googlechat.Task{read, manage}, "chat.memberships chat.memberships.readonly", "chat.bot chat.app.memberships", "chat.admin.memberships chat.admin.memberships.readonly"},
	{"spaces.members.get", []googlechat.Task{read, manage}, "chat.memberships chat.memberships.readonly", "chat.bot chat.app.memberships", "chat.admin.memberships chat.admin.memberships.readonly"},
	{"spaces.members.patch", []googlechat.Task{manage}, "chat.memberships", "chat.app.memberships", "chat.admin.memberships"},
	{"spaces.members.delete", []googlechat.Task{manage}, "chat.memberships", "chat.app.memberships", "chat.admin.memberships"},
	{"spaces.members.delete of the app", []googlechat.Task{addApp}, "chat.memberships chat.memberships.app", "", ""},
	{"spaces.list", []googlechat.Task{read, manage}, "chat.spaces chat.spaces.readonly", "chat.bot", ""},
	{"spaces.search", []googlechat.Task{read, manage}, "", "", "chat.admin.spaces chat.admin.spaces.readonly"},
	{"spaces.get", []googlechat.Task{read, manage}, "chat.spaces chat.spaces.readonly", "chat.bot chat.app.spaces", "chat.admin.spaces chat.admin.spaces.readonly"},
	{"spaces.findDirectMessage", []googlechat.Task{read, manage}, "chat.spaces chat.spaces.readonly", "chat.bot", ""},
	{"spaces.findGroupChats", []googlechat.Task{read, manage}, "chat.memberships chat.memberships.readonly", "", ""},
}

// scopes are those of a caller, one of which suffices.
func (m method) scopes(caller googlechat.Caller) []string {
	return strings.Fields(map[googlechat.Caller]string{googlechat.AsUser: m.user, googlechat.AsApp: m.app, googlechat.AsAdmin: m.admin}[caller])
}

// lacking returns the methods that a caller's scopes do not permit and that tasks need.
func lacking(caller googlechat.Caller, tasks []googlechat.Task, granted []string) []string {
	var out []string
	for _, m := range matrix {
		needed := slices.ContainsFunc(m.tasks, func(t googlechat.Task) bool { return slices.Contains(tasks, t) })
		permitted := m.scopes(caller)
		if needed && len(permitted) > 0 && !slices.ContainsFunc(permitted, func(s string) bool { return slices.Contains(granted, googlechat.ScopePrefix+s) }) {
			out = append(out, m.name)
		}
	}
	return out
}

// The scopes of every caller and tasks permit all methods of the tasks, none of them is
// superfluous, and those for reading change nothing.
func TestScopes(t *testing.T) {
	for _, caller := range []googlechat.Caller{googlechat.AsUser, googlechat.AsApp, googlechat.AsAdmin} {
		for _, tasks := range [][]googlechat.Task{{read}, {manage}, {read, manage}, {addApp}, {read, addApp}, {manage, addApp}} {
			t.Run(fmt.Sprint(caller, tasks), func(t *testing.T) {
				got, err := googlechat.Scopes(caller, tasks...)
				if caller != googlechat.AsUser && slices.Contains(tasks, addApp) {
					if want := fmt.Sprintf("googlechat: no %s can add the app: a user signs in for that", caller); fmt.Sprint(err) != want {
						t.Errorf("got %q, %v, want %s", got, err, want)
					}
					return
				}
				if err != nil || len(got) == 0 || !slices.IsSorted(got) {
					t.Fatalf("got %q, %v", got, err)
				}
				if missing := lacking(caller, tasks, got); len(missing) > 0 {
					t.Errorf("%q do not permit %q", got, missing)
				}
				for i := range got {
					if rest := slices.Delete(slices.Clone(got), i, i+1); len(lacking(caller, tasks, rest)) == 0 {
						t.Errorf("%s is superfluous in %q", got[i], got)
					}
				}
				if len(tasks) > 1 || tasks[0] != read {
					return
				}
				for _, m := range matrix {
					if slices.Contains(m.tasks, read) {
						continue
					}
					for _, scope := range m.scopes(caller) {
						if slices.Contains(got, googlechat.ScopePrefix+scope) {
							t.Errorf("%s, which is for reading, permits %s", scope, m.name)
						}
					}
				}
			})
		}
	}
}

func TestScopesOfOneCaller(t *testing.T) {
	if got, err := googlechat.Scopes(googlechat.AsApp, read); err != nil || !slices.Equal(got, []string{"https://www.googleapis.com/auth/chat.bot"}) {
		t.Errorf("got %q, %v", got, err)
	}
	if got, err := googlechat.Scopes("robot", read); fmt.Sprint(err) != `googlechat: there is no caller "robot"` {
		t.Errorf("got %q, %v", got, err)
	}
	if got, err := googlechat.Scopes(googlechat.AsUser, "fly"); fmt.Sprint(err) != `googlechat: there is no task "fly"` {
		t.Errorf("got %q, %v", got, err)
	}
}
