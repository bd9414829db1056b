package googlechat

import (
	"fmt"
	"slices"
	"strings"
)

// ScopePrefix is the beginning of every scope.
const ScopePrefix = "https://www.googleapis.com/auth/"

// Caller is the kind of the caller of Google Chat's methods.
type Caller string

// The callers. A service account with a subject calls as a user or as an administrator.
const (
	AsUser  Caller = "user"
	AsApp   Caller = "app"
	AsAdmin Caller = "admin"
)

// Task is a use of Google Chat.
type Task string

// The tasks.
const (
	// Read lists and gets memberships and spaces.
	Read Task = "read"
	// Manage is Read, and adds, changes and removes memberships.
	Manage Task = "manage"
	// AddApp adds the calling app itself to a space, or removes it, which a user does.
	AddApp Task = "add the app"
)

// scopes are those of a task by caller, without ScopePrefix. A caller without a row cannot do
// the task.
var scopes = map[Task]map[Caller][]string{
	Read: {
		AsUser:  {"chat.memberships.readonly", "chat.spaces.readonly"},
		AsApp:   {"chat.bot"},
		AsAdmin: {"chat.admin.memberships.readonly", "chat.admin.spaces.readonly"},
	},
	Manage: {
		AsUser:  {"chat.memberships", "chat.spaces.readonly"},
		AsApp:   {"chat.app.memberships", "chat.bot"},
		AsAdmin: {"chat.admin.memberships", "chat.admin.spaces.readonly"},
	},
	AddApp: {
		AsUser: {"chat.memberships.app"},
	},
}

// Scopes returns the least scopes with which a caller can do all of tasks, in alphabetical
// order. chat.app.memberships needs the approval of an administrator. An unknown caller or
// task, and a task that the caller cannot do, are errors.
func Scopes(caller Caller, tasks ...Task) ([]string, error) {
	var out []string
	for _, task := range tasks {
		callers, ok := scopes[task]
		if !ok {
			return nil, fmt.Errorf("googlechat: there is no task %q", task)
		}
		names, ok := callers[caller]
		switch {
		case ok:
			out = append(out, names...)
		case caller == AsApp || caller == AsAdmin:
			return nil, fmt.Errorf("googlechat: no %s can %s: a user signs in for that", caller, task)
		default:
			return nil, fmt.Errorf("googlechat: there is no caller %q", caller)
		}
	}
	has := slices.Clone(out)
	out = slices.DeleteFunc(out, func(name string) bool {
		whole, reads := strings.CutSuffix(name, ".readonly")
		return reads && slices.Contains(has, whole) || name == "chat.memberships.app" && slices.Contains(has, "chat.memberships")
	})
	for i, name := range out {
		out[i] = ScopePrefix + name
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}
