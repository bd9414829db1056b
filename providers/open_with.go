package providers

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/config"
	"github.com/memberships-go/memberships/option"
)

// OpenWith returns the named provider with the values of its settings, by Key, and
// further options, which take precedence. An empty value counts as unset. OpenWith may
// read a file that a value names; it sends nothing.
//
// An unknown name or key, an invalid value and a missing one are
// memberships.ErrInvalidArgument. The error names the settings and their variables; it
// wraps a *SettingError if one value is invalid.
func OpenWith(name string, values map[string]string, opts ...option.Option) (memberships.Provider, error) {
	d, err := declared("OpenWith", name)
	if err != nil {
		return nil, err
	}
	if err := d.check(values); err != nil {
		return nil, d.invalid(err)
	}
	var base []option.Option
	if url := values[BaseURL]; url != "" {
		base = []option.Option{option.WithBaseURL(url)}
	}
	own, err := d.options(values, d.tokenServer(append(base, opts...)))
	if err != nil {
		return nil, d.invalid(err)
	}
	own = append(own, base...)
	return d.open(append(own, opts...)...)
}

// check returns the errors that are the same for all providers: unknown keys, missing
// settings, malformed secrets and base URLs.
func (d declaration) check(values map[string]string) error {
	known := map[string]bool{}
	for _, s := range d.settings {
		known[s.Key] = true
	}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		if !known[key] {
			return fmt.Errorf("there is no setting %q; there are %s", key, strings.Join(slices.Sorted(maps.Keys(known)), ", "))
		}
	}
	if missing := d.missing(values); missing != nil {
		return missingError(missing)
	}
	for _, s := range d.settings {
		if value := values[s.Key]; s.Secret && !s.Webhook && value != "" {
			if fault := config.SecretFault(value); fault != "" {
				return &SettingError{s, errors.New("the value " + fault)}
			}
		}
	}
	if url := values[BaseURL]; url != "" {
		if err := new(config.Config).Apply(d.name, []option.Option{option.WithBaseURL(url)}); err != nil {
			return settingError(d.settings, BaseURL, errors.New(strings.TrimPrefix(err.Error(), "WithBaseURL: ")))
		}
	}
	return nil
}
