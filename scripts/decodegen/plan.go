package main

import (
	"fmt"
	"strings"

	"github.com/memberships-go/memberships/internal/decode"
)

// plan has the content of the files of a package.
type plan struct {
	Package, Spec string
	// Answers are the types of responses, in alphabetical order.
	Answers []*answer
	// Objects are the structs in Answers, each after its inner structs.
	Objects []*object
	// Slots are the fields whose last value is reused for equal bytes.
	Slots []string
	// Copies are the structs whose copies need their own memory.
	Copies []*copied
}

type answer struct {
	Name string
	// Code reads an answer other than an object.
	Code string
}

type object struct {
	Name    string
	ID      int
	HasRaw  bool
	Lenient bool
	Fields  []member
}

// Strict returns an expression with a bit for each strict field.
func (o *object) Strict() string {
	var bits []string
	for i, f := range o.Fields {
		if f.Strict {
			bits = append(bits, fmt.Sprintf("1<<%d", i))
		}
	}
	return strings.Join(bits, " | ")
}

// member is a field and the code that reads it.
type member struct {
	Key, Code string
	Strict    bool
}

type copied struct{ Name, Code string }

// planner makes the plan of a package from its types.
type planner struct {
	*source
	marks   strictness
	plan    *plan
	done    map[string]bool // false while its fields are in progress
	own     map[string]bool // the structs in Copies
	answers map[string]bool
}

func (s *source) plan(schemas []string, marks strictness) (*plan, error) {
	p := &planner{source: s, marks: marks, plan: &plan{Package: s.name}, done: map[string]bool{}, own: map[string]bool{}, answers: map[string]bool{}}
	for _, name := range schemas {
		p.answers[name] = true
	}
	for _, name := range schemas {
		if err := p.answer(name); err != nil {
			return nil, err
		}
	}
	switch {
	case len(p.plan.Objects) > decode.MaxTypes:
		return nil, fmt.Errorf("there are %d types of objects, and decode.MaxTypes is %d", len(p.plan.Objects), decode.MaxTypes)
	case len(p.plan.Slots) > decode.MaxSlots:
		return nil, fmt.Errorf("%d fields are to be looked up by their bytes, and decode.MaxSlots is %d", len(p.plan.Slots), decode.MaxSlots)
	}
	return p.plan, nil
}

func (p *planner) answer(name string) error {
	spec := p.types[name]
	if spec == nil {
		return fmt.Errorf("operations answer with %s, which is not a type of client.gen.go", name)
	}
	if spec.Assign.IsValid() {
		return fmt.Errorf("%s is another name for %s and can have no methods", name, typeName(spec.Type))
	}
	sh, err := p.shape(spec.Name)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	a := &answer{Name: name}
	if sh.kind != structure {
		if a.Code, err = expression(sh); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	p.plan.Answers = append(p.plan.Answers, a)
	return p.objects(sh)
}

// objects adds the structs in a shape to the plan.
func (p *planner) objects(sh *shape) error {
	for sh.elem != nil {
		sh = sh.elem
	}
	if sh.kind != structure {
		return nil
	}
	if done, begun := p.done[sh.name]; begun && !done {
		return fmt.Errorf("%s holds itself, and nothing bounds how deep", sh.name)
	} else if done {
		return nil
	}
	p.done[sh.name] = false
	fields, hasRaw, err := p.fields(sh.name)
	if err != nil {
		return err
	}
	if len(fields) > decode.MaxFields {
		return fmt.Errorf("%s has %d fields, and decode.MaxFields is %d", sh.name, len(fields), decode.MaxFields)
	}
	o := &object{Name: sh.name, HasRaw: hasRaw}
	for _, f := range fields {
		if err := p.objects(f.shape); err != nil {
			return err
		}
		strict, err := p.strict(sh.name, f)
		if err != nil {
			return err
		}
		code, err := p.statement(sh.name, f, strict)
		if err != nil {
			return fmt.Errorf("%s.%s: %w", sh.name, f.name, err)
		}
		o.Fields = append(o.Fields, member{f.key, code, strict})
	}
	strict, err := p.strictObject(sh.name)
	if err != nil {
		return err
	}
	o.Lenient = !strict && !p.answers[sh.name]
	o.ID = len(p.plan.Objects)
	p.plan.Objects = append(p.plan.Objects, o)
	p.done[sh.name] = true
	return nil
}

// slot adds a field to Slots and returns its name there.
func (p *planner) slot(of, field string) string {
	name := "slot" + of + field
	p.plan.Slots = append(p.plan.Slots, name)
	return name
}
