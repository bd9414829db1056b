package emulator_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/emulator"
)

// answer returns the status and body of the emulator's response.
func answer(e *emulator.Emulator, method, target, body string) (int, string) {
	req := httptest.NewRequest(method, "http://emulator.example"+target, strings.NewReader(body))
	req.Header.Set("Authorization", "Bearer token")
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	rec := httptest.NewRecorder()
	e.ServeHTTP(rec, req)
	b, _ := io.ReadAll(rec.Body)
	return rec.Code, string(b)
}

// A fault accepts every path of its provider, with ids, patterns or a trailing slash.
func TestFaultPaths(t *testing.T) {
	for _, path := range []string{
		"", "/2.0/groups", "/2.0/groups/*/memberships", "/2.0/*", "/oauth2/token", "/v1/organizations/org_demo/memberships", "/v1/[ou]*",
		"/v1/spaces", "/v1/spaces/*/members/*", "/v1/spaces:setup", "/v1/spaces:*", "/v2/objects/demo/channels/*/uuids", "/v1/people/me", "/v1/people/",
		"/v1/team/memberships", "/*/rooms/????",
	} {
		if _, err := emulator.New(emulator.WithFaults(emulator.Fault{Path: path, Status: 500})); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// Providers and faults ignore a trailing slash.
func TestTrailingSlash(t *testing.T) {
	e := create(t)
	for _, path := range []string{
		"/2.0/groups", "/2.0/users/me", "/v1/organizations", "/v1/organizations/org_demo/memberships", "/v1/users", "/v1/spaces",
		"/v1/spaces/AAAA0000001/members", "/v2/objects/demo/channels", "/v2/objects/demo/channels/demo/uuids", "/v1/memberships", "/v1/rooms", "/v1/people/me",
	} {
		query := ""
		if strings.HasPrefix(path, "/v2") {
			query = "?uuid=me"
		}
		status, plain := answer(e, "GET", path+query, "")
		again, slash := answer(e, "GET", path+"/"+query, "")
		if status != 200 || again != 200 {
			t.Errorf("%s: %d, with a slash %d %s", path, status, again, slash)
			continue
		}
		if diff := cmp.Diff(plain, slash); diff != "" {
			t.Errorf("%s (-without +with a slash):\n%s", path, diff)
		}
		if status, _ := answer(e, "GET", path+"//"+query, ""); status != 404 {
			t.Errorf("%s//: %d, want 404", path, status)
		}
	}
	if status, body := answer(e, "GET", "/v1/people/?email=ada@example.com", ""); status != 200 || !strings.Contains(body, "Ada Lovelace") {
		t.Errorf("people by address: %d %s", status, body)
	}
	if status, body := answer(e, "POST", "/v1/rooms/", `{"title":"x"}`); status != 200 {
		t.Errorf("a room is made: %d %s", status, body)
	}
	if status, _ := answer(e, "DELETE", "/v1/rooms/", ""); status != http.StatusMethodNotAllowed {
		t.Errorf("all rooms are deleted: %d, want 405", status)
	}
	e = create(t, emulator.WithFaults(emulator.Fault{Path: "/v1/rooms", Status: 503}, emulator.Fault{Path: "/v1/teams/", Status: 503}))
	for _, path := range []string{"/v1/rooms", "/v1/rooms/", "/v1/teams", "/v1/teams/"} {
		if status, _ := answer(e, "GET", path, ""); status != 503 {
			t.Errorf("%s: %d, want the fault", path, status)
		}
	}
}
