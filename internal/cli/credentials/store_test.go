package credentials

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/signin"
	"github.com/memberships-go/memberships/option"
)

const onlyStaging = "profiles:\n  staging:\n    webex: {access_token: canary}\n"

// The default profile and its file may be absent. A profile or a file that the user names must
// be there.
func TestOpenStore(t *testing.T) {
	for name, tt := range map[string]struct {
		file    string
		signIns []string
		env     map[string]string
		place   Place
		want    string // of the error
	}{
		"nothing":                                  {},
		"a file without the default profile":       {file: onlyStaging},
		"a named profile":                          {file: onlyStaging, place: Place{Profile: "staging"}},
		"a named profile that is absent":           {file: onlyStaging, place: Place{Profile: "work"}, want: `--profile work: no provider is signed in with this profile, and $HOME/.config/memberships/config.yaml has no profile "work"; there are staging`},
		"a named profile without a file":           {place: Place{Profile: "work"}, want: `--profile work: no provider is signed in with this profile, and $HOME/.config/memberships/config.yaml has no profile "work"; there is none`},
		"a named profile of a sign-in":             {signIns: []string{"work"}, place: Place{Profile: "work"}},
		"a named profile beside another's sign-in": {signIns: []string{"home"}, place: Place{Profile: "work"}, want: `has no profile "work"; there are home`},
		"a profile of the variable that is absent": {env: map[string]string{"MEMBERSHIPS_PROFILE": "work"}, want: "MEMBERSHIPS_PROFILE work: no provider is signed in"},
		"a named file that is absent":              {place: Place{File: "absent"}, want: "--config: open absent: no such file or directory"},
		"a file of the variable that is absent":    {env: map[string]string{"MEMBERSHIPS_CONFIG": "absent"}, want: "MEMBERSHIPS_CONFIG: open absent: no such file or directory"},
		"an emulator, and a file that is absent":   {env: map[string]string{"MEMBERSHIPS_EMULATOR": "http://127.0.0.1:1"}, place: Place{File: "absent", Profile: "work"}},
	} {
		t.Run(name, func(t *testing.T) {
			h := home(t, tt.file, tt.signIns...)
			tt.place.Getenv = func(key string) string {
				if key == "HOME" {
					return h.home
				}
				return tt.env[key]
			}
			s, err := OpenStore(t.Context(), tt.place)
			text, e := "", (*exit.Error)(nil)
			if err != nil {
				text = strings.ReplaceAll(err.Error(), h.home, "$HOME")
				if !errors.As(err, &e) || e.Code != exit.Usage {
					t.Errorf("got %v, want a usage error", err)
				}
			}
			if !strings.Contains(text, tt.want) || (text == "") != (tt.want == "") || (s == nil) != (err != nil) {
				t.Errorf("got %q, want %q", text, tt.want)
			}
		})
	}
}

// A profile that the user named overrides the environment, and the default profile completes
// it.
func TestWebhook(t *testing.T) {
	const file = `profiles:
  default:
    box: {webhook_primary: file-primary, webhook_secondary: file-secondary}
  staging:
    box: {webhook_secondary: staging-secondary}
`
	env := map[string]string{"BOX_WEBHOOK_PRIMARY_KEY": "env-primary", "BOX_CLIENT_ID": "id"}
	for profile, want := range map[string]map[string]string{
		"":        {"webhook_primary": "env-primary", "webhook_secondary": "file-secondary"},
		"default": {"webhook_primary": "file-primary", "webhook_secondary": "file-secondary"},
		"staging": {"webhook_secondary": "staging-secondary"},
	} {
		h := home(t, file)
		h.env = env
		s, err := h.open(t.Context(), profile)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, s.Webhook("box")); diff != "" {
			t.Errorf("profile %q (-want +got):\n%s", profile, diff)
		}
		if got := s.Webhook("clerk"); len(got) > 0 {
			t.Errorf("profile %q: got %v of clerk, want none", profile, got)
		}
	}
}

// A sign-in has its end and the command that gets further scopes. Settings have neither.
func TestSignIn(t *testing.T) {
	h := home(t, twoProfiles)
	end := time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)
	logins := signin.New(filepath.Join(h.home, ".config", "memberships", "credentials"), nil)
	c := &auth.Credential{Provider: "webex", Method: "integration", AccessToken: "canary", Expiry: end}
	if _, err := logins.Save(t.Context(), signin.Key("webex", "staging"), signin.File, c); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		profile  string
		login    bool
		warnings []string
		scopes   string // the end of the sentence, for changes
	}{
		"a sign-in": {"staging", true, []string{"The access token of this sign-in ended on 2026-01-05 10:00 UTC: sign in again."}, "To sign in: memberships auth login webex --method integration --change --profile staging"},
		"settings":  {"default", false, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := h.open(t.Context(), tt.profile)
			if err != nil {
				t.Fatal(err)
			}
			set, err := s.Find(t.Context(), "webex")
			if err != nil || (set.Login() != nil) != tt.login {
				t.Fatalf("got %v, %v", set.Login(), err)
			}
			if diff := cmp.Diff(tt.warnings, set.Warnings(end.Add(time.Minute))); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
			if got := set.MoreScopes(true); !strings.HasSuffix(got, tt.scopes) || (got == "") != (tt.scopes == "") {
				t.Errorf("got %q, want %q", got, tt.scopes)
			}
		})
	}
}

// Only a provider and a valid option open an emulator.
func TestOpenEmulator(t *testing.T) {
	if c, err := OpenEmulator("webex"); err != nil || c.Name() != "webex" {
		t.Errorf("got %v, %v", c, err)
	}
	if c, err := OpenEmulator("slack"); c != nil || err == nil {
		t.Errorf("an unknown provider: got %v, %v", c, err)
	}
	if c, err := OpenEmulator("webex", option.WithBaseURL("ftp://x")); c != nil || err == nil {
		t.Errorf("an invalid option: got %v, %v", c, err)
	}
	if _, err := Capabilities("slack"); err == nil {
		t.Error("an unknown provider has capabilities")
	}
}

// A file that cannot be read is a usage error that names the place of its name.
func TestOpenStoreDamaged(t *testing.T) {
	h := home(t, "profiles: [")
	if _, err := h.open(t.Context(), ""); err == nil || !strings.Contains(err.Error(), "this is not YAML") {
		t.Errorf("got %v", err)
	}
	if err := os.Remove(filepath.Join(h.home, ".config", "memberships", "config.yaml")); err != nil {
		t.Fatal(err)
	}
	if _, err := h.open(t.Context(), ""); err != nil {
		t.Errorf("after the removal: %v", err)
	}
}
