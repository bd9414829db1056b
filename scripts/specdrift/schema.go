package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// componentSchemas is where named schemas stand.
const componentSchemas = "#/components/schemas/"

// A place says where in our document something is found or missing: in one of
// our named schemas, or in an operation when the schema there has no name.
type place struct {
	schema    string // the named schema, or
	operation string // the operation, as we spell it
	part      string // "property", "query parameter", "request body", ...
	path      string // "a.b", with [] for items and {} for values of a map
}

func (p place) child(step string) place {
	switch {
	case step == "[]" || step == "{}":
		p.path += step
	case p.path == "":
		p.path = step
	default:
		p.path += "." + step
	}
	switch p.part {
	case "":
		p.part = "property"
	case "request body":
		p.part = "request property"
	case "response body":
		p.part = "response property"
	}
	return p
}

// A set is one or several schemas that describe one value together: an
// alternative of oneOf each, or the parts of an allOf.
type set struct {
	at    place
	nodes []placed
}

type placed struct {
	node
	at place
}

func setOf(at place, nodes ...node) set {
	s := set{at: at}
	for _, n := range nodes {
		s.nodes = append(s.nodes, placed{n, at})
	}
	return s
}

// id is equal for equal sets, whatever way led to them.
func (s set) id() string {
	ids := make([]string, len(s.nodes))
	for i, n := range s.nodes {
		ids[i] = n.doc.file + n.ptr
	}
	slices.Sort(ids)
	return strings.Join(ids, " ")
}

// site is where the value itself stands, before any reference is followed.
func (s set) site() place {
	if len(s.nodes) == 1 {
		return s.nodes[0].at
	}
	return s.at
}

// travels is false for what only the provider sets, in a request, and for what it
// never tells, in an answer.
func (s set) travels(dir direction) bool {
	mark := "readOnly"
	if dir == response {
		mark = "writeOnly"
	}
	return !slices.ContainsFunc(append(s.nodes, s.settled().nodes...), func(n placed) bool {
		marked, _ := n.get(mark).raw.(bool)
		return marked
	})
}

// settled moves a lone reference, or a composition of one schema, to what it
// stands for, so that differences are told of the named schema.
func (s set) settled() set {
	s.at = s.site()
	for range 32 {
		if len(s.nodes) != 1 {
			return s
		}
		n := s.nodes[0]
		next, ok := n.follow()
		if !ok {
			for _, key := range compositions {
				if inner := n.get(key).list(); len(inner) == 1 && !n.structural() {
					next, ok = placed{inner[0], n.at}, true
				}
			}
		}
		if !ok {
			return s
		}
		s = set{at: next.at, nodes: []placed{next}}
	}
	return s
}

var compositions = []string{"allOf", "oneOf", "anyOf"}

// follow takes one step along a reference.
func (p placed) follow() (placed, bool) {
	ref := p.str("$ref")
	if ref == "" {
		return p, false
	}
	next := placed{p.doc.resolve(ref), p.at}
	if name, ok := strings.CutPrefix(next.ptr, componentSchemas); ok && !strings.Contains(name, "/") {
		next.at = place{schema: name}
	}
	return next, true
}

// structural says whether a schema says anything of its own, apart from what it
// refers to.
func (p placed) structural() bool {
	for _, key := range []string{"type", "properties", "items", "additionalProperties", "enum", "const", "format"} {
		if p.get(key).raw != nil {
			return true
		}
	}
	return false
}

// A shape is what the schemas of a set say together.
type shape struct {
	at       place
	types    []string // without null; none means any
	format   string   // of strings
	nullable bool
	enum     []string
	open     bool // strings other than those of enum are allowed too
	props    map[string]set
	required map[string]bool
	items    set
	values   set // of a map, from additionalProperties
}

// is says whether a value of this type may be here.
func (sh shape) is(typ string) bool { return len(sh.types) == 0 || slices.Contains(sh.types, typ) }

// shapeOf flattens references and compositions. It ends on recursive schemas,
// since it does not look into properties and visits a schema once.
func shapeOf(s set) shape {
	sh := shape{at: s.settled().at, props: map[string]set{}, required: requiredOf(s)}
	sh.items.at, sh.values.at = sh.at.child("[]"), sh.at.child("{}")
	types := map[string]bool{}
	formats := map[string]bool{}
	enum := map[string]bool{}
	for _, leaf := range sh.leaves(s) {
		sh.addTypes(leaf, types)
		if f := leaf.str("format"); f != "" {
			formats[f] = true
		}
		values := leaf.get("enum").list()
		if c, ok := mapOf(leaf.raw)["const"]; ok {
			values = append(values, node{raw: c})
		}
		for _, v := range values {
			if v.raw == nil {
				sh.nullable = true
				continue
			}
			enum[fmt.Sprint(v.raw)] = true
		}
		if len(values) == 0 && slices.Contains(typesOf(leaf), "string") {
			sh.open = true
		}
		for _, name := range sortedKeys(leaf.get("properties").raw) {
			p := sh.props[name]
			p.at = sh.at.child(name)
			p.nodes = append(p.nodes, placed{leaf.get("properties").get(name), leaf.at.child(name)})
			sh.props[name] = p
		}
		if items := leaf.get("items"); items.isMap() {
			sh.items.nodes = append(sh.items.nodes, placed{items, leaf.at.child("[]")})
		}
		if values := leaf.get("additionalProperties"); values.isMap() {
			sh.values.nodes = append(sh.values.nodes, placed{values, leaf.at.child("{}")})
		}
	}
	sh.types = slices.Sorted(maps.Keys(types))
	sh.enum = slices.Sorted(maps.Keys(enum))
	if len(formats) == 1 {
		sh.format = slices.Collect(maps.Keys(formats))[0]
	}
	return sh
}

func (sh *shape) addTypes(leaf placed, types map[string]bool) {
	for _, t := range typesOf(leaf) {
		if t == "null" {
			sh.nullable = true
		} else {
			types[t] = true
		}
	}
}

// typesOf are the types that a schema names, or that what it holds gives away.
func typesOf(n placed) []string {
	if t := n.str("type"); t != "" {
		return []string{t}
	}
	if list := n.get("type").list(); len(list) > 0 {
		var types []string
		for _, t := range list {
			types = append(types, fmt.Sprint(t.raw))
		}
		return types
	}
	switch {
	case n.get("properties").isMap() || n.get("additionalProperties").isMap():
		return []string{"object"}
	case n.get("items").isMap():
		return []string{"array"}
	}
	return nil
}

// leaves are the schemas of a set that say something themselves.
func (sh *shape) leaves(s set) []placed {
	var leaves []placed
	visited := map[string]bool{}
	var visit func(p placed)
	visit = func(p placed) {
		if visited[p.ptr] || !p.isMap() {
			return
		}
		visited[p.ptr] = true
		if nullable, _ := p.get("nullable").raw.(bool); nullable {
			sh.nullable = true
		}
		if next, ok := p.follow(); ok {
			visit(next)
		}
		for _, key := range compositions {
			for _, inner := range p.get(key).list() {
				visit(placed{inner, p.at})
			}
		}
		if p.structural() {
			leaves = append(leaves, p)
		}
	}
	for _, n := range s.nodes {
		visit(n)
	}
	return leaves
}

// requiredOf are the properties that every schema of the set requires.
func requiredOf(s set) map[string]bool {
	var all []map[string]bool
	for _, n := range s.nodes {
		all = append(all, requiredBy(n, map[string]bool{}))
	}
	return inAll(all)
}

func requiredBy(p placed, visited map[string]bool) map[string]bool {
	required := map[string]bool{}
	if visited[p.ptr] {
		return required
	}
	visited[p.ptr] = true
	for _, name := range p.get("required").list() {
		required[fmt.Sprint(name.raw)] = true
	}
	if next, ok := p.follow(); ok {
		maps.Copy(required, requiredBy(next, visited))
	}
	for _, key := range compositions {
		var branches []map[string]bool
		for _, inner := range p.get(key).list() {
			branch := requiredBy(placed{inner, p.at}, maps.Clone(visited))
			if key == "allOf" {
				maps.Copy(required, branch)
			} else {
				branches = append(branches, branch)
			}
		}
		maps.Copy(required, inAll(branches))
	}
	return required
}

func inAll(sets []map[string]bool) map[string]bool {
	common := map[string]bool{}
	if len(sets) > 0 {
		maps.Copy(common, sets[0])
	}
	for _, s := range sets {
		maps.DeleteFunc(common, func(name string, _ bool) bool { return !s[name] })
	}
	return common
}
