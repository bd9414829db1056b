package filestore

import (
	"context"
	"errors"
	"fmt"

	"github.com/memberships-go/memberships/auth/internal/folder"
)

// complete finishes the Save of a process that was killed before its file got its name. The
// provider may have ended the former refresh token, so that the file that was left is the only
// one that gets further tokens. A file that is not whole stays for the next Save, and so does
// one beside a credential that Load cannot read.
func (s *Store) complete(ctx context.Context, path, name string) error {
	if missing(next(path)) {
		return nil
	}
	unlock, err := folder.TryLock(ctx, path+".write")
	switch {
	case errors.Is(err, folder.ErrLocked): // its process lives
		return nil
	case err != nil:
		return fmt.Errorf("%s was left by a Save: %w", next(path), err)
	}
	defer unlock()
	data, err := read(next(path))
	if err != nil {
		return nil
	}
	if _, err := s.decode(ctx, folder.Base(name), data); err != nil || s.readable(ctx, path, name) != nil {
		return nil
	}
	if err := place(path); err != nil {
		return fmt.Errorf("a newer credential cannot get its name: %w", err)
	}
	return nil
}
