package credentials

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/memberships-go/memberships/auth/methods"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/interrupt"
	"github.com/memberships-go/memberships/internal/cli/signin"
	"github.com/memberships-go/memberships/internal/cli/unfinished"
	"github.com/memberships-go/memberships/internal/phrase"
	"github.com/memberships-go/memberships/internal/text"
	"github.com/memberships-go/memberships/providers"
)

// ErrNone is wrapped by the error for a provider without any credentials.
var ErrNone = errors.New("there are no credentials")

// Store finds the credentials of providers.
type Store struct {
	getenv   func(string) string
	emulator string // the origin of an emulator, "" for the real providers
	// profiles are those of the file, nil if there is none.
	profiles map[string]profile
	// name and path are the profile and its file. chosen reports that the user named the
	// profile, which overrides the environment, and by is the flag or the variable for it.
	name, path, by string
	chosen         bool
	logins         *signin.Logins // nil without a home
	// unused holds the profiles of the file beside an emulator, and unread reports that the file
	// cannot be read.
	unused map[string]profile
	unread bool
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

type passphraseKey struct{}

// WithPassphrase returns a context in which OpenStore asks for the passphrase of the encrypted
// store, unless its Place does.
func WithPassphrase(ctx context.Context, ask func() (string, error)) context.Context {
	return context.WithValue(ctx, passphraseKey{}, ask)
}

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

// OpenStore reads the file with the profiles. It reads the file once, because a FIFO has no
// content for a second reader. With an emulator, neither the file nor a sign-in is needed.
func OpenStore(ctx context.Context, p Place) (*Store, error) {
	s := &Store{getenv: p.Getenv, emulator: p.Getenv("MEMBERSHIPS_EMULATOR"), name: p.Profile, path: p.File}
	s.by = "--profile"
	if s.name == "" {
		s.name, s.by = p.Getenv("MEMBERSHIPS_PROFILE"), "MEMBERSHIPS_PROFILE"
	}
	if s.chosen = s.name != ""; !s.chosen {
		s.name = defaultProfile
	}
	if s.emulator != "" {
		s.passOver(p)
		return s, nil
	}
	if p.Passphrase == nil {
		p.Passphrase, _ = ctx.Value(passphraseKey{}).(func() (string, error))
	}
	var err error
	switch s.logins, err = Logins(p); {
	case errors.Is(err, errNoHome) && (p.File != "" || !s.chosen): // the environment or the file is left
	case err != nil:
		return nil, err
	}
	by := fileNamedBy(p.Getenv, p.File)
	if s.path == "" {
		if s.path, err = filePath(p.Getenv); err != nil {
			s.path = DefaultFile
			return s, nil //nolint:nilerr // without a folder there is no file
		}
	}
	var names []string
	if s.chosen && s.logins != nil {
		if names, err = s.logins.Profiles(""); err != nil {
			return nil, err
		}
	}
	signedIn := slices.Contains(names, s.name)
	profiles, err := interrupt.Await(ctx, func() (map[string]profile, error) { return readFile(s.path) })
	switch {
	case errors.Is(err, fs.ErrNotExist) && (!s.chosen || signedIn) && by != "--config" && by != "MEMBERSHIPS_CONFIG":
		return s, nil
	case errors.Is(err, fs.ErrNotExist) && by != "--config" && by != "MEMBERSHIPS_CONFIG":
		return nil, s.noProfile(names)
	case err != nil:
		return nil, exit.Usagef("%s: %w", by, err)
	}
	s.profiles = profiles
	if profiles[s.name] == nil && s.chosen && !signedIn {
		return nil, s.noProfile(slices.AppendSeq(names, maps.Keys(profiles)))
	}
	return s, nil
}

// passOver finds the sign-ins and the file that an emulator replaces. It reads a regular file
// alone, which another reader may read as well.
func (s *Store) passOver(p Place) {
	s.logins, _ = Logins(p)
	if s.path == "" {
		var err error
		if s.path, err = filePath(p.Getenv); err != nil {
			s.path = DefaultFile
			return
		}
	}
	if info, err := os.Stat(s.path); err == nil && info.Mode().IsRegular() {
		s.unused, err = readFile(s.path)
		s.unread = err != nil
	}
}

// noProfile returns the error of a profile that is neither signed in nor in the file. known are
// the other profiles.
func (s *Store) noProfile(known []string) error {
	slices.Sort(known)
	known = slices.Compact(known)
	there := "there is none"
	if len(known) > 0 {
		there = "there are " + phrase.And(known)
	}
	return exit.Usagef("%s %s: no provider is signed in with this profile, and %s has no profile %q; %s", s.by, text.Word(s.name), s.path, s.name, there)
}

// Find returns the credentials of a provider, whose name must be one of providers.Names. Sources
// has the rule.
func (s *Store) Find(ctx context.Context, name string) (Set, error) {
	sources := s.Sources(name)
	i := slices.IndexFunc(sources, func(c Source) bool { return c.Reason == "" })
	if i < 0 {
		return s.none(name, sources)
	}
	switch used := sources[i]; used.kind {
	case placeEmulator:
		return s.emulated(name), nil
	case placeSignIn:
		if used.err != nil {
			return Set{}, unread(name, used.err)
		}
		return s.signedIn(ctx, name, used.profile)
	default:
		c := s.settings(name, used)
		missing, _ := providers.Missing(name, c.values)
		if missing != nil {
			return c, exit.Usagef("%s has a part of the credentials for %s; what is missing is %s", c.From, name, Alternatives(missing, c.profile))
		}
		return c, nil
	}
}

// settings returns the credentials of the environment or of a profile's part of the file.
func (s *Store) settings(name string, from Source) Set {
	c := credentialsOf(name)
	c.values, c.From = from.values, "the environment"
	if from.kind == placeFile {
		c.From, c.profile = from.Name, true
	}
	return c
}

// none returns the error for a provider without credentials: the settings that are missing,
// and the command that signs in.
func (s *Store) none(name string, sources []Source) (Set, error) {
	kind, login := placeEnvironment, "'"+signin.Command("login", signin.Key(name, defaultProfile))+"'"
	if s.chosen {
		kind, login = placeFile, "'"+signin.Command("login", signin.Key(name, s.name))+"'"
	}
	c := s.settings(name, sources[slices.IndexFunc(sources, func(c Source) bool { return c.kind == kind })])
	missing, _ := providers.Missing(name, c.values)
	if s.chosen {
		return c, notConfigured("%s has no credentials for %s: add %s, or sign in with %s", c.From, name, Alternatives(missing, true), login)
	}
	unsupported, _ := providers.Unsupported(name)
	for _, other := range unsupported {
		if s.getenv(other.Env) != "" {
			return c, notConfigured("%s %s: set %s, or sign in with %s", other.Env, other.Text, Alternatives(missing, false), login)
		}
	}
	return c, notConfigured("there are no credentials for %s: set %s, or sign in with %s", name, Alternatives(missing, false), login)
}

// unread returns the error of a sign-in that may be there.
func unread(name string, err error) error {
	return exit.With(exit.Failed, fmt.Errorf("%s: the sign-in cannot be read: %w", name, err))
}

// signedIn returns the credentials of a provider's sign-in.
func (s *Store) signedIn(ctx context.Context, name, profile string) (Set, error) {
	key := signin.Key(name, profile)
	found, err := interrupt.Await(ctx, func() (Set, error) {
		credential, store, err := s.logins.Load(ctx, key)
		if err != nil {
			return Set{}, err
		}
		c := credentialsOf(name)
		c.login, c.source = credential, methods.Source(store, key, credential, nil)
		if c.source != nil {
			unfinished.Add(ctx, c.source)
		}
		c.loginProfile = profile
		c.From = "the sign-in of profile " + strconv.Quote(profile) + " in " + store.Name()
		return c, nil
	})
	if err != nil {
		return Set{}, unread(name, err)
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
		value := s.profiles[s.name][name][known.Key]
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
