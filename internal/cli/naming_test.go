package cli

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/providers"
)

// An error names the variable or key whose value is more than a credential, and does not
// show the value.
func TestCredentialsThatAreMoreThanCredentials(t *testing.T) {
	const sent = "hush-canary"
	var tried []string
	for _, name := range providers.Names() {
		settings, _ := providers.Settings(name)
		for _, s := range settings {
			if !s.Secret || s.Webhook { // the command sends no secret of a webhook
				continue
			}
			tried = append(tried, s.Env)
			for value, want := range map[string]string{
				"Bearer " + sent: `begins with "Bearer"`, "bearer " + sent: `begins with "Bearer"`, "Basic " + sent: `begins with "Basic"`,
				" " + sent: "holds a line break", sent + "\n": "holds a line break", `"` + sent + `"`: "stands in quotes",
			} {
				env := map[string]string{"MEMBERSHIPS_CONFIG": ""}
				file := map[string]string{}
				for _, other := range settings {
					if other.Method != "" && (s.Method == "" || other.Method == s.Method) {
						file[other.Key] = "x"
					}
				}
				file[s.Key] = value
				var yaml strings.Builder
				fmt.Fprintf(&yaml, "profiles:\n  default:\n    %s:\n", name)
				for _, known := range settings {
					if file[known.Key] != "" {
						env[known.Env] = file[known.Key]
						fmt.Fprintf(&yaml, "      %s: %q\n", known.Key, file[known.Key])
					}
				}
				path := filepath.Join(t.TempDir(), "config.yaml")
				if err := os.WriteFile(path, []byte(yaml.String()), 0o600); err != nil {
					t.Fatal(err)
				}
				for from, res := range map[string]result{
					s.Env: runEnv(t, env, "groups", "-p", name),
					s.Key + ` of profile "default" of ` + path: runEnv(t, map[string]string{}, "groups", "-p", name, "--config", path),
				} {
					if begin := "memberships: " + name + ": " + from + ": the value " + want; res.code != exit.Usage || !strings.HasPrefix(res.stderr, begin) || strings.Contains(res.stderr, sent) {
						t.Errorf("%q: got %+v, want %s", value, res, begin)
					}
				}
			}
		}
	}
	want := []string{"BOX_DEVELOPER_TOKEN", "BOX_CLIENT_SECRET", "CLERK_SECRET_KEY", "GOOGLE_CHAT_ACCESS_TOKEN", "PUBNUB_SECRET_KEY", "PUBNUB_AUTH_TOKEN", "WEBEX_ACCESS_TOKEN"}
	if !slices.Equal(tried, want) {
		t.Errorf("tried %v, want %v", tried, want)
	}
}

// An error names the source of a file that is unreadable or invalid.
func TestFilesAreNamed(t *testing.T) {
	dir := t.TempDir()
	closed, garbled := filepath.Join(dir, "closed"), filepath.Join(dir, "garbled")
	for _, path := range []string{closed, garbled} {
		if err := os.WriteFile(path, []byte("hush: [\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(closed, 0); err != nil {
		t.Fatal(err)
	}
	long := filepath.Join(dir, "long")
	if err := os.WriteFile(long, []byte(strings.Repeat(" ", 1<<20+1)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(dir, "nowhere"), dir, filepath.Join(garbled, "below"), closed, garbled, long} {
		for _, tt := range []struct {
			want string
			env  map[string]string
			args []string
		}{
			{"--config: ", map[string]string{}, []string{"groups", "-p", "clerk", "--config", path}},
			{"MEMBERSHIPS_CONFIG: ", map[string]string{"MEMBERSHIPS_CONFIG": path}, []string{"groups", "-p", "clerk"}},
			{"MEMBERSHIPS_CONFIG: ", map[string]string{"MEMBERSHIPS_CONFIG": path}, []string{"doctor"}},
			{"googlechat: GOOGLE_APPLICATION_CREDENTIALS: ", map[string]string{"GOOGLE_APPLICATION_CREDENTIALS": path}, []string{"groups", "-p", "googlechat"}},
			{"--state: ", map[string]string{}, []string{"emulate", "--listen", "256.0.0.1:1", "--state", path}},
			{"--faults: ", map[string]string{}, []string{"emulate", "--listen", "256.0.0.1:1", "--faults", path}},
		} {
			if path == long && strings.HasPrefix(tt.want, "--") && tt.want != "--config: " {
				continue // a state file may be long
			}
			res := runEnv(t, tt.env, tt.args...)
			if res.code != exit.Usage || !strings.HasPrefix(res.stderr, "memberships: "+tt.want) || !strings.Contains(res.stderr, path) || strings.Contains(res.stderr, "hush") {
				t.Errorf("%q: got %+v, want %s", tt.args, res, tt.want)
			}
		}
	}
}

func TestLoopback(t *testing.T) {
	for ip, want := range map[string]bool{
		"127.0.0.1": true, "127.5.6.7": true, "::1": true, "::ffff:127.0.0.1": true,
		"0.0.0.0": false, "::": false, "192.168.1.5": false, "10.0.0.1": false, "fe80::1": false, "2001:db8::1": false, "128.0.0.1": false,
	} {
		if got := loopback(&net.TCPAddr{IP: net.ParseIP(ip)}); got != want {
			t.Errorf("%s: got %t, want %t", ip, got, want)
		}
	}
	if loopback(&net.TCPAddr{}) || loopback(&net.UnixAddr{}) {
		t.Error("no address is taken for loopback")
	}
}
