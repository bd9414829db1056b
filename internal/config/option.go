package config

import (
	"errors"
	"fmt"

	"github.com/memberships-go/memberships"
)

// Set changes a Config. It is the type of the values of all options of package option and
// of the wrappers.
type Set func(*Config) error

// RequestOption marks the value for a provider that cannot import this package.
func (Set) RequestOption() {}

// Option returns an option for every provider.
func Option(set Set) memberships.Option { return ProviderOption("", set) }

// ProviderOption returns an option for the named provider alone.
func ProviderOption(provider string, set Set) memberships.Option {
	return memberships.NewOption(provider, set)
}

// Apply applies the options of a client or a call of the named provider. It returns the
// first error.
func (c *Config) Apply(provider string, opts []memberships.Option) error {
	for _, o := range opts {
		if _, ok := o.Value().(interface{ ListedFields() }); ok { // of memberships.WithListedFields
			c.ListedFields = true
			continue
		}
		if _, ok := o.Value().(interface{ Invite() }); ok { // of memberships.WithInvite
			c.Invite = true
			continue
		}
		if w, ok := o.Value().(interface{ WatchedGroups() []memberships.Group }); ok { // of memberships.WithWatchedGroups
			c.WatchedGroups = w.WatchedGroups()
			continue
		}
		set, ok := o.Value().(Set)
		switch only := o.Provider(); {
		case o.Value() == nil:
			return errors.New("an option is empty")
		case only != "" && only != provider:
			return fmt.Errorf("an option of %s was given to %s", only, provider)
		case !ok:
			return fmt.Errorf("an option (%T) is for the listings of memberships.Client alone", o.Value())
		}
		if err := set(c); err != nil {
			return err
		}
	}
	return nil
}
