package providers_test

import (
	"errors"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/memberships-go/memberships/providers"
)

// boxConfig is the content of a config file.
func boxConfig(key, enterprise string) map[string]any {
	return map[string]any{
		"boxAppSettings": map[string]any{
			"clientID": "app", "clientSecret": "canary",
			"appAuth": map[string]string{"publicKeyID": "k1", "privateKey": key, "passphrase": ""},
		},
		"enterpriseID": enterprise,
	}
}

// The app of a config file acts as its enterprise or as a user, at the server of the base URL.
func TestBoxConfigFile(t *testing.T) {
	_, key := newKey(t)
	for name, tc := range map[string]struct {
		values    map[string]string
		kind, sub string
	}{
		"as the enterprise": {map[string]string{}, "enterprise", "17"},
		"as a user":         {map[string]string{"user_id": "23"}, "user", "23"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newTokenServer(t)
			tc.values["config_file"], tc.values["base_url"] = writeJSON(t, boxConfig(key, "17")), s.URL+"/2.0"
			p, err := providers.OpenWith("box", tc.values)
			if err != nil {
				t.Fatal(err)
			}
			listGroups(t, p)
			if len(s.claims) != 1 || s.paths[0] != "/oauth2/token" || s.claims[0]["sub"] != tc.sub || s.claims[0]["box_sub_type"] != tc.kind {
				t.Errorf("the requests %q have the claims %v", s.paths, s.claims)
			}
		})
	}
}

// Complete client credentials come before a config file, and a developer token before both.
func TestBoxMethodsInOrder(t *testing.T) {
	_, key := newKey(t)
	s := newTokenServer(t)
	values := map[string]string{"config_file": writeJSON(t, boxConfig(key, "17")), "base_url": s.URL, "client_id": "id", "client_secret": "secret", "enterprise_id": "17"}
	p, err := providers.OpenWith("box", values)
	if err != nil {
		t.Fatal(err)
	}
	listGroups(t, p)
	if got := s.forms[0]; got.Get("grant_type") != "client_credentials" || got.Get("box_subject_type") != "enterprise" || got.Get("box_subject_id") != "17" {
		t.Errorf("the form is %v", got)
	}
	values["developer_token"] = "x"
	if p, err = providers.OpenWith("box", values); err != nil {
		t.Fatal(err)
	}
	n := len(s.claims)
	listGroups(t, p)
	if len(s.claims) != n {
		t.Error("a developer token did not come first")
	}
}

// Client credentials act as the user of user_id, with an enterprise or without one.
func TestBoxClientCredentialsOfUser(t *testing.T) {
	for _, enterprise := range []string{"", "17"} {
		s := newTokenServer(t)
		p, err := providers.OpenWith("box", map[string]string{"base_url": s.URL, "client_id": "id", "client_secret": "secret", "enterprise_id": enterprise, "user_id": "42"})
		if err != nil {
			t.Fatal(err)
		}
		listGroups(t, p)
		if got := s.forms[0]; got.Get("grant_type") != "client_credentials" || got.Get("box_subject_type") != "user" || got.Get("box_subject_id") != "42" {
			t.Errorf("enterprise %q: the form is %v", enterprise, got)
		}
	}
}

func TestBoxConfigFileMistakes(t *testing.T) {
	_, key := newKey(t)
	open := writeJSON(t, boxConfig(key, "17"))
	if err := os.Chmod(open, 0o644); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ path, key, want string }{
		{writeJSON(t, boxConfig("canary", "17")), "config_file", "the field boxAppSettings.appAuth.privateKey: expected a key in PEM"},
		{writeJSON(t, boxConfig(key, "")), "user_id", "names no enterprise, and this setting no user"},
		{open, "config_file", "run chmod 600 " + open},
	}
	if runtime.GOOS == "windows" {
		tests = tests[:2]
	}
	for _, tt := range tests {
		_, err := providers.OpenWith("box", map[string]string{"config_file": tt.path})
		var wrong *providers.SettingError
		if !errors.As(err, &wrong) || wrong.Setting.Key != tt.key || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "canary") {
			t.Errorf("got %v, want %s: %s", err, tt.key, tt.want)
		}
	}
}
