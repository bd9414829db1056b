package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A kind is the category of a finding.
type kind string

const (
	kindAdded     kind = "added"     // only the provider has the operation
	kindRemoved   kind = "removed"   // only our document has the operation
	kindMissing   kind = "missing"   // only the provider has it
	kindType      kind = "type"      // the types differ
	kindEnum      kind = "enum"      // the provider lists a value that our document lacks
	kindNullable  kind = "nullable"  // one side allows null
	kindRequired  kind = "required"  // one side requires a value from the caller
	kindBroken    kind = "broken"    // a reference leads nowhere, so the comparison is incomplete
	kindStale     kind = "stale"     // an unused excuse
	kindOnlyOurs  kind = "only ours" // only our document has it, which is not a failure
	kindElsewhere kind = "elsewhere" // an added operation outside the watched paths, which is not a failure
)

type finding struct {
	place
	kind kind
	text string
	// excuse is the reason that the finding is no failure, "" if there is none.
	excuse string
}

// Directions of a value.
type direction int

const (
	request direction = iota
	response
)

// comparer compares one document of ours with the provider's.
type comparer struct {
	ours     *document
	theirs   []*document
	findings map[finding]bool
	// matched are properties that the provider has in at least one place.
	matched map[place]bool
	// seen are the compared pairs of schemas.
	seen map[string]bool
	// reached are our named schemas that were compared.
	reached map[string]bool
	// compared counts the operations of both sides.
	compared int
}

// compare returns every difference, excused or not, in no particular order.
func compare(ours *document, theirs []*document) *comparer {
	c := &comparer{
		ours:     ours,
		theirs:   theirs,
		findings: map[finding]bool{},
		matched:  map[place]bool{},
		seen:     map[string]bool{},
		reached:  map[string]bool{},
	}
	for _, key := range slices.Sorted(maps.Keys(ours.operations)) {
		op := ours.operations[key][0]
		var others []*operation
		for _, doc := range theirs {
			others = append(others, doc.operations[key]...)
		}
		if len(others) == 0 {
			c.add(place{operation: op.name()}, kindRemoved, "operation missing from the provider's document")
			continue
		}
		c.compared++
		c.operation(op, op.details(), detailsOf(others))
	}
	for _, doc := range theirs {
		for key, ops := range doc.operations {
			if ours.operations[key] == nil {
				c.add(place{operation: ops[0].name()}, kindAdded, "operation added")
			}
		}
	}
	for _, doc := range append([]*document{ours}, theirs...) {
		for ref := range doc.broken {
			c.add(place{part: "reference", path: ref}, kindBroken, "leads nowhere in %s, so that something was not compared", doc.file)
		}
	}
	maps.DeleteFunc(c.findings, func(f finding, _ bool) bool {
		// One of our schemas may correspond to several of the provider's.
		return f.kind == kindOnlyOurs && c.matched[f.place]
	})
	return c
}

func (c *comparer) add(at place, k kind, format string, args ...any) {
	c.findings[finding{place: at, kind: k, text: fmt.Sprintf(format, args...)}] = true
}

func (c *comparer) operation(op *operation, ours, theirs details) {
	c.parameters(op, ours.params, theirs.params)
	c.request(op, ours.request, theirs.request)
	c.responses(op, ours.responses, theirs.responses)
}

func (c *comparer) parameters(op *operation, ours, theirs []parameter) {
	at := func(p parameter) place {
		return place{operation: op.name(), part: p.in + " parameter", path: p.name}
	}
	for _, p := range theirs {
		i := slices.IndexFunc(ours, p.same)
		if i < 0 {
			if p.in != "path" {
				c.add(at(p), kindMissing, missing)
			}
			continue
		}
		o := ours[i]
		if p.in != "path" {
			c.required(at(o), o.required, p.required)
		}
		c.schemas(setOf(at(o), o.schemas...), setOf(place{}, p.schemas...), request)
	}
	for _, o := range ours {
		if o.in != "path" && !slices.ContainsFunc(theirs, o.same) {
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
		c.add(at, kindRequired, "required by the provider, optional in ours")
	case ours && !theirs:
		c.add(at, kindRequired, "optional for the provider, required in ours")
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
		if theirs.required && !ours.required {
			// The reverse is not checked, because providers rarely mark a body as
			// required.
			c.required(at, false, true)
		}
		c.bodies(at, ours, theirs, request)
	}
}

func (c *comparer) responses(op *operation, ours, theirs map[string]*body) {
	described := map[*body]bool{}
	for _, status := range slices.Sorted(maps.Keys(theirs)) {
		o := responseFor(ours, status)
		if o == nil {
			c.add(place{operation: op.name(), part: "response", path: status}, kindMissing, missing)
			continue
		}
		if len(theirs[status].schemas) > 0 {
			described[o] = true
		}
		c.bodies(place{operation: op.name(), part: "response body"}, o, theirs[status], response)
	}
	for status, o := range ours {
		if len(o.schemas) > 0 && !described[o] {
			c.add(place{operation: op.name(), part: "response", path: status}, kindOnlyOurs, onlyOurs)
		}
	}
}

// responseFor returns our response for a status: its own, that of its class or, for an
// error, the default.
func responseFor(ours map[string]*body, status string) *body {
	class := status[:min(1, len(status))] + "xx"
	if b := ours[status]; b != nil {
		return b
	}
	if b := ours[class]; b != nil {
		return b
	}
	if class == "2xx" {
		return nil
	}
	return ours["default"]
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
		c.add(at, kindType, "retyped: ours %s, provider %s", strings.Join(ours.mediaTypes, " or "), strings.Join(theirs.mediaTypes, " or "))
	}
	c.schemas(setOf(at, ours.schemas...), setOf(place{}, theirs.schemas...), dir)
}

// schemas compares two schemas recursively. It compares the parts that depend on the
// place at each place. It compares the rest of a pair once in each direction, which ends
// recursion.
func (c *comparer) schemas(ours, theirs set, dir direction) {
	a, b := shapeOf(ours), shapeOf(theirs)
	c.types(ours.site(), a, b)
	c.nulls(ours.site(), a, b, dir)

	pair := fmt.Sprintf("%d|%s|%s", dir, ours.settled().id(), theirs.settled().id())
	if len(ours.nodes) == 0 {
		// The pair has no name of ours, so its place identifies it.
		opaque := a.at
		opaque.path = strings.TrimRight(opaque.path, "[]{}")
		pair += fmt.Sprintf("|%v", opaque)
	}
	if c.seen[pair] {
		return
	}
	c.seen[pair] = true
	c.reached[a.at.schema] = true

	c.enums(a, b)
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

// types compares the types of both sides. A side without a type allows any.
func (c *comparer) types(at place, a, b shape) {
	if len(a.types) == 0 || len(b.types) == 0 {
		return
	}
	if !slices.Equal(a.types, b.types) {
		c.add(at, kindType, "retyped: ours %s, provider %s", strings.Join(a.types, " or "), strings.Join(b.types, " or "))
		return
	}
	if slices.Equal(a.types, []string{"string"}) && a.format != "" && b.format != "" && a.format != b.format {
		c.add(at, kindType, "retyped: ours format %s, provider format %s", a.format, b.format)
	}
}

// nulls reports a null that our code does not expect, or that it would send to a provider
// that does not accept it.
func (c *comparer) nulls(at place, a, b shape, dir direction) {
	switch {
	case len(a.types) == 0 || len(b.types) == 0:
	case strings.HasSuffix(at.part, " parameter"):
		// A parameter is sent as text or omitted.
	case b.nullable && !a.nullable:
		c.add(at, kindNullable, "nullable for the provider, not in ours")
	case a.nullable && !b.nullable && dir == request:
		c.add(at, kindNullable, "nullable in ours, not for the provider")
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

func (c *comparer) properties(a, b shape, dir direction) {
	for _, name := range slices.Sorted(maps.Keys(b.props)) {
		at, theirs := a.at.child(name), b.props[name]
		ours, ok := a.props[name]
		if !ok {
			if theirs.travels(dir) {
				c.add(at, kindMissing, missing)
			}
			continue
		}
		c.matched[at] = true
		if dir == request && theirs.travels(dir) {
			c.required(at, a.required[name], b.required[name])
		}
		c.schemas(ours, theirs, dir)
	}
	for name := range a.props {
		if _, ok := b.props[name]; !ok {
			c.add(a.at.child(name), kindOnlyOurs, onlyOurs)
		}
	}
}
