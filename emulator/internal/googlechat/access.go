package googlechat

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	gen "github.com/memberships-go/memberships/generated/googlechat/server"
)

// short removes the common prefix from scopes. A state file may omit the prefix.
func short(scopes []string) []string {
	out := make([]string, len(scopes))
	for i, s := range scopes {
		out[i] = strings.TrimPrefix(s, scopePrefix)
	}
	return out
}

// right lists the scopes of a method by kind of caller; one of them suffices.
type right struct{ user, app, admin []string }

// eventRights are the scopes of events about memberships.
var eventRights = right{
	user: []string{"chat.memberships", "chat.memberships.readonly"},
	app:  []string{"chat.app.memberships", "chat.app.memberships.readonly", "chat.app.all.memberships.readonly"},
}

// subscriptionRights are the scopes for reading and ending subscriptions.
var subscriptionRights = right{
	user: eventRights.user,
	app:  append([]string{"chat.bot"}, eventRights.app...),
}

var rights = map[string]right{
	"ListMemberships": {
		user:  []string{"chat.memberships", "chat.memberships.readonly", "chat.import"},
		app:   []string{"chat.bot", "chat.app.memberships"},
		admin: []string{"chat.admin.memberships", "chat.admin.memberships.readonly"},
	},
	"CreateMembership": {
		user:  []string{"chat.memberships", "chat.memberships.app", "chat.import"},
		app:   []string{"chat.app.memberships"},
		admin: []string{"chat.admin.memberships"},
	},
	"GetMembership": {
		user:  []string{"chat.memberships", "chat.memberships.readonly"},
		app:   []string{"chat.bot", "chat.app.memberships"},
		admin: []string{"chat.admin.memberships", "chat.admin.memberships.readonly"},
	},
	"UpdateMembership": {
		user:  []string{"chat.memberships", "chat.import"},
		app:   []string{"chat.app.memberships"},
		admin: []string{"chat.admin.memberships"},
	},
	"DeleteMembership": {
		user:  []string{"chat.memberships", "chat.memberships.app", "chat.import"},
		app:   []string{"chat.app.memberships"},
		admin: []string{"chat.admin.memberships"},
	},
	"ListSpaces": {
		user: []string{"chat.spaces", "chat.spaces.readonly"},
		app:  []string{"chat.bot"},
	},
	"GetSpace": {
		user:  []string{"chat.spaces", "chat.spaces.readonly"},
		app:   []string{"chat.bot", "chat.app.spaces"},
		admin: []string{"chat.admin.spaces", "chat.admin.spaces.readonly"},
	},
	"FindDirectMessage": {
		user: []string{"chat.spaces", "chat.spaces.readonly"},
		app:  []string{"chat.bot"},
	},
	"CreateSpace": {
		user: []string{"chat.spaces", "chat.spaces.create", "chat.import"},
		app:  []string{"chat.app.spaces", "chat.app.spaces.create"},
	},
	"SetUpSpace": {
		user: []string{"chat.spaces", "chat.spaces.create"},
	},
	"ListSpaceEvents": eventRights, "GetSpaceEvent": eventRights,
	"CreateSubscription": eventRights, "UpdateSubscription": eventRights, "ReactivateSubscription": eventRights,
	"GetSubscription": subscriptionRights, "ListSubscriptions": subscriptionRights, "DeleteSubscription": subscriptionRights, "GetOperation": subscriptionRights,
	"DeleteSpace": {
		user:  []string{"chat.delete", "chat.import"},
		app:   []string{"chat.app.delete"},
		admin: []string{"chat.admin.delete"},
	},
}

// Two scopes allow a part of a method only.
const (
	importScope = "chat.import"          // spaces in import mode
	selfScope   = "chat.memberships.app" // the calling app's own membership
)

// access is the caller of a method and the caller's rights.
type access struct {
	caller key // a person, or the app for an app's token
	admin  bool
	// imports and self report that the token has the two partial scopes. only reports
	// that it has no other scope for the method.
	imports, self, only bool
}

type accessKey struct{}

func accessOf(ctx context.Context) *access { return ctx.Value(accessKey{}).(*access) }

// access returns the caller's rights for a method. A credential without scopes has those
// of a user and of an administrator. An app's credential, and one whose scopes are an
// app's alone, act as the app.
func (s *server) access(ctx context.Context, op string, admin bool) (*access, error) {
	c := httpapi.CallerOf(ctx)
	a := &access{caller: key{user: s.seed.People[0].N}, admin: admin}
	if p, ok := s.people.ByMail(c.Email); ok {
		a.caller.user = p.N
	}
	if len(c.Scopes) == 0 && !c.App {
		a.imports = true
		return a, nil
	}
	have := short(c.Scopes)
	if len(have) == 0 {
		have = appScopes
	}
	takes := rights[op].user
	switch {
	case admin && c.App: // administrators are people
		takes = nil
	case admin:
		takes = rights[op].admin
	case c.App, isApp(have):
		takes = rights[op].app
		a.caller = app
	}
	a.only = true
	enough, withApproval := false, false
	pending := short(c.Unapproved)
	for _, scope := range takes {
		if slices.Contains(pending, scope) {
			withApproval = true
		} else if slices.Contains(have, scope) {
			enough = true
			a.imports = a.imports || scope == importScope
			a.self = a.self || scope == selfScope
			a.only = a.only && (scope == importScope || scope == selfScope)
		}
	}
	if !enough && withApproval {
		return nil, failed(permissionDenied, "The administrator must grant the app the required OAuth authorization scope for this action.")
	}
	if !enough {
		return nil, scopeInsufficient()
	}
	return a, nil
}

// appScopes are the scopes of an app's credential that names none.
var appScopes = []string{"chat.bot", "chat.app.memberships", "chat.app.spaces", "chat.app.delete"}

// isApp reports whether scopes belong to an app: at least one of the Chat scopes does and
// none is a user's.
func isApp(scopes []string) bool {
	own := func(s string) bool { return s == "chat.bot" || strings.HasPrefix(s, "chat.app.") }
	other := func(s string) bool { return strings.HasPrefix(s, "chat.") && !own(s) }
	return slices.ContainsFunc(scopes, own) && !slices.ContainsFunc(scopes, other)
}

func scopeInsufficient() error {
	return &status{
		code: http.StatusForbidden, word: permissionDenied,
		message: "Request had insufficient authentication scopes.",
		details: []gen.ErrorDetail{errorInfo("ACCESS_TOKEN_SCOPE_INSUFFICIENT")},
	}
}

// reaches returns an error if the token's scopes are partial and exclude this call.
// itself reports that the call concerns the calling app's own membership.
func (a *access) reaches(sp *space, itself bool) error {
	if a.only && (!a.imports || !sp.importing()) && (!a.self || !itself) {
		return scopeInsufficient()
	}
	return nil
}

// isApp reports whether the caller is an app.
func (a *access) isApp() bool { return a.caller == app }

// open returns the space with an id, or an error if the caller may not see it.
func (s *server) open(ctx context.Context, id string) (*space, *access, error) {
	a, sp := accessOf(ctx), s.spaces[id]
	if sp == nil {
		return nil, nil, notFound()
	}
	m, in := sp.members.Get(a.caller)
	switch {
	case a.admin, sp.importing() && sp.creator == a.caller, in && !m.invited:
		return sp, a, nil
	case sp.importing():
		return nil, nil, notFound()
	case a.isApp():
		return nil, nil, failed(permissionDenied, "You are not permitted to use this app")
	}
	return nil, nil, failed(permissionDenied, "The caller is not a member of the space.")
}
