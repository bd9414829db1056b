package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strconv"
	"strings"
)

// source has the package name and the types of client.gen.go.
type source struct {
	name  string
	types map[string]*ast.TypeSpec
}

func parse(text []byte) (*source, error) {
	file, err := parser.ParseFile(token.NewFileSet(), "client.gen.go", text, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	s := &source{name: file.Name.Name, types: map[string]*ast.TypeSpec{}}
	for _, decl := range file.Decls {
		if decl, ok := decl.(*ast.GenDecl); ok {
			for _, spec := range decl.Specs {
				if spec, ok := spec.(*ast.TypeSpec); ok && spec.TypeParams == nil {
					s.types[spec.Name.Name] = spec
				}
			}
		}
	}
	return s, nil
}

// kind selects the code that reads a value.
type kind int

const (
	text kind = iota
	boolean
	integer
	moment
	raw
	structure
	list
	dict
	optional // a pointer
	nullable
)

// shape is a type as the decoder sees it.
type shape struct {
	kind kind
	// name is the name of a struct or of a defined scalar type, "" for a predeclared type.
	name string
	elem *shape
}

// scalars are the types without inner values.
var scalars = map[string]kind{
	"string": text, "bool": boolean, "int64": integer, "time.Time": moment, "json.RawMessage": raw,
}

// shape returns the shape of a type, or an error for an unsupported type.
func (s *source) shape(expr ast.Expr) (*shape, error) {
	switch t := expr.(type) {
	case *ast.Ident:
		if k, ok := scalars[t.Name]; ok {
			return &shape{kind: k}, nil
		}
		spec := s.types[t.Name]
		if spec == nil {
			break
		}
		if _, ok := spec.Type.(*ast.StructType); ok && !spec.Assign.IsValid() {
			return &shape{kind: structure, name: t.Name}, nil
		}
		sh, err := s.shape(spec.Type)
		if err == nil && !spec.Assign.IsValid() && sh.elem == nil {
			sh.name = t.Name
		}
		return sh, err
	case *ast.SelectorExpr:
		if k, ok := scalars[typeName(t)]; ok {
			return &shape{kind: k}, nil
		}
	case *ast.StarExpr:
		return s.around(optional, t.X)
	case *ast.ArrayType:
		if t.Len == nil {
			return s.around(list, t.Elt)
		}
	case *ast.MapType:
		if typeName(t.Key) == "string" {
			return s.around(dict, t.Value)
		}
	case *ast.IndexExpr:
		if typeName(t.X) == "nullable.Nullable" {
			return s.around(nullable, t.Index)
		}
	}
	return nil, fmt.Errorf("there is no code to read a %s", typeName(expr))
}

func (s *source) around(k kind, elem ast.Expr) (*shape, error) {
	sh, err := s.shape(elem)
	return &shape{kind: k, elem: sh}, err
}

// typeName returns the source text of a type.
func typeName(expr ast.Expr) string {
	switch t := expr.(type) {
	case *ast.Ident:
		return t.Name
	case *ast.SelectorExpr:
		return typeName(t.X) + "." + t.Sel.Name
	case *ast.StarExpr:
		return "*" + typeName(t.X)
	case *ast.ArrayType:
		return "[]" + typeName(t.Elt)
	case *ast.MapType:
		return "map[" + typeName(t.Key) + "]" + typeName(t.Value)
	case *ast.IndexExpr:
		return typeName(t.X) + "[" + typeName(t.Index) + "]"
	case *ast.InterfaceType:
		return "interface"
	case *ast.StructType:
		return "struct without a name"
	}
	return fmt.Sprintf("%T", expr)
}

// rawField is the name of the field with the unparsed JSON of a value.
const rawField = "RawJSON"

// field is one field of a struct, with its key in JSON.
type field struct {
	name, key string
	shape     *shape
}

// fields returns the fields of a struct. hasRaw reports whether it also has a rawField.
func (s *source) fields(name string) (out []field, hasRaw bool, err error) {
	keys := map[string]bool{}
	for _, f := range s.types[name].Type.(*ast.StructType).Fields.List {
		key, ok := jsonName(f.Tag)
		switch {
		case len(f.Names) == 1 && f.Names[0].Name == rawField && key == "-" && typeName(f.Type) == "json.RawMessage":
			hasRaw = true
			continue
		case len(f.Names) != 1 || !ok || key == "-" || key == "":
			return nil, false, fmt.Errorf("%s has a field of type %s without a name of its own or in JSON", name, typeName(f.Type))
		case keys[key]:
			return nil, false, fmt.Errorf("%s has %s twice", name, key)
		}
		keys[key] = true
		sh, err := s.shape(f.Type)
		if err != nil {
			return nil, false, fmt.Errorf("%s.%s: %w", name, f.Names[0].Name, err)
		}
		out = append(out, field{f.Names[0].Name, key, sh})
	}
	return out, hasRaw, nil
}

func jsonName(tag *ast.BasicLit) (string, bool) {
	if tag == nil {
		return "", false
	}
	text, err := strconv.Unquote(tag.Value)
	if err != nil {
		return "", false
	}
	value, ok := reflect.StructTag(text).Lookup("json")
	name, _, _ := strings.Cut(value, ",")
	return name, ok
}
