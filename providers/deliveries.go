package providers

import (
	"errors"
	"fmt"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/config"
)

// Deliveries returns the verifier of the named provider's webhooks, for the Handler of
// package events. It uses the values of the settings with Webhook, by Key, and ignores
// others, so that the values for OpenWith may be given.
//
// An unknown name, an invalid value and no value at all are memberships.ErrInvalidArgument,
// and a provider without webhooks is memberships.ErrUnsupported. The error names the
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
	var missing missingError
	var given []Setting
	for _, s := range d.settings {
		switch value := values[s.Key]; {
		case !s.Webhook:
		case value == "":
			missing = append(missing, []Setting{s})
		default:
			if fault := config.SecretFault(value); fault != "" {
				return nil, invalid(&SettingError{s, errors.New("the value " + fault)})
			}
			given = append(given, s)
		}
	}
	if len(given) == 0 {
		return nil, invalid(missing)
	}
	out := d.deliveries(values)
	if err := out.Check(); err != nil {
		cause := (*memberships.Error)(nil)
		if errors.As(err, &cause) && cause.Err != nil {
			err = cause.Err
		}
		return nil, invalid(&SettingError{given[0], fmt.Errorf("the value cannot be used: %w", err)})
	}
	return out, nil
}

// Redelivery returns a sentence that says whether the named provider sends a request again
// that was not answered with a 2xx status, and for how long. It is empty for a provider
// without webhooks and for an unknown name.
func Redelivery(name string) string {
	d, err := declared("Redelivery", name)
	if err != nil {
		return ""
	}
	return d.redelivery
}
