package main

import (
	"errors"
	"fmt"
	"strings"
)

// statement returns the code that reads a field into v from position p. For a value of
// another type, the code leaves an optional or nullable field unset unless it is strict.
func (p *planner) statement(of string, f field, strict bool) (string, error) {
	code := ""
	switch f.shape.kind {
	case text:
		code = "v.FIELD, p = r.String(p, prev.FIELD)"
		if f.shape.name != "" {
			code = `
				var s string
				s, p = r.String(p, string(prev.FIELD))
				v.FIELD = TYPE(s)`
		}
	case raw:
		code = "v.FIELD, p = r.Raw(p, prev.FIELD)"
	case list:
		if f.shape.elem.kind == text && f.shape.elem.name == "" {
			code = "p = r.Strings(p, SLOT, &v.FIELD)"
		}
	case structure:
		own, ok, err := p.copy("v."+f.name, f.shape)
		if err != nil {
			return "", err
		}
		code = "p = v.FIELD.decode(r, p, &prev.FIELD)"
		if ok {
			if err := p.copies(f.shape); err != nil {
				return "", err
			}
			code = `
				if same, next := r.Same(p, SLOT); same != nil {
					p = next
					v.FIELD = *same.(*TYPE)
					` + own + `} else {
					mark := p
					` + code + `
					r.Keep(mark, p, SLOT, &v.FIELD)
				}`
		}
	case optional:
		code = `
			if next, ok := r.Null(p); ok {
				p = next
			} else {
				value, next := VALUE
				v.FIELD, p = POINTER, next
			}`
		if !strict {
			code = `
				if next, ok := r.Null(p); ok {
					p = next
				} else {
					value, next := VALUE
					if r.Fits(p) {
						v.FIELD = POINTER
					}
					p = next
				}`
		}
		if f.shape.elem.kind == structure && !strict {
			code = `
				if next, ok := r.Null(p); ok {
					p = next
				} else {
					value := new(TYPE)
					next := value.decode(r, p, value)
					if r.Fits(p) {
						v.FIELD = value
					}
					p = next
				}`
		} else if f.shape.elem.kind == structure {
			code = `
				if next, ok := r.Null(p); ok {
					p = next
				} else {
					v.FIELD = new(TYPE)
					p = v.FIELD.decode(r, p, v.FIELD)
				}`
		}
	case nullable:
		code = `
			if next, ok := r.Null(p); ok {
				p = next
				v.FIELD.SetNull()
			} else {
				value, next := VALUE
				p = next
				v.FIELD.Set(value)
			}`
		if !strict {
			code = `
				if next, ok := r.Null(p); ok {
					p = next
					v.FIELD.SetNull()
				} else {
					value, next := VALUE
					if r.Fits(p) {
						v.FIELD.Set(value)
					}
					p = next
				}`
		}
	}
	if code == "" {
		code = "v.FIELD, p = VALUE"
	}
	inner := f.shape
	if inner.kind == optional || inner.kind == nullable {
		inner = inner.elem
	}
	words := []string{"FIELD", f.name, "TYPE", inner.name, "POINTER", pointer(inner, "value")}
	if strings.Contains(code, "VALUE") {
		value, err := expression(inner)
		if err != nil {
			return "", err
		}
		words = append(words, "VALUE", value)
	}
	if strings.Contains(code, "SLOT") {
		words = append(words, "SLOT", p.slot(of, f.name))
	}
	return strings.TrimSpace(strings.NewReplacer(words...).Replace(code)), nil
}

// pointer returns the expression of a pointer to a copy of a value. Optional numbers and
// booleans are in the rows of lists, and share blocks of memory there.
func pointer(sh *shape, value string) string {
	switch {
	case sh.name != "":
	case sh.kind == integer:
		return fmt.Sprintf("r.Int64Pointer(%s)", value)
	case sh.kind == boolean:
		return fmt.Sprintf("r.BoolPointer(%s)", value)
	}
	return fmt.Sprintf("new(%s)", value)
}

// expression returns the code that reads a value without a previous one. The code has two
// results: the value and the position after it.
func expression(sh *shape) (string, error) {
	switch {
	case sh.kind == list && sh.elem.kind == structure:
		return fmt.Sprintf("decode.List(r, p, (*%s).decode)", sh.elem.name), nil
	case sh.kind == list && sh.elem.kind == raw:
		return "decode.List(r, p, decode.RawElem)", nil
	case sh.kind == dict && sh.elem.kind == boolean && sh.elem.name == "":
		return "decode.Map(r, p, (*decode.Reader).Bool)", nil
	case sh.kind == dict && sh.elem.kind == structure:
		return fmt.Sprintf(`decode.Map(r, p, func(r *decode.Reader, p int) (v %s, next int) {
			p = v.decode(r, p, &v)
			return v, p
		})`, sh.elem.name), nil
	case sh.name != "":
	case sh.kind == text:
		return `r.String(p, "")`, nil
	case sh.kind == boolean:
		return "r.Bool(p)", nil
	case sh.kind == integer:
		return "r.Int64(p)", nil
	case sh.kind == moment:
		return "r.Time(p)", nil
	}
	return "", errors.New("there is no code to read this value in this place")
}
