package filestore_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/auth/filestore"
	"github.com/memberships-go/memberships/auth/internal/folder"
)

// leave writes the file of a credential as a process leaves it that was killed before the
// file got its name, and returns its path.
func leave(t *testing.T, open func(*testing.T, string) *filestore.Store, dir string, c *auth.Credential) string {
	t.Helper()
	elsewhere := filepath.Join(t.TempDir(), "store")
	save(t, open(t, elsewhere), name, c)
	whole := file(t, elsewhere)
	left := filepath.Join(dir, filepath.Base(whole)+".new")
	put(t, left, content(t, whole))
	return left
}

func wantGone(t *testing.T, path string, gone bool) {
	t.Helper()
	if _, err := os.Lstat(path); errors.Is(err, os.ErrNotExist) != gone {
		t.Errorf("%s: %v, want it gone: %t", path, err, gone)
	}
}

// A credential that a killed process wrote and did not put in place is the one of the next
// start.
func TestKilledBeforeRename(t *testing.T) {
	for kind, open := range kinds {
		t.Run(kind, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "store")
			s := open(t, dir)
			save(t, s, name, credential(1))
			for range 2 { // also in a store that knows the former file
				left := leave(t, open, dir, credential(2))
				wantCredential(t, s, name, credential(2))
				wantGone(t, left, true)
				wantCredential(t, open(t, dir), name, credential(2))
				save(t, s, name, credential(1))
			}
			if err := s.Delete(t.Context(), name); err != nil {
				t.Fatal(err)
			}
			left := leave(t, open, dir, credential(3)) // of the first Save
			wantCredential(t, open(t, dir), name, credential(3))
			wantGone(t, left, true)
		})
	}
}

// A file that was left and is not the credential is no reason to lose the former one.
func TestKilledEarlier(t *testing.T) {
	for kind, open := range kinds {
		dir := filepath.Join(t.TempDir(), "store")
		save(t, open(t, dir), name, credential(1))
		left := leave(t, open, dir, credential(2))
		whole := content(t, left)
		for n := 0; n < len(whole)-1; n += 7 {
			put(t, left, whole[:n])
			wantCredential(t, open(t, dir), name, credential(1))
		}
		put(t, left, strings.Repeat("\x00", len(whole)))
		wantCredential(t, open(t, dir), name, credential(1))
		wantGone(t, left, false)
		if t.Failed() {
			t.Fatalf("the store %s", kind)
		}
	}
}

// A file that was left stays where it is while its process lives, or beside a file that cannot
// be read.
func TestNotCompleted(t *testing.T) {
	open := kinds["in clear"]
	dir := filepath.Join(t.TempDir(), "store")
	s := open(t, dir)
	save(t, s, name, credential(1))
	left := leave(t, open, dir, credential(2))
	unlock, err := folder.Lock(t.Context(), file(t, dir)+".write")
	if err != nil {
		t.Fatal(err)
	}
	wantCredential(t, s, name, credential(1))
	wantGone(t, left, false)
	unlock()

	path := file(t, dir)
	whole := content(t, path)
	put(t, path, whole[:20])
	_, err = s.Load(t.Context(), name)
	wantErr(t, err, filestore.ErrDamaged, path)
	wantGone(t, left, false)
	if content(t, path) != whole[:20] {
		t.Error("the damaged file is overwritten")
	}
	put(t, path, whole)

	sealed := leave(t, func(t *testing.T, dir string) *filestore.Store {
		return must(t)(filestore.NewEncryptedFast(dir, "another"))
	}, dir, credential(2))
	wantCredential(t, s, name, credential(1))
	wantGone(t, sealed, false)
}

// Delete removes the file that was left first: alone, it is a credential.
func TestDeleteOrder(t *testing.T) {
	open := kinds["in clear"]
	dir := filepath.Join(t.TempDir(), "store")
	s := open(t, dir)
	save(t, s, name, credential(1))
	left := leave(t, open, dir, credential(2))
	path := file(t, dir)
	if err := errors.Join(os.Remove(path), os.Mkdir(path, 0o700)); err != nil {
		t.Fatal(err)
	}
	wantErr(t, s.Delete(t.Context(), name), nil, "no regular file")
	wantGone(t, left, true)
	wantGone(t, path, false)
}

// A file that cannot get its name is an error of Save, which leaves the former credential, and
// of Load, which returns no former one in silence.
func TestRenameFails(t *testing.T) {
	failure := errors.New("the disk is gone")
	for kind, open := range kinds {
		t.Run(kind, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "store")
			s := open(t, dir)
			save(t, s, name, credential(1))
			restore := filestore.FailRename(failure)
			defer restore()
			wantErr(t, s.Save(t.Context(), name, credential(2)), failure)
			wantGone(t, file(t, dir)+".new", true)
			wantCredential(t, s, name, credential(1))
			left := leave(t, func(t *testing.T, dir string) *filestore.Store {
				restore()
				return open(t, dir)
			}, dir, credential(2))
			defer filestore.FailRename(failure)()
			_, err := s.Load(t.Context(), name)
			wantErr(t, err, failure, "a newer credential cannot get its name")
			wantGone(t, left, false)
		})
	}
}
