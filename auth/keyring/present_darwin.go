package keyring

import (
	"context"
	"fmt"
	"os/exec"
)

// present returns an error if there is no default keychain. go-keyring reports that as a
// missing entry, because the program security says "could not be found" about both.
func present(ctx context.Context) error {
	if err := exec.CommandContext(ctx, "/usr/bin/security", "default-keychain").Run(); err != nil {
		return fmt.Errorf("%w: %w", ErrNoKeyring, err)
	}
	return nil
}
