package credentials

import (
	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/providers"
)

// OpenEmulator opens a provider for an emulator.
func OpenEmulator(name string, opts ...option.Option) (*memberships.Client, error) {
	values, err := providers.EmulatorValues(name)
	if err != nil {
		return nil, err
	}
	p, err := providers.OpenWith(name, values, opts...)
	if err != nil {
		return nil, err
	}
	return memberships.New(p), nil
}

// Capabilities returns the capabilities of a provider. It needs no credentials and sends
// no request.
func Capabilities(name string) (memberships.Capabilities, error) {
	c, err := OpenEmulator(name)
	if err != nil {
		return memberships.Capabilities{}, err
	}
	return c.Capabilities(), nil
}
