package keyring_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	mock "github.com/zalando/go-keyring"

	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/auth/keyring"
)

const name = "webex/default"

func credential(n int) *auth.Credential {
	return &auth.Credential{
		Provider: "webex", Method: "integration", Account: "ada@example.com", ClientSecret: "canary-client",
		AccessToken: fmt.Sprintf("canary-access%d", n), RefreshToken: fmt.Sprintf("canary-refresh%d", n),
		Expiry: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC),
	}
}

// fake is a keyring of a test.
type fake struct {
	mu  sync.Mutex
	all map[string]string
	// before runs before each call and may fail it, and absent is the error of Present.
	before func(call string) error
	absent error
}

func (f *fake) call(call string, do func() error) error {
	if f.before != nil {
		if err := f.before(call); err != nil {
			return err
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return do()
}

func (f *fake) Get(service, user string) (value string, err error) {
	return value, f.call("get", func() error {
		var ok bool
		if value, ok = f.all[service+" "+user]; !ok {
			return mock.ErrNotFound
		}
		return nil
	})
}

func (f *fake) Set(service, user, password string) error {
	return f.call("set", func() error {
		if f.all == nil {
			f.all = map[string]string{}
		}
		f.all[service+" "+user] = password
		return nil
	})
}

func (f *fake) Delete(service, user string) error {
	return f.call("delete", func() error {
		if _, ok := f.all[service+" "+user]; !ok {
			return mock.ErrNotFound
		}
		delete(f.all, service+" "+user)
		return nil
	})
}

func (f *fake) Present(context.Context) error { return f.absent }

// on returns a store of a keyring as that of a system.
func on(t *testing.T, system string, b keyring.Backend) *keyring.Store {
	t.Helper()
	s, err := keyring.NewOn(system, filepath.Join(t.TempDir(), "locks"), b)
	if err != nil {
		t.Fatal(err)
	}
	return s
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
	a, _ := got.Marshal()
	b, _ := want.Marshal()
	if diff := cmp.Diff(string(b), string(a)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// wantErr compares an error that leaves open whether a credential is stored.
func wantErr(t *testing.T, err, want error, texts ...string) {
	t.Helper()
	if err == nil || want != nil && !errors.Is(err, want) || errors.Is(err, auth.ErrAbsent) || errors.Is(err, auth.ErrSignedOut) {
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

// The mock of go-keyring finds, lacks and deletes.
func TestMock(t *testing.T) {
	mock.MockInit()
	s := on(t, runtime.GOOS, keyring.System)
	absent := func() {
		t.Helper()
		if c, err := s.Load(t.Context(), name); !errors.Is(err, auth.ErrAbsent) {
			t.Errorf("got %v, %v, want absent", c, err)
		}
	}
	absent()
	save(t, s, name, credential(1))
	save(t, s, "webex/other", credential(2))
	save(t, s, name, credential(3))
	wantCredential(t, s, name, credential(3))
	wantCredential(t, on(t, runtime.GOOS, keyring.System), name, credential(3))
	for range 2 {
		if err := s.Delete(t.Context(), name); err != nil {
			t.Error(err)
		}
	}
	absent()
	wantCredential(t, s, "webex/other", credential(2))

	mock.MockInitWithError(errors.New("failed to unlock correct collection '/x'"))
	_, err := s.Load(t.Context(), name)
	for _, err := range []error{err, s.Save(t.Context(), name, credential(4)), s.Delete(t.Context(), name)} {
		wantErr(t, err, keyring.ErrLocked, "the keyring of the system", "/x")
	}
}

func TestNewErrors(t *testing.T) {
	for _, args := range [][2]string{{"", "x"}, {"x", ""}} {
		if s, err := keyring.New(args[0], args[1]); err == nil {
			t.Errorf("%q: got %v", args, s)
		}
	}
	s := on(t, "linux", &fake{})
	_, loaded := s.Load(t.Context(), "")
	_, locked := s.Lock(t.Context(), "")
	for _, err := range []error{loaded, locked, s.Save(t.Context(), "", credential(1)), s.Delete(t.Context(), "")} {
		wantErr(t, err, nil, "name of the credential is empty")
	}
}

// exited returns the error of a program that ended with a status.
func exited(t *testing.T, status int) error {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d", exitVariable, status))
	return cmd.Run()
}

// The errors of keyrings have a kind, and none says that nothing is stored.
func TestErrors(t *testing.T) {
	for _, tc := range []struct {
		name string
		err  error
		want error
		text string
	}{
		{"a dialog that was closed", errors.New("failed to unlock correct collection '/org/freedesktop/secrets/collection/login'"), keyring.ErrLocked, "collection/login"},
		{"a locked item", errors.New("org.freedesktop.Secret.Error.IsLocked"), keyring.ErrLocked, ""},
		{"a locked Keychain", exited(t, 36), keyring.ErrLocked, "exit status 36"},
		{"a refused dialog of macOS", exited(t, 128), keyring.ErrLocked, ""},
		{"a wrong password of macOS", exited(t, 51), keyring.ErrLocked, ""},
		{"no default Keychain", exited(t, 37), keyring.ErrNoKeyring, ""},
		{"no Keychain", exited(t, 50), keyring.ErrNoKeyring, ""},
		{"another status", exited(t, 1), nil, "exit status 1"},
		{"no Secret Service", errors.New("The name org.freedesktop.secrets was not provided by any .service files"), keyring.ErrNoKeyring, ""},
		{"no bus", errors.New("dbus: couldn't determine address of session bus"), keyring.ErrNoKeyring, ""},
		{"a bus that has ended", &os.SyscallError{Syscall: "connect", Err: syscall.ECONNREFUSED}, keyring.ErrNoKeyring, ""},
		{"no program for a bus", &exec.Error{Name: "dbus-launch", Err: exec.ErrNotFound}, keyring.ErrNoKeyring, "dbus-launch"},
		{"another system", mock.ErrUnsupportedPlatform, keyring.ErrNoKeyring, ""},
		{"another error", errors.New("line 1\nline 2"), nil, "line 1 line 2"},
		{"a long error", errors.New(strings.Repeat("x", 10000)), nil, "xxx"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := on(t, "linux", &fake{before: func(string) error { return tc.err }})
			_, err := s.Load(t.Context(), name)
			for _, err := range []error{err, s.Save(t.Context(), name, credential(1)), s.Delete(t.Context(), name)} {
				wantErr(t, err, tc.want, s.Name(), tc.text)
				if len(err.Error()) > 500 {
					t.Errorf("the error has %d bytes", len(err.Error()))
				}
				for _, other := range []error{keyring.ErrLocked, keyring.ErrNoKeyring, keyring.ErrTimeout, keyring.ErrTooLarge} {
					if other != tc.want && errors.Is(err, other) {
						t.Errorf("%v is %v", err, other)
					}
				}
			}
		})
	}
}

// A missing entry of a keyring that is missing itself is not certain.
func TestAbsentOfNoKeyring(t *testing.T) {
	s := on(t, "darwin", &fake{absent: fmt.Errorf("%w: exit status 1", keyring.ErrNoKeyring)})
	_, err := s.Load(t.Context(), name)
	wantErr(t, err, keyring.ErrNoKeyring, "macOS Keychain")
	wantErr(t, s.Delete(t.Context(), name), keyring.ErrNoKeyring)
}

// A keyring that reports success without effect is not believed.
func TestReadBack(t *testing.T) {
	f := &fake{}
	s := on(t, "linux", f)
	liar := on(t, "linux", lie{f})
	save(t, s, name, credential(1))
	wantErr(t, liar.Save(t.Context(), name, credential(2)), nil, "Secret Service", "has not stored")
	wantErr(t, liar.Save(t.Context(), "webex/other", credential(2)), nil, "has not stored")
	wantErr(t, liar.Delete(t.Context(), name), nil, "still has the credential")
	wantCredential(t, s, name, credential(1))
	if err := liar.Delete(t.Context(), "webex/none"); err != nil {
		t.Error(err)
	}
	// A keyring that fails to read leaves open what it has stored.
	f.before = func(call string) error {
		if call == "get" {
			return errors.New("no answer")
		}
		return nil
	}
	wantErr(t, s.Save(t.Context(), name, credential(3)), nil, "no answer")
	wantErr(t, s.Delete(t.Context(), name), nil, "no answer")
}

// lie does nothing and reports success.
type lie struct{ *fake }

func (lie) Set(_, _, _ string) error { return nil }
func (lie) Delete(_, _ string) error { return nil }

// Sizes that keyrings refuse are errors that name the keyring and the size, and nothing is
// sent or changed.
func TestTooLarge(t *testing.T) {
	for _, tc := range []struct {
		system string
		limit  int // of the value
		text   string
	}{
		{"windows", 2560, "Windows Credential Manager"},
		{"darwin", 3000 - len("memberships") - len(name), "macOS Keychain"},
		{"linux", 0, ""},
	} {
		t.Run(tc.system, func(t *testing.T) {
			f := &fake{}
			s := on(t, tc.system, f)
			c := credential(1)
			save(t, s, name, c)
			data, _ := c.Marshal()
			if tc.limit == 0 {
				c.AccessToken = strings.Repeat("canary", 10000)
				save(t, s, name, c)
				wantCredential(t, s, name, c)
				return
			}
			c.AccessToken += strings.Repeat("x", tc.limit-len(data))
			save(t, s, name, c)
			wantCredential(t, s, name, c)
			larger := c.Clone()
			larger.AccessToken += "x"
			wantErr(t, s.Save(t.Context(), name, larger), keyring.ErrTooLarge, tc.text,
				fmt.Sprintf("it has %d bytes, and the limit is %d", tc.limit+1, tc.limit))
			wantCredential(t, s, name, c)
			f.before = func(call string) error {
				if call == "set" {
					return mock.ErrSetDataTooBig
				}
				return nil
			}
			wantErr(t, s.Save(t.Context(), name, c), keyring.ErrTooLarge, tc.text, fmt.Sprintf("it has %d bytes", tc.limit))
		})
	}
}

// A value that is no credential is neither found nor absent.
func TestDamaged(t *testing.T) {
	f := &fake{all: map[string]string{"memberships " + name: `{"access_token":"canary`}}
	_, err := on(t, "linux", f).Load(t.Context(), name)
	wantErr(t, err, auth.ErrUnreadable, "Secret Service", "damaged")
}

// A keyring that hangs ends each method after 3 seconds, runs one call, and serves again when
// that has ended.
func TestHung(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		release, calls := make(chan struct{}), 0
		f := &fake{}
		f.before = func(string) error {
			calls++
			<-release
			return nil
		}
		s, err := keyring.NewOn("linux", dir, f)
		if err != nil {
			t.Fatal(err)
		}
		var callers sync.WaitGroup
		for i := range 30 {
			callers.Go(func() {
				begin := time.Now()
				var err error
				switch i % 3 {
				case 0:
					_, err = s.Load(t.Context(), name)
				case 1:
					err = s.Save(t.Context(), name, credential(1))
				case 2:
					err = s.Delete(t.Context(), name)
				}
				wantErr(t, err, keyring.ErrTimeout, "Secret Service", "did not answer within 3 seconds")
				if d := time.Since(begin); d != 3*time.Second {
					t.Errorf("it took %s", d)
				}
			})
		}
		callers.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := s.Load(ctx, name); !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, keyring.ErrTimeout) {
			t.Errorf("with a deadline of its own: %v", err)
		}
		if calls != 1 {
			t.Errorf("%d calls run", calls)
		}
		close(release)
		synctest.Wait()
		save(t, s, name, credential(2))
		wantCredential(t, s, name, credential(2))
	})
}

// A context that has ended calls no keyring.
func TestContext(t *testing.T) {
	f := &fake{before: func(call string) error { return errors.New("called: " + call) }}
	s := on(t, "linux", f)
	cause := errors.New("the user has gone")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	_, loaded := s.Load(ctx, name)
	_, locked := s.Lock(ctx, name)
	for i, err := range []error{loaded, locked, s.Save(ctx, name, credential(1)), s.Delete(ctx, name)} {
		if !errors.Is(err, cause) {
			t.Errorf("method %d: %v", i, err)
		}
	}
}

// An error of a keyring that quotes what it was given shows no secret, in a log neither.
func TestNoSecret(t *testing.T) {
	f := &fake{}
	s := on(t, "linux", f)
	c := credential(1)
	c.Expiry = time.Now().Add(-time.Hour)
	save(t, s, name, c)
	next := credential(2)
	next.Expiry = time.Now().Add(time.Hour)
	next.Settings = map[string]string{"secret_key": "sec-c-canary"}
	data, _ := next.Marshal()
	f.before = func(call string) error {
		if call == "set" {
			return fmt.Errorf("cannot store %s, with %s, %s and %s of %s", data, next.AccessToken, next.RefreshToken, next.Settings["secret_key"], next.ClientSecret)
		}
		return nil
	}
	wantErr(t, s.Save(t.Context(), name, next), nil, "cannot store REDACTED, with REDACTED, REDACTED and REDACTED of REDACTED")
	var log strings.Builder
	source := auth.NewSource(s, name, func(context.Context, *auth.Credential) (*auth.Credential, error) { return next, nil }).
		WithLogger(slog.New(slog.NewTextHandler(&log, nil)))
	if token, err := source.TokenContext(t.Context()); err != nil || token.AccessToken != next.AccessToken {
		t.Errorf("got %v, %v", token, err)
	}
	if !strings.Contains(log.String(), "cannot store REDACTED") || strings.Contains(log.String(), "canary") {
		t.Errorf("logged %q", log.String())
	}
	wantCredential(t, s, name, c)
}

// Names of entries differ without letter case, and are one word for a shell.
func TestEscaped(t *testing.T) {
	for in, want := range map[string]string{
		"webex/default": "webex/default", "a.b_c-d@e+f0": "a.b_c-d@e+f0", "A%41": "%41%2541", "é\n'": "%c3%a9%0a%27", "x y\x00": "x%20y%00",
	} {
		if got := keyring.Escaped(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// A lock excludes others of its name; its file has no secret.
func TestLock(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "locks")
	s, err := keyring.NewOn("linux", dir, &fake{})
	if err != nil {
		t.Fatal(err)
	}
	unlock, err := s.Lock(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	other, err := s.Lock(t.Context(), "webex/other")
	if err != nil {
		t.Fatal(err)
	}
	other()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := s.Lock(ctx, name); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a second lock: %v", err)
	}
	unlock()
	if unlock, err = s.Lock(t.Context(), name); err != nil {
		t.Fatal(err)
	}
	unlock()
	files, err := filepath.Glob(filepath.Join(dir, "*.lock"))
	if err != nil || len(files) != 2 {
		t.Errorf("%v, %v", files, err)
	}
	if runtime.GOOS == "windows" {
		return
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	_, err = s.Lock(t.Context(), name)
	wantErr(t, err, nil, "run chmod 700 "+dir)
}
