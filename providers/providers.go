// Package providers opens any of the five providers by name. It compiles all of them;
// a program that needs one imports its wrapper and calls its client's Provider.
package providers

import (
	"fmt"
	"slices"
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/option"
)

// declaration is everything that this package knows of one provider. Each provider has a
// file of its own with it.
type declaration struct {
	name string
	// open is the wrapper's New.
	open     func(opts ...option.Option) (memberships.Provider, error)
	settings []Setting
	// unsupported are settings of the provider's own tools; see Unsupported.
	unsupported []Setting
	// options makes options of values that have all settings of one method, and returns a
	// *SettingError for one that makes no sense. It leaves BaseURL alone.
	options func(values map[string]string) ([]option.Option, error)
	// emulator are values for the emulator; see EmulatorValues.
	emulator map[string]string
	// groups is nil where an id of a group can be any text.
	groups *groupSyntax
}

// declarations are in alphabetical order.
var declarations = []declaration{boxDeclaration, clerkDeclaration, googleChatDeclaration, pubNubDeclaration, webexDeclaration}

// Names are the names that Open knows, in alphabetical order.
func Names() []string {
	names := make([]string, len(declarations))
	for i, d := range declarations {
		names[i] = d.name
	}
	return names
}

// Open returns the provider of that name with the options that its wrapper's New takes.
// An unknown name is memberships.ErrInvalidArgument, and the error lists the known ones.
func Open(name string, opts ...option.Option) (memberships.Provider, error) {
	d, err := declared("Open", name)
	if err != nil {
		return nil, err
	}
	return d.open(opts...)
}

// declared returns the declaration of a provider; op is the function that asks.
func declared(op, name string) (declaration, error) {
	if i := slices.IndexFunc(declarations, func(d declaration) bool { return d.name == name }); i >= 0 {
		return declarations[i], nil
	}
	return declaration{}, &memberships.Error{
		Op: op, Kind: memberships.ErrInvalidArgument,
		Err: fmt.Errorf("there is no provider %q; there are %s", name, strings.Join(Names(), ", ")),
	}
}

// provider is of a wrapper's client, or the error of making it.
func provider[C interface{ Provider() memberships.Provider }](c C, err error) (memberships.Provider, error) {
	if err != nil {
		return nil, err
	}
	return c.Provider(), nil
}
