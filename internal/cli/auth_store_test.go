package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/deeptest"
)

// botLogin signs in at Webex with a token.
func (s *signing) botLogin(base, token, store string) result {
	return s.run(strings.NewReader(token+"\n"), "auth", "login", "webex", "--method", "bot-token", "--store", store, "--base-url", base)
}

// credentialFile returns the path of the only file with a credential.
func (s *signing) credentialFile(folder string) string {
	s.t.Helper()
	all, err := filepath.Glob(filepath.Join(s.home, ".config", "memberships", "credentials", folder, "*.credential"))
	if err != nil || len(all) != 1 {
		s.t.Fatalf("the credentials are %q, %v", all, err)
	}
	return all[0]
}

// A store that was cut, that is open to others, or that another passphrase has encrypted, is
// reported with its path and the reason. A new sign-in does not overwrite it.
func TestAuthStoreIsKept(t *testing.T) {
	for name, tc := range map[string]struct {
		store  string
		change func(path string) error
		want   string // with FILE for the path
	}{
		"cut": {"file", func(path string) error { return os.Truncate(path, 20) }, "FILE: the file is damaged"},
		"cut and encrypted": {"encrypted", func(path string) error {
			info, err := os.Stat(path)
			if err != nil {
				return err
			}
			if !deeptest.Enabled() { // within the header, before the time that the key takes
				return os.Truncate(path, 60)
			}
			return os.Truncate(path, info.Size()-5)
		}, "FILE: the file is damaged"},
		"open to others": {"file", func(path string) error { return os.Chmod(path, 0o644) }, "run chmod 600 FILE"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if name == "open to others" && runtime.GOOS == "windows" {
				return // without such modes
			}
			s, srv := newSigning(t)
			s.env = map[string]string{"MEMBERSHIPS_PASSPHRASE": "a long passphrase"}
			if res := s.botLogin(srv.URL, "canary-1", tc.store); res.code != exit.Done {
				t.Fatalf("login: %+v", res)
			}
			path := s.credentialFile(map[string]string{"file": "files", "encrypted": "encrypted"}[tc.store])
			if err := tc.change(path); err != nil {
				t.Fatal(err)
			}
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			want := strings.ReplaceAll(tc.want, "FILE", path)
			if row, code := s.status("webex"); code != exit.Failed || row["state"] != "cannot be read" || !strings.Contains(row["detail"], want) {
				t.Errorf("status: %d, %v, want %s", code, row, want)
			}
			for _, args := range [][]string{{"groups", "-p", "webex"}, {"auth", "logout", "webex"}} {
				if res := s.run(strings.NewReader(""), args...); res.code != exit.Failed || !strings.Contains(res.stderr, want) || strings.Contains(res.stderr, "not signed in") {
					t.Errorf("%q: %+v, want %s", args, res, want)
				}
			}
			if res := s.botLogin(srv.URL, "canary-2", tc.store); res.code != exit.Failed || !strings.Contains(res.stderr, want) || strings.Contains(res.stderr, "canary") {
				t.Errorf("a second login: %+v, want %s", res, want)
			} else if name != "open to others" && !strings.Contains(res.stderr, "run 'memberships auth logout webex --keep-tokens', which keeps a file that cannot be read, and then 'memberships auth login webex'") {
				t.Errorf("a second login names no way out: %s", res.stderr)
			}
			if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
				t.Errorf("the file has changed, %v", err)
			}
			if name == "open to others" {
				return
			}
			res := s.run(strings.NewReader(""), "auth", "logout", "webex", "--keep-tokens")
			if kept, err := os.ReadFile(path + ".kept1"); res.code != exit.Done || !strings.Contains(res.stderr, path+".kept1") || string(kept) != string(before) {
				t.Errorf("logout: %+v, %v", res, err)
			}
			if tc.store == "encrypted" && !deeptest.Enabled() {
				return
			}
			if res := s.botLogin(srv.URL, "canary-3", tc.store); res.code != exit.Done {
				t.Errorf("a login after that: %+v", res)
			}
		})
	}
}

// Two sign-ins at once in one store: one of them is kept as a whole, and those of other
// providers and profiles beside it.
func TestAuthLoginsAtOnce(t *testing.T) {
	s, srv := newSigning(t)
	s.env = map[string]string{}
	var all sync.WaitGroup
	for i := range 4 {
		for _, profile := range []string{"default", fmt.Sprintf("own%d", i)} {
			all.Go(func() {
				res := s.run(strings.NewReader(fmt.Sprintf("token-%d\n", i)), "auth", "login", "webex", "--method", "bot-token", "--store", "file", "--base-url", srv.URL, "--profile", profile)
				if res.code != exit.Done {
					t.Errorf("login %d of %s: %+v", i, profile, res)
				}
			})
		}
	}
	all.Wait()
	for _, profile := range []string{"default", "own0", "own1", "own2", "own3"} {
		if row, code := s.status("webex", "--profile", profile); code != exit.Done || row["state"] != "works" {
			t.Errorf("%s: %d, %v", profile, code, row)
		}
	}
}
