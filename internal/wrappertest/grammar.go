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

// The call grammar of a wrapper is what a caller of one wrapper may guess of the others:
//
//   - A Client has its services in exported fields, Memberships in a *MembershipsService and
//     so on, and a method Provider.
//   - A method is a verb with an optional noun behind it, and takes
//     (ctx, ids..., request, params, opts...). Ids are strings, a request ends in Request and
//     params in Params. Both begin with the verb.
//   - Get, Find, Create and Update return (*T, error), with the same T in all of a service.
//     Count returns (int64, error), Delete an error.
//   - List takes no id and ListBy its parent's. Both take params, return an iter.Seq2 of *T,
//     and have a twin that ends in Page, takes a token behind the same arguments and returns
//     a *memberships.Page of *T.
//   - Params have no page size, which is option.WithPageSize alone, and no position, which is
//     a token's.
//   - A field is a pointer, a list or neither in all requests of a verb, and in all params.
//   - A verb of the provider's own is in Suite.Verbs with the reason.

// grammar holds the client to it.
func (s Suite[C]) grammar(t *testing.T) {
	client := reflect.TypeFor[C]()
	for _, fault := range grammarFaults(client, s.Verbs) {
		t.Errorf("%v: %s", client, fault)
	}
	for verb, reason := range s.Verbs {
		if strings.TrimSpace(reason) == "" {
			t.Errorf("%v: the verb %s has no reason", client, verb)
		}
	}
}

// grammarFaults is what a client, given as the pointer that New returns, does not do as the
// grammar says.
func grammarFaults(client reflect.Type, own map[string]string) []string {
	if client.Kind() != reflect.Pointer || client.Elem().Kind() != reflect.Struct {
		return []string{"is no pointer to a struct"}
	}
	g := newGrammar(own)
	provider, ok := client.MethodByName("Provider")
	if !ok || provider.Type.NumIn() != 1 || provider.Type.NumOut() != 1 || provider.Type.Out(0) != reflect.TypeFor[memberships.Provider]() {
		g.fault("Client", "has no method Provider() memberships.Provider")
	}
	for i := range client.NumMethod() {
		if name := client.Method(i).Name; name != "Provider" {
			g.fault("Client", "has the method %s, which belongs to a service", name)
		}
	}
	services := 0
	for i := range client.Elem().NumField() {
		f := client.Elem().Field(i)
		if !f.IsExported() {
			continue
		}
		services++
		if f.Type.Kind() != reflect.Pointer || f.Type.Elem().Name() != f.Name+"Service" {
			g.fault(f.Name, "is a %v and no *%sService", f.Type, f.Name)
			continue
		}
		methods := map[string]reflect.Type{}
		for j := range f.Type.NumMethod() {
			m := f.Type.Method(j)
			methods[m.Name] = withoutReceiver(m.Type)
		}
		g.service(f.Name, methods)
	}
	if services == 0 {
		g.fault("Client", "has no service")
	}
	return g.end()
}

func newGrammar(own map[string]string) *grammar {
	return &grammar{own: own, used: map[string]bool{}, fields: map[string]map[string]field{}}
}

// end returns all faults.
func (g *grammar) end() []string {
	for verb := range g.own {
		if !g.used[verb] {
			g.fault(verb, "is excused and no method has it")
		}
	}
	slices.Sort(g.faults)
	return slices.Compact(g.faults)
}

// withoutReceiver is a method's type as that of a function.
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
	own    map[string]string
	used   map[string]bool
	faults []string
	// fields are those of all requests and params so far, by verb and name.
	fields map[string]map[string]field
}

// field is where a field was first seen, and its type.
type field struct {
	owner string
	typ   reflect.Type
}

func (g *grammar) fault(name, format string, args ...any) {
	g.faults = append(g.faults, name+" "+fmt.Sprintf(format, args...))
}

// verbs are those that all providers share. What is longer comes first.
var verbs = []string{"ListBy", "List", "Get", "Find", "Count", "Create", "Update", "Delete"}

// signature is a method's, taken apart.
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

// service checks all methods of a service.
func (g *grammar) service(name string, methods map[string]reflect.Type) {
	all := map[string]signature{}
	for _, method := range slices.Sorted(maps.Keys(methods)) {
		if s, ok := g.parse(name, method, methods[method]); ok {
			all[method] = s
		}
	}
	if len(all) == 0 {
		g.fault(name, "has no method of the grammar")
	}
	row := map[reflect.Type][]string{}
	for _, method := range slices.Sorted(maps.Keys(all)) {
		s := all[method]
		if !s.own {
			g.check(s)
			g.twin(s, method, all)
		}
		if t := s.row(); t != nil {
			row[t] = append(row[t], s.name)
		}
	}
	if len(row) > 1 {
		g.fault(name, "has methods that return rows of different types: %v", row)
	}
}

// parse takes a method apart. What every method has, a provider's own verbs included, it
// checks.
func (g *grammar) parse(service, method string, typ reflect.Type) (s signature, ok bool) {
	name := service + "." + method
	s.name = name
	if s.verb, s.own = g.verb(method); s.verb == "" {
		g.fault(name, "begins with no verb of the grammar")
		return s, false
	}
	s.noun = strings.TrimPrefix(method, s.verb)
	if s.verb == "List" || s.verb == "ListBy" {
		s.noun, s.page = strings.CutSuffix(s.noun, "Page")
	}
	if typ.NumIn() < 2 || typ.In(0) != contextType || !typ.IsVariadic() || typ.In(typ.NumIn()-1) != optionsType {
		g.fault(name, "does not begin with a context and end with options")
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
			g.fault(name, "does not take a token before the options")
			return s, false
		}
		rest = rest[:len(rest)-1]
	}
	for _, t := range rest {
		behind := s.request != nil || s.params != nil
		switch {
		case t == stringType && !behind, s.own && t.Kind() == reflect.Slice && !behind:
			s.ids = append(s.ids, t)
		case strings.HasSuffix(t.Name(), "Request") && !behind:
			s.request = t
		case strings.HasSuffix(t.Name(), "Params") && s.params == nil:
			s.params = t
		default:
			g.fault(name, "takes a %v in a place that is not its own: ids, request, params", t)
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

// verb is the verb that a method's name begins with, and whether it is the provider's own.
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

// begins reports whether a method's name is a verb and as many whole words as follow.
func begins(method, verb string) bool {
	rest, ok := strings.CutPrefix(method, verb)
	return ok && (rest == "" && verb != "ListBy" || token.IsExported(rest))
}

// moves matches the names of parameters that ask for a page size or a position.
var moves = regexp.MustCompile(`(?i)^(max|limit|page.*|per_?page|size|cursor|offset|marker|next.*|start|end|start(ing)?_?after|token)$`)

// argument checks a request or params.
func (g *grammar) argument(s signature, t reflect.Type) {
	verb := strings.TrimSuffix(s.verb, "By")
	if !s.own && !strings.HasPrefix(t.Name(), verb) {
		g.fault(s.name, "takes a %s, whose name does not begin with %s", t.Name(), verb)
	}
	if t.Kind() != reflect.Struct {
		g.fault(s.name, "takes a %v, which is no struct", t)
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
		if kind == "params" && moves.MatchString(f.Name) {
			g.fault(t.Name(), "has the field %s: a page has its size from an option and its position from a token", f.Name)
		}
		twin, seen := g.fields[kind][f.Name]
		if !seen {
			g.fields[kind][f.Name] = field{t.Name(), f.Type}
		} else if shape(twin.typ) != shape(f.Type) {
			g.fault(t.Name(), "has %s as a %v, and %s as a %v", f.Name, f.Type, twin.owner, twin.typ)
		}
	}
}

// shape is a field's type without its name: whether it is a pointer or a list, and of what.
func shape(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return "*" + shape(t.Elem())
	case reflect.Slice:
		return "[]" + shape(t.Elem())
	}
	return t.Kind().String()
}

// check holds a method to its verb.
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
		g.fault(s.name, "does not take what its verb does")
	}
	if !returns {
		g.fault(s.name, "does not return what its verb does")
	}
}

// twin compares a listing with its pages.
func (g *grammar) twin(s signature, method string, all map[string]signature) {
	if s.verb != "List" && s.verb != "ListBy" {
		return
	}
	other := method + "Page"
	if s.page {
		other = strings.TrimSuffix(method, "Page")
	}
	twin, ok := all[other]
	switch {
	case !ok:
		g.fault(s.name, "has no twin %s", other)
	case len(twin.ids) != len(s.ids) || twin.params != s.params || twin.row() != s.row():
		g.fault(s.name, "does not take and list what %s does", other)
	}
}

// row is the T of what a method returns, nil if that is not of the shape of its verb.
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
