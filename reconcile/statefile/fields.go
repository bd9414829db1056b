package statefile

import (
	"slices"
	"strconv"
	"strings"

	"github.com/memberships-go/memberships/internal/pattern"
	"github.com/memberships-go/memberships/internal/phrase"
	"github.com/memberships-go/memberships/internal/text"
	"github.com/memberships-go/memberships/internal/yamldoc"
	"github.com/memberships-go/memberships/reconcile"
)

const (
	maxName   = 256           // bytes of a name, a key, a role or a pattern
	maxNumber = 1_000_000_000 // of removals and managers
)

// given is a setting of a file. Its place is the zero value if no file has it.
type given[T any] struct {
	value T
	at    reconcile.Position
}

func (g given[T]) set() bool { return g.at != reconcile.Position{} }

// or returns g, or other if no file has g.
func (g given[T]) or(other given[T]) given[T] {
	if g.set() {
		return g
	}
	return other
}

// once merges a setting that all files together have once.
func once[T comparable](m *mistakes, name string, into *given[T], from given[T]) {
	if into.set() && from.set() && into.value != from.value {
		m.add(from.at, "%s is %v here and %v at %s", name, from.value, into.value, into.at)
	}
	*into = into.or(from)
}

// fields calls the readers of a mapping's keys, and reports unknown keys. It returns false
// for any other value.
func (l *loader) fields(n *yamldoc.Node, of string, readers map[string]func(yamldoc.Pair)) bool {
	pairs, ok := l.entries(n)
	for _, p := range pairs {
		if read := readers[p.Key.Text]; read != nil {
			read(p)
			continue
		}
		var names []string
		for name := range readers {
			names = append(names, name)
		}
		slices.Sort(names)
		l.add(p.Key.At, "there is no key %s in %s%s", phrase.Quote(p.Key.Text), of, phrase.Meant(p.Key.Text, names, "keys"))
	}
	return ok
}

// entries returns the entries of a mapping with free keys.
func (l *loader) entries(n *yamldoc.Node) ([]yamldoc.Pair, bool) {
	if n.Kind != yamldoc.Mapping {
		l.add(n.At, "expected a mapping, found %s", n)
	}
	return n.Pairs, n.Kind == yamldoc.Mapping
}

// items returns the items of a list.
func (l *loader) items(n *yamldoc.Node) []*yamldoc.Node {
	if n.Kind != yamldoc.List {
		l.add(n.At, "expected a list, found %s", n)
	}
	return n.Items
}

// text reads a text, as it is written. what is its meaning with an article.
func (l *loader) text(n *yamldoc.Node, what string) (given[string], bool) {
	switch {
	case n.Kind != yamldoc.Scalar:
		l.add(n.At, "expected %s, found %s", what, n)
	case strings.TrimSpace(n.Text) == "":
		l.add(n.At, "expected %s, found an empty text", what)
	case len(n.Text) > maxName:
		l.add(n.At, "expected %s of at most %d bytes, found %s", what, maxName, n)
	case !text.Safe(n.Text):
		l.add(n.At, "expected %s, found a control character in %s", what, n)
	default:
		return given[string]{n.Text, n.At}, true
	}
	return given[string]{}, false
}

// texts reads a list of texts.
func (l *loader) texts(n *yamldoc.Node, what string) []given[string] {
	var all []given[string]
	for _, item := range l.items(n) {
		if t, ok := l.text(item, what); ok {
			all = append(all, t)
		}
	}
	return all
}

// address matches an e-mail address.
var address = pattern.New(`^[^\s\pZ\pC@<>,;|]+@[^\s\pZ\pC@<>,;|]+$`)

// email reads an e-mail address.
func (l *loader) email(n *yamldoc.Node) (given[string], bool) {
	t, ok := l.text(n, "an e-mail address")
	if ok && !address.MatchString(t.value) {
		l.add(n.At, "expected an e-mail address, found %s", n)
		return t, false
	}
	return t, ok
}

// decimal matches the whole numbers that a setting may have.
var decimal = pattern.New(`^(0|[1-9][0-9]{0,9})$`)

// number reads a whole number from least to most.
func (l *loader) number(n *yamldoc.Node, least, most int) given[int] {
	value, err := strconv.Atoi(n.Text)
	switch {
	case n.Kind != yamldoc.Scalar || n.Tag != yamldoc.TagNumber:
		l.add(n.At, "expected a whole number, found %s", n)
	case err != nil || !decimal.MatchString(n.Text) || value < least || value > most:
		l.add(n.At, "expected a whole number from %d to %s, found %.*s", least, phrase.Number(int64(most)), phrase.MaxQuoted, n.Text)
	default:
		return given[int]{value, n.At}
	}
	return given[int]{}
}

// truth reads true or false.
func (l *loader) truth(n *yamldoc.Node) given[bool] {
	if n.Kind != yamldoc.Scalar || n.Tag != yamldoc.TagTruth {
		l.add(n.At, "expected true or false, found %s", n)
		return given[bool]{}
	}
	return given[bool]{strings.EqualFold(n.Text, "true"), n.At}
}

// provider reports whether a key is the name of a provider.
func (l *loader) provider(key *yamldoc.Node) bool {
	if _, ok := l.text(key, "the name of a provider"); !ok {
		return false
	}
	if l.o.Providers == nil || slices.Contains(l.o.Providers, key.Text) {
		return true
	}
	l.add(key.At, "there is no provider %s%s", phrase.Quote(key.Text), phrase.Meant(key.Text, l.o.Providers, "providers"))
	return false
}
