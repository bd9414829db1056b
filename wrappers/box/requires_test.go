package box_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/wrappertest"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/box"
)

// The error of a call without the scope has Box's message, the scope's name and its place.
func TestMissingScopeIsNamed(t *testing.T) {
	c, _ := portable(t, option.WithToken("narrow"))
	err := wrappertest.Last(c.List(t.Context(), memberships.Filter{Group: memberships.Group{ID: "9000001"}}))
	for _, want := range []string{"insufficient_scope", "The request requires higher privileges", "required: the scope manage_groups", "Developer Console", "Admin Console"} {
		if !errors.Is(err, memberships.ErrPermissionDenied) || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// An app that no administrator has authorized gets no token, and the error says where it is
// authorized.
func TestUnauthorizedApp(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"error":"unauthorized_client","error_description":"No."}`)
	}))
	t.Cleanup(srv.Close)
	own, err := box.New(option.WithBaseURL(srv.URL), box.WithClientCredentials("id", "canary", box.SubjectEnterprise, "1"), option.WithAttempts(1))
	if err != nil {
		t.Fatal(err)
	}
	err = wrappertest.Last(memberships.New(own.Provider()).Groups(t.Context()))
	if !errors.Is(err, memberships.ErrUnauthenticated) || !strings.Contains(err.Error(), "required: the authorization of the app by an administrator of the enterprise (the Admin Console)") || strings.Contains(err.Error(), "canary") {
		t.Errorf("got %v", err)
	}
}

// The codes of a 403 tell a scope from a role, and say nothing of the rest.
func TestRefusalNamesPermission(t *testing.T) {
	for name, tc := range map[string]struct{ code, call, want string }{
		"a scope for users":     {"insufficient_scope", "users", "required: the scope manage_managed_users"},
		"a scope for events":    {"insufficient_scope", "events", "required: the scope manage_enterprise_properties"},
		"a role for groups":     {"access_denied_insufficient_permissions", "groups", "required: the role of an admin or co-admin of the enterprise, or of an admin of the group"},
		"another code":          {"forbidden", "groups", "required: the role of an admin or co-admin"},
		"a role for events":     {"forbidden", "events", "required: the role of an admin, or of a co-admin who may run new reports"},
		"a role for users":      {"forbidden", "users", ""},
		"a policy":              {"forbidden_by_policy", "groups", ""},
		"a place":               {"access_from_location_blocked", "groups", ""},
		"the caller's own user": {"insufficient_scope", "me", ""},
	} {
		t.Run(name, func(t *testing.T) {
			own := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusForbidden)
				_, _ = io.WriteString(w, `{"type":"error","status":403,"code":"`+tc.code+`","message":"No."}`)
			})
			c := memberships.New(own.Provider())
			var err error
			switch tc.call {
			case "groups":
				err = wrappertest.Last(c.Groups(t.Context()))
			case "events":
				err = wrappertest.Last(c.Watch(t.Context(), ""))
			case "users":
				err = wrappertest.Err(c.Resolve(t.Context(), memberships.Member{Email: "ada@example.com"}))
			case "me":
				err = wrappertest.Err(c.Caller(t.Context()))
			}
			if !errors.Is(err, memberships.ErrPermissionDenied) || !strings.Contains(err.Error(), tc.want) || tc.want == "" && strings.Contains(err.Error(), "required:") {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}
