package main

import (
	"fmt"
	"strings"
)

// copy reports whether the decoder may copy v from an earlier value with the same bytes.
// It returns the code that gives the copy its own memory, "" if the two values share no
// writable memory.
func (p *planner) copy(v string, sh *shape) (own string, ok bool, err error) {
	switch sh.kind {
	case text, boolean, integer, moment:
		return "", true, nil
	case raw:
		return fmt.Sprintf("%s = r.Clone(%[1]s)\n", v), true, nil
	case optional:
		if sh.elem.kind == raw {
			return "", false, nil
		}
		own, ok, err := p.copy(v, sh.elem)
		return fmt.Sprintf("if %s != nil {\n%[1]s = %s\n%s}\n", v, pointer(sh.elem, "*"+v), own), ok, err
	case structure:
		own, ok, err := p.copyFields(sh.name)
		if !ok || err != nil || own == "" {
			return "", ok, err
		}
		return v + ".own(r)\n", true, nil
	}
	return "", false, nil
}

// copyFields is copy for a struct v.
func (p *planner) copyFields(name string) (own string, ok bool, err error) {
	fields, hasRaw, err := p.fields(name)
	if err != nil {
		return "", false, err
	}
	if hasRaw {
		fields = append(fields, field{name: rawField, shape: &shape{kind: raw}})
	}
	var all strings.Builder
	for _, f := range fields {
		own, ok, err := p.copy("v."+f.name, f.shape)
		if !ok || err != nil {
			return "", false, err
		}
		all.WriteString(own)
	}
	return all.String(), true, nil
}

// copies adds to the plan the methods that copies of a struct need, including those of its
// inner structs.
func (p *planner) copies(sh *shape) error {
	if sh.kind == optional {
		sh = sh.elem
	}
	if sh.kind != structure || p.own[sh.name] {
		return nil
	}
	own, ok, err := p.copyFields(sh.name)
	if !ok || err != nil || own == "" {
		return err
	}
	p.own[sh.name] = true
	p.plan.Copies = append(p.plan.Copies, &copied{sh.name, own})
	fields, _, err := p.fields(sh.name)
	for _, f := range fields {
		if err := p.copies(f.shape); err != nil {
			return err
		}
	}
	return err
}
