package cli

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/deeptest"
)

// object is the content of a key file.
type object = map[string]any

// with returns content with another value of a field, whose path joins names with dots. A
// value of nil removes the field.
func with(content object, path string, value any) object {
	out := maps.Clone(content)
	name, rest, nested := strings.Cut(path, ".")
	switch inner, ok := content[name].(object); {
	case nested && ok:
		out[name] = with(inner, rest, value)
	case value == nil:
		delete(out, name)
	default:
		out[name] = value
	}
	return out
}

// keyFileKind is a kind of key file: a valid content, the way to name it, and the fields that
// must be texts.
type keyFileKind struct {
	content  object
	args     []string // with FILE for the path
	variable string   // of the path, in place of FILE
	needed   []string
	optional []string
}

func keyFileKinds(t *testing.T) map[string]keyFileKind {
	return map[string]keyFileKind{
		"client_secrets.json": {
			content: object{"installed": object{"client_id": "id", "client_secret": "canary", "token_uri": "https://oauth2.googleapis.com/token"}},
			args:    []string{"googlechat", "--client-secrets", "FILE"},
			needed:  []string{"installed.client_id", "installed.client_secret"}, optional: []string{"installed.token_uri"},
		},
		"a service account": {
			content: object{"type": "service_account", "client_email": "bot@example.com", "private_key_id": "k1", "private_key": keyPEM(t), "token_uri": "https://oauth2.googleapis.com/token"},
			args:    []string{"googlechat", "--method", "service-account", "--set", "credentials_file=FILE"},
			needed:  []string{"client_email", "private_key"}, optional: []string{"type", "private_key_id", "token_uri"},
		},
		"an authorized user": {
			content: object{"type": "authorized_user", "client_id": "id", "client_secret": "canary", "refresh_token": "canary", "account": "ada@example.com"},
			args:    []string{"googlechat", "--method", "application-default-credentials"}, variable: "GOOGLE_APPLICATION_CREDENTIALS",
			needed: []string{"client_id", "client_secret", "refresh_token"}, optional: []string{"account", "type", "token_uri"},
		},
		"a Box config": {
			content:  object{"enterpriseID": "17", "boxAppSettings": object{"clientID": "id", "clientSecret": "canary", "appAuth": object{"publicKeyID": "k1", "privateKey": keyPEM(t), "passphrase": "canary"}}},
			args:     []string{"box", "--method", "app-config", "--set", "config_file=FILE"},
			needed:   []string{"boxAppSettings.clientID", "boxAppSettings.clientSecret", "boxAppSettings.appAuth.publicKeyID", "boxAppSettings.appAuth.privateKey"},
			optional: []string{"enterpriseID", "boxAppSettings.appAuth.passphrase"},
		},
	}
}

// A malformed key file of each kind ends the sign-in before any request. The error has the
// file, the field and the expectation, and nothing of the content.
func TestAuthKeyFiles(t *testing.T) {
	s, srv := newSigning(t)
	for kind, k := range keyFileKinds(t) {
		try := func(name string, data []byte, mode os.FileMode, want string) {
			t.Helper()
			path := filepath.Join(t.TempDir(), "key.json")
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, mode); err != nil {
				t.Fatal(err)
			}
			s.env = map[string]string{k.variable: path}
			args := []string{"auth", "login", "--store", "file", "--no-browser", "--base-url", srv.URL}
			for _, arg := range k.args {
				args = append(args, strings.ReplaceAll(arg, "FILE", path))
			}
			before := len(srv.Requests())
			res := s.run(strings.NewReader(""), args...)
			want = strings.ReplaceAll(want, "FILE", path)
			if res.code != exit.Failed || !strings.Contains(res.stderr, want) || res.stdout != "" {
				t.Errorf("%s, %s: got %+v, want %s", kind, name, res, want)
			}
			for _, hush := range []string{"canary", "PRIVATE KEY", "4711"} {
				if strings.Contains(res.stderr, hush) {
					t.Errorf("%s, %s: %s shows %s", kind, name, res.stderr, hush)
				}
			}
			if after := len(srv.Requests()); after != before {
				t.Errorf("%s, %s: %d requests were sent", kind, name, after-before)
			}
		}
		encode := func(content any) []byte {
			data, err := json.Marshal(content)
			if err != nil {
				t.Fatal(err)
			}
			return data
		}
		good := encode(k.content)
		try("empty", nil, 0o600, "FILE is not JSON")
		try("a text", []byte("canary"), 0o600, "FILE is not JSON")
		try("cut", good[:len(good)/2], 0o600, "FILE is not JSON")
		try("UTF-16", append([]byte("\xff\xfe"), good...), 0o600, "FILE is UTF-16: save it as UTF-8")
		try("a list", encode([]any{"canary"}), 0o600, "FILE is not a JSON object")
		try("null", []byte("null"), 0o600, "FILE is not a JSON object")
		try("an empty object", []byte("{}"), 0o600, "FILE: the field ")
		try("too long", encode(object{"canary": strings.Repeat("canary", 200_000)}), 0o600, "FILE is longer than 1 MiB")
		for _, field := range k.needed[:deeptest.Count(1, len(k.needed))] {
			want := "FILE: the field " + field + ": expected a text"
			try(field+" absent", encode(with(k.content, field, nil)), 0o600, want+" that is not empty")
			try(field+" empty", encode(with(k.content, field, "")), 0o600, want+" that is not empty")
			try(field+" a number", encode(with(k.content, field, 4711)), 0o600, want)
			try(field+" an object", encode(with(k.content, field, object{"canary": "canary"})), 0o600, want)
			try(field+" a list", encode(with(k.content, field, []any{"canary"})), 0o600, want)
		}
		for _, field := range k.optional {
			try(field+" a number", encode(with(k.content, field, 4711)), 0o600, "FILE: the field "+field+": expected a text")
		}
		if runtime.GOOS != "windows" {
			try("readable by others", good, 0o644, "FILE holds a secret and others can read or change it (mode 0644): run chmod 600 FILE")
		}
	}
}

// A path without a file, and one of a folder, are named.
func TestAuthKeyFileIsAbsent(t *testing.T) {
	s, srv := newSigning(t)
	dir := t.TempDir()
	for _, path := range []string{filepath.Join(dir, "none.json"), dir} {
		for kind, k := range keyFileKinds(t) {
			s.env = map[string]string{k.variable: path}
			args := []string{"auth", "login", "--store", "file", "--no-browser", "--base-url", srv.URL}
			for _, arg := range k.args {
				args = append(args, strings.ReplaceAll(arg, "FILE", path))
			}
			if res := s.run(strings.NewReader(""), args...); res.code != exit.Failed || !strings.Contains(res.stderr, path) {
				t.Errorf("%s: got %+v, want %s", kind, res, path)
			}
		}
	}
}

// The content of a file in place of its path is an error of the sign-in, the status and the
// doctor, and none of them shows it.
func TestAuthKeyFileContent(t *testing.T) {
	s, srv := newSigning(t)
	for kind, k := range keyFileKinds(t) {
		content, err := json.MarshalIndent(k.content, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		s.env = map[string]string{k.variable: string(content)}
		args := []string{"auth", "login", "--store", "file", "--no-browser", "--base-url", srv.URL}
		for _, arg := range k.args {
			args = append(args, strings.ReplaceAll(arg, "FILE", string(content)))
		}
		s.noContent(kind, args)
	}
	for _, variable := range []string{"BOX_CONFIG_FILE", "GOOGLE_APPLICATION_CREDENTIALS"} {
		s.env = map[string]string{variable: `{"boxAppSettings":{"clientSecret":"canary"},"private_key":"canary"}`}
		s.noContent(variable, []string{"auth", "status", "-o", "json"})
		s.noContent(variable, []string{"doctor"})
	}
}

// noContent fails unless a command says that the content of a file is no path of one.
func (s *signing) noContent(what string, args []string) {
	s.t.Helper()
	res := s.run(strings.NewReader(""), args...)
	out := res.stdout + res.stderr
	if res.code == exit.Done || strings.Contains(out, "canary") || strings.Contains(out, "PRIVATE KEY") || !strings.Contains(out, "is no path of a file, and perhaps its content: give the path") {
		s.t.Errorf("%s: %s: got %+v", what, args[1:], res)
	}
}
