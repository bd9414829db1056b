package argument

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/input"
	"github.com/memberships-go/memberships/internal/phrase"
	"github.com/memberships-go/memberships/providers"
)

// GroupNamed returns the group that a flag names. An id or a URL costs no request; a name
// is looked up among the groups that the credential can see.
func GroupNamed(ctx context.Context, c *memberships.Client, text string) (memberships.Group, error) {
	g, err := ParseGroup(c, text)
	if err != nil || g.Name == "" {
		return g.Group, err
	}
	l := &Lookup{Client: c}
	l.Add(g)
	if err := l.Run(ctx); err != nil {
		return memberships.Group{}, err
	}
	return l.found(g)
}

// Lookup finds groups by name, all of them in one list.
type Lookup struct {
	Client *memberships.Client
	wanted map[string]*sameName
}

// sameName holds the groups with one name.
type sameName struct {
	byID, byName []memberships.Group
	near         string // a name that differs in case only
}

// Add registers a group for Run.
func (l *Lookup) Add(g Group) {
	if l.wanted == nil {
		l.wanted = map[string]*sameName{}
	}
	if l.wanted[g.Name] == nil {
		l.wanted[g.Name] = &sameName{}
	}
}

// Run lists the groups, if any group was added.
func (l *Lookup) Run(ctx context.Context) error {
	if len(l.wanted) == 0 {
		return nil
	}
	folded := map[string]*sameName{}
	for name, same := range l.wanted {
		folded[strings.ToLower(name)] = same
	}
	for g, err := range l.Client.Groups(ctx) {
		if err != nil {
			return fmt.Errorf("a group is looked up by its name: %w", err)
		}
		name := strings.TrimSpace(g.Name)
		if same := l.wanted[name]; same != nil {
			same.byName = append(same.byName, g)
		} else if same := folded[strings.ToLower(name)]; same != nil {
			same.near = name
		}
		if same := l.wanted[g.ID]; same != nil {
			same.byID = append(same.byID, g)
		}
	}
	return nil
}

// found returns the group that an argument names.
func (l *Lookup) found(g Group) (memberships.Group, error) {
	same := l.wanted[g.Name]
	if ids := ofKind(same.byID, g.Kind); len(ids) == 1 {
		return nameless(ids[0]), nil
	}
	groups := ofKind(same.byName, g.Kind)
	switch {
	case len(groups) == 1:
		return nameless(groups[0]), nil
	case len(groups) > 1:
		var ids []string
		for _, g := range groups[:min(len(groups), input.MaxProblems)] {
			ids = append(ids, g.String())
		}
		return memberships.Group{}, fmt.Errorf("%s has %d groups named %s: %s; name one by its id", l.Client.Name(), len(groups), phrase.Quote(g.Name), phrase.And(ids))
	}
	text := fmt.Sprintf("%s has no group named %s that the credential sees", l.Client.Name(), phrase.Quote(g.Name))
	if same.near != "" {
		return memberships.Group{}, fmt.Errorf("%s; there is %s", text, phrase.Quote(same.near))
	}
	return memberships.Group{}, errors.New(text + "; 'memberships groups' lists them, and id: before an id says that it is one")
}

// nameless returns a group without its name, for use as an argument.
func nameless(g memberships.Group) memberships.Group {
	return memberships.Group{Kind: g.Kind, ID: g.ID}
}

func ofKind(groups []memberships.Group, k memberships.GroupKind) []memberships.Group {
	var of []memberships.Group
	for _, g := range groups {
		if k == "" || g.Kind == k {
			of = append(of, g)
		}
	}
	return of
}

// Resolve returns the group of an argument, by its id or from the list.
func (l *Lookup) Resolve(g Group) (memberships.Group, error) {
	if g.Name == "" {
		return g.Group, nil
	}
	return l.found(g)
}

// SameGroup reports whether two arguments name the same group.
func SameGroup(c *memberships.Client, a, b memberships.Group) bool {
	return FullGroup(c, a) == FullGroup(c, b)
}

// FullGroup returns a group in the form of the provider's lists, with a kind.
func FullGroup(c *memberships.Client, g memberships.Group) memberships.Group {
	if kinds := c.Capabilities().GroupKinds; g.Kind == "" && g.ID != "" && len(kinds) > 0 {
		g.Kind = kinds[0]
	}
	return providers.ListedGroup(c.Name(), g)
}
