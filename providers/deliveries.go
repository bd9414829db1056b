package providers

import (
	"errors"
	"fmt"
	"slices"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/config"
)

// Deliveries returns the verifier of the named provider's webhooks, for the Handler of
// package events. It uses the values of the settings with Webhook, by Key, and ignores
// others, so that the values for OpenWith may be given.
//
// The verifier of Google Chat's tokens is in package events/googlechat, which a program for
// Google Chat imports, if only for that effect: import _ ".../events/googlechat". Others do
// not compile it.
//
// An unknown name, an invalid value and no value at all are memberships.ErrInvalidArgument.
// A provider without webhooks, and Google Chat without that import, are
// memberships.ErrUnsupported. The error names the
// settings and their variables; it wraps a *SettingError if one value is invalid.
func Deliveries(name string, values map[string]string) (memberships.Deliveries, error) {
	const op = "Deliveries"
	d, err := declared(op, name)
	if err != nil {
		return nil, err
	}
	if d.deliveries == nil {
		return nil, &memberships.Error{Provider: name, Op: op, Kind: memberships.ErrUnsupported, Err: errors.New("the provider has no webhooks")}
	}
	invalid := func(err error) error {
		return &memberships.Error{Provider: name, Op: op, Kind: memberships.ErrInvalidArgument, Err: err}
	}
	var given []Setting
	for _, s := range d.settings {
		if value := values[s.Key]; s.Webhook && value != "" {
			if fault := config.SecretFault(value); fault != "" {
				return nil, invalid(&SettingError{s, errors.New("the value " + fault)})
			}
			given = append(given, s)
		}
	}
	if missing := d.missingWebhooks(values); missing != nil {
		return nil, invalid(missing)
	}
	out := d.deliveries(values)
	if out == nil {
		return nil, &memberships.Error{Provider: name, Op: op, Kind: memberships.ErrUnsupported, Err: errNotCompiled}
	}
	if err := out.Check(); err != nil {
		cause := (*memberships.Error)(nil)
		if errors.As(err, &cause) && cause.Err != nil {
			err = cause.Err
		}
		return nil, invalid(&SettingError{given[0], fmt.Errorf("the value cannot be used: %w", err)})
	}
	return out, nil
}

// errNotCompiled is the error of a verifier that the program does not import.
var errNotCompiled = errors.New(`the program does not compile the verifier of tokens: import _ "github.com/memberships-go/memberships/events/googlechat"`)

// missingWebhooks returns the settings that deliveries lacks: nil if one alternative is
// complete and none is begun, else those of the begun alternatives, or of all.
func (d declaration) missingWebhooks(values map[string]string) missingError {
	alternatives := d.webhooks
	if alternatives == nil {
		for _, s := range d.settings {
			if s.Webhook {
				alternatives = append(alternatives, []string{s.Key})
			}
		}
	}
	var all, begun missingError
	complete := false
	for _, keys := range alternatives {
		var rest []Setting
		for _, s := range d.settings {
			if slices.Contains(keys, s.Key) && values[s.Key] == "" {
				rest = append(rest, s)
			}
		}
		switch len(rest) {
		case 0:
			complete = true
		case len(keys):
			all = append(all, rest)
		default:
			begun = append(begun, rest)
		}
	}
	if begun != nil || complete {
		return begun
	}
	return all
}
