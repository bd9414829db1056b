package cli

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/cli/exit"
)

// narrow is a state whose tokens have fewer scopes than changes take.
const narrow = `
people: [{name: Ada, email: ada@example.com}]
groups: [{name: Demo, members: [{email: ada@example.com, role: owner}]}]
credentials:
  webex: [{token: narrow, email: ada@example.com, scopes: ["spark:memberships_read", "spark:people_read"]}]
  googlechat: [{token: narrow, email: ada@example.com, scopes: [chat.spaces.readonly]}]
  box: [{token: narrow, email: ada@example.com, scopes: [manage_managed_users]}]
`

// findings returns doctor's rows of a provider by their operations.
func (s *signing) findings(provider string, args ...string) map[string]map[string]string {
	s.t.Helper()
	res := s.run(strings.NewReader(""), append([]string{"doctor", "-p", provider, "-o", "json"}, args...)...)
	var rows []map[string]string
	if err := json.Unmarshal([]byte(res.stdout), &rows); err != nil || res.code != exit.Done {
		s.t.Fatalf("%+v: %v", res, err)
	}
	by := map[string]map[string]string{}
	for _, row := range rows {
		by[row["operation"]] = row
	}
	return by
}

// doctor names a missing scope and the place to add it, which depends on the way of the sign-in.
func TestDoctorWhere(t *testing.T) {
	s, srv := newSigning(t, emulator.WithState("state.yaml", []byte(narrow)))
	const again = "To sign in: memberships auth login "
	for name, tc := range map[string]struct {
		provider, method, profile, operation, scopes, want string
	}{
		"an integration":   {"webex", "integration", "default", "groups", "spark:rooms_read spark:teams_read", "The integration gets the scope in the developer portal, and the person signs in again. " + again + "webex --method integration"},
		"changes":          {"webex", "integration", "default", "add", "spark:memberships_write spark:team_memberships_write", again + "webex --method integration --change"},
		"another profile":  {"webex", "service app", "staging", "groups", "spark:rooms_read spark:teams_read", "an administrator of the organization authorizes it in Control Hub, and the app signs in with the new refresh token. " + again + "webex --method service-app --profile staging"},
		"a bot":            {"webex", "bot token", "default", "groups", "spark:rooms_read spark:teams_read", "the app's page in the developer portal"},
		"a personal token": {"webex", "personal token", "default", "groups", "spark:rooms_read spark:teams_read", "A personal token has all scopes of its user"},
		"an app of Box":    {"box", "app", "default", "list", "manage_groups", "The app gets the scope in the Developer Console, and the person signs in again."},
		"Google's person":  {"googlechat", "installed app", "default", "list", "https://www.googleapis.com/auth/chat.memberships.readonly", "The person signs in again and consents to the scope."},
	} {
		t.Run(name, func(t *testing.T) {
			s.keep(tc.profile, &auth.Credential{Provider: tc.provider, Method: tc.method, AccessToken: "narrow", Expiry: time.Now().Add(12 * time.Hour), Origin: srv.URL})
			row := s.findings(tc.provider, "--profile", tc.profile)[tc.operation]
			if tc.provider == "box" && row["verdict"] == "undetermined" { // no group is seen without the scope
				row = s.findings(tc.provider, "--profile", tc.profile)["groups"]
			}
			if row["verdict"] != "denied" || row["scopes"] != tc.scopes || !strings.Contains(row["where"], tc.want) {
				t.Errorf("got %v, want %q", row, tc.want)
			}
			if changes := strings.HasSuffix(row["where"], " --change"); changes != (tc.operation == "add") {
				t.Errorf("%s: %s", tc.operation, row["where"])
			}
		})
	}
	s.env = map[string]string{"WEBEX_ACCESS_TOKEN": "narrow"}
	if row := s.findings("webex", "--base-url", srv.URL)["groups"]; !strings.Contains(row["where"], "the app's page in the developer portal") || strings.Contains(row["where"], again) {
		t.Errorf("the environment: %v", row)
	}
}

// An ordinary command without the scope prints the provider's error, the scope and its place.
func TestMissingScopeOfCommands(t *testing.T) {
	s, srv := newSigning(t, emulator.WithState("state.yaml", []byte(narrow)))
	s.env = map[string]string{"WEBEX_ACCESS_TOKEN": "narrow", "GOOGLE_CHAT_ACCESS_TOKEN": "narrow", "BOX_DEVELOPER_TOKEN": "narrow"}
	for name, tc := range map[string]struct {
		args  []string
		words []string
	}{
		"webex":      {[]string{"groups", "-p", "webex"}, []string{"The access token lacks a scope", "required: the scope spark:rooms_read", "developer portal"}},
		"googlechat": {[]string{"list", "-p", "googlechat", "-g", "Demo"}, []string{"insufficient authentication scopes", "required: the scope chat.memberships.readonly", "signs in again"}},
		"box":        {[]string{"list", "-p", "box", "-g", "id:9000001"}, []string{"The request requires higher privileges", "required: the scope manage_groups", "Developer Console"}},
	} {
		t.Run(name, func(t *testing.T) {
			res := s.run(strings.NewReader(""), append(tc.args, "--base-url", srv.URL)...)
			for _, word := range append(tc.words, "permission denied", "'memberships doctor --provider "+name+"'") {
				if res.code != exit.Failed || !strings.Contains(res.stderr, word) {
					t.Errorf("got %+v, want %q", res, word)
				}
			}
		})
	}
}

// A sign-in that has ended names the command that signs in again.
func TestEndedSignIn(t *testing.T) {
	s, srv := newSigning(t)
	s.keep("default", personal(srv, -time.Hour))
	const want = "('memberships auth login webex' signs in again)"
	if res := s.run(strings.NewReader(""), "groups", "-p", "webex"); res.code != exit.Failed || !strings.Contains(res.stderr, want) {
		t.Errorf("groups: %+v", res)
	}
	if row, code := s.status("webex"); code != exit.Failed || row["state"] != "does not work" || !strings.Contains(row["detail"], want) {
		t.Errorf("status: %d, %v", code, row)
	}
	if res := s.run(strings.NewReader(""), "doctor", "-p", "webex"); res.code != exit.Failed || !strings.Contains(res.stdout, want) {
		t.Errorf("doctor: %+v", res)
	}
}
