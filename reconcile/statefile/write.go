package statefile

import (
	"bytes"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/pattern"
	"github.com/memberships-go/memberships/reconcile"
)

// Write writes a state as a file that [Load] reads. Equal states have equal files: keys are
// sorted, and settings with their built-in values are left out. Names of groups and of
// people in providers are left out too, because they identify nothing.
//
// Write reads the file before it writes anything. It returns an error for a state that Load
// would refuse, or that no file can hold.
func Write(w io.Writer, d *reconcile.Desired) error { return Comments{}.Write(w, d) }

// writer writes lines of YAML in block style.
type writer struct {
	*bytes.Buffer
	comments Comments
}

// state writes a state in its canonical form.
func (f *writer) state(d *reconcile.Desired) {
	f.line(0, "# yaml-language-server: $schema="+SchemaURL)
	f.comment(0, f.comments.Head)
	f.line(0, "version: "+strconv.Itoa(Version))
	f.people(d)
	if standard := reconcile.DefaultMaxRunRemovals(); *d.MaxRunRemovals != standard {
		f.line(0, "max_run_removals:")
		f.limit(1, *d.MaxRunRemovals, standard)
	}
	f.list(0, "protected", d.Protected)
	if len(d.Groups) > 0 {
		f.line(0, "groups:")
	}
	for _, g := range d.Groups {
		f.group(g)
	}
}

func (f *writer) line(depth int, text string) {
	f.WriteString(strings.Repeat("  ", depth) + text + "\n")
}

// pair writes a key with a text.
func (f *writer) pair(depth int, key, value string) {
	f.line(depth, quoted(key)+": "+quoted(value))
}

// list writes a list, unless it is empty.
func (f *writer) list(depth int, key string, items []string) {
	if len(items) == 0 {
		return
	}
	f.line(depth, key+":")
	for _, item := range items {
		f.line(depth+1, "- "+quoted(item))
	}
}

// limit writes the parts of a limit that are not built in.
func (f *writer) limit(depth int, l, builtIn reconcile.Limit) {
	if l.Count != builtIn.Count {
		f.line(depth, "count: "+strconv.Itoa(l.Count))
	}
	if l.Percent != builtIn.Percent {
		f.line(depth, "percent: "+strconv.Itoa(l.Percent))
	}
}

// people writes the people. A person with an address alone, as a key of a group or of
// protected, needs no entry.
func (f *writer) people(d *reconcile.Desired) {
	named := map[string]bool{}
	for _, key := range d.Protected {
		named[key] = true
	}
	for _, g := range d.Groups {
		for _, w := range g.Members {
			named[w.Person] = true
		}
	}
	began := false
	for _, key := range slices.Sorted(maps.Keys(d.People)) {
		p := d.People[key]
		if p.Email == key && key == strings.ToLower(key) && named[key] && len(p.Aliases) == 0 && len(p.IDs) == 0 && len(f.comments.People[key]) == 0 {
			continue
		}
		if !began {
			f.line(0, "people:")
			began = true
		}
		f.comment(1, f.comments.People[key])
		f.line(1, quoted(key)+":")
		if p.Email != "" {
			f.pair(2, "email", p.Email)
		}
		f.list(2, "aliases", p.Aliases)
		if len(p.IDs) > 0 {
			f.line(2, "ids:")
		}
		for _, provider := range slices.Sorted(maps.Keys(p.IDs)) {
			f.pair(3, provider, p.IDs[provider].String())
		}
	}
}

// group writes a group.
func (f *writer) group(g reconcile.Group) {
	f.comment(1, f.comments.Groups[g.Name])
	f.line(1, quoted(g.Name)+":")
	f.line(2, "mode: "+quoted(string(g.Mode)))
	if g.MinManagers != 0 {
		f.line(2, "min_managers: "+strconv.Itoa(g.MinManagers))
	}
	standard := reconcile.DefaultMaxRemovals()
	if *g.MaxRemovals != standard || g.Ceiling != reconcile.DefaultCeiling {
		f.line(2, "max_removals:")
		f.limit(3, *g.MaxRemovals, standard)
		if g.Ceiling != reconcile.DefaultCeiling {
			f.line(3, "ceiling: "+strconv.Itoa(g.Ceiling))
		}
	}
	if g.AllowEmpty {
		f.line(2, "allow_empty: true")
	}
	if g.Invite {
		f.line(2, "invite: true")
	}
	f.list(2, "ignore", g.Ignore)
	f.roles(g.Roles)
	if len(g.In) > 0 {
		f.line(2, "in:")
	}
	for _, provider := range slices.Sorted(maps.Keys(g.In)) {
		f.pair(3, provider, g.In[provider].String())
	}
	if len(g.Members) > 0 {
		f.line(2, "members:")
	}
	for _, w := range g.Members {
		f.pair(3, w.Person, string(w.Role))
	}
}

// roles writes the roles of a group.
func (f *writer) roles(all map[string]map[memberships.Role]memberships.Role) {
	if len(all) > 0 {
		f.line(2, "roles:")
	}
	for _, provider := range slices.Sorted(maps.Keys(all)) {
		f.line(3, quoted(provider)+":")
		for _, name := range slices.Sorted(maps.Keys(all[provider])) {
			f.pair(4, string(name), string(all[provider][name]))
		}
	}
}

// plain matches texts that every reader of YAML takes as they are. word excludes the words
// that some of them take for values.
var (
	plain = pattern.New(`^[A-Za-z_][A-Za-z0-9_.@/+-]*$`)
	word  = pattern.New(`^(?i:y|n|yes|no|on|off|true|false|null|nan|inf)$`)
)

// quoted returns a text as YAML, in quotes where a reader could take it for another value.
func quoted(text string) string {
	if plain.MatchString(text) && !word.MatchString(text) {
		return text
	}
	return strconv.Quote(text)
}
