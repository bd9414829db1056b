package main

import (
	"go/ast"
	"go/token"
	"regexp"
	"strings"
)

// faults returns the declarations that break the rules for public packages.
func (p goPackage) faults(files []*ast.File) (out []string) {
	for _, d := range declarations(files) {
		// Functions of generated packages are for the wrappers alone.
		promised := !p.generated() || !d.function && !strings.Contains(d.text, ") DecodeJSON(")
		if d.internal != "" && promised {
			out = append(out, d.text+": names the internal type "+d.internal)
		}
		if name, ok := optionName(d); ok && !strings.HasPrefix(name, "With") {
			out = append(out, d.text+": is an option whose name does not begin with With")
		}
	}
	for _, f := range files {
		for _, d := range f.Decls {
			if d, ok := d.(*ast.GenDecl); ok && d.Tok == token.TYPE {
				out = append(out, p.typeFaults(d)...)
			}
		}
	}
	return out
}

// options matches the functions that return an option.
var options = regexp.MustCompile(`^func (\w+)(\[.*\])?\(.*\) (?:\w+\.)?Option$`)

// optionName returns the name of a function that returns an option, except for NewOption.
func optionName(d declaration) (string, bool) {
	m := options.FindStringSubmatch(d.text)
	if m == nil || m[1] == "NewOption" {
		return "", false
	}
	return m[1], true
}

// typeFaults returns the broken rules of types. An alias of a generated type names the
// package of its fields, and every field of a generated type has a comment.
func (p goPackage) typeFaults(d *ast.GenDecl) (out []string) {
	for _, spec := range d.Specs {
		s := spec.(*ast.TypeSpec)
		if !s.Name.IsExported() {
			continue
		}
		doc := s.Doc
		if doc == nil && !d.Lparen.IsValid() {
			doc = d.Doc
		}
		if to, ok := s.Type.(*ast.SelectorExpr); ok && text(to.X) == "gen" {
			want := "[" + module + "/generated/" + strings.TrimPrefix(p.path(), "wrappers/") + "." + to.Sel.Name + "]"
			if !strings.Contains(doc.Text(), want) {
				out = append(out, "type "+s.Name.Name+": its comment does not lead to "+want)
			}
		}
		if st, ok := s.Type.(*ast.StructType); ok && p.generated() {
			for _, f := range st.Fields.List {
				if f.Doc == nil && len(f.Names) > 0 {
					out = append(out, "type "+s.Name.Name+": the field "+f.Names[0].Name+" has no description in the document")
				}
			}
		}
	}
	return out
}
