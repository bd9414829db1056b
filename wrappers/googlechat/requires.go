package googlechat

import (
	"strings"

	"github.com/memberships-go/memberships/internal/client"
)

// The places where Google grants a scope.
const (
	consent  = "the user signs in again; for a subject, the domain-wide delegation of the service account"
	approval = "an administrator of Google Workspace approves the app's scopes once"
)

// needs are the scopes of a method, by the kind of caller. They are the least that suffice.
type needs struct{ user, app string }

// table has the scopes of the methods.
var table = map[string]needs{
	"Memberships.ListBySpace":  {"chat.memberships.readonly", "chat.bot"},
	"Memberships.Get":          {"chat.memberships.readonly", "chat.bot"},
	"Memberships.Create":       {"chat.memberships", "chat.app.memberships"},
	"Memberships.Update":       {"chat.memberships", "chat.app.memberships"},
	"Memberships.Delete":       {"chat.memberships", "chat.app.memberships"},
	"Spaces.List":              {"chat.spaces.readonly", "chat.bot"},
	"Spaces.Get":               {"chat.spaces.readonly", "chat.bot"},
	"Spaces.FindDirectMessage": {"chat.spaces.readonly", "chat.bot"},
}

// scope returns the permission of a scope. Scopes that begin with chat.app. need approval.
func scope(name string) client.Permission {
	p := client.Permission{Grant: "the scope " + name, Scopes: []string{scopePrefix + name}, Where: consent}
	switch {
	case strings.HasPrefix(name, "chat.app."):
		p.Grant += ", with an administrator's approval"
		p.Where = approval
	case name == "chat.bot":
		p.Where = "the service account's own token, without an approval"
	}
	return p
}

// scopePrefix is the beginning of every scope.
const scopePrefix = "https://www.googleapis.com/auth/"

// requires returns the scope of a method after an answer that says that the token lacks one.
// The answer does not show the kind of the caller.
func requires(op string, f client.ErrorDetails) *client.Permission {
	n, ok := table[op]
	if f.Code != "ACCESS_TOKEN_SCOPE_INSUFFICIENT" || !ok {
		return nil
	}
	p := scope(n.user)
	of := scope(n.app)
	p.Grant += ", or for an app " + strings.TrimPrefix(of.Grant, "the scope ")
	p.Where += "; for an app, " + of.Where
	return &p
}
