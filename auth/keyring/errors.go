package keyring

import (
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"syscall"

	"github.com/zalando/go-keyring"

	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/internal/redact"
	"github.com/memberships-go/memberships/internal/text"
)

// These errors leave open whether a credential is stored; none matches auth.ErrAbsent. Their
// messages name the keyring.
var (
	// ErrTimeout is the error of a keyring that has not answered within 3 seconds. An entry
	// that it was given may still be stored later.
	ErrTimeout = errors.New("it did not answer within 3 seconds")
	// ErrLocked is the error of a keyring that is locked, or whose user refused access.
	ErrLocked = errors.New("it is locked, or access was refused")
	// ErrNoKeyring is the error of a machine or session without a keyring.
	ErrNoKeyring = errors.New("there is none on this machine or in this session")
	// ErrTooLarge is the error of a credential that the keyring does not take. The message has
	// the size and the limit.
	ErrTooLarge = errors.New("the credential is too large for it")
)

var (
	errCallTimeout = errors.New("timeout of the keyring")
	errNoName      = errors.New("keyring: the name of the credential is empty")
	errNotStored   = errors.New("it reported success and has not stored the credential")
	errNotDeleted  = errors.New("it reported success and still has the credential")
)

// unreadable is the error of an entry that is no credential, which is auth.ErrUnreadable.
type unreadable struct{ text string }

func (u *unreadable) Error() string        { return u.text }
func (u *unreadable) Is(target error) bool { return target == auth.ErrUnreadable }

// failed returns an error that names the keyring.
func (s *Store) failed(kind error, detail string) error {
	if detail == "" {
		return fmt.Errorf("%s: %w", s.Name(), kind)
	}
	return fmt.Errorf("%s: %w: %s", s.Name(), kind, detail)
}

// maxDetail is the length of a keyring's text in an error.
const maxDetail = 300

// classified returns an error of the keyring with its kind. The error has none of secrets.
func (s *Store) classified(err error, secrets []string) error {
	if errors.Is(err, errNotStored) || errors.Is(err, errNotDeleted) || errors.Is(err, ErrTooLarge) {
		return fmt.Errorf("%s: %w", s.Name(), err)
	}
	detail := redact.New("REDACTED", slices.Clone(secrets)...).Text(err.Error())
	detail = text.Line(strings.ToValidUTF8(detail[:min(len(detail), maxDetail)], ""))
	switch {
	case none(err):
		return s.failed(ErrNoKeyring, detail)
	case locked(err):
		return s.failed(ErrLocked, detail)
	}
	return fmt.Errorf("%s: %s", s.Name(), detail)
}

// The program security of macOS ends with the last byte of the status of the Keychain.
const (
	exitUserCanceled          = 128 // errSecUserCanceled, -128
	exitInteractionNotAllowed = 36  // errSecInteractionNotAllowed, -25308
	exitNoDefaultKeychain     = 37  // errSecNoDefaultKeychain, -25307
	exitNoSuchKeychain        = 50  // errSecNoSuchKeychain, -25294
	exitAuthFailed            = 51  // errSecAuthFailed, -25293
)

// none reports whether an error says that there is no keyring.
func none(err error) bool {
	var exit *exec.ExitError
	switch {
	case errors.Is(err, ErrNoKeyring), errors.Is(err, keyring.ErrUnsupportedPlatform), errors.Is(err, exec.ErrNotFound),
		errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.ENOENT):
		return true
	case errors.As(err, &exit):
		return exit.ExitCode() == exitNoDefaultKeychain || exit.ExitCode() == exitNoSuchKeychain
	}
	return contains(err, "was not provided by any .service files", "is not activatable", "determine address of session bus", "ServiceUnknown")
}

// locked reports whether an error says that the keyring is locked.
func locked(err error) bool {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		switch exit.ExitCode() {
		case exitUserCanceled, exitInteractionNotAllowed, exitAuthFailed:
			return true
		}
		return false
	}
	return contains(err, "failed to unlock", "is locked", "IsLocked", "dismissed")
}

func contains(err error, texts ...string) bool {
	for _, t := range texts {
		if strings.Contains(err.Error(), t) {
			return true
		}
	}
	return false
}
