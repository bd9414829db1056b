//go:build unix

package filestore_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/memberships-go/memberships/auth/filestore"
)

// A file that others can read, or a symbolic link, is not what a killed process left.
func TestForeignLeftover(t *testing.T) {
	open := kinds["in clear"]
	dir := filepath.Join(t.TempDir(), "store")
	s := open(t, dir)
	save(t, s, name, credential(1))
	left := leave(t, open, dir, credential(2))
	chmod(t, left, 0o644)
	wantCredential(t, s, name, credential(1))
	wantGone(t, left, false)

	chmod(t, left, 0o600)
	target := filepath.Join(t.TempDir(), "target")
	if err := errors.Join(os.Rename(left, target), os.Symlink(target, left)); err != nil {
		t.Fatal(err)
	}
	wantCredential(t, s, name, credential(1))
	wantGone(t, left, false)
}

// A lock file that is no file is an error, as the credential that was left is the valid one.
func TestLeftoverWithoutLock(t *testing.T) {
	open := kinds["in clear"]
	dir := filepath.Join(t.TempDir(), "store")
	s := open(t, dir)
	save(t, s, name, credential(1))
	left := leave(t, open, dir, credential(2))
	lock := file(t, dir) + ".write"
	if err := errors.Join(os.Remove(lock), os.Symlink("elsewhere", lock)); err != nil {
		t.Fatal(err)
	}
	_, err := s.Load(t.Context(), name)
	wantErr(t, err, nil, left, "was left by a Save", "no regular file")
	chmod(t, dir, 0o755)
	_, err = s.Load(t.Context(), name)
	wantErr(t, err, filestore.ErrExposed)
}
