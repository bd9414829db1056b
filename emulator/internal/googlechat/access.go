package googlechat

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	gen "github.com/memberships-go/memberships/generated/googlechat/server"
)

// short takes the common beginning off the names of scopes; a state file may leave it
// out.
func short(scopes []string) []string {
	out := make([]string, len(scopes))
	for i, s := range scopes {
		out[i] = strings.TrimPrefix(s, "https://www.googleapis.com/auth/")
	}
	return out
}

// right says which scopes a method takes, one of them, by the kind of caller.
type right struct{ user, app, admin []string }

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
	"DeleteSpace": {
		user:  []string{"chat.delete", "chat.import"},
		app:   []string{"chat.app.delete"},
		admin: []string{"chat.admin.delete"},
	},
}

// Two scopes reach only part of what a method does.
const (
	importScope = "chat.import"          // spaces in import mode
	selfScope   = "chat.memberships.app" // the membership of the calling app
)

// access is what the caller of a method may do.
type access struct {
	caller key // a person, or the app if the token is an app's
	admin  bool
	// imports says that the token may import; only limits it to what the two partial
	// scopes reach.
	imports, self, only bool
}

type accessKey struct{}

func accessOf(ctx context.Context) *access { return ctx.Value(accessKey{}).(*access) }

// access finds out as what the caller calls a method. A credential without scopes may
// do everything that a user and an administrator may; one of an app, or with an app's
// scopes alone, is the app.
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
	case admin:
		takes = rights[op].admin
	case c.App, isApp(have):
		takes = rights[op].app
		a.caller = app
	}
	a.only = true
	enough := false
	for _, scope := range takes {
		if slices.Contains(have, scope) {
			enough = true
			a.imports = a.imports || scope == importScope
			a.self = a.self || scope == selfScope
			a.only = a.only && (scope == importScope || scope == selfScope)
		}
	}
	if !enough {
		return nil, scopeInsufficient()
	}
	return a, nil
}

// appScopes are what an app has if the state names nothing else.
var appScopes = []string{"chat.bot", "chat.app.memberships", "chat.app.spaces", "chat.app.delete"}

// isApp tells whether scopes are an app's: of those for Chat, all are.
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

// reaches refuses a token that reaches only part of what a method does, if this is
// another part. itself says that the method is about the membership of the calling app.
func (a *access) reaches(sp *space, itself bool) error {
	if a.only && (!a.imports || !sp.importing()) && (!a.self || !itself) {
		return scopeInsufficient()
	}
	return nil
}

// isApp tells whether an app calls, and not a user.
func (a *access) isApp() bool { return a.caller == app }

// open returns the space with an id if the caller may see it.
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
