// Package providers opens any of the five providers by name. It imports all five
// wrappers; a program for one provider imports that wrapper and calls its client's
// Provider instead.
package providers

import (
	"fmt"
	"slices"
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/option"
)

// declaration has the settings and constructors of one provider. Each provider's file
// declares one.
type declaration struct {
	name string
	// open calls the wrapper's New.
	open     func(opts ...option.Option) (memberships.Provider, error)
	settings []Setting
	// unsupported lists settings of the provider's own tools; see Unsupported.
	unsupported []Setting
	// options converts values that have all settings of one method. It returns a
	// *SettingError for an invalid value, and ignores BaseURL.
	options func(values map[string]string, at tokenServer) ([]option.Option, error)
	// tokens is zero for a provider without a token endpoint.
	tokens tokenEndpoint
	// deliveries calls the wrapper's Deliveries with the values of the settings for
	// webhooks. It is nil for a provider without webhooks.
	deliveries func(values map[string]string) memberships.Deliveries
	// redelivery says whether a request without a 2xx answer comes again; see Redelivery.
	redelivery string
	// webhooks has the keys of the settings that deliveries needs together, by alternatives.
	// Nil means that any setting for webhooks suffices.
	webhooks [][]string
	// emulator has values for the emulator; see EmulatorValues.
	emulator map[string]string
	// groups is nil if any text can be the id of a group.
	groups *groupSyntax
}

// declarations are in alphabetical order.
var declarations = []declaration{boxDeclaration, clerkDeclaration, googleChatDeclaration, pubNubDeclaration, webexDeclaration}

// Names returns the names of all providers in alphabetical order.
func Names() []string {
	names := make([]string, len(declarations))
	for i, d := range declarations {
		names[i] = d.name
	}
	return names
}

// Open returns the named provider with the options of its wrapper's New. It sends
// nothing. An unknown name is memberships.ErrInvalidArgument, and the error lists the
// known names.
func Open(name string, opts ...option.Option) (memberships.Provider, error) {
	d, err := declared("Open", name)
	if err != nil {
		return nil, err
	}
	return d.open(opts...)
}

// declared returns the declaration of a provider. The error names op.
func declared(op, name string) (declaration, error) {
	if i := slices.IndexFunc(declarations, func(d declaration) bool { return d.name == name }); i >= 0 {
		return declarations[i], nil
	}
	return declaration{}, &memberships.Error{
		Op: op, Kind: memberships.ErrInvalidArgument,
		Err: fmt.Errorf("there is no provider %q; there are %s", name, strings.Join(Names(), ", ")),
	}
}

// provider returns the Provider of a wrapper's client, or the error of its constructor.
func provider[C interface{ Provider() memberships.Provider }](c C, err error) (memberships.Provider, error) {
	if err != nil {
		return nil, err
	}
	return c.Provider(), nil
}
