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
	for {
		switch info, err := os.Lstat(path); {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return nil, err
		case !info.Mode().IsRegular():
			return nil, fmt.Errorf("%s is no regular file", path)
		}
		lock := flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(0o600))
		locked, err := lock.TryLockContext(ctx, poll)
		switch {
		case locked && current(lock):
			var once sync.Once
			return func() { once.Do(func() { _ = lock.Close() }) }, nil
		case locked:
			_ = lock.Close()
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
