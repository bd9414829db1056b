package statefile

import (
	"maps"
	"slices"
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/phrase"
	"github.com/memberships-go/memberships/internal/yamldoc"
	"github.com/memberships-go/memberships/reconcile"
)

// group is a group as a file has it.
type group struct {
	settings
	name    string
	at      reconcile.Position
	dir     string // of the file
	in      map[string]given[memberships.Group]
	members []member
	place   reconcile.Position // of members, the zero value without them
	from    []given[string]
	roles   roleMap
	partial bool // a part of it was not read, after a mistake
}

// member is a member of a group as a file has it: a key or an address, or a row.
type member struct {
	who  given[string]
	role given[string]
	row  *row // nil for a key
}

// readGroups adds the groups of a file in a folder.
func (l *loader) readGroups(n *yamldoc.Node, dir string) {
	groups, _ := l.entries(n)
	for _, p := range groups {
		name, ok := l.text(p.Key, "the name of a group")
		if !ok {
			continue
		}
		g := l.group(p, dir)
		if other := l.groups[name.value]; other != nil {
			l.add(p.Key.At, "the group %s stands here a second time; the first is at %s", phrase.Quote(name.value), other.at)
			continue
		}
		l.groups[name.value] = g
	}
}

// group reads a group.
func (l *loader) group(p yamldoc.Pair, dir string) *group {
	g := &group{name: p.Key.Text, at: p.Key.At, dir: dir, in: map[string]given[memberships.Group]{}, roles: roleMap{}}
	readers := l.readers(&g.settings, reconcile.Modes())
	inPlace := given[string]{at: g.at}
	maps.Copy(readers, map[string]func(yamldoc.Pair){
		"in": func(p yamldoc.Pair) {
			inPlace.at = p.Value.At
			l.readIn(p.Value, g)
		},
		"members": func(p yamldoc.Pair) {
			g.place = p.Key.At
			l.readMembers(p.Value, g)
		},
		"members_from": func(p yamldoc.Pair) { g.from = l.fileNames(p.Value) },
		"roles":        func(p yamldoc.Pair) { l.readRoles(p.Value, g.roles) },
	})
	before := len(l.all)
	l.fields(p.Value, "a group", readers)
	g.partial = len(l.all) > before
	if len(g.in) == 0 && g.mode.value != reconcile.ModeUnmanaged && !g.partial {
		l.add(inPlace.at, "the group %s is in no provider: in names its group there, as in {box: \"9000001\"}", phrase.Quote(g.name))
	}
	return g
}

// readIn reads the groups of the providers.
func (l *loader) readIn(n *yamldoc.Node, g *group) {
	pairs, _ := l.entries(n)
	for _, p := range pairs {
		if !l.provider(p.Key) || !l.idText(p.Value, "the id of a group") {
			continue
		}
		in := memberships.ParseGroup(p.Value.Text)
		if err := memberships.CheckID("the id", in.ID); err != nil {
			l.add(p.Value.At, "expected the id of a group: %v", err)
			continue
		}
		g.in[p.Key.Text] = given[memberships.Group]{in, p.Value.At}
	}
}

// readMembers reads the roles of members by their keys.
func (l *loader) readMembers(n *yamldoc.Node, g *group) {
	pairs, _ := l.entries(n)
	for _, p := range pairs {
		who, ok := l.text(p.Key, "the key of a person, or an address")
		role, also := l.text(p.Value, "a role")
		if ok && also {
			g.members = append(g.members, member{who: who, role: role})
		}
	}
}

// fileNames reads the name of a file, or a list of them.
func (l *loader) fileNames(n *yamldoc.Node) []given[string] {
	const what = "the name of a file"
	if n.Kind != yamldoc.List {
		t, ok := l.text(n, what)
		if !ok {
			return nil
		}
		return []given[string]{t}
	}
	if len(n.Items) == 0 {
		l.add(n.At, "expected %s, found an empty list", what)
	}
	return l.texts(n, what)
}

func (l *loader) sortedGroups() []*group {
	return slices.SortedFunc(maps.Values(l.groups), func(a, b *group) int { return strings.Compare(a.name, b.name) })
}

// build returns a group with its settings, those of the defaults, and the built-in ones.
func (l *loader) build(g *group) reconcile.Group {
	d := &l.defaults
	built := reconcile.Group{
		Name:        g.name,
		Mode:        g.mode.or(d.mode).or(given[reconcile.Mode]{value: reconcile.ModeAdditive}).value,
		MinManagers: g.minManagers.or(d.minManagers).value,
		MaxRemovals: new(g.maxRemovals.or(d.maxRemovals.or(reconcile.DefaultMaxRemovals()))),
		Ceiling:     reconcile.DefaultCeiling,
		AllowEmpty:  g.allowEmpty.or(d.allowEmpty).value,
		Invite:      g.invite.or(d.invite).value,
		Roles:       l.rolesOf(g),
		At:          g.at,
	}
	if ceiling := g.ceiling.or(d.ceiling); ceiling.set() {
		built.Ceiling = ceiling.value
	}
	ignore := slices.Concat(d.ignore, g.ignore)
	for _, t := range ignore {
		built.Ignore = append(built.Ignore, t.value)
	}
	built.Ignore = sorted(built.Ignore)
	for provider, in := range g.in {
		if built.In == nil {
			built.In = map[string]memberships.Group{}
		}
		built.In[provider] = in.value
	}
	built.Members = l.wanted(g)
	l.checkEmpty(g, built)
	l.checkManagers(g, built)
	l.checkIgnored(ignore, built)
	return built
}

// rolesOf returns the roles of a group, and those of all groups where it has none.
func (l *loader) rolesOf(g *group) map[string]map[memberships.Role]memberships.Role {
	var all map[string]map[memberships.Role]memberships.Role
	for _, from := range []roleMap{l.roles, g.roles} {
		for provider, roles := range from {
			for name, role := range roles {
				if all == nil {
					all = map[string]map[memberships.Role]memberships.Role{}
				}
				if all[provider] == nil {
					all[provider] = map[memberships.Role]memberships.Role{}
				}
				all[provider][memberships.Role(name)] = role.value
			}
		}
	}
	return all
}

// wanted returns the members of a group in the order of their keys.
func (l *loader) wanted(g *group) []reconcile.Wanted {
	first := map[string]reconcile.Wanted{}
	for _, m := range g.members {
		key, ok := l.whoIs(m)
		if !ok {
			g.partial = true
			continue
		}
		w := reconcile.Wanted{Person: key, Role: memberships.Role(m.role.value), At: m.who.at}
		other, twice := first[key]
		switch {
		case twice && other.Role != w.Role && w.Role != reconcile.RoleAny && other.Role != reconcile.RoleAny:
			l.add(w.At, "%s has the role %s here and %s at %s", phrase.Quote(key), phrase.Quote(string(w.Role)), phrase.Quote(string(other.Role)), other.At)
		case twice && m.row == nil:
			l.add(w.At, "%s stands here a second time; the first is at %s", phrase.Quote(key), other.At)
		case !twice, other.Role == reconcile.RoleAny && w.Role != reconcile.RoleAny:
			first[key] = w
		}
	}
	return slices.SortedFunc(maps.Values(first), byPerson)
}

// whoIs returns the key of a member's person.
func (l *loader) whoIs(m member) (string, bool) {
	if m.row == nil {
		return l.named(m.who)
	}
	return m.row.person, m.row.person != ""
}
