package cli

import (
	"slices"
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/providers"
)

// groupText is a group as somebody writes it.
type groupText struct {
	memberships.Group        // without an ID until a name is looked up
	name              string // to look up, or an id that does not look like one
}

// checkable is a group to check arguments with: one whose id is not known stands for
// itself by its name.
func (g groupText) checkable() memberships.Group {
	if g.name != "" {
		return memberships.Group{Kind: g.Kind, ID: g.name}
	}
	return g.Group
}

// given reports that a group is named at all.
func (g groupText) given() bool { return g.ID != "" || g.name != "" }

// parseGroup reads a group as --group takes it: kind:id, id:, name:, a URL, an id, or a
// name where that cannot be an id.
func parseGroup(c *memberships.Client, text string) (groupText, error) {
	text = strings.TrimSpace(text)
	g := groupText{Group: memberships.ParseGroup(text)}
	if name, ok := strings.CutPrefix(g.ID, "name:"); ok && strings.TrimSpace(name) != "" {
		return groupText{memberships.Group{Kind: g.Kind}, strings.TrimSpace(name)}, nil
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
		return groupText{}, exit.Usagef("%w", exit.Cause(err))
	case isID:
		return groupText{Group: found}, nil
	}
	return groupText{memberships.Group{Kind: g.Kind}, g.ID}, nil
}
