package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A kind is what sort of difference a finding is.
type kind string

const (
	kindAdded    kind = "added"     // an operation of the vendor that we do not have
	kindRemoved  kind = "removed"   // an operation of ours that the vendor does not have
	kindMissing  kind = "missing"   // the vendor has it, we do not
	kindType     kind = "type"      // the types differ
	kindEnum     kind = "enum"      // the vendor lists a value that we do not
	kindNullable kind = "nullable"  // one side allows null
	kindRequired kind = "required"  // one side requires it of the caller
	kindBroken   kind = "broken"    // a reference leads nowhere, so something was not compared
	kindOnlyOurs kind = "only ours" // we have it, the vendor does not: never a failure
	kindStale    kind = "stale"     // an excuse that excuses nothing
)

type finding struct {
	place
	kind   kind
	text   string
	global bool // given to every operation of the vendor's document
	// excuse is the entry that explains the finding, nil when there is none.
	excuse *excuse
}

// The directions in which a value travels.
type direction int

const (
	request direction = iota
	response
)

// comparer holds one document of ours against the vendor's.
type comparer struct {
	findings map[finding]bool
	matched  map[place]bool
	seen     map[string]bool
	// compared counts the operations that both sides have.
	compared int
	// elsewhere counts the vendor's operations outside of what is watched.
	elsewhere int
}

// compare lists every difference, excused or not, in no particular order.
func compare(ours *document, theirs []*document, ex *excuses) *comparer {
	c := &comparer{findings: map[finding]bool{}, matched: map[place]bool{}, seen: map[string]bool{}}
	for _, key := range slices.Sorted(maps.Keys(ours.operations)) {
		op := ours.operations[key][0]
		found := false
		for _, doc := range theirs {
			for _, other := range doc.operations[key] {
				found = true
				c.operation(op, other)
			}
		}
		if found {
			c.compared++
		} else {
			c.add(place{operation: op.name()}, kindRemoved, "operation missing from the vendor's document")
		}
	}
	for _, doc := range theirs {
		for key, ops := range doc.operations {
			if ours.operations[key] != nil {
				continue
			}
			if !ex.watches(ops[0].path) {
				c.elsewhere++
				continue
			}
			c.add(place{operation: ops[0].name()}, kindAdded, "operation added")
		}
	}
	for _, doc := range append([]*document{ours}, theirs...) {
		for ref := range doc.broken {
			c.add(place{part: "reference", path: ref}, kindBroken, "leads nowhere in "+doc.file+": what it stands for was not compared")
		}
	}
	c.settle(ours, theirs)
	return c
}

func (c *comparer) add(at place, k kind, format string, args ...any) {
	c.findings[finding{place: at, kind: k, text: fmt.Sprintf(format, args...)}] = true
}

// settle drops what one variant of the vendor's lacks and another has, and says
// once what is missing from every operation.
func (c *comparer) settle(ours *document, theirs []*document) {
	global := map[string][]finding{}
	for f := range c.findings {
		if f.kind == kindOnlyOurs && c.matched[f.place] {
			delete(c.findings, f)
		}
		if f.global {
			global[f.part+" "+f.path] = append(global[f.part+" "+f.path], f)
		}
	}
	for _, same := range global {
		if len(same) < c.compared {
			continue
		}
		once := same[0]
		once.operation = ""
		for _, f := range same {
			delete(c.findings, f)
		}
		c.findings[once] = true
	}
}

func (c *comparer) operation(ours, theirs *operation) {
	a, b := ours.details(), theirs.details()
	c.parameters(ours, a.params, b.params)
	c.request(ours, a.request, b.request)
	c.responses(ours, a.responses, b.responses)
}

func (c *comparer) parameters(op *operation, ours, theirs []parameter) {
	at := func(p parameter) place {
		return place{operation: op.name(), part: p.in + " parameter", path: p.name}
	}
	same := func(a, b parameter) bool {
		switch {
		case a.in != b.in:
			return false
		case a.in == "path":
			return a.position == b.position
		case a.in == "header":
			return strings.EqualFold(a.name, b.name)
		}
		return a.name == b.name
	}
	for _, p := range theirs {
		i := slices.IndexFunc(ours, func(o parameter) bool { return same(o, p) })
		if i < 0 {
			if p.in != "path" {
				c.findings[finding{place: at(p), kind: kindMissing, text: missing, global: p.global}] = true
			}
			continue
		}
		o := ours[i]
		c.matched[at(o)] = true
		if p.in != "path" {
			c.required(at(o), o.required, p.required)
		}
		c.schemas(setOf(at(o), o.schema), setOf(place{}, p.schema), request)
	}
	for _, o := range ours {
		if o.in != "path" && !slices.ContainsFunc(theirs, func(p parameter) bool { return same(o, p) }) {
			c.add(at(o), kindOnlyOurs, onlyOurs)
		}
	}
}

const (
	missing  = "missing from our spec"
	onlyOurs = "only ours"
)

func (c *comparer) required(at place, ours, theirs bool) {
	switch {
	case theirs && !ours:
		c.add(at, kindRequired, "required by the vendor, optional in ours")
	case ours && !theirs:
		c.add(at, kindRequired, "optional for the vendor, required in ours")
	}
}

func (c *comparer) request(op *operation, ours, theirs *body) {
	at := place{operation: op.name(), part: "request body"}
	switch {
	case ours == nil && theirs == nil:
	case ours == nil:
		c.add(at, kindMissing, missing)
	case theirs == nil:
		c.add(at, kindOnlyOurs, onlyOurs)
	default:
		c.matched[at] = true
		if theirs.required && !ours.required {
			// The reverse is left out: vendors rarely say that a body is required.
			c.required(at, false, true)
		}
		c.bodies(at, ours, theirs, request)
	}
}

func (c *comparer) responses(op *operation, ours, theirs map[string]*body) {
	for _, status := range slices.Sorted(maps.Keys(theirs)) {
		at := place{operation: op.name(), part: "response body"}
		o := responseFor(ours, status)
		if o == nil {
			c.add(place{operation: op.name(), part: "response", path: status}, kindMissing, missing)
			continue
		}
		c.bodies(at, o, theirs[status], response)
	}
}

// responseFor is where we describe a status: by itself, with its class, or, for
// what is not a success, by default.
func responseFor(ours map[string]*body, status string) *body {
	class := status[:min(1, len(status))] + "XX"
	if b := ours[status]; b != nil {
		return b
	}
	if b := ours[class]; b != nil {
		return b
	}
	if class == "2XX" {
		return nil
	}
	return ours["DEFAULT"]
}

func (c *comparer) bodies(at place, ours, theirs *body, dir direction) {
	if len(theirs.schemas) == 0 {
		return
	}
	if len(ours.schemas) == 0 {
		c.add(at, kindMissing, missing)
		return
	}
	if dir == request && !slices.ContainsFunc(theirs.mediaTypes, func(mt string) bool { return slices.Contains(ours.mediaTypes, mt) }) {
		c.add(at, kindType, "retyped: ours %s, vendor %s", strings.Join(ours.mediaTypes, " or "), strings.Join(theirs.mediaTypes, " or "))
	}
	c.schemas(setOf(at, ours.schemas...), setOf(place{}, theirs.schemas...), dir)
}

// schemas compares two schemas to the leaves. Each pair is compared once in
// each direction, which also ends recursion.
func (c *comparer) schemas(ours, theirs set, dir direction) {
	ours, theirs = ours.settled(), theirs.settled()
	pair := fmt.Sprintf("%d|%s|%s", dir, ours.id(), theirs.id())
	if len(ours.nodes) == 0 {
		pair += "|" + fmt.Sprint(ours.at)
	}
	if c.seen[pair] {
		return
	}
	c.seen[pair] = true

	a, b := shapeOf(ours), shapeOf(theirs)
	c.types(a, b)
	c.enums(a, b)
	c.nulls(a, b, dir)
	if a.is("object") && b.is("object") {
		c.properties(a, b, dir)
		if len(b.values.nodes) > 0 {
			c.schemas(a.values, b.values, dir)
		}
	}
	if a.is("array") && b.is("array") && len(b.items.nodes) > 0 {
		c.schemas(a.items, b.items, dir)
	}
}

func (c *comparer) types(a, b shape) {
	if len(a.types) == 0 || len(b.types) == 0 {
		return
	}
	if !slices.Equal(a.types, b.types) {
		c.add(a.at, kindType, "retyped: ours %s, vendor %s", strings.Join(a.types, " or "), strings.Join(b.types, " or "))
		return
	}
	if slices.Equal(a.types, []string{"string"}) && a.format != "" && b.format != "" && a.format != b.format {
		c.add(a.at, kindType, "retyped: ours format %s, vendor format %s", a.format, b.format)
	}
}

func (c *comparer) enums(a, b shape) {
	if len(a.enum) == 0 || a.open {
		return
	}
	for _, value := range b.enum {
		if !slices.Contains(a.enum, value) {
			c.add(a.at, kindEnum, "enum value added: %s", value)
		}
	}
}

// nulls reports a null that we would not understand, would send in vain or
// could not send.
func (c *comparer) nulls(a, b shape, dir direction) {
	switch {
	case strings.HasSuffix(a.at.part, " parameter"):
		// A parameter is sent as text or not at all.
	case b.nullable && !a.nullable:
		c.add(a.at, kindNullable, "nullable for the vendor, not in ours")
	case a.nullable && !b.nullable && dir == request:
		c.add(a.at, kindNullable, "nullable in ours, not for the vendor")
	}
}

func (c *comparer) properties(a, b shape, dir direction) {
	for _, name := range slices.Sorted(maps.Keys(b.props)) {
		theirs := b.props[name]
		ours, ok := a.props[name]
		if !ok {
			if !theirs.travelsOnly(dir) {
				continue
			}
			c.add(a.at.child(name), kindMissing, missing)
			continue
		}
		c.matched[at(ours)] = true
		if dir == request && theirs.travelsOnly(dir) {
			c.required(at(ours), a.required[name], b.required[name])
		}
		c.schemas(ours, theirs, dir)
	}
	for name, ours := range a.props {
		if _, ok := b.props[name]; !ok {
			c.add(at(ours), kindOnlyOurs, onlyOurs)
		}
	}
}
