package statefile

import (
	"slices"

	"github.com/memberships-go/memberships/internal/phrase"
	"github.com/memberships-go/memberships/internal/yamldoc"
	"github.com/memberships-go/memberships/reconcile"
)

// limit is a limit for removals, as far as a file has it.
type limit struct{ count, percent given[int] }

// or returns the limit with the parts of l, and of other where l has none.
func (l limit) or(other reconcile.Limit) reconcile.Limit {
	if l.count.set() {
		other.Count = l.count.value
	}
	if l.percent.set() {
		other.Percent = l.percent.value
	}
	return other
}

// settings are what a group and the defaults have in common.
type settings struct {
	mode               given[reconcile.Mode]
	maxRemovals        limit
	ceiling            given[int]
	minManagers        given[int]
	allowEmpty, invite given[bool]
	ignore             []given[string]
}

// readers returns the readers of the settings' keys.
func (l *loader) readers(s *settings, modes []reconcile.Mode) map[string]func(yamldoc.Pair) {
	return map[string]func(yamldoc.Pair){
		"mode":         func(p yamldoc.Pair) { s.mode = l.mode(p.Value, modes) },
		"max_removals": func(p yamldoc.Pair) { l.limit(p.Value, "max_removals", &s.maxRemovals, &s.ceiling) },
		"min_managers": func(p yamldoc.Pair) { s.minManagers = l.number(p.Value, 0, maxNumber) },
		"allow_empty":  func(p yamldoc.Pair) { s.allowEmpty = l.truth(p.Value) },
		"invite":       func(p yamldoc.Pair) { s.invite = l.truth(p.Value) },
		"ignore":       func(p yamldoc.Pair) { s.ignore = l.texts(p.Value, "a pattern of members") },
	}
}

// mode reads one of modes.
func (l *loader) mode(n *yamldoc.Node, modes []reconcile.Mode) given[reconcile.Mode] {
	t, ok := l.text(n, "a mode")
	mode := reconcile.Mode(t.value)
	if !ok || slices.Contains(modes, mode) {
		return given[reconcile.Mode]{mode, t.at}
	}
	if mode == reconcile.ModeUnmanaged {
		l.add(t.at, "the mode unmanaged belongs to a single group; expected %s", phrase.Or(modes))
		return given[reconcile.Mode]{}
	}
	var names []string
	for _, m := range modes {
		names = append(names, string(m))
	}
	l.add(t.at, "there is no mode %s%s", phrase.Quote(t.value), phrase.Meant(t.value, names, "modes"))
	return given[reconcile.Mode]{}
}

// limit reads a limit for removals. ceiling is nil where there is none.
func (l *loader) limit(n *yamldoc.Node, of string, into *limit, ceiling *given[int]) {
	readers := map[string]func(yamldoc.Pair){
		"count":   func(p yamldoc.Pair) { into.count = l.number(p.Value, 0, maxNumber) },
		"percent": func(p yamldoc.Pair) { into.percent = l.number(p.Value, 0, 100) },
	}
	if ceiling != nil {
		readers["ceiling"] = func(p yamldoc.Pair) { *ceiling = l.number(p.Value, 1, maxNumber) }
	}
	l.fields(n, of, readers)
}

// managedModes are the modes of the defaults.
var managedModes = slices.DeleteFunc(reconcile.Modes(), func(m reconcile.Mode) bool { return m == reconcile.ModeUnmanaged })

// readDefaults adds the defaults of a file. Two files may not differ in a setting; their
// patterns are joined.
func (l *loader) readDefaults(n *yamldoc.Node) {
	var s settings
	l.fields(n, "defaults", l.readers(&s, managedModes))
	m, d := &l.mistakes, &l.defaults
	once(m, "mode of defaults", &d.mode, s.mode)
	once(m, "min_managers of defaults", &d.minManagers, s.minManagers)
	once(m, "allow_empty of defaults", &d.allowEmpty, s.allowEmpty)
	once(m, "invite of defaults", &d.invite, s.invite)
	once(m, "ceiling of defaults", &d.ceiling, s.ceiling)
	once(m, "count of defaults", &d.maxRemovals.count, s.maxRemovals.count)
	once(m, "percent of defaults", &d.maxRemovals.percent, s.maxRemovals.percent)
	d.ignore = append(d.ignore, s.ignore...)
}

// readMaxRun adds the limit of a file for all groups together.
func (l *loader) readMaxRun(n *yamldoc.Node) {
	var run limit
	l.limit(n, "max_run_removals", &run, nil)
	once(&l.mistakes, "count of max_run_removals", &l.maxRun.count, run.count)
	once(&l.mistakes, "percent of max_run_removals", &l.maxRun.percent, run.percent)
}
