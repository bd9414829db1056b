package statefile

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/phrase"
	"github.com/memberships-go/memberships/internal/yamldoc"
	"github.com/memberships-go/memberships/reconcile"
)

// declared is a person with the name of the file, which identifies nothing.
type declared struct {
	reconcile.Person
	name string
}

// identity is a member of one provider.
type identity struct {
	provider string
	kind     memberships.MemberKind
	id       string
}

// readPeople adds the people of a file.
func (l *loader) readPeople(n *yamldoc.Node) {
	people, ok := l.entries(n)
	l.broken = l.broken || !ok
	for _, p := range people {
		key, ok := l.text(p.Key, "the key of a person")
		if !ok {
			continue
		}
		person := l.person(p)
		other, twice := l.people[key.value]
		if twice && !samePerson(other, person) {
			l.add(p.Key.At, "the person %s has another content at %s", phrase.Quote(key.value), other.At)
		}
		if !twice {
			l.people[key.value] = person
		}
	}
}

// samePerson reports whether two declarations are equal apart from their places.
func samePerson(a, b declared) bool {
	a.At = b.At
	return reflect.DeepEqual(a, b)
}

// person reads a person.
func (l *loader) person(p yamldoc.Pair) declared {
	d := declared{Person: reconcile.Person{Key: p.Key.Text, At: p.Key.At}}
	before := len(l.all)
	ok := l.fields(p.Value, "a person", map[string]func(yamldoc.Pair){
		"email": func(p yamldoc.Pair) {
			t, _ := l.email(p.Value)
			d.Email = t.value
		},
		"aliases": func(p yamldoc.Pair) {
			for _, item := range l.items(p.Value) {
				if t, ok := l.email(item); ok {
					d.Aliases = append(d.Aliases, t.value)
				}
			}
		},
		"name": func(p yamldoc.Pair) {
			t, _ := l.text(p.Value, "a name")
			d.name = t.value
		},
		"ids": func(p yamldoc.Pair) { d.IDs = l.ids(p.Value) },
	})
	d.Aliases = sorted(d.Aliases)
	if ok && len(l.all) == before && d.Email == "" && len(d.IDs) == 0 {
		l.add(p.Key.At, "the person %s has neither email nor ids", phrase.Quote(p.Key.Text))
	}
	return d
}

// ids reads the ids of a person by provider.
func (l *loader) ids(n *yamldoc.Node) map[string]memberships.Member {
	var all map[string]memberships.Member
	pairs, _ := l.entries(n)
	for _, p := range pairs {
		if !l.provider(p.Key) {
			continue
		}
		m, ok := l.memberID(p.Value)
		if !ok {
			continue
		}
		if all == nil {
			all = map[string]memberships.Member{}
		}
		all[p.Key.Text] = m
	}
	return all
}

// memberID reads an id, or app: or group: before one. A text with an @ is an id here.
func (l *loader) memberID(n *yamldoc.Node) (memberships.Member, bool) {
	if !l.idText(n, "an id") {
		return memberships.Member{}, false
	}
	m := memberships.ParseMember(n.Text)
	if m.Email != "" && strings.HasPrefix(n.Text, "email:") {
		l.add(n.At, "expected an id, found the address %s, which belongs to email; %s is read as an id", phrase.Quote(m.Email), phrase.Quote("id:"+n.Text))
		return m, false
	}
	if m.ID == "" && m.Email != "" {
		m = memberships.Member{Kind: memberships.MemberUser, ID: m.Email}
	}
	if err := memberships.CheckID("the id", m.ID); err != nil {
		l.add(n.At, "expected an id: %v", err)
		return m, false
	}
	return m, true
}

// idText reports whether a value is a text that memberships.CheckID accepts.
func (l *loader) idText(n *yamldoc.Node, what string) bool {
	if n.Kind != yamldoc.Scalar {
		l.add(n.At, "expected %s, found %s", what, n)
		return false
	}
	if err := memberships.CheckID("the text", n.Text); err != nil {
		l.add(n.At, "expected %s: %v", what, err)
		return false
	}
	return true
}

// indexPeople finds the keys by address and by id, and reports people with two keys.
func (l *loader) indexPeople() {
	for _, key := range slices.Sorted(maps.Keys(l.people)) {
		l.index(l.people[key].Person)
	}
}

// index adds a person to the indexes.
func (l *loader) index(p reconcile.Person) {
	for _, a := range addresses(p) {
		other, twice := l.byAddress[strings.ToLower(a)]
		if twice && other != p.Key {
			l.twoKeys(p.Key, other, "the address "+phrase.Quote(a))
			continue
		}
		l.byAddress[strings.ToLower(a)] = p.Key
	}
	for _, provider := range slices.Sorted(maps.Keys(p.IDs)) {
		m := p.IDs[provider]
		id := identity{provider, m.Kind, m.ID}
		other, twice := l.byID[id]
		if twice && other != p.Key {
			l.twoKeys(p.Key, other, "the id "+phrase.Quote(m.String())+" in "+provider)
			continue
		}
		l.byID[id] = p.Key
	}
}

// twoKeys reports two people who share what identifies one.
func (l *loader) twoKeys(a, b, what string) {
	first, second := l.people[a], l.people[b]
	if comparePlaces(first.At, second.At) < 0 {
		first, second = second, first
	}
	l.add(first.At, "%s and %s at %s are one person: both have %s", phrase.Quote(first.Key), phrase.Quote(second.Key), second.At, what)
}

// addresses returns all addresses of a person.
func addresses(p reconcile.Person) []string {
	if p.Email == "" {
		return p.Aliases
	}
	return append([]string{p.Email}, p.Aliases...)
}

// named returns the key of the person that a text names: a key of people, or an address. An
// address of no declared person is a person by itself.
func (l *loader) named(t given[string]) (string, bool) {
	if _, ok := l.people[t.value]; ok {
		return t.value, true
	}
	folded := strings.ToLower(t.value)
	if key, ok := l.byAddress[folded]; ok {
		return key, true
	}
	if address.MatchString(t.value) {
		if _, ok := l.people[folded]; ok {
			return folded, true
		}
		p := reconcile.Person{Key: folded, Email: folded, At: t.at}
		l.people[folded] = declared{Person: p}
		l.index(p)
		return folded, true
	}
	if strings.Contains(t.value, "@") {
		l.add(t.at, "%s is no key of people and no e-mail address", phrase.Quote(t.value))
		return "", false
	}
	l.add(t.at, "there is no person %s%s", phrase.Quote(t.value), l.meantPerson(t.value))
	return "", false
}

// meantPerson returns the end of a sentence about an unknown person. It looks at all keys
// for the first mistakes only.
func (l *loader) meantPerson(text string) string {
	if len(l.all) < maxShown {
		if near := phrase.Nearest(text, slices.Collect(maps.Keys(l.people))); near != "" {
			return "; did you mean " + near + "?"
		}
	}
	return "; people declares the keys, and an address needs none"
}

// protectedKeys returns the keys of the protected people in order.
func (l *loader) protectedKeys() []string {
	var keys []string
	for _, t := range l.protected {
		if key, ok := l.named(t); ok {
			keys = append(keys, key)
		}
	}
	return sorted(keys)
}
