package filestore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/auth/internal/folder"
)

// read returns the content of a private file, or auth.ErrAbsent.
func read(path string) ([]byte, error) {
	switch err := folder.Check(filepath.Dir(path)); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, auth.ErrAbsent
	case err != nil:
		return nil, err
	}
	switch info, err := os.Lstat(path); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, auth.ErrAbsent
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, irregular(path)
	}
	var f *os.File
	err := patiently(func() (err error) {
		f, err = os.OpenFile(path, openFlags, 0)
		return err
	})
	switch {
	case errors.Is(err, fs.ErrNotExist): // another process has deleted it
		return nil, auth.ErrAbsent
	case err != nil:
		return nil, err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, irregular(path)
	}
	if err := folder.Private(path, info, 0o600); err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	switch {
	case err != nil:
		return nil, err
	case len(data) > maxFile:
		return nil, &unreadable{path, fmt.Errorf("%w: it has more than %d bytes", ErrDamaged, maxFile)}
	}
	return data, nil
}

func irregular(path string) error {
	return fmt.Errorf("%s is no regular file, such as a symbolic link, and is not followed", path)
}

// next is the file that becomes the one at path. A process that was killed may leave it.
func next(path string) string { return path + ".new" }

// write replaces the file at path in one step. The caller has its write lock.
func write(ctx context.Context, path string, data []byte) (err error) {
	if err := os.Remove(next(path)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(next(path), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(next(path))
		}
	}()
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return place(path)
}

// rename is os.Rename or a replacement in a test.
var rename = os.Rename

// place puts the next file at path, for good.
func place(path string) error {
	if err := patiently(func() error { return rename(next(path), path) }); err != nil {
		return err
	}
	return folder.Sync(filepath.Dir(path))
}

// maxKept is the number of files that are kept aside for one name.
const maxKept = 1000

// keep gives the file at path a further name, and returns that.
func keep(path string) (string, error) {
	for n := 1; n <= maxKept; n++ {
		aside := fmt.Sprintf("%s.kept%d", path, n)
		if _, err := os.Lstat(aside); !errors.Is(err, fs.ErrNotExist) {
			continue
		}
		// A link leaves no moment without a file at path. Some file systems have none.
		err := os.Link(path, aside)
		if err != nil {
			err = os.Rename(path, aside)
		}
		return aside, err
	}
	return "", fmt.Errorf("%d files are kept aside for %s: remove some", maxKept, path)
}

// patiently repeats f on Windows, where a file that another process has open for a moment can
// be neither opened nor replaced.
func patiently(f func() error) error {
	err := f()
	for range 100 {
		if err == nil || errors.Is(err, fs.ErrNotExist) || runtime.GOOS != "windows" {
			break
		}
		time.Sleep(10 * time.Millisecond)
		err = f()
	}
	return err
}
