package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	pathpkg "path"
	"slices"
	"strings"

	"github.com/memberships-go/memberships/internal/yamldoc"
)

// excuses is the content of drift.yaml: the differences that are intended. The command's
// documentation describes the format.
type excuses struct {
	file           string
	UpstreamPrefix string    `json:"upstream_prefix"`
	Watch          []pattern `json:"watch"`
	Ignore         []ignored `json:"ignore_operations"`
	Excuses        []excuse  `json:"excuses"`
}

// ignored is an operation of the provider that our document omits.
type ignored struct {
	Operation pattern `json:"operation"`
	Form      string  `json:"form"`
	Reason    string  `json:"reason"`
	usage
}

// excuse explains the differences of one kind, or of every kind if kind is "", at one
// place.
type excuse struct {
	Operation pattern `json:"operation"`
	Parameter names   `json:"parameter"`
	Schema    string  `json:"schema"`
	Property  names   `json:"property"`
	Reference string  `json:"reference"`
	Kind      kind    `json:"kind"`
	Form      string  `json:"form"`
	Reason    string  `json:"reason"`
	usage
}

// usage is the line of an entry and its names that were needed.
type usage struct {
	line int
	used map[string]bool
}

func (u *usage) use(name string) {
	if u.used == nil {
		u.used = map[string]bool{}
	}
	u.used[name] = true
}

// names is one name or a list of names.
type names []string

var excusable = []kind{kindRemoved, kindMissing, kindType, kindEnum, kindNullable, kindRequired, kindBroken}

func loadExcuses(file string) (*excuses, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, withoutOp(err)
	}
	ex := &excuses{file: file}
	if err := ex.read(data); err != nil {
		return nil, err
	}
	for _, p := range ex.Watch {
		if err := p.check(); err != nil {
			return nil, fmt.Errorf("%s: watch: %w", file, err)
		}
	}
	for _, i := range ex.Ignore {
		if err := i.check(); err != nil {
			return nil, fmt.Errorf("%s: line %d: %w", file, i.line, err)
		}
	}
	for _, e := range ex.Excuses {
		if err := e.check(); err != nil {
			return nil, fmt.Errorf("%s: line %d: %w", file, e.line, err)
		}
	}
	return ex, nil
}

// read decodes the file, and records the lines of the entries.
func (ex *excuses) read(data []byte) error {
	root, mistakes := yamldoc.Parse(ex.file, data, yamldoc.Options{MaxValues: 100_000, Merging: "an alias stands for a whole value"})
	if len(mistakes) > 0 {
		return mistakes[0]
	}
	for _, p := range root.Pairs {
		for _, entry := range p.Value.Items {
			for _, field := range entry.Pairs {
				if v := field.Value; (field.Key.Text == "parameter" || field.Key.Text == "property") && v.Kind == yamldoc.Scalar {
					*v = yamldoc.Node{Kind: yamldoc.List, At: v.At, Items: []*yamldoc.Node{{Kind: v.Kind, At: v.At, Text: v.Text, Tag: v.Tag}}}
				}
			}
		}
	}
	if err := yamldoc.Decode(root, ex); err != nil {
		return err
	}
	for i := range ex.Ignore {
		ex.Ignore[i].line = root.Get("ignore_operations").Items[i].At.Line
	}
	for i := range ex.Excuses {
		ex.Excuses[i].line = root.Get("excuses").Items[i].At.Line
	}
	return nil
}

func (i ignored) check() error {
	if i.Operation == "" {
		return errors.New("the entry names no operation")
	}
	if err := i.Operation.check(); err != nil {
		return err
	}
	return checkReason(i.Reason, i.Form)
}

func (e excuse) check() error {
	switch {
	case e.Reference != "" && (e.Operation != "" || e.Schema != "" || e.Parameter != nil || e.Property != nil):
		return errors.New("an excuse for a reference is for nothing else")
	case e.Operation != "" && e.Schema != "":
		return errors.New("an excuse is for an operation or for a schema, not for both")
	case e.Parameter != nil && e.Property != nil:
		return errors.New("an excuse is for a parameter or for a property, not for both")
	case e.Parameter != nil && e.Schema != "":
		return errors.New("a schema has no parameters, only properties")
	case e.Property != nil && e.Operation == "" && e.Schema == "":
		return errors.New("a property needs the schema or the operation that it belongs to")
	case e.Operation == "" && e.Schema == "" && e.Parameter == nil && e.Reference == "":
		return errors.New("the excuse names no operation, parameter, schema or reference")
	case e.Parameter != nil && !e.Parameter.good() || e.Property != nil && !e.Property.good():
		return errors.New("a name is empty")
	case e.Kind != "" && !slices.Contains(excusable, e.Kind):
		return fmt.Errorf("unknown kind %q: one of %v", e.Kind, excusable)
	}
	if e.Operation != "" {
		if err := e.Operation.check(); err != nil {
			return err
		}
	}
	return checkReason(e.Reason, e.Form)
}

func (n names) good() bool { return len(n) > 0 && !slices.Contains(n, "") }

func checkReason(reason, form string) error {
	if strings.TrimSpace(reason) == "" {
		return errors.New("the entry gives no reason")
	}
	if form != "" && form != "openapi" && form != "discovery" {
		return fmt.Errorf("unknown form %q: openapi or discovery", form)
	}
	return nil
}

// watches reports whether a new operation at the same path matters.
func (ex *excuses) watches(operation string) bool {
	return len(ex.Watch) == 0 || slices.ContainsFunc(ex.Watch, func(p pattern) bool { return p.match(operation) })
}

// apply sets the excuses of the findings, in order, and adds a finding for each unused
// excuse.
func (ex *excuses) apply(c *comparer, whole bool) []finding {
	findings := slices.SortedFunc(maps.Keys(c.findings), compareFindings)
	for i := range findings {
		f := &findings[i]
		for n := range ex.Ignore {
			if e := &ex.Ignore[n]; f.kind == kindAdded && e.Operation.match(f.operation) {
				e.use("")
				f.excuse = strings.Join(strings.Fields(e.Reason), " ")
			}
		}
		if f.kind == kindAdded && f.excuse == "" && !ex.watches(f.operation) {
			f.kind, f.text = kindElsewhere, "operation added, but not watched"
		}
		for n := range ex.Excuses {
			e := &ex.Excuses[n]
			for _, name := range e.names() {
				if e.excuses(*f, name) {
					e.use(name)
					f.excuse = strings.Join(strings.Fields(e.Reason), " ")
				}
			}
		}
	}
	stale := func(u usage, name, what string) {
		if !u.used[name] {
			at := place{part: fmt.Sprintf("%s:%d", ex.file, u.line), path: what}
			findings = append(findings, finding{place: at, kind: kindStale, text: "excuse no longer needed"})
		}
	}
	for _, e := range ex.Ignore {
		if c.hasForm(e.Form) {
			stale(e.usage, "", string(e.Operation))
		}
	}
	for _, e := range ex.Excuses {
		if !c.hasForm(e.Form) || !whole && c.beyond(e) {
			continue
		}
		for _, name := range e.names() {
			stale(e.usage, name, e.describe(name))
		}
	}
	return findings
}

func (c *comparer) hasForm(form string) bool {
	return form == "" || slices.ContainsFunc(c.theirs, func(d *document) bool { return d.form() == form })
}

// beyond reports whether an excuse concerns a part of ours that the provider's excerpt
// does not contain, so that its use is unknown.
func (c *comparer) beyond(e excuse) bool {
	if e.Schema != "" {
		_, exists := mapOf(mapOf(c.ours.root["components"])["schemas"])[e.Schema]
		return exists && !c.reached[e.Schema]
	}
	for f := range c.findings {
		if f.kind == kindRemoved && e.Operation != "" && e.Operation.match(f.operation) {
			return true
		}
	}
	return false
}

// names returns the parameters or properties of the excuse, or "" if it concerns the
// operation or the schema itself.
func (e excuse) names() names {
	switch {
	case e.Parameter != nil:
		return e.Parameter
	case e.Property != nil:
		return e.Property
	}
	return names{""}
}

// excuses reports whether the excuse, by one of its names, applies to a finding.
func (e excuse) excuses(f finding, name string) bool {
	switch {
	case !slices.Contains(excusable, f.kind) || e.Kind != "" && e.Kind != f.kind:
		return false
	case e.Reference != "":
		return f.kind == kindBroken && f.path == e.Reference
	case e.Operation != "" && !e.Operation.match(f.operation):
		return false
	case e.Parameter != nil:
		return strings.HasSuffix(f.part, " parameter") && matchProperty(name, f.path)
	case e.Schema != f.schema:
		return false
	case e.Property != nil:
		return strings.HasSuffix(f.part, "property") && matchProperty(name, f.path)
	}
	// The operation itself, its bodies and the statuses of its responses.
	return !strings.HasSuffix(f.part, " parameter") && !strings.HasSuffix(f.part, "property")
}

func (e excuse) describe(name string) string {
	var words []string
	for _, w := range []struct{ label, value string }{
		{"", string(e.Operation)}, {"schema ", e.Schema}, {"reference ", e.Reference}, {"", name}, {"kind ", string(e.Kind)},
	} {
		if w.value != "" {
			words = append(words, w.label+w.value)
		}
	}
	return strings.Join(words, "  ")
}

// matchProperty reports whether a pattern matches a path: "*" matches all, "a.*" all
// below a.
func matchProperty(pattern, path string) bool {
	above, wild := strings.CutSuffix(pattern, ".*")
	switch {
	case pattern == "*" || pattern == path:
		return true
	case !wild:
		return false
	}
	below, ok := strings.CutPrefix(path, above)
	return ok && below != "" && strings.ContainsAny(below[:1], ".[{")
}

// pattern matches operations. * matches any part of a path segment, a last ** any rest of
// the path, and the method * any method. A pattern without a method matches every method.
type pattern string

func (p pattern) match(operation string) bool {
	if operation == "" {
		return false
	}
	method, path := p.split()
	otherMethod, otherPath := pattern(operation).split()
	if method != "*" && !strings.EqualFold(method, otherMethod) {
		return false
	}
	want, have := strings.Split(path, "/"), strings.Split(otherPath, "/")
	for i, w := range want {
		if w == "**" {
			return true
		}
		if i >= len(have) {
			return false
		}
		if ok, err := pathpkg.Match(w, have[i]); err != nil || !ok {
			return false
		}
	}
	return len(want) == len(have)
}

// split returns the method and the path without the names of its parameters.
func (p pattern) split() (method, path string) {
	method, path, ok := strings.Cut(string(p), " ")
	if !ok {
		method, path = "*", string(p)
	}
	_, path, _ = strings.Cut(operationKey("", path), " ")
	return method, path
}

func (p pattern) check() error {
	method, path := p.split()
	if method == "" || !strings.HasPrefix(path, "/") {
		return fmt.Errorf("%q is not an operation: write it as GET /path", string(p))
	}
	if _, rest, ok := strings.Cut(path, "**"); ok && rest != "" {
		return fmt.Errorf("%q has something after **", string(p))
	}
	if _, err := pathpkg.Match(path, ""); err != nil {
		return fmt.Errorf("%q is not a pattern: %w", string(p), err)
	}
	return nil
}
