package reconcile

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/memberships-go/memberships"
)

// Check returns the mistakes that the providers of the clients reveal: roles and kinds of
// groups that a provider lacks, ids that it cannot have, and two groups with the same
// members. Each is an *[InputError]. It sends nothing, and skips providers without a client.
func (d *Desired) Check(clients []*memberships.Client) []error {
	byName := map[string]*memberships.Client{}
	for _, c := range clients {
		byName[c.Name()] = c
	}
	var wrong []error
	sets := map[string]*Group{}
	for i := range d.Groups {
		g := &d.Groups[i]
		if g.Mode == ModeUnmanaged {
			continue
		}
		for _, provider := range slices.Sorted(maps.Keys(g.In)) {
			c := byName[provider]
			if c == nil {
				continue
			}
			if err := c.Validate(memberships.OpList, memberships.Ref{Group: g.In[provider]}, ""); err != nil {
				wrong = append(wrong, &InputError{g.At, fmt.Sprintf("group %q in %s: %v", g.Name, provider, cause(err))})
				continue
			}
			set := provider + "/" + c.MemberSet(g.In[provider]).String()
			if other := sets[set]; other != nil {
				wrong = append(wrong, &InputError{g.At, fmt.Sprintf("group %q in %s always has the same members as group %q (%s): leave one of them out", g.Name, provider, other.Name, other.At)})
			}
			sets[set] = g
			wrong = append(wrong, g.checkRoles(c)...)
		}
	}
	return wrong
}

// checkRoles returns the mistakes in the roles of a group's members at one provider.
func (g *Group) checkRoles(c *memberships.Client) []error {
	var wrong []error
	seen := map[memberships.Role]bool{}
	for _, w := range g.Members {
		role := g.roleAt(c.Name(), w.Role)
		if seen[role] || w.hasAnyRole() {
			continue
		}
		seen[role] = true
		ref := memberships.Ref{Group: g.In[c.Name()], Member: memberships.Member{ID: "1"}}
		if err := c.Validate(memberships.OpAdd, ref, role); err != nil {
			text := fmt.Sprintf("member %q of group %q: %v", w.Person, g.Name, cause(err))
			if g.At != (Position{}) { // else there is no file with roles
				text += "; an entry under roles can map it to a role of " + c.Name()
			}
			wrong = append(wrong, &InputError{w.At, text})
		}
	}
	return wrong
}

// roleAt returns the provider's role for a role of the file.
func (g *Group) roleAt(provider string, role memberships.Role) memberships.Role {
	if mapped, ok := g.Roles[provider][role]; ok {
		return mapped
	}
	return role
}

// Only returns the part of d in the named providers.
func (d *Desired) Only(providers ...string) *Desired {
	return d.OnlyGroups(func(_, provider string) bool { return slices.Contains(providers, provider) })
}

// OnlyGroups returns the part of d that keep selects by group and provider.
func (d *Desired) OnlyGroups(keep func(group, provider string) bool) *Desired {
	out := *d
	out.Groups = nil
	for _, g := range d.Groups {
		in := map[string]memberships.Group{}
		for provider, group := range g.In {
			if keep(g.Name, provider) {
				in[provider] = group
			}
		}
		if g.In = in; len(in) > 0 {
			out.Groups = append(out.Groups, g)
		}
	}
	return &out
}

// Providers returns the names of the providers that the groups are in, sorted.
func (d *Desired) Providers() []string {
	names := map[string]bool{}
	for _, g := range d.Groups {
		if g.Mode != ModeUnmanaged {
			for provider := range g.In {
				names[provider] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// addresses returns the addresses of a person, the main one first.
func (p Person) addresses() []string {
	var out []string
	for _, a := range append([]string{p.Email}, p.Aliases...) {
		if a != "" && !slices.ContainsFunc(out, func(b string) bool { return strings.EqualFold(a, b) }) {
			out = append(out, a)
		}
	}
	return out
}

// cause returns the part of a client's error that its caller does not know.
func cause(err error) error {
	var e *memberships.Error
	if errors.As(err, &e) && e.Err != nil {
		return e.Err
	}
	return err
}
