// Package providers opens any of the five providers by name. It compiles all of them;
// a program that needs one imports its wrapper and calls its client's Provider.
package providers

import (
	"fmt"
	"slices"
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/wrappers/box"
	"github.com/memberships-go/memberships/wrappers/clerk"
	"github.com/memberships-go/memberships/wrappers/googlechat"
	"github.com/memberships-go/memberships/wrappers/pubnub"
	"github.com/memberships-go/memberships/wrappers/webex"
)

// Names are the names that Open knows, in alphabetical order.
func Names() []string { return slices.Clone(names) }

var names = []string{"box", "clerk", "googlechat", "pubnub", "webex"}

// Open returns the provider of that name with the options that its wrapper's New takes.
// An unknown name is memberships.ErrInvalidArgument, and the error lists the known ones.
func Open(name string, opts ...option.Option) (memberships.Provider, error) {
	switch name {
	case "box":
		return provider(box.New(opts...))
	case "clerk":
		return provider(clerk.New(opts...))
	case "googlechat":
		return provider(googlechat.New(opts...))
	case "pubnub":
		return provider(pubnub.New(opts...))
	case "webex":
		return provider(webex.New(opts...))
	}
	return nil, &memberships.Error{
		Op: "Open", Kind: memberships.ErrInvalidArgument,
		Err: fmt.Errorf("there is no provider %q; there are %s", name, strings.Join(names, ", ")),
	}
}

// provider is of a wrapper's client, or the error of making it.
func provider[C interface{ Provider() memberships.Provider }](c C, err error) (memberships.Provider, error) {
	if err != nil {
		return nil, err
	}
	return c.Provider(), nil
}
