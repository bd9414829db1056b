package argument

import (
	"slices"
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/providers"
)

// Group is a parsed --group argument.
type Group struct {
	memberships.Group        // without an ID until the name is looked up
	Name              string // a name, or an id in an unusual form
}

// Checkable returns a group for the validation of other arguments. A group without an id
// has its name in place of the id.
func (g Group) Checkable() memberships.Group {
	if g.Name != "" {
		return memberships.Group{Kind: g.Kind, ID: g.Name}
	}
	return g.Group
}

// Given reports whether the argument names a group.
func (g Group) Given() bool { return g.ID != "" || g.Name != "" }

// ParseGroup parses a --group argument: kind:id, id:, name:, a URL, an id, or a name. A
// text in the form of an id is an id.
func ParseGroup(c *memberships.Client, text string) (Group, error) {
	text = strings.TrimSpace(text)
	g := Group{Group: memberships.ParseGroup(text)}
	if name, ok := strings.CutPrefix(g.ID, "name:"); ok && strings.TrimSpace(name) != "" {
		return Group{memberships.Group{Kind: g.Kind}, strings.TrimSpace(name)}, nil
	}
	if id, ok := strings.CutPrefix(g.ID, "id:"); ok {
		g.ID = id
		return g, nil
	}
	foreign := g.Kind != "" && !slices.Contains(c.Capabilities().GroupKinds, g.Kind)
	if foreign || !c.Capabilities().Can(memberships.OpGroups) || memberships.CheckID("", g.ID) != nil {
		return g, nil //nolint:nilerr // the call reports the invalid id
	}
	found, isID, err := providers.ParseGroup(c.Name(), text)
	switch {
	case err != nil:
		return Group{}, exit.Usagef("%w", exit.Cause(err))
	case isID:
		return Group{Group: found}, nil
	}
	return Group{memberships.Group{Kind: g.Kind}, g.ID}, nil
}
