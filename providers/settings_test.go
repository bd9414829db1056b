package providers_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/providers"
)

// settingsOf returns the settings of a known provider.
func settingsOf(t *testing.T, name string) []providers.Setting {
	t.Helper()
	settings, err := providers.Settings(name)
	if err != nil {
		t.Fatal(err)
	}
	return settings
}

// TestDeclarations checks that settings are complete and their variables unique.
func TestDeclarations(t *testing.T) {
	variables := map[string]string{}
	for _, name := range providers.Names() {
		keys := map[string]bool{}
		var methods int
		for _, s := range settingsOf(t, name) {
			where := name + "." + s.Key
			if s.Key == "" || s.Text == "" || strings.HasSuffix(s.Text, ".") || keys[s.Key] {
				t.Errorf("%s: no key, no text, a full stop behind it or a second setting of that key", where)
			}
			keys[s.Key] = true
			if other := variables[s.Env]; s.Env != "" && other != "" {
				t.Errorf("%s: %s is the variable of %s too", where, s.Env, other)
			}
			variables[s.Env] = where
			if s.Method != "" {
				methods++
				if s.Env == "" {
					t.Errorf("%s: a setting that a method needs has no variable", where)
				}
			}
			if secret := slices.ContainsFunc([]string{"token", "secret", "webhook_"}, func(word string) bool { return strings.Contains(s.Key, word) }); secret != s.Secret {
				t.Errorf("%s: secret %v, want %v", where, s.Secret, secret)
			}
		}
		if methods == 0 || !keys[providers.BaseURL] {
			t.Errorf("%s: %d settings of methods, base URL %v", name, methods, keys[providers.BaseURL])
		}
		values, err := providers.EmulatorValues(name)
		if err != nil {
			t.Fatal(err)
		}
		p, err := providers.OpenWith(name, values)
		if err != nil || p.Name() != name {
			t.Errorf("%s: got %v, %v", name, p, err)
		}
		unsupported, err := providers.Unsupported(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range unsupported {
			if s.Env == "" || s.Text == "" || keys[s.Key] || variables[s.Env] != "" {
				t.Errorf("%s.%s: no variable, no text or supported", name, s.Key)
			}
		}
	}
}

func TestSettingsAreACopy(t *testing.T) {
	for _, name := range providers.Names() {
		settingsOf(t, name)[0].Key = "changed"
		if got := settingsOf(t, name)[0].Key; got == "changed" {
			t.Errorf("%s: got %q", name, got)
		}
		values, _ := providers.EmulatorValues(name)
		clear(values)
		if values, _ = providers.EmulatorValues(name); len(values) == 0 {
			t.Errorf("%s: the emulator's values are gone", name)
		}
	}
}

func TestUnknownName(t *testing.T) {
	for op, call := range map[string]func() error{
		"Settings":       func() error { _, err := providers.Settings("slack"); return err },
		"Unsupported":    func() error { _, err := providers.Unsupported("slack"); return err },
		"Missing":        func() error { _, err := providers.Missing("slack", nil); return err },
		"EmulatorValues": func() error { _, err := providers.EmulatorValues("slack"); return err },
		"OpenWith":       func() error { _, err := providers.OpenWith("slack", nil); return err },
		"ParseGroup":     func() error { _, _, err := providers.ParseGroup("slack", "a"); return err },
	} {
		want := op + `: invalid argument: there is no provider "slack"; there are box, clerk, googlechat, pubnub, webex`
		if err := call(); !errors.Is(err, memberships.ErrInvalidArgument) || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// TestMissing checks one entry per method: those with some settings, else all.
func TestMissing(t *testing.T) {
	for _, tt := range []struct {
		provider string
		has      string // keys
		want     string // keys, a method each
	}{
		{"box", "", "developer_token|client_id client_secret enterprise_id|config_file"},
		{"box", "base_url", "developer_token|client_id client_secret enterprise_id|config_file"},
		{"box", "client_secret", "client_id enterprise_id"},
		{"box", "client_id client_secret enterprise_id", ""},
		{"box", "client_id client_secret user_id", ""},
		{"box", "client_id user_id", "client_secret"},
		{"box", "user_id", "developer_token|client_id client_secret|config_file"},
		{"box", "developer_token client_id", ""},
		{"box", "config_file", ""},
		{"box", "config_file client_id", ""},
		{"clerk", "", "secret_key"},
		{"googlechat", "subject", "credentials_file|access_token"},
		{"googlechat", "access_token", ""},
		{"pubnub", "publish_key secret_key", "subscribe_key user_id"},
		{"pubnub", "user_id", "subscribe_key"},
		{"webex", "access_token", ""},
	} {
		values := map[string]string{"developer_token": ""}
		for _, key := range strings.Fields(tt.has) {
			values[key] = "x"
		}
		missing, err := providers.Missing(tt.provider, values)
		if err != nil {
			t.Fatal(err)
		}
		var methods []string
		for _, settings := range missing {
			var keys []string
			for _, s := range settings {
				keys = append(keys, s.Key)
			}
			methods = append(methods, strings.Join(keys, " "))
		}
		if diff := cmp.Diff(tt.want, strings.Join(methods, "|")); diff != "" {
			t.Errorf("%s with %q (-want +got):\n%s", tt.provider, tt.has, diff)
		}
	}
}

// TestOpenWithMistakes checks that errors name the setting and its variable, without its value.
func TestOpenWithMistakes(t *testing.T) {
	for _, tt := range []struct {
		provider string
		values   map[string]string
		setting  string // key of the setting in the error, "" for none
		want     string
	}{
		{"box", nil, "", "missing: developer_token (BOX_DEVELOPER_TOKEN), or client_id (BOX_CLIENT_ID), client_secret (BOX_CLIENT_SECRET) and enterprise_id (BOX_ENTERPRISE_ID), or config_file (BOX_CONFIG_FILE)"},
		{"pubnub", map[string]string{"subscribe_key": "canary"}, "", "missing: user_id (PUBNUB_USER_ID)"},
		{"webex", map[string]string{"access_token": "canary", "token": "canary"}, "", `there is no setting "token"; there are access_token, base_url`},
		{"clerk", map[string]string{"secret_key": "Bearer canary"}, "secret_key", `secret_key (CLERK_SECRET_KEY): the value begins with "Bearer", which`},
		{"pubnub", map[string]string{"subscribe_key": "a", "user_id": "b", "auth_token": "canary\n"}, "auth_token", "auth_token (PUBNUB_AUTH_TOKEN): the value holds a line break"},
		{"pubnub", map[string]string{"subscribe_key": "a", "user_id": "b", "role_in": "custom"}, "role_in", `role_in: the value must be type or custom.NAME, not "custom"`},
		{"webex", map[string]string{"access_token": "canary", "base_url": "ftp://a"}, "base_url", "base_url: the URL must begin with http:// or https://"},
		{"clerk", map[string]string{"secret_key": "canary", "base_url": "http://canary:canary@a"}, "base_url", "base_url (CLERK_API_URL): the URL must not hold credentials"},
	} {
		p, err := providers.OpenWith(tt.provider, tt.values)
		if p != nil || !errors.Is(err, memberships.ErrInvalidArgument) {
			t.Errorf("%v: got %v, %v, want invalid argument", tt.values, p, err)
			continue
		}
		if want := tt.provider + ": OpenWith: invalid argument: " + tt.want; !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "canary") {
			t.Errorf("got %v, want %s", err, want)
		}
		wrong, key := (*providers.SettingError)(nil), ""
		if errors.As(err, &wrong) {
			key = wrong.Setting.Key
		}
		if key != tt.setting {
			t.Errorf("%v: the error is about the setting %q, want %q", err, key, tt.setting)
		}
	}
}

// TestOpenWithOptions checks that options override values.
func TestOpenWithOptions(t *testing.T) {
	_, err := providers.OpenWith("webex", map[string]string{"access_token": "x", "base_url": "http://a"}, option.WithBaseURL("ftp://b"))
	if !errors.Is(err, memberships.ErrInvalidArgument) || !strings.Contains(err.Error(), "WithBaseURL") {
		t.Errorf("got %v, want the error of the option", err)
	}
}

// TestOpenWithUsesEveryValue checks that every required value reaches the wrapper: an invalid one fails.
func TestOpenWithUsesEveryValue(t *testing.T) {
	for _, tt := range []struct {
		provider, key string
		others        map[string]string
	}{
		{"box", "client_id", map[string]string{"client_secret": "x", "enterprise_id": "1"}},
		{"box", "enterprise_id", map[string]string{"client_id": "x", "client_secret": "x"}},
		{"pubnub", "subscribe_key", map[string]string{"user_id": "x"}},
		{"pubnub", "publish_key", map[string]string{"subscribe_key": "x", "user_id": "x"}},
		{"pubnub", "user_id", map[string]string{"subscribe_key": "x"}},
	} {
		values := maps.Clone(tt.others)
		values[tt.key] = "a\x00b"
		if p, err := providers.OpenWith(tt.provider, values); err == nil {
			t.Errorf("%s: %s with a control character opens %v", tt.provider, tt.key, p)
		}
	}
}
