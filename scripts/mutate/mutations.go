package main

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// mutation is one change of one file.
type mutation struct {
	file     string
	line     int
	from, to int // the replaced bytes
	text     string
	kind     string
	was      string
	source   *[]byte // the original file
}

// String returns the position and the change on one line.
func (m mutation) String() string {
	now := "nothing"
	if m.text != "" {
		now = short(m.text)
	}
	return fmt.Sprintf("%s:%d: %s: %s becomes %s", m.file, m.line, m.kind, short(m.was), now)
}

// short returns code on one line, cut to a maximum length.
func short(code string) string {
	const most = 70
	code = strings.Join(strings.Fields(code), " ")
	if r := []rune(code); len(r) > most {
		return string(r[:most]) + "..."
	}
	return code
}

// apply returns the changed file.
func (m mutation) apply() []byte {
	return slices.Concat((*m.source)[:m.from], []byte(m.text), (*m.source)[m.to:])
}

// sample returns n mutations in order, the same ones for the same seed.
func sample(all []mutation, n int, seed uint64) []mutation {
	if n <= 0 || n >= len(all) {
		return all
	}
	some := slices.Clone(all)
	rand.New(rand.NewPCG(seed, 0)).Shuffle(len(some), func(i, j int) { some[i], some[j] = some[j], some[i] })
	some = some[:n]
	slices.SortFunc(some, func(a, b mutation) int {
		return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to), cmp.Compare(a.text, b.text))
	})
	return some
}

// finder collects the mutations of a file.
type finder struct {
	name   string
	source []byte
	fset   *token.FileSet
	found  []mutation
	// direct are conditions that are negated as a whole. Their comparison is not inverted
	// as well, because that is the same change.
	direct map[ast.Expr]bool
	// errs records for each enclosing function, innermost last, whether its last result
	// is an error.
	errs []bool
}

// mutationsOf returns the mutations of a file in order, none for generated code.
func mutationsOf(name string) ([]mutation, error) {
	source, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	f := &finder{name: shortName(name), source: source, fset: token.NewFileSet(), direct: map[ast.Expr]bool{}}
	file, err := parser.ParseFile(f.fset, name, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	if ast.IsGenerated(file) {
		return nil, nil
	}
	for _, d := range file.Decls {
		if g, ok := d.(*ast.GenDecl); !ok || g.Tok != token.IMPORT {
			f.walk(d)
		}
	}
	slices.SortStableFunc(f.found, func(a, b mutation) int { return cmp.Compare(a.from, b.from) })
	return f.found, nil
}

// shortName returns a file's name relative to the working directory, if the file is
// inside.
func shortName(name string) string {
	dir, err := os.Getwd()
	if err != nil {
		return name
	}
	if rel, err := filepath.Rel(dir, name); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return name
}

// replace records a change of the code between two positions.
func (f *finder) replace(kind string, from, to token.Pos, text string) {
	tf := f.fset.File(from)
	m := mutation{
		file: f.name, line: tf.Line(from), from: tf.Offset(from), to: tf.Offset(to), text: text, kind: kind, source: &f.source,
	}
	m.was = string(f.source[m.from:m.to])
	f.found = append(f.found, m)
}

func (f *finder) code(n ast.Node) string {
	tf := f.fset.File(n.Pos())
	return string(f.source[tf.Offset(n.Pos()):tf.Offset(n.End())])
}

// walk collects the mutations of a node and its children.
func (f *finder) walk(root ast.Node) {
	ast.Inspect(root, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			return f.function(n.Type, n.Body)
		case *ast.FuncLit:
			return f.function(n.Type, n.Body)
		case *ast.IfStmt:
			f.condition(n.Cond)
		case *ast.ForStmt:
			if n.Cond != nil {
				f.condition(n.Cond)
			}
		case *ast.SwitchStmt:
			if n.Tag == nil {
				f.cases(n)
			}
		case *ast.BinaryExpr:
			f.binary(n)
		case *ast.BlockStmt:
			f.statements(n.List)
		case *ast.CaseClause:
			f.statements(n.Body)
		case *ast.CommClause:
			f.statements(n.Body)
		case *ast.ReturnStmt:
			f.returned(n)
		case *ast.BasicLit:
			f.literal(n)
		case *ast.Ident:
			f.truth(n)
		case *ast.Field: // a tag is not a constant
			f.walk(n.Type)
			return false
		}
		return true
	})
}

// function collects the mutations of a function body. It reports false to stop the walk
// there.
func (f *finder) function(t *ast.FuncType, body *ast.BlockStmt) bool {
	if body == nil {
		return false
	}
	fails := false
	if t.Results != nil {
		last, ok := t.Results.List[len(t.Results.List)-1].Type.(*ast.Ident)
		fails = ok && last.Name == "error"
	}
	f.errs = append(f.errs, fails)
	f.walk(body)
	f.errs = f.errs[:len(f.errs)-1]
	return false
}

// condition records the negation of a condition.
func (f *finder) condition(e ast.Expr) {
	f.direct[ast.Unparen(e)] = true
	f.replace("condition negated", e.Pos(), e.End(), "!("+f.code(e)+")")
}

// cases records the negation of the conditions in a switch without a value.
func (f *finder) cases(n *ast.SwitchStmt) {
	for _, s := range n.Body.List {
		for _, e := range s.(*ast.CaseClause).List {
			f.condition(e)
		}
	}
}

// borders maps a comparison to the one with its border moved, or to its inverse.
var borders = map[token.Token]string{
	token.LSS: "<=", token.LEQ: "<", token.GTR: ">=", token.GEQ: ">", token.EQL: "!=", token.NEQ: "==",
}

func (f *finder) binary(n *ast.BinaryExpr) {
	end := n.OpPos + token.Pos(len(n.Op.String()))
	switch n.Op {
	case token.LAND, token.LOR:
		f.replace("operand removed", n.Pos(), n.End(), f.code(n.X))
		f.replace("operand removed", n.Pos(), n.End(), f.code(n.Y))
	case token.EQL, token.NEQ:
		if !f.direct[n] {
			f.replace("comparison turned around", n.OpPos, end, borders[n.Op])
		}
	case token.LSS, token.LEQ, token.GTR, token.GEQ:
		f.replace("border moved", n.OpPos, end, borders[n.Op])
	}
}

// statements records the removal of statements that declare nothing.
func (f *finder) statements(list []ast.Stmt) {
	for _, s := range list {
		switch s := s.(type) {
		case *ast.AssignStmt:
			if s.Tok == token.DEFINE || blank(s) {
				continue
			}
		case *ast.ExprStmt, *ast.IncDecStmt, *ast.DeferStmt, *ast.GoStmt, *ast.SendStmt:
		case *ast.BranchStmt:
			if s.Tok == token.FALLTHROUGH {
				continue
			}
		default:
			continue
		}
		f.replace("statement removed", s.Pos(), s.End(), "")
	}
}

// blank reports whether an assignment has only blank targets.
func blank(s *ast.AssignStmt) bool {
	for _, e := range s.Lhs {
		if id, ok := e.(*ast.Ident); !ok || id.Name != "_" {
			return false
		}
	}
	return true
}

// returned records nil in place of a returned error.
func (f *finder) returned(n *ast.ReturnStmt) {
	if len(n.Results) == 0 || len(f.errs) == 0 || !f.errs[len(f.errs)-1] {
		return
	}
	last := n.Results[len(n.Results)-1]
	if id, ok := last.(*ast.Ident); ok && id.Name == "nil" {
		return
	}
	f.replace("error made nil", last.Pos(), last.End(), "nil")
}

// literal records a changed number or string. Strings with spaces are messages and stay.
func (f *finder) literal(n *ast.BasicLit) {
	switch n.Kind {
	case token.INT:
		f.replace("number changed", n.Pos(), n.End(), "("+n.Value+"+1)")
	case token.STRING:
		text, err := strconv.Unquote(n.Value)
		if err == nil && !strings.ContainsAny(text, " \n") {
			f.replace("text changed", n.Pos(), n.End(), strconv.Quote(text+"~"))
		}
	}
}

// truth records true in place of false, and the reverse.
func (f *finder) truth(n *ast.Ident) {
	if other := map[string]string{"true": "false", "false": "true"}[n.Name]; other != "" {
		f.replace("truth changed", n.Pos(), n.End(), other)
	}
}

// overlay returns the content for go test's -overlay, which replaces one file by another.
func overlay(of, by string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `{"Replace":{%s:%s}}`, strconv.Quote(of), strconv.Quote(by))
	return b.Bytes()
}
