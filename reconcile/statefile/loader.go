package statefile

import (
	"fmt"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/phrase"
	"github.com/memberships-go/memberships/internal/yamldoc"
	"github.com/memberships-go/memberships/reconcile"
)

// loader merges files into a desired state.
type loader struct {
	o Options
	mistakes
	single *MemberOptions // of LoadMembers, nil in Load
	broken bool           // a file could not be read, so that names in it are unknown

	people    map[string]declared
	groups    map[string]*group
	defaults  settings
	roles     roleMap
	maxRun    limit
	protected []given[string]
	byAddress map[string]string // keys of people by address in lower case
	byID      map[identity]string
}

func newLoader(o Options) *loader {
	return &loader{
		o: o, people: map[string]declared{}, groups: map[string]*group{}, roles: roleMap{},
		byAddress: map[string]string{}, byID: map[identity]string{},
	}
}

// file adds the content of a file.
func (l *loader) file(f file, data []byte) {
	root := l.parse(f.name, data)
	if root == nil || !l.version(root) {
		l.broken = true
		return
	}
	l.fields(root, "the file", map[string]func(yamldoc.Pair){
		"version":          func(yamldoc.Pair) {},
		"people":           func(p yamldoc.Pair) { l.readPeople(p.Value) },
		"defaults":         func(p yamldoc.Pair) { l.readDefaults(p.Value) },
		"max_run_removals": func(p yamldoc.Pair) { l.readMaxRun(p.Value) },
		"protected":        func(p yamldoc.Pair) { l.protected = append(l.protected, l.texts(p.Value, "the key of a person")...) },
		"roles":            func(p yamldoc.Pair) { l.readRoles(p.Value, l.roles) },
		"groups":           func(p yamldoc.Pair) { l.readGroups(p.Value, f.dir()) },
	})
	l.broken = l.broken || len(l.all) >= maxKept
}

// version reports whether a file has the version of this release.
func (l *loader) version(root *yamldoc.Node) bool {
	if root.Kind != yamldoc.Mapping {
		l.add(root.At, "expected a mapping that begins with version: %d, found %s", Version, root)
		return false
	}
	for _, p := range root.Pairs {
		if p.Key.Text != "version" {
			continue
		}
		if p.Value.Tag == yamldoc.TagNumber && p.Value.Text == fmt.Sprint(Version) {
			return true
		}
		l.add(p.Value.At, "expected version %d, which this release reads, found %s", Version, p.Value)
		return false
	}
	l.add(root.At, "the file has no version; this release reads version: %d", Version)
	return false
}

// finish returns the merged state.
func (l *loader) finish() (*reconcile.Desired, error) {
	if l.broken {
		return nil, l.err()
	}
	l.indexPeople()
	l.readMemberFiles()
	d := &reconcile.Desired{MaxRunRemovals: new(l.maxRun.or(reconcile.DefaultMaxRunRemovals()))}
	for _, g := range l.sortedGroups() {
		d.Groups = append(d.Groups, l.build(g))
	}
	l.sameGroups()
	l.checkPatterns()
	d.Protected = l.protectedKeys()
	if err := l.err(); err != nil {
		return nil, err
	}
	d.People = make(map[string]reconcile.Person, len(l.people))
	for key, p := range l.people {
		d.People[key] = p.Person
	}
	d.Hash = Hash(d)
	return d, nil
}

// roleMap maps names of roles to those of a provider, by provider.
type roleMap map[string]map[string]given[memberships.Role]

// readRoles adds the roles of a mapping.
func (l *loader) readRoles(n *yamldoc.Node, into roleMap) {
	providers, _ := l.entries(n)
	for _, p := range providers {
		if !l.provider(p.Key) {
			continue
		}
		if into[p.Key.Text] == nil {
			into[p.Key.Text] = map[string]given[memberships.Role]{}
		}
		names, _ := l.entries(p.Value)
		for _, pair := range names {
			name, ok := l.text(pair.Key, "the name of a role")
			role, also := l.text(pair.Value, "a role of "+p.Key.Text)
			if !ok || !also {
				continue
			}
			all := into[p.Key.Text][name.value]
			once(&l.mistakes, "the role "+phrase.Quote(name.value), &all, given[memberships.Role]{memberships.Role(role.value), role.at})
			into[p.Key.Text][name.value] = all
		}
	}
}
