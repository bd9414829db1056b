// Package methods has the ways to sign in at each provider, as data for a program that offers
// them: their settings, and the functions that sign in, refresh, revoke and open a provider.
//
//	m, err := methods.Find("webex", "integration")
//	...
//	credential, err := m.Login(ctx, methods.Request{Values: values, Browser: login.Options{Visit: open}})
//	...
//	err = store.Save(ctx, "webex/default", credential)
//	source := methods.Source(store, "webex/default", credential, nil)
//	provider, err := methods.Open(credential, source)
package methods

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"golang.org/x/oauth2"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/auth/login"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/providers"
)

// Method is a way to sign in at a provider.
type Method struct {
	Provider string
	// Name is that of the credential's Method, such as "service app".
	Name string
	// Title describes the method to users, without a capital letter and a full stop.
	Title string
	// Login requires the settings of Needed and accepts those of Optional.
	Needed, Optional []providers.Setting
	// Browser reports whether a person approves in a browser.
	Browser bool
	// Redirect is the address that the app registers for the browser's answer, unless the
	// settings name another one. It is empty if any free port will do.
	Redirect string
	// Wants names the uses that select scopes of their own. The others change nothing.
	Wants Want
	// Warning is a limit that users should know before they sign in, as a sentence. It may be
	// empty.
	Warning string
	// Scopes is the way in which a credential of the method gets a further scope, as a sentence.
	// It is empty for a method without scopes.
	Scopes string

	login   func(context.Context, Request) (*auth.Credential, error)
	refresh func(*http.Client) auth.Refresh
	revoke  func(context.Context, *http.Client, *auth.Credential) error
	grants  func(*auth.Credential) []string
}

// Request has what a sign-in needs from its user.
type Request struct {
	// Values are those of the method's settings, by Key. An empty value counts as unset.
	Values map[string]string
	// Want selects the scopes.
	Want Want
	// Browser is for a method with a browser. An empty RedirectURL takes that of the values or
	// of the method.
	Browser login.Options
	// BaseURL is that of another server than the provider, such as an emulator, in the form of
	// option.WithBaseURL. It receives the requests for authorization, tokens and revocation.
	BaseURL string
	// HTTPClient sends the requests for tokens. It may be nil.
	HTTPClient *http.Client
	// Getenv finds the files of other tools. It is os.Getenv or a replacement; nil finds none.
	Getenv func(string) string
}

// Want is the use of a credential. The zero Want is reading.
type Want struct {
	// Change adds, changes and removes memberships.
	Change bool
	// AddApp adds the signing app itself to a group, where that has a scope of its own.
	AddApp bool
	// Admin acts as an administrator, where that has scopes of its own.
	Admin bool
}

// origin returns the base URL of the authorization server, "" for the provider's own.
func (r Request) origin(provider string) (string, error) {
	return providers.TokenOrigin(provider, r.BaseURL)
}

// declarations are the methods of each provider, in alphabetical order of the providers. The
// first method of each is the preferred one.
var declarations = []func() []Method{boxMethods, clerkMethods, googleChatMethods, pubNubMethods, webexMethods}

// All returns all methods by provider, with the preferred method of each first.
func All() []Method {
	var all []Method
	for _, of := range declarations {
		all = append(all, of()...)
	}
	return all
}

// Of returns the methods of a provider, with the preferred one first. It returns none for an
// unknown provider.
func Of(provider string) []Method {
	return slices.DeleteFunc(All(), func(m Method) bool { return m.Provider != provider })
}

// Find returns a method of a provider. Its name may have hyphens in place of spaces, and an
// empty name means the preferred method. An unknown name is memberships.ErrInvalidArgument,
// and the error lists the known ones.
func Find(provider, name string) (Method, error) {
	of := Of(provider)
	names := make([]string, len(of))
	for i, m := range of {
		names[i] = strings.ReplaceAll(m.Name, " ", "-")
		if name == "" || m.Name == name || strings.ReplaceAll(m.Name, " ", "-") == name {
			return m, nil
		}
	}
	err := fmt.Errorf("%s has no method %q; there are %s", provider, name, strings.Join(names, ", "))
	if len(of) == 0 {
		err = fmt.Errorf("there is no provider %q; there are %s", provider, strings.Join(providers.Names(), ", "))
	}
	return Method{}, &memberships.Error{Op: "Find", Kind: memberships.ErrInvalidArgument, Err: err}
}

// Settings returns the needed settings, and the optional ones after them.
func (m Method) Settings() []providers.Setting { return slices.Concat(m.Needed, m.Optional) }

// Missing returns the needed settings that values lack.
func (m Method) Missing(values map[string]string) []providers.Setting {
	return slices.DeleteFunc(slices.Clone(m.Needed), func(s providers.Setting) bool { return s.Given(values) })
}

// Refreshes reports whether the credentials of the method get new tokens.
func (m Method) Refreshes() bool { return m.refresh != nil }

// Revokes reports whether the provider can end the tokens of the method before their time.
func (m Method) Revokes() bool { return m.revoke != nil }

// Login signs in. A method that opens a browser waits until the person answers, at most until
// ctx is done. Another one sends a request for a token, if it has one to send, so that a wrong
// secret shows at once. Missing and unknown settings are errors that name them; no error has
// a secret.
func (m Method) Login(ctx context.Context, r Request) (*auth.Credential, error) {
	if missing := m.Missing(r.Values); len(missing) > 0 {
		names := make([]string, len(missing))
		for i, s := range missing {
			names[i] = s.Key
			if s.Env != "" {
				names[i] += " (" + s.Env + ")"
			}
		}
		return nil, fmt.Errorf("%s, %s: missing: %s", m.Provider, m.Name, strings.Join(names, ", "))
	}
	for _, key := range slices.Sorted(maps.Keys(r.Values)) {
		if !slices.ContainsFunc(m.Settings(), func(s providers.Setting) bool { return s.Key == key }) {
			return nil, fmt.Errorf("%s, %s: there is no setting %q", m.Provider, m.Name, key)
		}
	}
	if m.Browser {
		r.Browser.RedirectURL = cmp.Or(r.Browser.RedirectURL, r.Values[redirectURL], m.Redirect)
	}
	return m.login(ctx, r)
}

// MethodOf returns the method of a credential, and an error for an unknown one.
func MethodOf(c *auth.Credential) (Method, error) {
	return Find(c.Provider, cmp.Or(c.Method, "unknown"))
}

// Revoke ends the tokens of a credential at its provider. It does nothing for a method that
// cannot be revoked. hc may be nil.
func Revoke(ctx context.Context, hc *http.Client, c *auth.Credential) error {
	m, err := MethodOf(c)
	if err != nil || m.revoke == nil {
		return err
	}
	return m.revoke(ctx, hc, c)
}

// Scopes returns the scopes of a credential. For a method whose token has its permissions inside,
// they are lines of permissions, such as "channel general: get, manage". It sends nothing.
func Scopes(c *auth.Credential) []string {
	if m, err := MethodOf(c); err == nil && m.grants != nil {
		return m.grants(c)
	}
	return c.Scopes
}

// Source returns the source of a stored credential's tokens, nil if the credential has none
// and opens its provider by settings alone. hc sends the requests for tokens and may be nil.
func Source(store auth.Store, name string, c *auth.Credential, hc *http.Client) *auth.Source {
	if !hasTokens(c) {
		return nil
	}
	var refresh auth.Refresh
	if m, err := MethodOf(c); err == nil && m.refresh != nil {
		refresh = m.refresh(hc)
	}
	return auth.NewSource(store, name, refresh)
}

func hasTokens(c *auth.Credential) bool { return c.AccessToken != "" || c.RefreshToken != "" }

// Open opens the provider of a credential with the tokens of a source, which is that of
// Source, and further options, which take precedence. It sends nothing.
func Open(c *auth.Credential, source *auth.Source, opts ...option.Option) (memberships.Provider, error) {
	if !hasTokens(c) {
		values := maps.Clone(c.Settings)
		if values == nil {
			values = map[string]string{}
		}
		if c.Origin != "" {
			values[providers.BaseURL] = c.Origin
		}
		return providers.OpenWith(c.Provider, values, opts...)
	}
	if source == nil {
		return nil, errors.New("the credential has tokens and no source of them")
	}
	own := []option.Option{option.WithTokenSource(source)}
	if c.Origin != "" {
		own = append(own, option.WithBaseURL(c.Origin))
	}
	return providers.Open(c.Provider, append(own, opts...)...)
}

// tokens is a source of tokens that respects a context.
type tokens interface {
	TokenContext(ctx context.Context) (*oauth2.Token, error)
}

// check gets a token of a provider's key, which shows a wrong key at once.
func check(ctx context.Context, source tokens, err error) error {
	if err != nil {
		return err
	}
	_, err = source.TokenContext(ctx)
	return err
}
