package folder

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

// poll is the time between two attempts to lock a file.
const poll = 20 * time.Millisecond

// Lock waits until no other process and no other caller has the lock of a file, at most until
// ctx is done. It makes the file if there is none, and nothing removes it: a process that
// waits for a removed file would not exclude one that makes the next. The lock of a process
// ends with the process.
func Lock(ctx context.Context, path string) (unlock func(), err error) {
	return lock(ctx, path, func(l *flock.Flock) (bool, error) { return l.TryLockContext(ctx, poll) })
}

// ErrLocked is the error of a lock that another process or caller has.
var ErrLocked = errors.New("it is locked")

// TryLock is Lock without the wait. It returns ErrLocked in its place.
func TryLock(ctx context.Context, path string) (unlock func(), err error) {
	return lock(ctx, path, func(l *flock.Flock) (bool, error) {
		locked, err := l.TryLock()
		if !locked && err == nil {
			err = ErrLocked
		}
		return locked, err
	})
}

// lock takes the lock of a file.
func lock(ctx context.Context, path string, take func(*flock.Flock) (bool, error)) (unlock func(), err error) {
	for {
		switch info, err := os.Lstat(path); {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return nil, err
		case !info.Mode().IsRegular():
			return nil, fmt.Errorf("%s is no regular file", path)
		}
		l := flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(0o600))
		locked, err := take(l)
		switch {
		case locked && current(l):
			var once sync.Once
			return func() { once.Do(func() { _ = l.Close() }) }, nil
		case locked:
			_ = l.Close()
		case ctx.Err() != nil:
			return nil, context.Cause(ctx)
		case err != nil:
			return nil, err
		}
	}
}

// current reports whether the locked file is the one at its path. Another program may have
// removed it after it was opened.
func current(lock *flock.Flock) bool {
	held, err := lock.Stat()
	if err != nil {
		return false
	}
	there, err := os.Lstat(lock.Path())
	return err == nil && os.SameFile(held, there)
}
