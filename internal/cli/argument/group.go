package argument

import (
	"slices"
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/providers"
)

// Group is a group as somebody writes it.
type Group struct {
	memberships.Group        // without an ID until a name is looked up
	Name              string // to look up, or an id that does not look like one
}

// Checkable is a group to check arguments with: one whose id is not known stands for
// itself by its name.
func (g Group) Checkable() memberships.Group {
	if g.Name != "" {
		return memberships.Group{Kind: g.Kind, ID: g.Name}
	}
	return g.Group
}

// Given reports that a group is named at all.
func (g Group) Given() bool { return g.ID != "" || g.Name != "" }

// ParseGroup reads a group as --group takes it: kind:id, id:, name:, a URL, an id, or a
// name where that cannot be an id.
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
		return g, nil // the error for the id is that of the call
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
