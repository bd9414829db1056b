//go:build unix

package filestore_test

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/auth/filestore"
	"github.com/memberships-go/memberships/internal/deeptest"
)

func init() {
	// Saves on a disk without space for a file: no file gets longer than the limit.
	roles["full"] = func(store *filestore.Store) error {
		signal.Ignore(syscall.SIGXFSZ)
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 100, Max: 100}); err != nil {
			return err
		}
		return store.Save(context.Background(), name, credential(2))
	}
	// Saves as a user who cannot write in the folder, which root always can.
	roles["save"] = func(store *filestore.Store) error {
		if os.Geteuid() == 0 {
			if err := syscall.Setuid(anyone); err != nil {
				return err
			}
		}
		if _, err := store.Load(context.Background(), name); err != nil {
			return err
		}
		return store.Save(context.Background(), name, credential(2))
	}
}

// anyone is the id of a user without privileges.
const anyone = 65534

// After a failed Save the store has the former credential, and nothing else is left.
func TestSaveFails(t *testing.T) {
	for role, want := range map[string]string{"full": "file too large", "save": "permission denied"} {
		t.Run(role, func(t *testing.T) {
			// The parent of t.TempDir is closed to other users.
			root, err := os.MkdirTemp("", "filestore")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = os.RemoveAll(root) })
			chmod(t, root, 0o755)
			dir := filepath.Join(root, "store")
			store := kinds["in clear"](t, dir)
			save(t, store, name, credential(1))
			before, err := os.ReadDir(dir)
			if err != nil {
				t.Fatal(err)
			}
			if role == "save" {
				if os.Geteuid() == 0 {
					for _, path := range []string{dir, file(t, dir), file(t, dir) + ".write"} {
						if err := os.Chown(path, anyone, anyone); err != nil {
							t.Fatal(err)
						}
					}
				}
				chmod(t, dir, 0o500)
			}
			p := start(t, role, dir, "")
			if err := p.end(); err == nil {
				t.Error("Save succeeded")
			}
			wantErr(t, errors.New(p.stderr.String()), nil, want, ".credential.new")
			chmod(t, dir, 0o700)
			wantCredential(t, store, name, credential(1))
			after, err := os.ReadDir(dir)
			if err != nil || len(after) != len(before) {
				t.Errorf("the folder has %v, %v, had %v", after, err, before)
			}
		})
	}
}

// whole reports whether a store would read the credential of a file.
func whole(path string) bool {
	data, err := os.ReadFile(path)
	return err == nil && json.Valid(data)
}

// awaitFile returns when there is a file, or after a second.
func awaitFile(path string) {
	for end := time.Now().Add(time.Second); time.Now().Before(end); {
		if _, err := os.Stat(path); err == nil {
			return
		}
	}
}

// A process is killed at a random point of its refreshes, between a rotated token's arrival
// and its storing among others. The next one signs in, or says that it is signed out; the
// store is never damaged. A token that was written and has no name yet is no lost one, which
// every second kill aims at.
func TestKilled(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "store")
	s := serve(t)
	store := kinds["in clear"](t, dir)
	s.signIn(t, store)
	var signedIn, signedOut, left, complete int
	for i := range deeptest.Count(20, 200) {
		p := start(t, "refresh", dir, s.URL)
		for range 1 + rand.IntN(3) {
			select {
			case <-s.answered:
			case <-time.After(30 * time.Second):
				t.Fatalf("kill %d: no refresh within 30 s: %v", i, p.cmd.Process.Kill())
			}
		}
		unnamed := file(t, dir) + ".new"
		if i%2 == 0 {
			time.Sleep(rand.N(12 * time.Millisecond))
		} else {
			awaitFile(unnamed)
		}
		if err := p.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		err := p.cmd.Wait()
		if status, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || status.Signal() != syscall.SIGKILL {
			t.Fatalf("kill %d: the process ended with %v before: %s", i, err, p.stderr.String())
		}
		select {
		case <-s.answered:
		default:
		}
		if _, err := os.Stat(unnamed); err == nil {
			left++
		}
		saved := whole(unnamed)
		if saved {
			complete++
		}
		noSecrets(t, dir, p)
		next := kinds["in clear"](t, dir)
		c, err := next.Load(t.Context(), name)
		if err != nil {
			t.Fatalf("kill %d: the store: %v", i, err)
		}
		source := auth.NewSource(next, name, refresh(s.URL))
		source.Refuse(c.AccessToken)
		switch token, err := source.TokenContext(t.Context()); {
		case err == nil && token.AccessToken != "":
			signedIn++
		case errors.Is(err, auth.ErrSignedOut) && saved:
			t.Fatalf("kill %d: signed out beside a whole file of the new token", i)
		case errors.Is(err, auth.ErrSignedOut):
			signedOut++
			s.signIn(t, next)
		default:
			t.Fatalf("kill %d: got %v, %v", i, token, err)
		}
		select {
		case <-s.answered:
		default:
		}
	}
	t.Logf("signed in %d times, signed out %d times; %d files were left, %d of them whole", signedIn, signedOut, left, complete)
	if signedIn == 0 || complete == 0 {
		t.Error("never signed in, or never killed before the rename")
	}
}

// A process that is stopped while it has the lock holds others no longer than their context.
func TestLockOfStoppedProcess(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "store")
	s := serve(t)
	store := kinds["in clear"](t, dir)
	s.signIn(t, store)
	p := start(t, "lock", dir, "")
	if !p.out.Scan() {
		t.Fatal(p.failed())
	}
	if err := p.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	source := auth.NewSource(store, name, refresh(s.URL))
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	begin := time.Now()
	_, err := source.TokenContext(ctx)
	wantErr(t, err, context.DeadlineExceeded, "waiting for "+name, dir)
	if d := time.Since(begin); d > 5*time.Second {
		t.Errorf("it took %s", d)
	}
	if err := p.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	if err := p.end(); err != nil {
		t.Errorf("%v: %s", err, p.stderr.String())
	}
	if token, err := source.TokenContext(t.Context()); err != nil || token.AccessToken != "canary-access1" {
		t.Errorf("after its end: %v, %v", token, err)
	}
}
