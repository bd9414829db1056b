package credentials

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseFile(t *testing.T) {
	const file = `# a comment
profiles:
  default:
    box:
      client_id: 00123
      client_secret: "a: b"
      enterprise_id: 123456789012345678901234567890
    clerk: {secret_key: sk_1, base_url: 'http://127.0.0.1:1'}
    webex:
  empty:
  staging:
    pubnub:
      secret_key: |
        two
        lines
  shared: &shared {webex: {access_token: "\u0061", webhook_secret: no}}
  other: *shared
`
	got, err := parseFile("config.yaml", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]profile{
		"default": {
			"box":   {"client_id": "00123", "client_secret": "a: b", "enterprise_id": "123456789012345678901234567890"},
			"clerk": {"secret_key": "sk_1", "base_url": "http://127.0.0.1:1"},
			"webex": {},
		},
		"empty":   {},
		"shared":  {"webex": {"access_token": "a", "webhook_secret": "no"}},
		"other":   {"webex": {"access_token": "a", "webhook_secret": "no"}},
		"staging": {"pubnub": {"secret_key": "two\nlines"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A file without profiles is an empty one, in every form of nothing. A file in JSON is read.
func TestParseFileForms(t *testing.T) {
	for _, file := range []string{"", "# a comment\n", "---\n", "null\n", "profiles:\n", "\ufeffprofiles: {}\r\n"} {
		if got, err := parseFile("config.yaml", []byte(file)); err != nil || len(got) != 0 {
			t.Errorf("%q: got %v, %v", file, got, err)
		}
	}
	got, err := parseFile("config.yaml", []byte(`{"profiles":{"a":{"webex":{"access_token":"\ud83d\ude00\n"}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]profile{"a": {"webex": {"access_token": "\U0001F600\n"}}}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Every error has a position, and none shows a value.
func TestParseFileMistakes(t *testing.T) {
	const secret = "hush-hush"
	for _, tt := range []struct{ file, want string }{
		{"profile:\n  default:", `config.yaml:1:1: there is no section "profile"; the one there is, is profiles`},
		{"profiles:\n  default:\n    slack: {token: hush-hush}", `config.yaml:3:5: there is no provider "slack"; there are box, clerk, googlechat, pubnub and webex`},
		{"profiles:\n  default:\n    webex:\n      token: hush-hush", `config.yaml:4:7: webex has no setting "token"; there are access_token, webhook_secret and base_url`},
		{"profiles:\n  default:\n    webex: hush-hush", `config.yaml:3:12: expected names with a colon here, each with its settings below it`},
		{"profiles:\n  default:\n    webex: [hush-hush]", `config.yaml:3:12: expected names with a colon`},
		{"profiles: [hush-hush]", `config.yaml:1:11: expected names with a colon`},
		{"hush-hush", `config.yaml:1:1: expected names with a colon`},
		{"profiles:\n  default:\n    webex:\n      access_token: [hush-hush]", `config.yaml:4:21: expected a text`},
		{"profiles:\n  default:\n    webex:\n      access_token: {a: hush-hush}", `expected a text`},
		{"profiles:\n  default:\n    webex:\n      access_token: true", `config.yaml:4:21: expected a text`},
		{"profiles:\n  default:\n    webex: {access_token: hush-hush}\n    webex: {access_token: hush-hush}", `config.yaml:4:5: the key "webex" stands here a second time; the first is at config.yaml:3:5`},
		{"profiles:\n  default:\n  - hush-hush\n  webex: hush-hush", `config.yaml:3:3: expected names with a colon`},
		{"profiles: {default: {webex: {access_token: \"hush-hush}}}", `this is not YAML`},
		{"profiles:\n  default:\n    webex:\n      access_token: !hush-hush a", `config.yaml:4:21: a tag is not read`},
		{"profiles:\n  default:\n    webex:\n      access_token: *hush-hush", `config.yaml:4:21: this is not YAML`},
		{"profiles: &hush-hush\n  default: *hush-hush", `config.yaml:2:12: the alias stands within its own anchor`},
		{"profiles:\n  default: &hush-hush {}\n  b: {<<: *hush-hush}", `config.yaml:3:7: the key << is not read; an alias stands for a whole value`},
		{"profiles:\n  default:\n\twebex: hush-hush", `config.yaml:3:1: a tab indents this line; YAML is indented with spaces`},
		{"profiles:\n  default: {}\n---\nhush-hush", `config.yaml:3:1: a second document begins here; a file has one`},
		{"profiles: {default: {webex: {access_token: \"hush-hush\u202e\"}}}", `config.yaml:1:54: the control character U+202E stands here`},
		{"profiles: " + strings.Repeat("[", 101), `config.yaml:1:110: the value is nested deeper than 100 levels`},
		{"{\"profiles\": {\"default\": {\"webex\": {\"access_token\": null}}}}", `config.yaml:1:53: expected a text`},
		{"a: &x hush-hush\nprofiles: *x", `config.yaml:1:1: there is no section "a"`},
	} {
		_, err := parseFile("config.yaml", []byte(tt.file))
		if got := fmt.Sprint(err); !strings.Contains(got, tt.want) || !strings.HasPrefix(got, "config.yaml:") {
			t.Errorf("%q: got %s, want %s", tt.file, got, tt.want)
		} else if strings.Contains(got, secret) {
			t.Errorf("%q: %s shows a value", tt.file, got)
		}
	}
}

func FuzzParseFile(f *testing.F) {
	f.Add("profiles:\n  default:\n    webex: {access_token: a}\n")
	f.Add("profiles: {a: {box: {client_id: |\n x\n}}}")
	f.Add("? [a]\n: &x {<<: *x}")
	f.Fuzz(func(t *testing.T, file string) {
		profiles, err := parseFile("config.yaml", []byte(file))
		if err != nil && (profiles != nil || !strings.HasPrefix(err.Error(), "config.yaml:")) {
			t.Errorf("got %v, %v", profiles, err)
		}
	})
}

func TestFilePath(t *testing.T) {
	for _, tt := range []struct {
		name string
		env  map[string]string
		want string
	}{
		{"named", map[string]string{"MEMBERSHIPS_CONFIG": "here.yaml", "XDG_CONFIG_HOME": "/xdg"}, "here.yaml"},
		{"xdg", map[string]string{"XDG_CONFIG_HOME": "/xdg", "HOME": "/home/ada"}, "/xdg/memberships/config.yaml"},
		{"relative", map[string]string{"XDG_CONFIG_HOME": "xdg", "HOME": "/home/ada"}, "/home/ada/.config/memberships/config.yaml"},
		{"home", map[string]string{"HOME": "/home/ada"}, "/home/ada/.config/memberships/config.yaml"},
	} {
		if got, err := filePath(func(name string) string { return tt.env[name] }); err != nil || got != tt.want {
			t.Errorf("%s: got %q, %v, want %q", tt.name, got, err, tt.want)
		}
	}
}
