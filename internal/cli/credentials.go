package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/interrupt"
	"github.com/memberships-go/memberships/internal/cli/phrase"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/providers"
)

// errNoCredentials says that a provider is not configured at all.
var errNoCredentials = errors.New("there are no credentials")

// values are settings by key.
type values map[string]string

// credentials are the settings of one provider, and where they come from.
type credentials struct {
	provider string
	settings []providers.Setting
	values   values
	// from says where, for people: "the environment".
	from     string
	profile  bool // they are a profile's, and not the environment's
	emulated bool
}

// credentialsOf are credentials without values. The name is one of providers.Names.
func credentialsOf(name string) credentials {
	settings, _ := providers.Settings(name)
	return credentials{provider: name, settings: settings, values: values{}}
}

// named is what the user calls a setting: a variable, or a key of a profile.
func (c credentials) named(s providers.Setting) string {
	if s.Env != "" && !c.profile {
		return s.Env
	}
	return s.Key + " of " + c.from
}

// keys are the names of the settings in a profile.
func (c credentials) keys() []string {
	keys := make([]string, len(c.settings))
	for i, s := range c.settings {
		keys[i] = s.Key
	}
	return keys
}

// begun reports whether v has a credential, or a part of one.
func (c credentials) begun(v values) bool {
	return slices.ContainsFunc(c.settings, func(s providers.Setting) bool { return s.Method != "" && v[s.Key] != "" })
}

// list names settings of which one entry suffices as a sentence does, by their keys in a
// profile or by their variables: "BOX_DEVELOPER_TOKEN, or BOX_CLIENT_ID and
// BOX_CLIENT_SECRET".
func list(methods [][]providers.Setting, profile bool) string {
	texts := make([]string, len(methods))
	for i, settings := range methods {
		names := make([]string, len(settings))
		for j, s := range settings {
			if names[j] = s.Env; profile {
				names[j] = s.Key
			}
		}
		texts[i] = phrase.And(names)
	}
	return strings.Join(texts, ", or ")
}

// store finds the credentials of providers.
type store struct {
	getenv   func(string) string
	emulator string  // the origin that serves all providers, "" for the real ones
	profile  profile // nil if there is none
	// name and path say which profile of which file; chosen, that the user named it, so
	// that the environment does not count.
	name, path string
	chosen     bool
}

// store opens the profile that the flags or the environment name. The file is read once: a
// FIFO has nothing for a second reader.
func (a *app) store(ctx context.Context, f *connection) (*store, error) {
	if a.opened != nil {
		return a.opened, nil
	}
	var err error
	a.opened, err = a.openStore(ctx, f)
	return a.opened, err
}

func (a *app) openStore(ctx context.Context, f *connection) (*store, error) {
	if a.Debug = f.debug; a.Debug && a.Quiet {
		return nil, exit.Usagef("--debug and --quiet exclude each other")
	}
	s := &store{getenv: a.Getenv, emulator: a.Getenv("MEMBERSHIPS_EMULATOR"), name: f.profile, path: f.config}
	if s.emulator != "" {
		return s, nil
	}
	if s.name == "" {
		s.name = a.Getenv("MEMBERSHIPS_PROFILE")
	}
	if s.chosen = s.name != ""; !s.chosen {
		s.name = defaultProfile
	}
	by := a.configNamedBy(f.config)
	if s.path == "" {
		var err error
		if s.path, err = a.configPath(); err != nil {
			return nil, err
		}
	}
	profiles, err := interrupt.Await(ctx, func() (map[string]profile, error) { return readConfig(s.path) })
	switch {
	case errors.Is(err, fs.ErrNotExist) && !s.chosen && by != "--config" && by != "MEMBERSHIPS_CONFIG":
		return s, nil
	case err != nil:
		return nil, exit.Usagef("%s: %w", by, err)
	}
	s.profile = profiles[s.name]
	if s.profile == nil && s.chosen {
		return nil, exit.Usagef("%s has no profile %q; there are %s", s.path, s.name, phrase.And(slices.Sorted(maps.Keys(profiles))))
	}
	return s, nil
}

// find returns what there is for a provider, whose name is one of providers.Names. The
// environment counts before the default profile, and each as a whole: half a credential of
// one and half of another would be somebody else's.
func (s *store) find(name string) (credentials, error) {
	c := credentialsOf(name)
	if s.emulator != "" {
		c.values, _ = providers.EmulatorValues(name)
		c.values[providers.BaseURL] = s.emulator
		c.from, c.emulated = "MEMBERSHIPS_EMULATOR", true
		return c, nil
	}
	c.from = "the environment"
	for _, known := range c.settings {
		if known.Env != "" {
			c.values[known.Key] = s.getenv(known.Env)
		}
	}
	profile := s.chosen || !c.begun(c.values) && c.begun(s.profile[name])
	if profile {
		c.values, c.from, c.profile = s.profile[name], fmt.Sprintf("profile %q of %s", s.name, s.path), true
	}
	missing, _ := providers.Missing(name, c.values)
	switch {
	case missing == nil:
		return c, nil
	case c.begun(c.values):
		return c, exit.Usagef("%s has a part of the credentials for %s; what is missing is %s", c.from, name, list(missing, profile))
	case profile:
		return c, notConfigured("%s has no credentials for %s: add %s", c.from, name, list(missing, profile))
	}
	unsupported, _ := providers.Unsupported(name)
	for _, other := range unsupported {
		if s.getenv(other.Env) != "" {
			return c, notConfigured("%s %s: set %s", other.Env, other.Text, list(missing, false))
		}
	}
	return c, notConfigured("there are no credentials for %s: set %s", name, list(missing, false))
}

// notConfigured is a usage error that is errNoCredentials too.
func notConfigured(format string, args ...any) error {
	return exit.With(exit.Usage, &missingError{fmt.Sprintf(format, args...)})
}

// missingError says what to set.
type missingError struct{ text string }

func (e *missingError) Error() string { return e.text }
func (e *missingError) Unwrap() error { return errNoCredentials }

// open opens the provider with the credentials and more options.
func (c credentials) open(ctx context.Context, opts []option.Option) (*memberships.Client, error) {
	p, err := interrupt.Await(ctx, func() (memberships.Provider, error) { return providers.OpenWith(c.provider, c.values, opts...) })
	if err == nil {
		return memberships.New(p), nil
	}
	if ctx.Err() != nil {
		return nil, err
	}
	setting := (*providers.SettingError)(nil)
	switch {
	case !errors.As(err, &setting):
		return nil, exit.Usagef("%s: %s", c.provider, unnamed(cause(err)))
	case setting.Setting.Key != providers.BaseURL:
		return nil, exit.Usagef("%s: %s: %w", c.provider, c.named(setting.Setting), setting.Err)
	case c.emulated:
		return nil, exit.Usagef("%s: %w", c.from, setting.Err)
	}
	return nil, exit.Usagef("%s: base URL from %s: %w", c.provider, c.from, setting.Err)
}
