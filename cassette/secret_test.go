package cassette

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
)

// TestSecrets puts a credential in all encodings into all places. The file has REDACTED for
// it, or is not saved: the error names the place, and the old file stays.
func TestSecrets(t *testing.T) {
	const secret = `can"ary/<0123>+456 789`
	quoted, err := json.Marshal(secret)
	if err != nil {
		t.Fatal(err)
	}
	inJSON := string(quoted[1 : len(quoted)-1])
	twice, err := json.Marshal(string(quoted))
	if err != nil {
		t.Fatal(err)
	}
	encodings := []struct {
		name, text string
		saved      bool
	}{
		{"plain", secret, true},
		{"query", url.QueryEscape(secret), true},
		{"path", url.PathEscape(secret), true},
		{"JSON", inJSON, true},
		{"JSON of Python", strings.NewReplacer(`\u003c`, "<", `\u003e`, ">").Replace(inJSON), true},
		{"JSON in JSON", string(twice), false},
		{"small letters of percent-encoding", strings.ToLower(url.QueryEscape(secret)), false},
		{"percent-encoded twice", url.QueryEscape(url.QueryEscape(secret)), false},
		{"capitals", strings.ToUpper(secret), false},
		{"base64", base64.StdEncoding.EncodeToString([]byte(secret)), false},
		{"base64 with a user in front", base64.RawURLEncoding.EncodeToString([]byte("user:" + secret)), false},
		{"hexadecimal", hex.EncodeToString([]byte(secret)), false},
		{"far behind in base64", strings.Repeat("x", 100<<10) + "=" + base64.StdEncoding.EncodeToString([]byte(secret)), false},
	}
	places := []struct {
		name string
		call func(text string) (call, server)
	}{
		{"response body", func(text string) (call, server) { return call{"GET", "https://h.example/", "", nil}, says(text) }},
		{"request body", func(text string) (call, server) {
			return call{"POST", "https://h.example/", text, http.Header{"Content-Type": {"text/plain"}}}, says("{}")
		}},
		{"response headers", func(text string) (call, server) {
			return call{"GET", "https://h.example/", "", nil}, func(r *http.Request) (*http.Response, error) {
				resp := answer(r, 200, "{}")
				resp.Header.Set("Trackingid", text)
				return resp, nil
			}
		}},
		{"request headers", func(text string) (call, server) {
			return call{"GET", "https://h.example/", "", http.Header{"If-Match": {text}}}, says("{}")
		}},
		{"URL", func(text string) (call, server) {
			return call{"GET", "https://h.example/?x=" + url.QueryEscape(text), "", nil}, says("{}")
		}},
		{"status", func(text string) (call, server) {
			return call{"GET", "https://h.example/", "", nil}, func(r *http.Request) (*http.Response, error) {
				resp := answer(r, 200, "{}")
				resp.Status = "200 " + text
				return resp, nil
			}
		}},
	}
	for _, place := range places {
		for _, encoding := range encodings {
			switch {
			case place.name == "URL" && encoding.name != "plain" && encoding.saved:
				continue // it is encoded once more there
			case place.name != "response body" && len(encoding.text) > 10<<10:
				continue // as long as no URL and no header is
			}
			t.Run(place.name+"/"+encoding.name, func(t *testing.T) {
				one, server := place.call(encoding.text)
				dir := t.TempDir()
				file := dir + "/secrets.yaml"
				if err := os.WriteFile(file, []byte("old"), 0o600); err != nil {
					t.Fatal(err)
				}
				c := opened(t, file, Record, WithTransport(server), WithSecrets("", secret))
				if _, err := one.do(t, c.Transport()); err != nil {
					t.Fatal(err)
				}
				err := c.Close()
				text := read(t, file)
				switch {
				case encoding.saved && (err != nil || strings.Contains(text, "0123") || !strings.Contains(text, redacted)):
					t.Errorf("got %v and the file\n%s", err, text)
				case !encoding.saved && (!errors.Is(err, ErrSecret) || !strings.Contains(err.Error(), "a value of WithSecrets in its "+place.name) || strings.Contains(strings.ReplaceAll(err.Error(), file, ""), "0123")): // the name of the folder is random
					t.Errorf("got %v, want that the %s shows it", err, place.name)
				case !encoding.saved && text != "old":
					t.Errorf("the old file became\n%s", text)
				}
				if files, err := os.ReadDir(dir); err != nil || len(files) != 1 {
					t.Errorf("files %v, %v", files, err)
				}
				if again := c.Close(); again != err {
					t.Errorf("closed again: %v, want %v", again, err)
				}
			})
		}
	}
}

// TestObservedSecrets refuses a file with an encoded copy of a credential that was sent and
// that no option names.
func TestObservedSecrets(t *testing.T) {
	const token = "canary-0123-4567"
	encoded := base64.StdEncoding.EncodeToString([]byte(token))
	for _, tt := range []struct {
		name   string
		call   call
		answer string
		origin string // "" if the file is saved
	}{
		{"header", call{"GET", "https://h.example/", "", http.Header{"Authorization": {"Bearer " + token}}}, encoded, "the header Authorization"},
		{"parameter", call{"GET", "https://h.example/?access_token=" + token, "", nil}, encoded, "access_token"},
		{"form", call{"POST", "https://h.example/", "client_secret=" + token, nil}, encoded, "client_secret"},
		{"answer", call{"GET", "https://h.example/", "", nil}, `{"refresh_token":"` + token + `","again":"` + encoded + `"}`, "refresh_token"},
		{"short", call{"GET", "https://h.example/", "", http.Header{"Authorization": {"Bearer token"}}}, `{"type":"token"}`, ""},
		{"a time is no credential", call{"GET", "https://h.example/?timestamp=1700000000", "", nil}, `{"at":1700000000}`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := opened(t, t.TempDir()+"/seen.yaml", Record, WithTransport(says(tt.answer)))
			if _, err := tt.call.do(t, c.Transport()); err != nil {
				t.Fatal(err)
			}
			err := c.Close()
			if tt.origin == "" {
				if err != nil || !strings.Contains(read(t, c.File()), tt.answer) {
					t.Errorf("got %v", err)
				}
				return
			}
			if !errors.Is(err, ErrSecret) || !strings.Contains(err.Error(), "would show "+tt.origin+" in its response body") {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestEnv records with the values of variables. The file and replay have their placeholders.
func TestEnv(t *testing.T) {
	t.Setenv("CASSETTE_TEST_TOKEN", "canary-token")
	t.Setenv("CASSETTE_TEST_ROOM", "canary room/1")
	file := t.TempDir() + "/env.yaml"
	calls := func(c *Cassette) (string, error) {
		room := c.Env("CASSETTE_TEST_ROOM", "demo room")
		one := call{"POST", "https://h.example/" + url.PathEscape(room), `{"room":"` + room + `"}`, http.Header{"Authorization": {"Bearer " + c.Env("CASSETTE_TEST_TOKEN", "token")}}}
		return one.do(t, c.Transport())
	}
	c := opened(t, file, Record, WithTransport(echo))
	got, err := calls(c)
	if err != nil || !strings.Contains(got, "canary%20room") || !strings.Contains(got, "canary-token") {
		t.Errorf("recording: %s, %v", got, err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if text := read(t, file); strings.Contains(text, "canary") {
		t.Errorf("the file holds a value:\n%s", text)
	}
	c = opened(t, file, Replay)
	got, err = calls(c)
	if err != nil || !strings.Contains(got, "https://h.example/demo%20room") || !strings.Contains(got, "Bearer token") {
		t.Errorf("replay: %s, %v", got, err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

// TestEnvSwapped has a value equal to the placeholder of another one.
func TestEnvSwapped(t *testing.T) {
	t.Setenv("CASSETTE_TEST_A", "canary")
	t.Setenv("CASSETTE_TEST_B", "demo")
	file := t.TempDir() + "/env.yaml"
	for _, mode := range []Mode{Record, Replay} {
		c := opened(t, file, mode, WithTransport(says("{}")))
		path := c.Env("CASSETTE_TEST_A", "demo") + "/" + c.Env("CASSETTE_TEST_B", "room")
		if _, err := (call{"GET", "https://h.example/" + path, "", nil}).do(t, c.Transport()); err != nil {
			t.Errorf("%v: %v", mode, err)
		}
		if err := c.Close(); err != nil {
			t.Errorf("%v: %v", mode, err)
		}
	}
}

// TestEnvMissing sends nothing and saves nothing.
func TestEnvMissing(t *testing.T) {
	c := opened(t, t.TempDir()+"/env.yaml", Record, WithTransport(says("{}")))
	if got := c.Env("CASSETTE_TEST_NOTHING", "placeholder"); got != "placeholder" {
		t.Errorf("got %q", got)
	}
	_, err := call{"GET", "https://h.example/", "", nil}.do(t, c.Transport())
	closed := c.Close()
	for _, err := range []error{err, closed} {
		if err == nil || !strings.Contains(err.Error(), "recording needs the environment variable CASSETTE_TEST_NOTHING") {
			t.Errorf("got %v", err)
		}
	}
	if _, err := os.Stat(c.File()); err == nil {
		t.Error("a file was saved")
	}
}
