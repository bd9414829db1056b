// Package filestore keeps credentials in a folder, one file for each name, in clear or
// encrypted with a passphrase. Processes may share the folder.
//
//	store, err := filestore.New(dir)
//	source := auth.NewSource(store, "webex/default", integration.Refresh)
package filestore

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/auth/internal/folder"
)

// Store is an auth.Store in a folder. The folder has mode 0700 and its files have mode 0600;
// others are refused with ErrExposed. A file is replaced in one step, after its content is on
// the disk. A symbolic link in place of a file is refused, and one in place of the folder is
// followed. Next to a file there are its lock files, which stay.
type Store struct {
	dir  string
	seal *seal // nil for files in clear

	mu sync.Mutex
	// known has the contents of the files that this store has read or written, so that none is
	// decrypted twice.
	known map[string]known
}

// known is the credential of a file with a hash.
type known struct {
	sum        [sha256.Size]byte
	credential *auth.Credential
}

var _ auth.Store = (*Store)(nil)

// New returns a store of files in clear. It reads nothing; Save and Lock make the folder.
func New(dir string) (*Store, error) {
	if dir == "" {
		return nil, errors.New("filestore: the folder has no name")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("filestore: %w", err)
	}
	return &Store{dir: dir, known: map[string]known{}}, nil
}

// NewEncrypted returns a store of files that are encrypted with a passphrase in the format
// of age. Save takes about half a second and 128 MiB, and so does Load of a file that this
// store has neither read nor written.
func NewEncrypted(dir, passphrase string) (*Store, error) {
	return newEncrypted(dir, passphrase, workFactor)
}

func newEncrypted(dir, passphrase string, workFactor int) (*Store, error) {
	s, err := New(dir)
	if err != nil {
		return nil, err
	}
	if s.seal, err = newSeal(passphrase, workFactor); err != nil {
		return nil, fmt.Errorf("filestore: %w", err)
	}
	return s, nil
}

// Name implements auth.Store. It names the folder.
func (s *Store) Name() string {
	if s.seal != nil {
		return "the encrypted files of " + s.dir
	}
	return "the files of " + s.dir
}

// Load implements auth.Store. A credential that a killed process wrote, and did not live to
// put in place of the former one, is put there.
func (s *Store) Load(ctx context.Context, name string) (*auth.Credential, error) {
	path, err := s.path(name)
	if err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err := folder.Check(s.dir); err == nil {
		if err := s.complete(ctx, path, name); err != nil {
			return nil, err
		}
	}
	data, err := read(path)
	if err != nil {
		return nil, err
	}
	return s.load(ctx, path, name, data)
}

// load decodes the content of a file, unless it is known.
func (s *Store) load(ctx context.Context, path, name string, data []byte) (*auth.Credential, error) {
	if c := s.knows(path, data); c != nil {
		return c, nil
	}
	c, err := s.decode(ctx, folder.Base(name), data)
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, fmt.Errorf("%s: %w", path, err)
	case err != nil:
		return nil, &unreadable{path, err}
	}
	s.know(path, data, c)
	return c, nil
}

// Save implements auth.Store. It replaces no file that Load cannot read, and returns the
// error of Load then; see Replace.
func (s *Store) Save(ctx context.Context, name string, c *auth.Credential) error {
	_, err := s.save(ctx, name, c, false)
	return err
}

// Replace is Save, also in place of a file that Load cannot read. Such a file gets another
// name in the folder, which Replace returns. Delete does not remove it.
func (s *Store) Replace(ctx context.Context, name string, c *auth.Credential) (kept string, err error) {
	return s.save(ctx, name, c, true)
}

func (s *Store) save(ctx context.Context, name string, c *auth.Credential, force bool) (kept string, err error) {
	path, err := s.path(name)
	if err != nil {
		return "", err
	}
	data, err := s.encode(ctx, folder.Base(name), c)
	if err != nil {
		return "", err
	}
	if err := folder.Make(s.dir); err != nil {
		return "", err
	}
	unlock, err := folder.Lock(ctx, path+".write")
	if err != nil {
		return "", err
	}
	defer unlock()
	if err := s.readable(ctx, path, name); err != nil {
		switch {
		case ctx.Err() != nil:
			return "", context.Cause(ctx)
		case !force:
			return "", fmt.Errorf("the stored credential cannot be read and is kept; the new one is not stored: %w", err)
		}
		if kept, err = keep(path); err != nil {
			return "", err
		}
	}
	if err := write(ctx, path, data); err != nil {
		return kept, err
	}
	s.know(path, data, c)
	return kept, nil
}

// readable returns the error of Load, nil if there is no file.
func (s *Store) readable(ctx context.Context, path, name string) error {
	data, err := read(path)
	switch {
	case errors.Is(err, auth.ErrAbsent):
		return nil
	case err != nil:
		return err
	}
	_, err = s.load(ctx, path, name, data)
	return err
}

// Delete implements auth.Store. It removes a file that Load cannot read as well, but no
// symbolic link.
func (s *Store) Delete(ctx context.Context, name string) error {
	path, err := s.path(name)
	if err != nil {
		return err
	}
	switch err := folder.Check(s.dir); {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	}
	if missing(path) && missing(next(path)) {
		return nil
	}
	unlock, err := folder.Lock(ctx, path+".write")
	if err != nil {
		return err
	}
	defer unlock()
	for _, file := range []string{next(path), path} { // alone, the first would be a credential
		switch info, err := os.Lstat(file); {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			return err
		case !info.Mode().IsRegular():
			return irregular(file)
		}
		if err := patiently(func() error { return os.Remove(file) }); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return folder.Sync(s.dir)
}

// SetAside gives the file of a name another name in the folder, which it returns, so that Load
// finds none. A newer file that a killed process left is set aside as well. It returns "" if
// there is no file. Delete does not remove what was set aside.
func (s *Store) SetAside(ctx context.Context, name string) (kept string, err error) {
	path, err := s.path(name)
	if err != nil {
		return "", err
	}
	switch err := folder.Check(s.dir); {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil
	case err != nil:
		return "", err
	}
	unlock, err := folder.Lock(ctx, path+".write")
	if err != nil {
		return "", err
	}
	defer unlock()
	for _, file := range []string{next(path), path} { // alone, the first would be a credential
		if missing(file) {
			continue
		}
		if kept, err = keep(file); err != nil {
			return "", err
		}
		if err := patiently(func() error { return os.Remove(file) }); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return kept, err
		}
	}
	return kept, folder.Sync(s.dir)
}

func missing(path string) bool {
	_, err := os.Lstat(path)
	return errors.Is(err, fs.ErrNotExist)
}

// Lock implements auth.Store.
func (s *Store) Lock(ctx context.Context, name string) (unlock func(), err error) {
	path, err := s.path(name)
	if err != nil {
		return nil, err
	}
	if err := folder.Make(s.dir); err != nil {
		return nil, err
	}
	return folder.Lock(ctx, path+".lock")
}

// path returns the file of a name.
func (s *Store) path(name string) (string, error) {
	if name == "" {
		return "", errors.New("filestore: the name of the credential is empty")
	}
	return filepath.Join(s.dir, folder.Base(name)+".credential"), nil
}

func (s *Store) know(path string, data []byte, c *auth.Credential) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.known[path] = known{sha256.Sum256(data), c.Clone()}
}

// knows returns the credential of a file's content, nil if it is another one than before.
func (s *Store) knows(path string, data []byte) *auth.Credential {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, ok := s.known[path]
	if !ok || k.sum != sha256.Sum256(data) {
		return nil
	}
	return k.credential.Clone()
}
