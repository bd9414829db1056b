package credentials

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/internal/cli/signin"
)

// places is a folder with sign-ins and a file of profiles, and an environment.
type places struct {
	home string
	env  map[string]string
}

// home returns places with Webex credentials: the sign-ins "default" and "staging" as far as
// they are named, and the file if it has a text.
func home(t *testing.T, file string, signIns ...string) *places {
	t.Helper()
	h := &places{t.TempDir(), map[string]string{}}
	folder := filepath.Join(h.home, ".config", "memberships")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if file != "" {
		if err := os.WriteFile(filepath.Join(folder, "config.yaml"), []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	logins := signin.New(filepath.Join(folder, "credentials"), nil)
	for _, profile := range signIns {
		c := &auth.Credential{Provider: "webex", Method: "bot token", AccessToken: "canary"}
		if _, err := logins.Save(t.Context(), signin.Key("webex", profile), signin.File, c); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

func (h *places) open(ctx context.Context, profile string) (*Store, error) {
	return OpenStore(ctx, Place{Profile: profile, Getenv: func(key string) string {
		if key == "HOME" {
			return h.home
		}
		return h.env[key]
	}})
}

const twoProfiles = `profiles:
  default:
    webex: {access_token: canary}
  staging:
    webex: {access_token: canary}
    clerk: {secret_key: canary}
`

// Every source has its reason, and Find returns the credentials of the source without one.
func TestSources(t *testing.T) {
	const file = "$HOME/.config/memberships/config.yaml"
	for name, tc := range map[string]struct {
		file             string
		signIns          []string
		env              map[string]string
		profile, provide string
		want             []string
		from             string // of Find, "" for none
	}{
		"nothing": {"", nil, nil, "", "webex", []string{
			"environment: absent", `sign-in "default": absent`, `profile "default" of ` + file + ": absent",
		}, ""},
		"the environment wins over the rest": {twoProfiles, []string{"default", "staging"}, map[string]string{"WEBEX_ACCESS_TOKEN": "canary"}, "", "webex", []string{
			"environment WEBEX_ACCESS_TOKEN: used", `sign-in "default" (bot token): not used, the environment wins`, `profile "default" of ` + file + ": not used, the environment wins",
		}, "the environment"},
		"a sign-in wins over the file": {twoProfiles, []string{"default"}, nil, "", "webex", []string{
			"environment: absent", `sign-in "default" (bot token): used`, `profile "default" of ` + file + `: not used, the sign-in "default" wins`,
		}, `the sign-in of profile "default" in`},
		"the file alone": {twoProfiles, []string{"staging"}, nil, "", "webex", []string{
			"environment: absent", `sign-in "default": absent`, `profile "default" of ` + file + ": used",
		}, `profile "default" of`},
		"a named profile wins over all others": {twoProfiles, []string{"default", "staging"}, map[string]string{"WEBEX_ACCESS_TOKEN": "canary"}, "staging", "webex", []string{
			`sign-in "staging" (bot token): used`, `profile "staging" of ` + file + `: not used, the sign-in "staging" wins`,
			"environment WEBEX_ACCESS_TOKEN: not used, --profile staging wins", `sign-in "default" (bot token): not used, --profile staging wins`,
			`profile "default" of ` + file + ": not used, --profile staging wins",
		}, `the sign-in of profile "staging" in`},
		"a profile of the variable": {twoProfiles, nil, map[string]string{"MEMBERSHIPS_PROFILE": "staging", "WEBEX_ACCESS_TOKEN": "canary"}, "", "webex", []string{
			`sign-in "staging": absent`, `profile "staging" of ` + file + ": used",
			"environment WEBEX_ACCESS_TOKEN: not used, MEMBERSHIPS_PROFILE staging wins", `sign-in "default": absent`,
			`profile "default" of ` + file + ": not used, MEMBERSHIPS_PROFILE staging wins",
		}, `profile "staging" of`},
		"a named profile without a credential": {twoProfiles, nil, map[string]string{"CLERK_SECRET_KEY": "canary"}, "default", "clerk", []string{
			`sign-in "default": absent`, `profile "default" of ` + file + ": absent", "environment CLERK_SECRET_KEY: not used, --profile default wins",
		}, ""},
		"a part of a credential wins, too": {"", nil, map[string]string{"BOX_CLIENT_ID": "canary", "BOX_CLIENT_SECRET": "canary"}, "", "box", []string{
			"environment BOX_CLIENT_ID, BOX_CLIENT_SECRET: used", `sign-in "default": absent`, `profile "default" of ` + file + ": absent",
		}, ""},
		"a variable beside a credential is none": {"", nil, map[string]string{"GOOGLE_SUBJECT": "ada@example.com"}, "", "googlechat", []string{
			"environment: absent", `sign-in "default": absent`, `profile "default" of ` + file + ": absent",
		}, ""},
		"an emulator": {twoProfiles, []string{"default"}, map[string]string{"MEMBERSHIPS_EMULATOR": "http://127.0.0.1:1", "WEBEX_ACCESS_TOKEN": "canary"}, "", "webex", []string{
			"MEMBERSHIPS_EMULATOR: used", "environment WEBEX_ACCESS_TOKEN: not used, MEMBERSHIPS_EMULATOR wins",
			`sign-in "default" (bot token): not used, MEMBERSHIPS_EMULATOR wins`, `profile "default" of ` + file + ": not used, MEMBERSHIPS_EMULATOR wins",
		}, "MEMBERSHIPS_EMULATOR"},
		"an emulator beside a profile": {twoProfiles, []string{"default"}, map[string]string{"MEMBERSHIPS_EMULATOR": "http://127.0.0.1:1"}, "staging", "webex", []string{
			"MEMBERSHIPS_EMULATOR: used", "environment: absent", `sign-in "staging": absent`, `profile "staging" of ` + file + ": not used, MEMBERSHIPS_EMULATOR wins",
		}, "MEMBERSHIPS_EMULATOR"},
		"an emulator beside a file that is no YAML": {"{", nil, map[string]string{"MEMBERSHIPS_EMULATOR": "http://127.0.0.1:1"}, "", "webex", []string{
			"MEMBERSHIPS_EMULATOR: used", "environment: absent", `sign-in "default": absent`, `profile "default" of ` + file + " (cannot be read): not used, MEMBERSHIPS_EMULATOR wins",
		}, "MEMBERSHIPS_EMULATOR"},
	} {
		t.Run(name, func(t *testing.T) {
			h := home(t, tc.file, tc.signIns...)
			h.env = tc.env
			s, err := h.open(t.Context(), tc.profile)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, source := range s.Sources(tc.provide) {
				text := strings.ReplaceAll(source.String(), h.home, "$HOME")
				if got = append(got, text); strings.Contains(text, "canary") {
					t.Errorf("%s shows a value", text)
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			set, err := s.Find(t.Context(), tc.provide)
			if (err == nil) != (tc.from != "") || err == nil && !strings.HasPrefix(set.From, tc.from) {
				t.Errorf("found the credentials of %q, %v, want %q", set.From, err, tc.from)
			}
		})
	}
}

// A record of sign-ins that cannot be read hinders no source before it, and is an error where
// a sign-in may be the credential.
func TestSourcesUnreadable(t *testing.T) {
	h := home(t, twoProfiles, "default")
	if err := os.WriteFile(filepath.Join(h.home, ".config", "memberships", "credentials", "sign-ins.json"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for env, want := range map[string]string{"WEBEX_ACCESS_TOKEN": "not used, the environment wins", "": "used"} {
		h.env = map[string]string{env: "canary"}
		s, err := h.open(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Sources("webex")[1].String(); got != `sign-in "default" (cannot be read): `+want {
			t.Errorf("with %q: got %q", env, got)
		}
		if set, err := s.Find(t.Context(), "webex"); (err == nil) != (env != "") || err != nil && !strings.Contains(err.Error(), "the sign-in cannot be read") {
			t.Errorf("with %q: got %q, %v", env, set.From, err)
		}
	}
}

// The error for a provider without credentials names the command that signs in.
func TestNoneNamesLogin(t *testing.T) {
	h := home(t, twoProfiles)
	for profile, want := range map[string]string{"": "'memberships auth login box'", "staging": "'memberships auth login box --profile staging'"} {
		s, err := h.open(t.Context(), profile)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Find(t.Context(), "box"); err == nil || !strings.HasSuffix(err.Error(), "or sign in with "+want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
