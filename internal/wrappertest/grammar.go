package wrappertest

import (
	"fmt"
	"go/token"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/option"
)

// The call grammar is the shape that the methods of all wrappers share:
//
//   - A Client has a method Provider, and exported fields for its resources: Memberships is a
//     *MembershipsService and so on.
//   - A method is a verb with an optional noun afterIDs it, and takes
//     (ctx, ids..., request, params, opts...). Ids are strings, a request ends in Request and
//     params in Params. Both begin with the verb.
//   - Get, Find, Create and Update return (*T, error), with one T per resource.
//     Count returns (int64, error), Delete an error.
//   - List takes no id and ListBy its parent's. Both take params, return an iter.Seq2 of *T,
//     and have a counterpart that ends in Page, takes a token afterIDs the same arguments and returns
//     a *memberships.Page of *T.
//   - Params have no page size, which is option.WithPageSize alone, and no position, which is
//     a token's.
//   - A field is a pointer, a list or neither in all requests of a verb, and in all params.
//   - Suite.Verbs has the provider's own verbs, each with the reason.

// grammar checks the client against the call grammar.
func (s Suite[C]) grammar(t *testing.T) {
	client := reflect.TypeFor[C]()
	for _, violation := range grammarViolations(client, s.Verbs) {
		t.Errorf("%v: %s", client, violation)
	}
	for verb, reason := range s.Verbs {
		if strings.TrimSpace(reason) == "" {
			t.Errorf("%v: the verb %s has no reason", client, verb)
		}
	}
}

// grammarViolations returns the violations of a client, given as the pointer that New
// returns.
func grammarViolations(client reflect.Type, own map[string]string) []string {
	if client.Kind() != reflect.Pointer || client.Elem().Kind() != reflect.Struct {
		return []string{"is no pointer to a struct"}
	}
	g := newGrammar(own)
	provider, ok := client.MethodByName("Provider")
	if !ok || provider.Type.NumIn() != 1 || provider.Type.NumOut() != 1 || provider.Type.Out(0) != reflect.TypeFor[memberships.Provider]() {
		g.violation("Client", "has no method Provider() memberships.Provider")
	}
	for i := range client.NumMethod() {
		if name := client.Method(i).Name; name != "Provider" {
			g.violation("Client", "has the method %s, which belongs to a resource", name)
		}
	}
	resources := 0
	for i := range client.Elem().NumField() {
		f := client.Elem().Field(i)
		if !f.IsExported() {
			continue
		}
		resources++
		if f.Type.Kind() != reflect.Pointer || f.Type.Elem().Name() != f.Name+"Service" {
			g.violation(f.Name, "is a %v and no *%sService", f.Type, f.Name)
			continue
		}
		methods := map[string]reflect.Type{}
		for j := range f.Type.NumMethod() {
			m := f.Type.Method(j)
			methods[m.Name] = withoutReceiver(m.Type)
		}
		g.resource(f.Name, methods)
	}
	if resources == 0 {
		g.violation("Client", "has no resource")
	}
	return g.sorted()
}

func newGrammar(own map[string]string) *grammar {
	return &grammar{own: own, used: map[string]bool{}, fields: map[string]map[string]field{}}
}

// sorted returns all violations.
func (g *grammar) sorted() []string {
	for verb := range g.own {
		if !g.used[verb] {
			g.violation(verb, "is listed and no method has it")
		}
	}
	slices.Sort(g.violations)
	return slices.Compact(g.violations)
}

// withoutReceiver returns the type of a method as a function.
func withoutReceiver(t reflect.Type) reflect.Type {
	var in, out []reflect.Type
	for i := 1; i < t.NumIn(); i++ {
		in = append(in, t.In(i))
	}
	for i := range t.NumOut() {
		out = append(out, t.Out(i))
	}
	return reflect.FuncOf(in, out, t.IsVariadic())
}

type grammar struct {
	own        map[string]string
	used       map[string]bool
	violations []string
	// fields has the fields of all requests and params, by verb and name.
	fields map[string]map[string]field
}

// field is the first type with a field, and the type of the field.
type field struct {
	owner string
	typ   reflect.Type
}

func (g *grammar) violation(name, format string, args ...any) {
	g.violations = append(g.violations, name+" "+fmt.Sprintf(format, args...))
}

// verbs are shared by all providers. A longer verb precedes its prefix.
var verbs = []string{"ListBy", "List", "Get", "Find", "Count", "Create", "Update", "Delete"}

// signature is the parsed signature of a method.
type signature struct {
	name, verb, noun string
	page, own        bool
	ids              []reflect.Type
	request, params  reflect.Type
	out              []reflect.Type
}

var (
	optionsType = reflect.TypeFor[[]option.Option]()
	stringType  = reflect.TypeFor[string]()
	pagePath    = reflect.TypeFor[memberships.Page[int]]().PkgPath()
)

// resource checks all methods of a resource.
func (g *grammar) resource(name string, methods map[string]reflect.Type) {
	all := map[string]signature{}
	for _, method := range slices.Sorted(maps.Keys(methods)) {
		if s, ok := g.parse(name, method, methods[method]); ok {
			all[method] = s
		}
	}
	if len(all) == 0 {
		g.violation(name, "has no method of the grammar")
	}
	row := map[reflect.Type][]string{}
	for _, method := range slices.Sorted(maps.Keys(all)) {
		s := all[method]
		if !s.own {
			g.check(s)
			g.counterpart(s, method, all)
		}
		if t := s.row(); t != nil {
			row[t] = append(row[t], s.name)
		}
	}
	if len(row) > 1 {
		g.violation(name, "has methods that return rows of different types: %v", row)
	}
}

// parse parses a method and checks the rules for every method, a provider's own verbs
// included.
func (g *grammar) parse(resource, method string, typ reflect.Type) (s signature, ok bool) {
	name := resource + "." + method
	s.name = name
	if s.verb, s.own = g.verb(method); s.verb == "" {
		g.violation(name, "begins with no verb of the grammar")
		return s, false
	}
	s.noun = strings.TrimPrefix(method, s.verb)
	if s.verb == "List" || s.verb == "ListBy" {
		s.noun, s.page = strings.CutSuffix(s.noun, "Page")
	}
	if typ.NumIn() < 2 || typ.In(0) != contextType || !typ.IsVariadic() || typ.In(typ.NumIn()-1) != optionsType {
		g.violation(name, "does not begin with a context and end with options")
		return s, false
	}
	for i := range typ.NumOut() {
		s.out = append(s.out, typ.Out(i))
	}
	rest := make([]reflect.Type, 0, typ.NumIn())
	for i := 1; i < typ.NumIn()-1; i++ {
		rest = append(rest, typ.In(i))
	}
	if s.page {
		if len(rest) == 0 || rest[len(rest)-1] != stringType {
			g.violation(name, "does not take a token before the options")
			return s, false
		}
		rest = rest[:len(rest)-1]
	}
	for _, t := range rest {
		afterIDs := s.request != nil || s.params != nil
		switch {
		case t == stringType && !afterIDs, s.own && t.Kind() == reflect.Slice && !afterIDs:
			s.ids = append(s.ids, t)
		case strings.HasSuffix(t.Name(), "Request") && !afterIDs:
			s.request = t
		case strings.HasSuffix(t.Name(), "Params") && s.params == nil:
			s.params = t
		default:
			g.violation(name, "takes a %v out of order: ids, request, params", t)
			return s, false
		}
	}
	for _, t := range []reflect.Type{s.request, s.params} {
		if t != nil {
			g.argument(s, t)
		}
	}
	return s, true
}

// verb returns the verb of a method's name, and whether it is the provider's own.
func (g *grammar) verb(method string) (verb string, own bool) {
	for v := range g.own {
		if begins(method, v) {
			g.used[v] = true
			return v, true
		}
	}
	for _, v := range verbs {
		if begins(method, v) {
			return v, false
		}
	}
	return "", false
}

// begins reports whether a name starts with a verb, at a word boundary.
func begins(method, verb string) bool {
	rest, ok := strings.CutPrefix(method, verb)
	return ok && (rest == "" && verb != "ListBy" || token.IsExported(rest))
}

// pagingNames matches the names of parameters for a page size or a position.
var pagingNames = regexp.MustCompile(`(?i)^(max|limit|page.*|per_?page|size|cursor|offset|marker|next.*|start|end|start(ing)?_?after|token)$`)

// argument checks a request or params.
func (g *grammar) argument(s signature, t reflect.Type) {
	verb := strings.TrimSuffix(s.verb, "By")
	if !s.own && !strings.HasPrefix(t.Name(), verb) {
		g.violation(s.name, "takes a %s, whose name does not begin with %s", t.Name(), verb)
	}
	if t.Kind() != reflect.Struct {
		g.violation(s.name, "takes a %v, which is no struct", t)
		return
	}
	kind := verb
	if strings.HasSuffix(t.Name(), "Params") {
		kind = "params"
	}
	if g.fields[kind] == nil {
		g.fields[kind] = map[string]field{}
	}
	for i := range t.NumField() {
		f := t.Field(i)
		if kind == "params" && pagingNames.MatchString(f.Name) {
			g.violation(t.Name(), "has the field %s: page size is an option, position is a token", f.Name)
		}
		counterpart, seen := g.fields[kind][f.Name]
		if !seen {
			g.fields[kind][f.Name] = field{t.Name(), f.Type}
		} else if shape(counterpart.typ) != shape(f.Type) {
			g.violation(t.Name(), "has %s as a %v, and %s as a %v", f.Name, f.Type, counterpart.owner, counterpart.typ)
		}
	}
}

// shape returns the kind of a type and of its elements.
func shape(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return "*" + shape(t.Elem())
	case reflect.Slice:
		return "[]" + shape(t.Elem())
	}
	return t.Kind().String()
}

// check compares a method with its verb.
func (g *grammar) check(s signature) {
	var takes, returns bool
	switch n := len(s.ids); s.verb {
	case "List":
		takes = n == 0 && s.noun == "" && s.request == nil && s.params != nil
		returns = s.row() != nil
	case "ListBy":
		takes = n == 1 && s.request == nil && s.params != nil
		returns = s.row() != nil
	case "Get":
		takes = (n > 0) == (s.noun == "") && s.request == nil
		returns = s.row() != nil
	case "Find":
		takes = n > 0 && s.request == nil
		returns = s.row() != nil
	case "Count":
		takes = n == 0 && s.request == nil
		returns = len(s.out) == 2 && s.out[0].Kind() == reflect.Int64 && s.out[1] == errorType
	case "Create":
		takes = s.request != nil
		returns = s.row() != nil
	case "Update":
		takes = n > 0 && s.request != nil
		returns = s.row() != nil
	case "Delete":
		takes = n > 0 && s.request == nil
		returns = len(s.out) == 1 && s.out[0] == errorType
	}
	if !takes {
		g.violation(s.name, "has other arguments than its verb")
	}
	if !returns {
		g.violation(s.name, "has other results than its verb")
	}
}

// counterpart compares a listing with its page method.
func (g *grammar) counterpart(s signature, method string, all map[string]signature) {
	if s.verb != "List" && s.verb != "ListBy" {
		return
	}
	other := method + "Page"
	if s.page {
		other = strings.TrimSuffix(method, "Page")
	}
	counterpart, ok := all[other]
	switch {
	case !ok:
		g.violation(s.name, "lacks its counterpart %s", other)
	case len(counterpart.ids) != len(s.ids) || counterpart.params != s.params || counterpart.row() != s.row():
		g.violation(s.name, "differs from %s in arguments or items", other)
	}
}

// row returns the T of a method's results, nil if they do not fit its verb.
func (s signature) row() reflect.Type {
	if len(s.out) == 0 {
		return nil
	}
	first := s.out[0]
	switch {
	case (s.verb == "List" || s.verb == "ListBy") && !s.page:
		if len(s.out) != 1 || !isSequence(first) {
			return nil
		}
		first = first.In(0).In(0)
	case len(s.out) != 2 || s.out[1] != errorType:
		return nil
	case s.page, s.own && isPage(first):
		if !isPage(first) {
			return nil
		}
		first = first.Elem().Field(0).Type.Elem()
	case s.own && first.Kind() == reflect.Slice:
		first = first.Elem()
	}
	if first.Kind() != reflect.Pointer || first.Elem().Kind() != reflect.Struct {
		return nil
	}
	return first.Elem()
}

// isPage reports whether a type is a *memberships.Page.
func isPage(t reflect.Type) bool {
	return t.Kind() == reflect.Pointer && t.Elem().PkgPath() == pagePath && strings.HasPrefix(t.Elem().Name(), "Page[")
}
