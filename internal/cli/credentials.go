package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"github.com/memberships-go/memberships/internal/config"
	"github.com/memberships-go/memberships/option"
)

// errNoCredentials says that a provider is not configured at all.
var errNoCredentials = errors.New("there are no credentials")

// credentials are the settings of one provider, and where they come from.
type credentials struct {
	vendor vendor
	values values
	// from says where, for people: "the environment".
	from     string
	profile  bool // they are a profile's, and not the environment's
	emulated bool
}

// named is what the user calls a setting: a variable, or a key of a profile.
func (c credentials) named(key string) string {
	for _, s := range c.vendor.settings {
		if s.key == key && s.env != "" && !c.profile {
			return s.env
		}
	}
	return key + " of " + c.from
}

// settingError says what is wrong with one setting. Its text follows the setting's name.
type settingError struct {
	key, text string
}

func wrong(key, format string, args ...any) error {
	return &settingError{key, fmt.Sprintf(format, args...)}
}

func (e *settingError) Error() string { return e.key + e.text }

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
	if a.debug = f.debug; a.debug && a.quiet {
		return nil, usage("--debug and --quiet exclude each other")
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
	profiles, err := await(ctx, func() (map[string]profile, error) { return readConfig(s.path) })
	switch {
	case errors.Is(err, fs.ErrNotExist) && !s.chosen && by != "--config" && by != "MEMBERSHIPS_CONFIG":
		return s, nil
	case err != nil:
		return nil, usage("%s: %w", by, err)
	}
	s.profile = profiles[s.name]
	if s.profile == nil && s.chosen {
		return nil, usage("%s has no profile %q; there are %s", s.path, s.name, and(slices.Sorted(maps.Keys(profiles))))
	}
	return s, nil
}

// find returns what there is for a provider. The environment counts before the default
// profile, and each as a whole: half a credential of one and half of another would be
// somebody else's.
func (s *store) find(v vendor) (credentials, error) {
	if s.emulator != "" {
		return credentials{vendor: v, values: values{baseURL: s.emulator}, from: "MEMBERSHIPS_EMULATOR", emulated: true}, nil
	}
	c := credentials{vendor: v, values: values{}, from: "the environment"}
	for _, known := range v.settings {
		if known.env != "" {
			c.values[known.key] = s.getenv(known.env)
		}
	}
	profile := s.chosen || !v.has(c.values) && v.has(s.profile[v.name])
	if profile {
		c.values, c.from, c.profile = s.profile[v.name], fmt.Sprintf("profile %q of %s", s.name, s.path), true
	}
	missing := v.lacks(c.values)
	switch {
	case missing == nil:
		return c, nil
	case v.has(c.values):
		return c, usage("%s has a part of the credentials for %s; what is missing is %s", c.from, v.name, v.names(missing, profile))
	case profile:
		return c, notConfigured("%s has no credentials for %s: add %s", c.from, v.name, v.names(missing, profile))
	case v.name == "box" && s.getenv("BOX_CONFIG_FILE") != "":
		return c, notConfigured("BOX_CONFIG_FILE holds a key for signing JWTs, which this command does not do: set %s", v.names(missing, false))
	}
	return c, notConfigured("there are no credentials for %s: set %s", v.name, v.names(missing, false))
}

// notConfigured is a usage error that is errNoCredentials too.
func notConfigured(format string, args ...any) error {
	return &failure{exitUsage, &missingError{fmt.Sprintf(format, args...)}}
}

// missingError says what to set.
type missingError struct{ text string }

func (e *missingError) Error() string { return e.text }
func (e *missingError) Unwrap() error { return errNoCredentials }

// checkSecrets finds a credential with what belongs around it in a header or in a file.
func (c credentials) checkSecrets() error {
	for _, s := range c.vendor.settings {
		if value := c.values[s.key]; value != "" && slices.Contains(secretKeys, s.key) {
			if fault := config.SecretFault(value); fault != "" {
				return wrong(s.key, " %s", fault)
			}
		}
	}
	return nil
}

// options makes a client's options of the credentials.
func (c credentials) options(ctx context.Context) ([]option.Option, error) {
	opts := c.vendor.madeUp
	if !c.emulated {
		err := c.checkSecrets()
		if err == nil {
			opts, err = await(ctx, func() ([]option.Option, error) { return c.vendor.options(c.values) })
		}
		if setting := (*settingError)(nil); errors.As(err, &setting) {
			return nil, usage("%s: %s%s", c.vendor.name, c.named(setting.key), setting.text)
		}
		if err != nil {
			return nil, usage("%s: %w", c.vendor.name, err)
		}
	}
	if url := c.values[baseURL]; url != "" {
		from := c.from
		if !c.emulated {
			from = c.vendor.name + ": base URL from " + c.from
		}
		o, err := server(from, url)
		if err != nil {
			return nil, err
		}
		opts = append(slices.Clone(opts), o)
	}
	return opts, nil
}
