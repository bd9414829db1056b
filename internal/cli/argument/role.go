package argument

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/phrase"
)

// ownRole is the prefix of a provider's own role that the command does not know.
const ownRole = "own:"

const RoleHelp = "member, manager or owner, or the provider's own name of one of them; own:NAME for any other role of the provider"

// RoleNames returns the known role names of a provider: the portable ones and the
// provider's own.
func RoleNames(caps memberships.Capabilities) map[string]memberships.Role {
	names := map[string]memberships.Role{}
	for _, r := range caps.Roles {
		names[strings.ToLower(caps.RoleNames[r])] = r
	}
	for _, r := range caps.Roles {
		names[strings.ToLower(string(r))] = r
	}
	return names
}

// ParseRole parses a role, ignoring case. An unknown role needs the prefix own:, so that
// a typing error creates no role.
func ParseRole(c *memberships.Client, text string) (memberships.Role, error) {
	caps := c.Capabilities()
	if own, ok := cutOwn(text); ok {
		for r, name := range caps.RoleNames {
			if name == own {
				return r, nil
			}
		}
		switch {
		case own == "":
			return "", fmt.Errorf("%s needs the name of a role behind it", ownRole)
		case !caps.OwnRoles && RoleNames(caps)[strings.ToLower(own)] == "":
			return "", fmt.Errorf("%s has no roles of its own: it gives %s", c.Name(), phrase.And(caps.Roles))
		case !caps.OwnRoles:
			return RoleNames(caps)[strings.ToLower(own)], nil
		}
		return memberships.Role(own), nil
	}
	names := RoleNames(caps)
	if r, ok := names[strings.ToLower(text)]; ok || text == "" {
		return r, nil
	}
	for _, r := range []memberships.Role{memberships.RoleMember, memberships.RoleManager, memberships.RoleOwner} {
		if strings.EqualFold(text, string(r)) {
			return "", fmt.Errorf("%s has no role %s: it gives %s; --role-map %s=%s gives another one", c.Name(), r, phrase.And(caps.Roles), r, caps.Roles[len(caps.Roles)-1])
		}
	}
	wrong := fmt.Sprintf("there is no role %s in %s, which gives %s", phrase.Quote(text), c.Name(), phrase.And(caps.Roles))
	if near := phrase.Nearest(text, slices.Collect(maps.Keys(names))); near != "" {
		wrong += "; is " + near + " meant?"
	}
	if caps.OwnRoles {
		wrong += " (another role of the provider's is written " + ownRole + text + ")"
	}
	return "", errors.New(wrong)
}

// cutOwn returns the text after the prefix own:, and whether the prefix is there.
func cutOwn(text string) (own string, ok bool) {
	if n := len(ownRole); len(text) >= n && strings.EqualFold(text[:n], ownRole) {
		return text[n:], true
	}
	return "", false
}

// ParseRoleFilter is ParseRole for filters, which accept also the role unknown.
func ParseRoleFilter(c *memberships.Client, text string) (memberships.Role, error) {
	own, ok := cutOwn(text)
	switch {
	case strings.EqualFold(text, string(memberships.RoleUnknown)):
		return memberships.RoleUnknown, nil
	case ok && own != "":
		return memberships.Role(own), memberships.CheckID("the role", own)
	}
	return ParseRole(c, text)
}

// RoleMap maps roles of a file to other roles, as in --role-map owner=manager.
type RoleMap map[string]string

// ParseRoleMap parses the values of --role-map.
func ParseRoleMap(c *memberships.Client, flags []string) (RoleMap, error) {
	m := RoleMap{}
	for _, f := range flags {
		from, to, ok := strings.Cut(f, "=")
		switch {
		case !ok || from == "" || to == "":
			return nil, exit.Usagef("--role-map %s: write the two roles as in owner=manager", f)
		case m[strings.ToLower(from)] != "":
			return nil, exit.Usagef("--role-map: %s is given twice", from)
		}
		if _, err := ParseRole(c, to); err != nil {
			return nil, exit.Usagef("--role-map %s: %w", f, err)
		}
		m[strings.ToLower(from)] = to
	}
	return m, nil
}

// Apply returns the role that replaces text, or text.
func (m RoleMap) Apply(text string) string {
	if to, ok := m[strings.ToLower(text)]; ok {
		return to
	}
	return text
}
