package filestore_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/auth/filestore"
)

const name = "webex/default"

func credential(n int) *auth.Credential {
	return &auth.Credential{
		Provider: "webex", Method: "integration", Account: "ada@example.com", ClientID: "id", ClientSecret: "canary-client",
		AccessToken: fmt.Sprintf("canary-access%d", n), RefreshToken: fmt.Sprintf("canary-refresh%d", n),
		Expiry: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC), Scopes: []string{"a", "b"},
	}
}

// kinds are the two kinds of a store.
var kinds = map[string]func(*testing.T, string) *filestore.Store{
	"in clear": func(t *testing.T, dir string) *filestore.Store {
		return must(t)(filestore.New(dir))
	},
	"encrypted": func(t *testing.T, dir string) *filestore.Store {
		return must(t)(filestore.NewEncryptedFast(dir, "canary passphrase"))
	},
}

func must(t *testing.T) func(*filestore.Store, error) *filestore.Store {
	return func(s *filestore.Store, err error) *filestore.Store {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
}

func save(t *testing.T, s auth.Store, name string, c *auth.Credential) {
	t.Helper()
	if err := s.Save(t.Context(), name, c); err != nil {
		t.Fatal(err)
	}
}

func wantCredential(t *testing.T, s auth.Store, name string, want *auth.Credential) {
	t.Helper()
	got, err := s.Load(t.Context(), name)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	// A Credential prints no secret, and so its JSON is compared.
	a, _ := got.Marshal()
	b, _ := want.Marshal()
	if diff := cmp.Diff(string(b), string(a)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// wantErr compares an error, which never says that nothing is stored and has no secret.
func wantErr(t *testing.T, err, want error, texts ...string) {
	t.Helper()
	if err == nil || want != nil && !errors.Is(err, want) || errors.Is(err, auth.ErrAbsent) {
		t.Errorf("got the error %v, want %v", err, want)
		return
	}
	for _, text := range texts {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("%v lacks %q", err, text)
		}
	}
	if strings.Contains(err.Error(), "canary") {
		t.Errorf("a secret shows in %v", err)
	}
}

// file returns the path of the only file with a credential.
func file(t *testing.T, dir string) string {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(dir, "*.credential"))
	if err != nil || len(all) != 1 {
		t.Fatalf("the credentials are %q, %v", all, err)
	}
	return all[0]
}

func content(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func put(t *testing.T, path, data string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestStore(t *testing.T) {
	for kind, open := range kinds {
		t.Run(kind, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "a", "b")
			s := open(t, dir)
			if !strings.Contains(s.Name(), dir) || strings.Contains(s.Name(), "encrypted") != (kind == "encrypted") {
				t.Errorf("the name is %q", s.Name())
			}
			absent := func(name string) {
				t.Helper()
				if c, err := s.Load(t.Context(), name); !errors.Is(err, auth.ErrAbsent) {
					t.Errorf("%s: got %v, %v, want absent", name, c, err)
				}
			}
			absent(name)
			if err := s.Delete(t.Context(), name); err != nil {
				t.Error(err)
			}
			if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("reading and deleting made the folder: %v", err)
			}
			save(t, s, name, credential(1))
			save(t, s, "webex/other", credential(2))
			wantCredential(t, s, name, credential(1))
			save(t, s, name, credential(3))
			wantCredential(t, s, name, credential(3))
			wantCredential(t, open(t, dir), name, credential(3))
			save(t, open(t, dir), name, credential(4))
			wantCredential(t, s, name, credential(4))
			wantCredential(t, s, "webex/other", credential(2))
			for range 2 {
				if err := s.Delete(t.Context(), name); err != nil {
					t.Error(err)
				}
			}
			absent(name)
			wantCredential(t, s, "webex/other", credential(2))
			if in := content(t, file(t, dir)); strings.Contains(in, "canary") != (kind == "in clear") {
				t.Errorf("the file is %q", in)
			}
		})
	}
}

func TestNewErrors(t *testing.T) {
	if s, err := filestore.New(""); err == nil {
		t.Errorf("got %v without a folder", s)
	}
	if s, err := filestore.NewEncrypted(t.TempDir(), ""); err == nil {
		t.Errorf("got %v without a passphrase", s)
	}
	s := must(t)(filestore.New(t.TempDir()))
	_, loaded := s.Load(t.Context(), "")
	_, locked := s.Lock(t.Context(), "")
	for _, err := range []error{loaded, locked, s.Save(t.Context(), "", credential(1)), s.Delete(t.Context(), "")} {
		wantErr(t, err, nil, "name of the credential is empty")
	}
}

// The folder is that of the time of New.
func TestRelativeFolder(t *testing.T) {
	a, b := t.TempDir(), t.TempDir()
	t.Chdir(a)
	s := must(t)(filestore.New("store"))
	t.Chdir(b)
	save(t, s, name, credential(1))
	file(t, filepath.Join(a, "store"))
}

// Each name has its own file in the folder, also where letter case is no difference.
func TestNames(t *testing.T) {
	root := t.TempDir()
	dir := filepath.Join(root, "store")
	s := must(t)(filestore.New(dir))
	names := []string{
		"webex/default", "webex_default", "WEBEX/default", "webex/Default", "..", ".", "/", "../../x", "..\\x", "a\x00b", "a\nb", "CON", "nul", "x.", "x ",
		"\u00e9", "e\u0301", "\xff", "\xfe", strings.Repeat("x", 5000), strings.Repeat("x", 5001), "-rf", "~", "$HOME", "a:b", "日本",
	}
	for i, name := range names {
		save(t, s, name, credential(i))
	}
	for i, name := range names {
		wantCredential(t, s, name, credential(i))
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, e := range entries {
		seen[strings.ToLower(e.Name())] = true
		if strings.Trim(e.Name(), "abcdefghijklmnopqrstuvwxyz0123456789_-.") != "" || len(e.Name()) > 100 || strings.HasPrefix(e.Name(), ".") {
			t.Errorf("a file is named %q", e.Name())
		}
	}
	if len(seen) != 2*len(names) { // each with the lock of its writers
		t.Errorf("%d files, want %d", len(seen), 2*len(names))
	}
	if outside, err := os.ReadDir(root); err != nil || len(outside) != 1 {
		t.Errorf("beside the folder are %v, %v", outside, err)
	}
}

// A file that Load cannot read is reported and stays, until Replace keeps it aside.
func TestUnreadable(t *testing.T) {
	inClear := func(t *testing.T, dir string) { save(t, kinds["in clear"](t, dir), name, credential(1)) }
	encrypted := func(t *testing.T, dir string) { save(t, kinds["encrypted"](t, dir), name, credential(1)) }
	change := func(before func(*testing.T, string), f func(string) string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			before(t, dir)
			put(t, file(t, dir), f(content(t, file(t, dir))))
		}
	}
	for _, tc := range []struct {
		name   string
		before func(*testing.T, string)
		kind   string
		want   error
		text   string
	}{
		{"a wrong passphrase", func(t *testing.T, dir string) {
			save(t, must(t)(filestore.NewEncryptedFast(dir, "another")), name, credential(1))
		}, "encrypted", filestore.ErrPassphrase, ""},
		{"no passphrase", encrypted, "in clear", filestore.ErrEncrypted, ""},
		{"not encrypted", inClear, "encrypted", filestore.ErrNotEncrypted, ""},
		{"an empty file", change(inClear, func(string) string { return "" }), "in clear", filestore.ErrDamaged, ""},
		{"an empty file that was encrypted", change(encrypted, func(string) string { return "" }), "encrypted", filestore.ErrDamaged, ""},
		{"zeros", change(inClear, func(s string) string { return strings.Repeat("\x00", len(s)) }), "in clear", filestore.ErrDamaged, ""},
		{"too long", change(inClear, func(s string) string { return s + strings.Repeat(" ", filestore.MaxFile) }), "in clear", filestore.ErrDamaged, "more than 262144 bytes"},
		{"more than a file", change(inClear, func(s string) string { return s + s }), "in clear", filestore.ErrDamaged, ""},
		{"a credential without tokens", change(inClear, func(s string) string { return strings.ReplaceAll(s, "_token", "_tok") }), "in clear", filestore.ErrDamaged, "lacks its provider or tokens"},
		{"a later format", change(inClear, func(s string) string { return strings.Replace(s, "store 1", "store 2", 1) }), "in clear", nil, "a format that this release does not know"},
		{"a large work factor", change(encrypted, func(s string) string {
			first, rest, _ := strings.Cut(s, "\n-> scrypt ")
			line, rest, _ := strings.Cut(rest, "\n")
			return first + "\n-> scrypt " + strings.TrimSuffix(line, " 2") + " 30\n" + rest
		}), "encrypted", filestore.ErrDamaged, "a work factor above 18"},
		{"the file of another name", func(t *testing.T, dir string) {
			s := kinds["in clear"](t, dir)
			save(t, s, name, credential(1))
			path := file(t, dir)
			save(t, s, "webex/other", credential(2))
			all, _ := filepath.Glob(filepath.Join(dir, "*.credential"))
			for _, other := range all {
				if other != path {
					if err := os.Rename(other, path); err != nil {
						t.Fatal(err)
					}
				}
			}
		}, "in clear", nil, "the credential of another name"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "store")
			tc.before(t, dir)
			path := file(t, dir)
			before := content(t, path)
			s := kinds[tc.kind](t, dir)
			begin := time.Now()
			_, err := s.Load(t.Context(), name)
			wantErr(t, err, tc.want, path, tc.text)
			wantErr(t, err, auth.ErrUnreadable)
			if d := time.Since(begin); d > 5*time.Second {
				t.Errorf("it took %s", d)
			}
			for range 2 {
				wantErr(t, s.Save(t.Context(), name, credential(2)), tc.want, path, "is kept", tc.text)
			}
			if content(t, path) != before {
				t.Error("the file has changed")
			}
			kept, err := s.Replace(t.Context(), name, credential(3))
			if err != nil || content(t, kept) != before || filepath.Dir(kept) != dir {
				t.Errorf("the former file is in %q, %v", kept, err)
			}
			wantCredential(t, s, name, credential(3))
			if kept, err := s.Replace(t.Context(), name, credential(4)); err != nil || kept != "" {
				t.Errorf("a readable file is kept as %q, %v", kept, err)
			}
			put(t, path, before)
			if again, err := s.Replace(t.Context(), name, credential(5)); err != nil || again == kept || content(t, kept) != before {
				t.Errorf("the second is kept as %q, %v", again, err)
			}
			if err := s.Delete(t.Context(), name); err != nil || content(t, kept) != before {
				t.Errorf("after Delete: %v", err)
			}
		})
	}
}

// A file that cannot be read is deleted when the user signs out.
func TestDeleteUnreadable(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "store")
	save(t, must(t)(filestore.NewEncryptedFast(dir, "another")), name, credential(1))
	s := kinds["in clear"](t, dir)
	if err := s.Delete(t.Context(), name); err != nil {
		t.Error(err)
	}
	if _, err := s.Load(t.Context(), name); !errors.Is(err, auth.ErrAbsent) {
		t.Errorf("after Delete: %v", err)
	}
}

// A file that is set aside stays under another name, and so does a newer one that a killed
// process left beside it.
func TestSetAside(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "store")
	s := kinds["in clear"](t, dir)
	if kept, err := s.SetAside(t.Context(), name); kept != "" || err != nil {
		t.Errorf("without a file: %q, %v", kept, err)
	}
	for i := range 2 {
		save(t, s, name, credential(1))
		path := file(t, dir)
		put(t, path, "cut")
		put(t, path+".new", "newer")
		if _, err := s.Load(t.Context(), name); !errors.Is(err, auth.ErrUnreadable) {
			t.Errorf("got %v", err)
		}
		kept, err := s.SetAside(t.Context(), name)
		if err != nil || content(t, kept) != "cut" {
			t.Errorf("kept as %q, %v", kept, err)
		}
		if newer, err := filepath.Glob(path + ".new.kept*"); err != nil || len(newer) != i+1 {
			t.Errorf("the newer files are %q, %v", newer, err)
		}
		if _, err := s.Load(t.Context(), name); !errors.Is(err, auth.ErrAbsent) {
			t.Errorf("after SetAside: %v", err)
		}
	}
}

// A file that is cut at any length, or has any other byte, is never taken for a credential
// or for none.
func TestDamage(t *testing.T) {
	for kind, open := range kinds {
		t.Run(kind, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "store")
			save(t, open(t, dir), name, credential(1))
			path := file(t, dir)
			whole := content(t, path)
			s := open(t, dir)
			for n := range len(whole) - 1 { // the last byte in clear is a line break
				put(t, path, whole[:n])
				_, err := s.Load(t.Context(), name)
				wantErr(t, err, filestore.ErrDamaged)
			}
			if kind != "encrypted" {
				return
			}
			put(t, path, whole[:len(whole)-1])
			_, err := s.Load(t.Context(), name)
			wantErr(t, err, filestore.ErrDamaged)
			for i := range whole {
				put(t, path, whole[:i]+string([]byte{whole[i] ^ 1})+whole[i+1:])
				_, err := s.Load(t.Context(), name)
				want := filestore.ErrDamaged
				if errors.Is(err, filestore.ErrPassphrase) {
					want = filestore.ErrPassphrase
					if header := strings.Index(whole, "\n---"); i > header {
						t.Errorf("byte %d, after the header: %v", i, err)
					}
				}
				wantErr(t, err, want)
			}
		})
	}
}

func TestSaveTooLarge(t *testing.T) {
	for _, open := range kinds {
		dir := filepath.Join(t.TempDir(), "store")
		s, c := open(t, dir), credential(1)
		save(t, s, name, c)
		c.AccessToken = strings.Repeat("canary", filestore.MaxFile/6)
		wantErr(t, s.Save(t.Context(), name, c), nil, "has at most 262144")
		wantCredential(t, s, name, credential(1))
		c.AccessToken = c.AccessToken[:filestore.MaxFile*9/10]
		save(t, s, name, c)
		wantCredential(t, open(t, dir), name, c)
	}
}

// A file that a killed process left is no credential; the next Save replaces it, and Delete
// removes it.
func TestLeftover(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "store")
	s := kinds["in clear"](t, dir)
	save(t, s, name, credential(1))
	left := file(t, dir) + ".new"
	put(t, left, "canary")
	wantCredential(t, s, name, credential(1))
	save(t, s, name, credential(2))
	wantCredential(t, s, name, credential(2))
	put(t, left, "canary")
	for range 2 {
		if err := s.Delete(t.Context(), name); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the file that was left: %v", err)
		}
		put(t, left, "canary") // without a credential beside it
	}
}

// Every method ends with its context and does nothing then.
func TestContext(t *testing.T) {
	for kind, open := range kinds {
		t.Run(kind, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "store")
			s := open(t, dir)
			save(t, s, name, credential(1))
			cause := errors.New("the user has gone")
			ctx, cancel := context.WithCancelCause(t.Context())
			cancel(cause)
			_, loaded := s.Load(ctx, name)
			_, locked := s.Lock(ctx, name)
			_, replaced := s.Replace(ctx, name, credential(2))
			for i, err := range []error{loaded, locked, replaced, s.Save(ctx, name, credential(2)), s.Delete(ctx, name)} {
				if !errors.Is(err, cause) {
					t.Errorf("method %d: %v", i, err)
				}
			}
			wantCredential(t, s, name, credential(1))
		})
	}
}

// Load of an encrypted file does not hold its caller for the time that the key takes.
func TestContextOfKey(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "store")
	s := must(t)(filestore.NewEncrypted(dir, "x"))
	save(t, s, name, credential(1))
	s = must(t)(filestore.NewEncrypted(dir, "x")) // which has to decrypt the file
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := s.Load(ctx, name); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if c, err := s.Load(ctx, name); c != nil || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("beside the first, got %v, %v", c, err)
	}
	later, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if c, err := s.Load(later, name); c != nil || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("in the turn of the first, got %v, %v", c, err)
	}
	wantCredential(t, s, name, credential(1))
}

// A lock excludes other callers of the process, of its name alone.
func TestLock(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "store")
	s := kinds["in clear"](t, dir)
	unlock, err := s.Lock(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	other, err := s.Lock(t.Context(), "webex/other")
	if err != nil {
		t.Fatal(err)
	}
	defer other()
	for _, again := range []*filestore.Store{s, kinds["encrypted"](t, dir)} {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if _, err := again.Lock(ctx, name); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a second lock: %v", err)
		}
	}
	save(t, s, name, credential(1)) // by the holder
	unlock()
	unlock()
	second, err := s.Lock(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	unlock() // gives up no lock but its own
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := s.Lock(ctx, name); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("after a second unlock: %v", err)
	}
	second()
}
