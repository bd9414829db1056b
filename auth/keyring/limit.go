package keyring

import "fmt"

const (
	// maxWindows is the size of a value in the Credential Manager.
	maxWindows = 2560
	// maxMacOS is the size of service, name and value together that a command of the program
	// security has room for.
	maxMacOS = 3000
)

// limit returns the largest size of a value, 0 for none.
func (s *Store) limit(user string) int {
	switch s.system {
	case "windows":
		return maxWindows
	case "darwin":
		return max(maxMacOS-len(s.service)-len(user), 1)
	}
	return 0
}

// fits returns an error if the keyring does not take a value.
func (s *Store) fits(user, value string) error {
	if limit := s.limit(user); limit != 0 && len(value) > limit {
		return fmt.Errorf("%s: %w: it has %d bytes, and the limit is %d", s.Name(), ErrTooLarge, len(value), limit)
	}
	return nil
}

// tooLarge returns the error of a value that the keyring has refused.
func (s *Store) tooLarge(size int) error {
	return fmt.Errorf("%w: it has %d bytes", ErrTooLarge, size)
}

// systemName returns the name of the keyring of a system.
func systemName(system string) string {
	switch system {
	case "windows":
		return "the keyring of the system (Windows Credential Manager)"
	case "darwin":
		return "the keyring of the system (macOS Keychain)"
	}
	return "the keyring of the system (Secret Service)"
}
