// Package keyring keeps credentials in the keyring of the system: the Keychain of macOS, the
// Credential Manager of Windows, or the Secret Service of other systems.
//
//	store, err := keyring.New("memberships", dir)
//	source := auth.NewSource(store, "webex/default", integration.Refresh)
package keyring

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/zalando/go-keyring"

	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/auth/internal/folder"
)

// Store is an auth.Store in the keyring of the system. A method other than Lock ends within
// 3 seconds; a call of the keyring that takes longer goes on alone, and as long as it does,
// the methods of its store fail with ErrTimeout. No method turns to another store.
type Store struct {
	service string
	locks   string
	keyring backend
	system  string
	// turn has a value while a call of the keyring runs.
	turn chan struct{}
}

var _ auth.Store = (*Store)(nil)

// backend is a keyring.
type backend interface {
	Get(service, user string) (string, error)
	Set(service, user, password string) error
	Delete(service, user string) error
	// Present returns an error if the keyring cannot have said that it lacks an entry.
	Present(ctx context.Context) error
}

// New returns a store of the keyring's entries of a service, such as "memberships". It calls
// no keyring. lockFolder has the files of Lock, without credentials; Lock makes it with mode
// 0700, and refuses one that others can read or change.
func New(service, lockFolder string) (*Store, error) {
	return newStore(service, lockFolder, system{}, runtime.GOOS)
}

func newStore(service, lockFolder string, b backend, system string) (*Store, error) {
	if service == "" || lockFolder == "" {
		return nil, errors.New("keyring: the name of the service or of the folder for locks is empty")
	}
	dir, err := filepath.Abs(lockFolder)
	if err != nil {
		return nil, fmt.Errorf("keyring: %w", err)
	}
	return &Store{escaped(service), dir, b, system, make(chan struct{}, 1)}, nil
}

// Name implements auth.Store.
func (s *Store) Name() string { return systemName(s.system) }

// Load implements auth.Store. An error that is neither auth.ErrAbsent nor that of ctx leaves
// open whether the keyring has the credential.
func (s *Store) Load(ctx context.Context, name string) (*auth.Credential, error) {
	if name == "" {
		return nil, errNoName
	}
	value, err := s.call(ctx, nil, func(ctx context.Context) (string, error) {
		return s.get(ctx, escaped(name))
	})
	if err != nil {
		return nil, err
	}
	c, err := auth.Unmarshal([]byte(value))
	if err != nil {
		return nil, &unreadable{s.Name() + ": " + err.Error()}
	}
	return c, nil
}

// Save implements auth.Store. It reads the credential back, as a keyring may report success
// when the user has refused. It returns ErrTooLarge for a credential that the keyring does not
// take.
func (s *Store) Save(ctx context.Context, name string, c *auth.Credential) error {
	if name == "" {
		return errNoName
	}
	data, err := c.Marshal()
	if err != nil {
		return errors.New("keyring: the credential is no JSON")
	}
	value, user := string(data), escaped(name)
	if err := s.fits(user, value); err != nil {
		return err
	}
	// A setting may be a secret key.
	secrets := append([]string{value, c.AccessToken, c.RefreshToken, c.ClientSecret}, slices.Collect(maps.Values(c.Settings))...)
	_, err = s.call(ctx, secrets, func(ctx context.Context) (string, error) {
		switch err := s.keyring.Set(s.service, user, value); {
		case errors.Is(err, keyring.ErrSetDataTooBig):
			return "", s.tooLarge(len(value))
		case err != nil:
			return "", err
		}
		switch got, err := s.get(ctx, user); {
		case errors.Is(err, auth.ErrAbsent), err == nil && got != value:
			return "", errNotStored
		default:
			return "", err
		}
	})
	return err
}

// Delete implements auth.Store. It looks for the credential afterwards, as a keyring may
// report success when the user has refused.
func (s *Store) Delete(ctx context.Context, name string) error {
	if name == "" {
		return errNoName
	}
	user := escaped(name)
	_, err := s.call(ctx, nil, func(ctx context.Context) (string, error) {
		if err := s.keyring.Delete(s.service, user); err != nil && !errors.Is(err, keyring.ErrNotFound) {
			return "", err
		}
		switch _, err := s.get(ctx, user); {
		case errors.Is(err, auth.ErrAbsent):
			return "", nil
		case err == nil:
			return "", errNotDeleted
		default:
			return "", err
		}
	})
	return err
}

// Lock implements auth.Store by a file in the folder for locks.
func (s *Store) Lock(ctx context.Context, name string) (unlock func(), err error) {
	if name == "" {
		return nil, errNoName
	}
	if err := folder.Make(s.locks); err != nil {
		return nil, err
	}
	return folder.Lock(ctx, filepath.Join(s.locks, folder.Base(s.service+"\x00"+name)+".lock"))
}

// get returns an entry of the keyring, or auth.ErrAbsent.
func (s *Store) get(ctx context.Context, user string) (string, error) {
	value, err := s.keyring.Get(s.service, user)
	if errors.Is(err, keyring.ErrNotFound) {
		if err := s.keyring.Present(ctx); err != nil {
			return "", err
		}
		return "", auth.ErrAbsent
	}
	return value, err
}
