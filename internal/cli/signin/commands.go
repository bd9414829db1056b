package signin

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/auth/filestore"
	"github.com/memberships-go/memberships/internal/text"
)

// DefaultProfile is the profile of commands without another one.
const DefaultProfile = "default"

// Command returns the command line of an action, such as "login", on a sign-in, with further
// words.
func Command(action, key string, words ...string) string {
	provider, profile, _ := strings.Cut(key, "/")
	line := []string{"memberships auth", action, provider}
	if profile != DefaultProfile {
		words = append(slices.Clip(words), "--profile", profile)
	}
	for _, w := range words {
		line = append(line, text.Word(w))
	}
	return strings.Join(line, " ")
}

// wayOut adds to the error of a credential that cannot be read the commands that go on without
// it.
func wayOut(key string, err error) error {
	if !errors.Is(err, auth.ErrUnreadable) {
		return err
	}
	first := ""
	if errors.Is(err, filestore.ErrPassphrase) {
		first = "give the passphrase of that sign-in, or "
	}
	return fmt.Errorf("%w; %srun '%s', which keeps a file that cannot be read, and then '%s'",
		err, first, Command("logout", key, "--keep-tokens"), Command("login", key))
}
