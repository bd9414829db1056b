package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// declaration is a line of the listing.
type declaration struct {
	text string
	// internal is the internal type that the declaration names, "" if there is none.
	internal string
	// function reports that the declaration is a function and not a method.
	function bool
}

// listing returns the package's lines in alphabetical order.
func (p goPackage) listing() ([]string, error) {
	files, err := p.parse()
	if err != nil {
		return nil, err
	}
	var lines []string
	for _, d := range declarations(files) {
		if !p.generated() || d.internal == "" && !d.function {
			lines = append(lines, d.text)
		}
	}
	slices.Sort(lines)
	return slices.Compact(lines), nil
}

// declarations returns the exported declarations of a package.
func declarations(files []*ast.File) (all []declaration) {
	for _, f := range files {
		c := collector{internal: internals(f)}
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				c.function(d)
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch spec := spec.(type) {
					case *ast.ValueSpec:
						c.values(d.Tok, spec)
					case *ast.TypeSpec:
						c.typ(spec)
					}
				}
			}
		}
		all = append(all, c.all...)
	}
	return all
}

// collector collects the declarations of one file.
type collector struct {
	internal map[string]bool
	all      []declaration
}

// add adds a line that shows nodes.
func (c *collector) add(function bool, text string, nodes ...ast.Node) {
	d := declaration{text: text, function: function}
	for _, n := range nodes {
		ast.Inspect(n, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := s.X.(*ast.Ident); ok && c.internal[x.Name] {
					d.internal = x.Name + "." + s.Sel.Name
				}
			}
			return true
		})
	}
	c.all = append(c.all, d)
}

func (c *collector) function(d *ast.FuncDecl) {
	if !d.Name.IsExported() {
		return
	}
	if d.Recv == nil {
		c.add(true, "func "+d.Name.Name+typeParams(d.Type.TypeParams)+signature(d.Type), d.Type)
		return
	}
	if recv := d.Recv.List[0].Type; ast.IsExported(base(recv)) {
		c.add(false, "method ("+text(recv)+") "+d.Name.Name+signature(d.Type), d.Type)
	}
}

// base returns the name of a receiver's type.
func base(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return base(e.X)
	case *ast.IndexExpr:
		return base(e.X)
	case *ast.IndexListExpr:
		return base(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}

func (c *collector) values(tok token.Token, s *ast.ValueSpec) {
	for i, name := range s.Names {
		if !name.IsExported() {
			continue
		}
		line, shown := tok.String()+" "+name.Name, []ast.Node{}
		if s.Type != nil {
			line += " " + text(s.Type)
			shown = append(shown, s.Type)
		}
		if tok == token.CONST && i < len(s.Values) {
			line += " = " + text(s.Values[i]) // callers may have compiled the value in
		}
		c.add(false, line, shown...)
	}
}

func (c *collector) typ(s *ast.TypeSpec) {
	if !s.Name.IsExported() {
		return
	}
	head := "type " + s.Name.Name + typeParams(s.TypeParams)
	switch t := s.Type.(type) {
	case *ast.StructType:
		c.add(false, head+" struct")
		for _, f := range t.Fields.List {
			for _, name := range fieldNames(f) {
				if ast.IsExported(name) {
					c.add(false, head+" struct, "+name+" "+text(f.Type), f.Type)
				}
			}
		}
	case *ast.InterfaceType:
		c.add(false, head+" interface")
		for _, f := range t.Methods.List {
			c.interfaceMember(head, f)
		}
	default:
		if s.Assign.IsValid() {
			head += " ="
		}
		c.add(false, head+" "+text(s.Type), s.Type)
	}
}

func (c *collector) interfaceMember(head string, f *ast.Field) {
	fn, ok := f.Type.(*ast.FuncType)
	if !ok {
		c.add(false, head+" interface, "+text(f.Type), f.Type)
		return
	}
	for _, name := range f.Names {
		if name.IsExported() {
			c.add(false, head+" interface, "+name.Name+signature(fn), fn)
		} else {
			c.add(false, head+" interface, has unexported methods")
		}
	}
}

// fieldNames returns the names of a field. An embedded field has the name of its type.
func fieldNames(f *ast.Field) []string {
	var names []string
	for _, n := range f.Names {
		names = append(names, n.Name)
	}
	if names == nil {
		e := f.Type
		if s, ok := e.(*ast.StarExpr); ok {
			e = s.X
		}
		if s, ok := e.(*ast.SelectorExpr); ok {
			e = s.Sel
		}
		names = append(names, base(e))
	}
	return names
}

func typeParams(l *ast.FieldList) string {
	if l == nil {
		return ""
	}
	var params []string
	for _, f := range l.List {
		for _, n := range f.Names {
			params = append(params, n.Name+" "+text(f.Type))
		}
	}
	return "[" + strings.Join(params, ", ") + "]"
}

// signature returns a function's type without the word func and the names of parameters.
func signature(t *ast.FuncType) string { return strings.TrimPrefix(text(t), "func") }

// text returns an expression on one line, without names of parameters.
func text(e ast.Expr) string {
	ast.Inspect(e, func(n ast.Node) bool {
		if t, ok := n.(*ast.FuncType); ok {
			t.Params, t.Results = nameless(t.Params), nameless(t.Results)
		}
		return true
	})
	return types.ExprString(e)
}

// nameless returns a list of parameters without names.
func nameless(l *ast.FieldList) *ast.FieldList {
	if l == nil {
		return nil
	}
	out := &ast.FieldList{Opening: l.Opening, Closing: l.Closing}
	for _, f := range l.List {
		for range max(1, len(f.Names)) {
			out.List = append(out.List, &ast.Field{Type: f.Type})
		}
	}
	return out
}
