package folder_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/memberships-go/memberships/auth/internal/folder"
)

func TestMake(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b", "c")
	if err := folder.Check(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("before: %v", err)
	}
	for range 2 {
		if err := folder.Make(dir); err != nil {
			t.Fatal(err)
		}
	}
	if err := folder.Check(dir); err != nil {
		t.Error(err)
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := folder.Make(file); err == nil || !strings.Contains(err.Error(), "is no folder") {
		t.Errorf("a file: %v", err)
	}
}

// Callers that make one folder at once find it absent or made.
func TestMakeTogether(t *testing.T) {
	parent := t.TempDir()
	for n := range 500 {
		dir := filepath.Join(parent, strconv.Itoa(n))
		var callers sync.WaitGroup
		for range 8 {
			callers.Go(func() {
				if err := folder.Make(dir); err != nil {
					t.Error(err)
				}
			})
		}
		callers.Wait()
	}
}

func TestBase(t *testing.T) {
	const long = "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz"
	for name, want := range map[string]string{
		"webex/default":   "webex_default-",
		"Webex/Ada.Smith": "webex_ada_smith-",
		"../é":            "____-",
		"":                "-",
		long:              long[:40] + "-",
	} {
		got := folder.Base(name)
		if !strings.HasPrefix(got, want) || len(got) != len(want)+32 {
			t.Errorf("%q: got %q, want %q and a hash", name, got, want)
		}
	}
	if a, b := folder.Base("webex/a"), folder.Base("webex/A"); strings.EqualFold(a, b) {
		t.Errorf("two names have the file %s", a)
	}
}

// At each moment one caller has the lock.
func TestLockExcludes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	var callers sync.WaitGroup
	var inside, all atomic.Int64
	for range 8 {
		callers.Go(func() {
			for range 5 {
				unlock, err := folder.Lock(t.Context(), path)
				if err != nil {
					t.Error(err)
					return
				}
				if n := inside.Add(1); n != 1 {
					t.Errorf("%d callers have the lock", n)
				}
				time.Sleep(time.Millisecond)
				all.Add(1)
				inside.Add(-1)
				unlock()
			}
		})
	}
	callers.Wait()
	if all.Load() != 40 {
		t.Errorf("%d callers had the lock, want 40", all.Load())
	}
}

// A lock file that another program removes is made anew, and the lock is that of the new one.
func TestLockOfRemovedFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	for range 2 {
		unlock, err := folder.Lock(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		if _, err := folder.Lock(ctx, path); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a second lock: %v", err)
		}
		cancel()
		unlock()
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(filepath.Dir(path)); err != nil {
		t.Fatal(err)
	}
	if _, err := folder.Lock(t.Context(), path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without the folder: %v", err)
	}
}

// TryLock waits for nobody.
func TestTryLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	for range 2 {
		unlock, err := folder.TryLock(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := folder.TryLock(t.Context(), path); !errors.Is(err, folder.ErrLocked) {
			t.Errorf("a second lock: %v", err)
		}
		unlock()
	}
	if _, err := folder.TryLock(t.Context(), filepath.Join(path, "lock")); err == nil || errors.Is(err, folder.ErrLocked) {
		t.Errorf("below a file: %v", err)
	}
}
