package filestore

import (
	"errors"

	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/auth/internal/folder"
)

// These errors leave open whether a credential is stored; none matches auth.ErrAbsent. The
// file stays as it is. Those about the content of a file match auth.ErrUnreadable as well.
var (
	// ErrDamaged is the error of a file that was cut or changed.
	ErrDamaged = errors.New("the file is damaged")
	// ErrPassphrase is the error of a file that the passphrase of the store does not open. A
	// change in the part of the file that checks the passphrase has the same error.
	ErrPassphrase = errors.New("the passphrase is wrong")
	// ErrEncrypted is the error of an encrypted file in a store without a passphrase.
	ErrEncrypted = errors.New("the file is encrypted, and the store has no passphrase")
	// ErrNotEncrypted is the error of a file in clear in a store with a passphrase.
	ErrNotEncrypted = errors.New("the file is not encrypted, and the store has a passphrase")
	// ErrExposed is the error of a file or folder that other users can read or change. The
	// message has the chmod command to run.
	ErrExposed = folder.ErrExposed
)

// unreadable is the error of the content of a file, which is auth.ErrUnreadable.
type unreadable struct {
	path string
	err  error
}

func (u *unreadable) Error() string        { return u.path + ": " + u.err.Error() }
func (u *unreadable) Unwrap() error        { return u.err }
func (u *unreadable) Is(target error) bool { return target == auth.ErrUnreadable }
