package keyring

import "context"

// Backend is a keyring in a test.
type Backend = backend

// NewOn returns a store of a keyring as that of a system.
func NewOn(system, lockFolder string, b Backend) (*Store, error) {
	return newStore("memberships", lockFolder, b, system)
}

// System is the keyring of the system, which the mock of go-keyring replaces.
var System Backend = systemWithoutCheck{}

// systemWithoutCheck is system with the mock, which has no default keychain to look for.
type systemWithoutCheck struct{ system }

func (systemWithoutCheck) Present(context.Context) error { return nil }

// Escaped is the name of an entry.
var Escaped = escaped
