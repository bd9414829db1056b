package credentials

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/auth/methods"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/interrupt"
	"github.com/memberships-go/memberships/internal/cli/phrase"
	"github.com/memberships-go/memberships/internal/cli/signin"
	"github.com/memberships-go/memberships/providers"
)

// ErrNone is wrapped by the error for a provider without any credentials.
var ErrNone = errors.New("there are no credentials")

// Store finds the credentials of providers.
type Store struct {
	getenv   func(string) string
	emulator string  // the origin of an emulator, "" for the real providers
	profile  profile // nil if there is none
	// name and path are the profile and its file. chosen reports that the user named the
	// profile, which overrides the environment.
	name, path string
	chosen     bool
	logins     *signin.Logins // nil for an emulator
}

// Logins returns the sign-ins beside the file with the profiles.
func Logins(p Place) (*signin.Logins, error) {
	path, err := filePath(p.Getenv)
	if err != nil {
		return nil, err
	}
	passphrase := p.Passphrase
	if passphrase == nil {
		passphrase = func() (string, error) {
			if text := p.Getenv(signin.PassphraseVariable); text != "" {
				return text, nil
			}
			return "", errors.New("the store of the sign-in is encrypted: set " + signin.PassphraseVariable)
		}
	}
	return signin.New(filepath.Join(filepath.Dir(path), "credentials"), passphrase), nil
}

// Profile returns the name of the profile in use.
func (s *Store) Profile() string { return cmp.Or(s.name, defaultProfile) }

// Place is the location of credentials: the environment, the sign-ins, and a profile of a
// file.
type Place struct {
	Getenv func(string) string
	// Passphrase returns that of the encrypted store of sign-ins. It may be nil.
	Passphrase func() (string, error)
	// Profile is the name of the profile and File the path of its file. If one is "", a
	// variable or a default replaces it.
	Profile, File string
}

// OpenStore reads the file with the profiles, unless an emulator is set. It reads the
// file once, because a FIFO has no content for a second reader.
func OpenStore(ctx context.Context, p Place) (*Store, error) {
	s := &Store{getenv: p.Getenv, emulator: p.Getenv("MEMBERSHIPS_EMULATOR"), name: p.Profile, path: p.File}
	if s.emulator != "" {
		return s, nil
	}
	if s.name == "" {
		s.name = p.Getenv("MEMBERSHIPS_PROFILE")
	}
	if s.chosen = s.name != ""; !s.chosen {
		s.name = defaultProfile
	}
	var err error
	if s.logins, err = Logins(p); err != nil {
		return nil, err
	}
	by := fileNamedBy(p.Getenv, p.File)
	if s.path == "" {
		if s.path, err = filePath(p.Getenv); err != nil {
			return nil, err
		}
	}
	signedIn := false
	if s.chosen {
		names, err := s.logins.Profiles("")
		if err != nil {
			return nil, err
		}
		signedIn = slices.Contains(names, s.name)
	}
	profiles, err := interrupt.Await(ctx, func() (map[string]profile, error) { return readFile(s.path) })
	switch {
	case errors.Is(err, fs.ErrNotExist) && (!s.chosen || signedIn) && by != "--config" && by != "MEMBERSHIPS_CONFIG":
		return s, nil
	case err != nil:
		return nil, exit.Usagef("%s: %w", by, err)
	}
	s.profile = profiles[s.name]
	if s.profile == nil && s.chosen && !signedIn {
		return nil, exit.Usagef("%s has no profile %q; there are %s", s.path, s.name, phrase.And(slices.Sorted(maps.Keys(profiles))))
	}
	return s, nil
}

// Find returns the credentials of a provider, whose name must be one of providers.Names. The
// first of these that has any wins as a whole, because parts of two credentials do not belong
// together: the named profile, its sign-in before its part of the file; the environment; the
// sign-in of the default profile; the default profile of the file.
func (s *Store) Find(ctx context.Context, name string) (Set, error) {
	c := credentialsOf(name)
	if s.emulator != "" {
		c.values, _ = providers.EmulatorValues(name)
		c.values[providers.BaseURL] = s.emulator
		c.From, c.emulated = "MEMBERSHIPS_EMULATOR", true
		return c, nil
	}
	c.From = "the environment"
	for _, known := range c.settings {
		if known.Env != "" {
			c.values[known.Key] = s.getenv(known.Env)
		}
	}
	if s.chosen || !c.begun(c.values) {
		in, err := s.signedIn(ctx, name)
		if err != nil || in.login != nil {
			return in, err
		}
	}
	profile := s.chosen || !c.begun(c.values) && c.begun(s.profile[name])
	if profile {
		c.values, c.From, c.profile = s.profile[name], fmt.Sprintf("profile %q of %s", s.name, s.path), true
	}
	missing, _ := providers.Missing(name, c.values)
	switch {
	case missing == nil:
		return c, nil
	case c.begun(c.values):
		return c, exit.Usagef("%s has a part of the credentials for %s; what is missing is %s", c.From, name, Alternatives(missing, profile))
	case profile:
		return c, notConfigured("%s has no credentials for %s: add %s", c.From, name, Alternatives(missing, profile))
	}
	unsupported, _ := providers.Unsupported(name)
	for _, other := range unsupported {
		if s.getenv(other.Env) != "" {
			return c, notConfigured("%s %s: set %s", other.Env, other.Text, Alternatives(missing, false))
		}
	}
	return c, notConfigured("there are no credentials for %s: set %s", name, Alternatives(missing, false))
}

// signedIn returns the credentials of a provider's sign-in, an empty Set without one.
func (s *Store) signedIn(ctx context.Context, name string) (Set, error) {
	key := signin.Key(name, s.Profile())
	found, err := interrupt.Await(ctx, func() (Set, error) {
		credential, store, err := s.logins.Load(ctx, key)
		if err != nil {
			return Set{}, err
		}
		c := credentialsOf(name)
		c.login, c.source = credential, methods.Source(store, key, credential, nil)
		c.From = "the sign-in of profile " + strconv.Quote(s.Profile()) + " in " + store.Name()
		return c, nil
	})
	switch {
	case errors.Is(err, auth.ErrAbsent):
		return Set{}, nil
	case err != nil:
		return Set{}, exit.With(exit.Failed, fmt.Errorf("%s: the sign-in cannot be read: %w", name, err))
	}
	return found, nil
}

// Webhook returns the values of a provider's webhook settings. There may be none. A profile
// that the user named overrides the environment; otherwise the default profile completes it.
func (s *Store) Webhook(name string) map[string]string {
	c := credentialsOf(name)
	found := map[string]string{}
	for _, known := range c.settings {
		if !known.Webhook {
			continue
		}
		value := s.profile[name][known.Key]
		if !s.chosen {
			value = cmp.Or(s.getenv(known.Env), value)
		}
		if value != "" {
			found[known.Key] = value
		}
	}
	return found
}

// notConfigured returns a usage error that wraps ErrNone.
func notConfigured(format string, args ...any) error {
	return exit.With(exit.Usage, &missingError{fmt.Sprintf(format, args...)})
}

// missingError names the settings to set.
type missingError struct{ text string }

func (e *missingError) Error() string { return e.text }
func (e *missingError) Unwrap() error { return ErrNone }
