//go:build unix

package filestore_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/memberships-go/memberships/auth/filestore"
)

func chmod(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

// The folder and all files are private, whatever the process permits by default.
func TestModes(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0))
	dir := filepath.Join(t.TempDir(), "a", "store")
	s := kinds["in clear"](t, dir)
	save(t, s, name, credential(1))
	unlock, err := s.Lock(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	unlock()
	put(t, file(t, dir), "")
	if _, err := s.Replace(t.Context(), name, credential(2)); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]os.FileMode{filepath.Dir(dir): 0o700, dir: 0o700} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s has mode %v, %v", path, info.Mode(), err)
		}
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 4 { // the credential, two locks, and the one kept aside
		t.Errorf("%v, %v", files, err)
	}
	for _, f := range files {
		if info, err := f.Info(); err != nil || info.Mode() != 0o600 {
			t.Errorf("%s has mode %v, %v", f.Name(), info.Mode(), err)
		}
	}
}

// A folder or file that others can read or change is refused, with the command to run.
func TestExposed(t *testing.T) {
	for mode, refused := range map[os.FileMode]bool{0o755: true, 0o701: true, 0o770: true, 0o722: true, 0o700: false} {
		dir := filepath.Join(t.TempDir(), "it's a store")
		s := kinds["in clear"](t, dir)
		save(t, s, name, credential(1))
		chmod(t, dir, mode)
		if !refused {
			wantCredential(t, s, name, credential(1))
			continue
		}
		run := "run chmod 700 '" + strings.ReplaceAll(dir, "'", `'\''`) + "'"
		_, loaded := s.Load(t.Context(), name)
		_, locked := s.Lock(t.Context(), name)
		_, replaced := s.Replace(t.Context(), name, credential(2))
		for _, err := range []error{loaded, locked, replaced, s.Save(t.Context(), name, credential(2)), s.Delete(t.Context(), name)} {
			wantErr(t, err, filestore.ErrExposed, run)
		}
		chmod(t, dir, 0o700)
		wantCredential(t, s, name, credential(1))
	}
	for mode, refused := range map[os.FileMode]bool{0o644: true, 0o640: true, 0o602: true, 0o600: false, 0o400: false} {
		dir := filepath.Join(t.TempDir(), "store")
		s := kinds["in clear"](t, dir)
		save(t, s, name, credential(1))
		path := file(t, dir)
		chmod(t, path, mode)
		if !refused {
			wantCredential(t, s, name, credential(1))
			continue
		}
		_, err := s.Load(t.Context(), name)
		wantErr(t, err, filestore.ErrExposed, "run chmod 600 "+path)
		wantErr(t, s.Save(t.Context(), name, credential(2)), filestore.ErrExposed, "run chmod 600 "+path)
		chmod(t, path, 0o600)
		wantCredential(t, s, name, credential(1))
	}
}

// No symbolic link is followed to a credential, and none is replaced.
func TestSymbolicLink(t *testing.T) {
	root := t.TempDir()
	dir := filepath.Join(root, "store")
	s := kinds["in clear"](t, dir)
	save(t, s, name, credential(1))
	path, target := file(t, dir), filepath.Join(root, "target")
	for _, exists := range []bool{true, false} {
		if exists {
			put(t, target, content(t, path))
		}
		if err := errors.Join(os.Remove(path), os.Symlink(target, path)); err != nil {
			t.Fatal(err)
		}
		_, err := s.Load(t.Context(), name)
		for _, err := range []error{err, s.Save(t.Context(), name, credential(2)), s.Delete(t.Context(), name)} {
			wantErr(t, err, nil, path, "no regular file")
		}
		if to, err := os.Readlink(path); err != nil || to != target {
			t.Errorf("the link leads to %q, %v", to, err)
		}
		if exists {
			was := content(t, target)
			kept, err := s.Replace(t.Context(), name, credential(3))
			if to, failed := os.Readlink(kept); err != nil || failed != nil || to != target || content(t, target) != was {
				t.Errorf("%q leads to %q, %v, %v", kept, to, err, failed)
			}
			if err := os.Remove(target); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := os.Lstat(target); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the target: %v", err)
	}
}

// A lock file that is a symbolic link is refused, as opening it could make a file elsewhere.
func TestSymbolicLinkOfLock(t *testing.T) {
	root := t.TempDir()
	dir := filepath.Join(root, "store")
	s := kinds["in clear"](t, dir)
	unlock, err := s.Lock(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	unlock()
	locks, _ := filepath.Glob(filepath.Join(dir, "*.lock"))
	if err := errors.Join(os.Remove(locks[0]), os.Symlink(filepath.Join(root, "target"), locks[0])); err != nil {
		t.Fatal(err)
	}
	_, err = s.Lock(t.Context(), name)
	wantErr(t, err, nil, "no regular file")
	if _, err := os.Lstat(filepath.Join(root, "target")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the target: %v", err)
	}
}

// The folder may be a symbolic link, but one that leads nowhere is no empty store: the disk
// behind it may be missing for now.
func TestSymbolicLinkOfFolder(t *testing.T) {
	root := t.TempDir()
	target, dir := filepath.Join(root, "target"), filepath.Join(root, "link")
	if err := os.Symlink(target, dir); err != nil {
		t.Fatal(err)
	}
	s := kinds["in clear"](t, dir)
	_, loaded := s.Load(t.Context(), name)
	for _, err := range []error{loaded, s.Save(t.Context(), name, credential(1)), s.Delete(t.Context(), name)} {
		wantErr(t, err, nil, "symbolic link to a folder that does not exist")
	}
	if err := os.Mkdir(target, 0o700); err != nil {
		t.Fatal(err)
	}
	save(t, s, name, credential(1))
	wantCredential(t, kinds["in clear"](t, target), name, credential(1))
}

// A path to another thing than a file or folder is an error at once.
func TestOtherFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "store")
	s := kinds["in clear"](t, dir)
	save(t, s, name, credential(1))
	path := file(t, dir)
	for what, replace := range map[string]func() error{
		"a FIFO":   func() error { return syscall.Mkfifo(path, 0o600) },
		"a folder": func() error { return os.Mkdir(path, 0o700) },
	} {
		if err := errors.Join(os.Remove(path), replace()); err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		_, err := s.Load(t.Context(), name)
		for _, err := range []error{err, s.Save(t.Context(), name, credential(2)), s.Delete(t.Context(), name)} {
			wantErr(t, err, nil, "no regular file")
		}
		if d := time.Since(begin); d > 5*time.Second {
			t.Errorf("%s took %s", what, d)
		}
	}
	nested := kinds["in clear"](t, filepath.Join(emptyFile(t), "store"))
	flat := kinds["in clear"](t, emptyFile(t))
	for _, s := range []*filestore.Store{nested, flat} {
		_, err := s.Load(t.Context(), name)
		wantErr(t, err, nil)
		wantErr(t, s.Save(t.Context(), name, credential(1)), nil)
		wantErr(t, s.Delete(t.Context(), name), nil)
	}
}

// emptyFile returns the path of an empty file.
func emptyFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	put(t, path, "")
	return path
}
