package googlechat_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/wrappertest"
)

// settings has the texts of errors and findings for missing settings in Google's consoles.
var settings = map[string]string{
	"unmet":     "; required: Google Chat ON for the user, or a configured Chat app in the project of the token (Admin console > Apps > Google Workspace > Google Chat > Service status, or Google Cloud console > APIs & Services > Google Chat API > Configuration)",
	"noApp":     "; required: a configured Chat app in the project of the token (Google Cloud console > APIs & Services > Google Chat API > Configuration)",
	"apiUnused": "the Google Chat API in the project of the token (Google Cloud console > APIs & Services > Enabled APIs & services)",
}

// An error for a missing setting in Google's consoles names the setting and its place, and
// is neither ErrNotFound nor ErrPermissionDenied.
func TestMissingSettings(t *testing.T) {
	const off, app, api = "Admin console > Apps > Google Workspace > Google Chat > Service status", "APIs & Services > Google Chat API > Configuration", "Enabled APIs & services"
	for name, tc := range map[string]struct {
		status int
		body   string
		kind   error
		place  string
	}{
		"Chat is off":         {400, `{"error":{"code":400,"message":"Precondition check failed.","status":"FAILED_PRECONDITION"}}`, memberships.ErrConflict, off},
		"no app":              {404, `{"error":{"code":404,"message":"Google Chat app not found. Make sure that an app is configured.","status":"NOT_FOUND"}}`, memberships.ErrConflict, app},
		"no bot":              {400, `{"error":{"code":400,"message":"No bot associated with this project.","status":"FAILED_PRECONDITION"}}`, memberships.ErrConflict, app},
		"the API is disabled": {403, `{"error":{"code":403,"message":"x","status":"PERMISSION_DENIED","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"SERVICE_DISABLED"}]}}`, memberships.ErrPermissionDenied, api},
		"no Workspace":        {403, `{"error":{"code":403,"message":"Google Chat API is only available to Google Workspace users.","status":"PERMISSION_DENIED"}}`, memberships.ErrPermissionDenied, app},
		"404 of a list":       {404, missing, memberships.ErrMalformed, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := &fakeTransport{answer: func(int, *http.Request) (int, http.Header, string) { return tc.status, nil, tc.body }}
			own := newClient(t, w)
			c, ctx := memberships.New(own.Provider()), t.Context()
			for what, err := range map[string]error{
				"groups": wrappertest.Last(c.Groups(ctx)), "of": wrappertest.Last(c.MembershipsOf(ctx, byEmail("a@example.com"))), "resolve": wrappertest.Err(c.Resolve(ctx, byEmail("a@example.com"))),
			} {
				if what == "resolve" && tc.place == "" {
					continue // a direct message may be missing
				}
				if !errors.Is(err, tc.kind) || errors.Is(err, memberships.ErrNotFound) || !strings.Contains(err.Error(), tc.place) {
					t.Errorf("%s: got %v", what, err)
				}
			}
			if tc.place == "" {
				return
			}
			d, err := c.Diagnose(ctx)
			if err != nil || len(d.Findings) != len(memberships.Operations()) {
				t.Fatalf("got %+v, %v", d, err)
			}
			for _, f := range d.Findings {
				if f.Verdict != memberships.VerdictDenied || !strings.Contains(f.Where, tc.place) || f.Grant == "" || strings.Contains(f.Grant, "console") {
					t.Errorf("got %+v", f)
				}
			}
		})
	}
}
