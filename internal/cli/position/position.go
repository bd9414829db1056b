// Package position keeps the position of a stream of events in a file.
package position

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/gofrs/flock"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/replace"
)

// maxFile is the size of the largest file that is read.
const maxFile = 64 << 10

// content is the JSON of a file.
type content struct {
	Format   string               `json:"format"`
	Provider string               `json:"provider"`
	Position memberships.Position `json:"position"`
}

// format identifies the files of this package.
const format = "memberships position 1"

// ErrInUse is the error of a file that another process follows a stream with.
var ErrInUse = errors.New("another run of the command uses the file")

// Lock makes the file the caller's own until unlock, or until the process ends. The lock is a
// file beside it, with .lock after its name, which stays.
func Lock(path string) (unlock func(), err error) {
	lock := flock.New(path+".lock", flock.SetPermissions(0o600))
	switch locked, err := lock.TryLock(); {
	case err != nil:
		return nil, err
	case !locked:
		_ = lock.Close()
		return nil, ErrInUse
	}
	return func() { _ = lock.Close() }, nil
}

// Read returns the position of a provider's stream. A file that does not exist has the empty
// position. The error for another file says so and quotes none of it.
func Read(path, provider string) (memberships.Position, error) {
	f, err := os.Open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil
	case err != nil:
		return "", err
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return "", err
	}
	var c content
	switch err := json.Unmarshal(data, &c); {
	case err != nil, len(data) > maxFile, c.Format != format, c.Position == "":
		return "", errors.New("the file is damaged, or holds no position")
	case c.Provider != provider:
		return "", fmt.Errorf("the file has the position of another provider than %s", provider)
	}
	return c.Position, nil
}

// Write replaces the file by one with the position. After an error or a crash, the file has
// the former or the new position. Only its owner may read it.
func Write(path, provider string, p memberships.Position) error {
	return replace.File(path, func(w io.Writer) error {
		return json.NewEncoder(w).Encode(content{format, provider, p})
	})
}
