// Package folder has the parts of stores that lie in a folder of one user: the check that it
// is private, file names for any text, and locks between processes.
package folder

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/memberships-go/memberships/internal/text"
)

// ErrExposed is the error of a file or folder that other users can read or change.
var ErrExposed = errors.New("others can read or change it")

// Check returns an error unless dir is a private folder. The error matches fs.ErrNotExist if
// there certainly is none.
func Check(dir string) error {
	// One call reads whether dir exists and its kind, so that no other process comes between.
	info, err := os.Lstat(dir)
	if err == nil && info.Mode()&fs.ModeSymlink != 0 {
		info, err = os.Stat(dir)
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s is a symbolic link to a folder that does not exist, or is not mounted", dir)
		}
	}
	switch {
	case err != nil:
		return err
	case !info.IsDir():
		return fmt.Errorf("%s is no folder", dir)
	}
	return Private(dir, info, 0o700)
}

// Private returns an error with the command to run if others can read or change a path. want
// is the mode that the path should have. Windows has no such modes.
func Private(path string, info fs.FileInfo, want fs.FileMode) error {
	mode := info.Mode().Perm()
	if mode&0o077 == 0 || runtime.GOOS == "windows" {
		return nil
	}
	return fmt.Errorf("%s holds credentials and %w (mode %04o): run chmod %o %s", path, ErrExposed, mode, want, text.Word(path))
}

// Make makes a private folder, and its parents, unless it exists.
func Make(dir string) error {
	if err := Check(dir); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := mkdir(dir); err != nil {
		return err
	}
	return Check(dir)
}

// mkdir makes a folder that lasts.
func mkdir(dir string) error {
	err := os.Mkdir(dir, 0o700)
	parent := filepath.Dir(dir)
	if errors.Is(err, fs.ErrNotExist) && parent != dir {
		if err := mkdir(parent); err != nil {
			return err
		}
		err = os.Mkdir(dir, 0o700)
	}
	switch {
	case errors.Is(err, fs.ErrExist): // another process was faster
		return nil
	case err != nil:
		return err
	}
	return Sync(parent)
}

// Sync makes the names of the files in a folder last. Windows has no such call.
func Sync(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
