package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/memberships-go/memberships/internal/yamldoc"
)

// mark is the key of the document that makes a field strict.
const mark = "x-strict"

// reasons are the values of a mark. Each names a use that needs the field.
var reasons = []string{"identity", "paging", "role", "state"}

// schema has the marks of an object's fields.
type schema struct {
	Ref        string `json:"$ref"`
	Strict     any    `json:"x-strict"`
	Properties map[string]schema
}

// strictness decides for every field whether its value must have the JSON type of the
// document. This comment is the only place of the rule:
//
// A field is strict if identity, paging, role or state need it. The document marks it with
// x-strict and the reason, at the property or at the schema that the property refers to.
// An object or answer is strict if one of its fields is, at any depth; a list or map of
// strict objects is strict. A strict value of another type makes the whole answer
// malformed.
//
// Every other field is lenient. The decoder converts a scalar of another type if the
// conversion is exact. Any other value leaves its field empty and is in the RawJSON of
// the enclosing object. The answer is valid in both cases.
//
// The list of required fields cannot replace the mark: it has names and times that no use
// needs, and lacks roles.
type strictness map[string]schema

// reason returns the value of a mark, "" for none.
func (s schema) reason() string {
	if s.Strict == nil {
		return ""
	}
	return fmt.Sprint(s.Strict)
}

func readStrictness(document []byte) (strictness, error) {
	var doc struct {
		Components struct{ Schemas strictness }
	}
	if err := yamldoc.Read("document", document, &doc); err != nil {
		return nil, err
	}
	return doc.Components.Schemas, nil
}

// field reports whether the document marks a field.
func (s strictness) field(of, key string) (bool, error) {
	object, ok := s[of]
	if !ok {
		return false, fmt.Errorf("%s is not a schema of the document, which has to say what of it is strict", of)
	}
	property := object.Properties[key]
	reason := property.reason()
	if name, ok := strings.CutPrefix(property.Ref, "#/components/schemas/"); ok && reason == "" {
		reason = s[name].reason()
	}
	if reason != "" && !slices.Contains(reasons, reason) {
		return false, fmt.Errorf("%s.%s: %s is %q and not one of %s", of, key, mark, reason, strings.Join(reasons, ", "))
	}
	return reason != "", nil
}

// strict reports whether a field of a type is strict.
func (p *planner) strict(of string, f field) (bool, error) {
	marked, err := p.marks.field(of, f.key)
	if err != nil {
		return false, err
	}
	inner := f.shape
	for inner.elem != nil {
		inner = inner.elem
	}
	switch {
	case inner.kind == structure && marked:
		return false, fmt.Errorf("%s.%s is %s, which is for scalars: the fields of an object say what is strict", of, f.key, mark)
	case inner.kind == raw && marked:
		return false, fmt.Errorf("%s.%s is %s, and is kept as sent whatever it is", of, f.key, mark)
	case inner.kind == structure:
		return p.strictObject(inner.name)
	}
	return marked, nil
}

// strictObject reports whether a type is strict.
func (p *planner) strictObject(name string) (bool, error) {
	fields, hasRaw, err := p.fields(name)
	if err != nil {
		return false, err
	}
	for _, f := range fields {
		if strict, err := p.strict(name, f); strict || err != nil {
			return strict, err
		}
	}
	if hasRaw {
		return false, fmt.Errorf("%s has no field that is %s, so nothing says which one it is", name, mark)
	}
	return false, nil
}
