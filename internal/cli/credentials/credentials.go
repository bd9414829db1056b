// Package credentials finds the credentials of providers in the environment and in the profiles
// of a file, and opens providers with them.
package credentials

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/interrupt"
	"github.com/memberships-go/memberships/internal/config"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/providers"
)

// values are settings by key.
type values map[string]string

// Set is the settings of one provider, and where they come from.
type Set struct {
	provider string
	settings []providers.Setting
	values   values
	// From is the place, in words: "the environment".
	From     string
	profile  bool // they are a profile's, and not the environment's
	emulated bool
}

// credentialsOf returns a Set without values. The name is one of providers.Names.
func credentialsOf(name string) Set {
	settings, _ := providers.Settings(name)
	return Set{provider: name, settings: settings, values: values{}}
}

// named is what the user calls a setting: a variable, or a key of a profile.
func (c Set) named(s providers.Setting) string {
	if s.Env != "" && !c.profile {
		return s.Env
	}
	return s.Key + " of " + c.From
}

// Caller is the e-mail address of the user whom requests are made for, "" where no
// setting has it.
func (c Set) Caller() string {
	for _, s := range c.settings {
		if s.Caller {
			return c.values[s.Key]
		}
	}
	return ""
}

// TakesCaller reports whether a provider has a setting with the caller.
func TakesCaller(name string) bool {
	return slices.ContainsFunc(credentialsOf(name).settings, func(s providers.Setting) bool { return s.Caller })
}

// keys are the names of the settings in a profile.
func (c Set) keys() []string {
	keys := make([]string, len(c.settings))
	for i, s := range c.settings {
		keys[i] = s.Key
	}
	return keys
}

// begun reports whether v has a credential, or a part of one.
func (c Set) begun(v values) bool {
	return slices.ContainsFunc(c.settings, func(s providers.Setting) bool { return s.Method != "" && v[s.Key] != "" })
}

// Open opens the provider with the credentials and more options.
func (c Set) Open(ctx context.Context, opts []option.Option) (*memberships.Client, error) {
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
		return nil, exit.Usagef("%s: %s", c.provider, unnamed(exit.Cause(err)))
	case setting.Setting.Key != providers.BaseURL:
		return nil, exit.Usagef("%s: %s: %w", c.provider, c.named(setting.Setting), setting.Err)
	case c.emulated:
		return nil, exit.Usagef("%s: %w", c.From, setting.Err)
	}
	return nil, exit.Usagef("%s: base URL from %s: %w", c.provider, c.From, setting.Err)
}

// BaseURL is the option to ask another server. A URL that cannot be one is told with the
// place that it is from.
func BaseURL(from, url string) (option.Option, error) {
	o := option.WithBaseURL(url)
	if err := new(config.Config).Apply("", []option.Option{o}); err != nil {
		return option.Option{}, exit.Usagef("%s: %s", from, unnamed(err))
	}
	return o, nil
}

// unnamed is what an option has against its value, without the name that it has in Go.
func unnamed(err error) string {
	if name, text, ok := strings.Cut(err.Error(), ": "); ok && strings.HasPrefix(name, "With") {
		return text
	}
	return err.Error()
}
