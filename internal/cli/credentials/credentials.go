// Package credentials reads the credentials of providers from the environment and from
// profiles in a file, and opens providers with them.
package credentials

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/auth/methods"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/interrupt"
	"github.com/memberships-go/memberships/internal/cli/signin"
	"github.com/memberships-go/memberships/internal/config"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/providers"
)

// values maps the keys of settings to values.
type values map[string]string

// Set is the settings of one provider and their source.
type Set struct {
	provider string
	settings []providers.Setting
	values   values
	// From describes the source, such as "the environment".
	From     string
	profile  bool // the source is a profile and not the environment
	emulated bool
	// login is the credential of a sign-in, and source that of its tokens. They are nil for
	// settings.
	login  *auth.Credential
	source *auth.Source
	// loginProfile is the profile of the sign-in.
	loginProfile string
}

// Login returns the credential of a sign-in, nil if the settings are not of one.
func (c Set) Login() *auth.Credential { return c.login }

// Warnings returns sentences about a sign-in that ends soon, or has ended. Settings have none:
// their end is unknown.
func (c Set) Warnings(now time.Time) []string {
	if c.login == nil {
		return nil
	}
	return methods.Warnings(c.login, now)
}

// MoreScopes returns the way in which a sign-in gets further scopes, with the command that signs
// in again. change reports whether they are for changes. It returns "" for settings and for a
// sign-in without scopes.
func (c Set) MoreScopes(change bool) string {
	if c.login == nil {
		return ""
	}
	m, err := methods.MethodOf(c.login)
	if err != nil || m.Scopes == "" {
		return ""
	}
	words := []string{"--method", strings.ReplaceAll(m.Name, " ", "-")}
	if change {
		words = append(words, "--change")
	}
	return m.Scopes + " To sign in: " + signin.Command("login", signin.Key(c.provider, c.loginProfile), words...)
}

// credentialsOf returns a Set without values. The name must be one of providers.Names.
func credentialsOf(name string) Set {
	settings, _ := providers.Settings(name)
	return Set{provider: name, settings: settings, values: values{}}
}

// named returns the user's name of a setting: a variable, or a key of a profile or a sign-in.
func (c Set) named(s providers.Setting) string {
	if s.Env != "" && !c.profile && c.login == nil {
		return s.Env
	}
	return s.Key + " of " + c.From
}

// Caller returns the e-mail address of the user on whose behalf requests are made, "" if
// no setting has it.
func (c Set) Caller() string {
	for _, s := range c.settings {
		if s.Caller {
			return c.values[s.Key]
		}
	}
	return ""
}

// TakesCaller reports whether a provider has a setting for the caller.
func TakesCaller(name string) bool {
	return slices.ContainsFunc(credentialsOf(name).settings, func(s providers.Setting) bool { return s.Caller })
}

// keys returns the keys of the settings in a profile.
func (c Set) keys() []string {
	keys := make([]string, len(c.settings))
	for i, s := range c.settings {
		keys[i] = s.Key
	}
	return keys
}

// begun reports whether v has at least a part of a credential.
func (c Set) begun(v values) bool {
	return slices.ContainsFunc(c.settings, func(s providers.Setting) bool { return s.Method != "" && v[s.Key] != "" })
}

// Open opens the provider with the credentials and opts.
func (c Set) Open(ctx context.Context, opts []option.Option) (*memberships.Client, error) {
	p, err := interrupt.Await(ctx, func() (memberships.Provider, error) {
		if c.login != nil {
			return methods.Open(c.login, c.source, opts...)
		}
		return providers.OpenWith(c.provider, c.values, opts...)
	})
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

// BaseURL returns the option for another server. The error for an invalid URL names its
// source.
func BaseURL(from, url string) (option.Option, error) {
	o := option.WithBaseURL(url)
	if err := new(config.Config).Apply("", []option.Option{o}); err != nil {
		return option.Option{}, exit.Usagef("%s: %s", from, unnamed(err))
	}
	return o, nil
}

// unnamed returns the text of an option's error without the Go name of the option.
func unnamed(err error) string {
	if name, text, ok := strings.Cut(err.Error(), ": "); ok && strings.HasPrefix(name, "With") {
		return text
	}
	return err.Error()
}
