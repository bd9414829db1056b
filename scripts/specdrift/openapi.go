package main

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A document is one API description. It is read as a tree and not as typed
// values, because a provider's document is often not valid and must be compared
// all the same.
type document struct {
	file      string
	discovery bool
	root      map[string]any
	// operations are keyed by key(method, path). A provider may describe one
	// operation several times, as Box does with its variants of /oauth2/token.
	operations map[string][]*operation
	// broken holds the references that lead nowhere, found while comparing.
	broken map[string]bool
}

type operation struct {
	doc          *document
	key          string
	method, path string
	item, raw    node // the path item and the operation in it
}

// An operation's details are what it takes and what it answers.
type details struct {
	params    []parameter
	request   *body // nil when it takes none
	responses map[string]*body
}

// name is how reports and excuses spell the operation.
func (o *operation) name() string { return o.method + " " + o.path }

type parameter struct {
	in, name string
	required bool
	schemas  []node
	// position counts path parameters, which are matched by place: their names
	// are never sent.
	position int
}

// A body is a request or an answer.
type body struct {
	required   bool
	mediaTypes []string
	schemas    []node
}

var (
	methods       = []string{"get", "put", "post", "delete", "options", "head", "patch", "trace"}
	templateParam = regexp.MustCompile(`\{[^{}]*\}`)
)

// operationKey is equal for two spellings of one operation: names of path
// parameters do not count.
func operationKey(method, path string) string {
	path = templateParam.ReplaceAllString(path, "{}")
	if len(path) > 1 {
		path = strings.TrimSuffix(path, "/")
	}
	return strings.ToUpper(method) + " " + path
}

func newDocument(file string, root map[string]any, prefix string) (*document, error) {
	doc := &document{file: file, root: root, operations: map[string][]*operation{}, broken: map[string]bool{}}
	switch {
	case isDiscovery(root):
		doc.discovery = true
		doc.root = discoveryToOpenAPI(root)
	case root["swagger"] != nil:
		return nil, fmt.Errorf("swagger %v is not supported: convert the document to OpenAPI 3", root["swagger"])
	case root["openapi"] == nil:
		return nil, errors.New("neither an OpenAPI 3 document (no openapi key) nor a discovery document (no resources)")
	}
	paths := mapOf(doc.root["paths"])
	for _, path := range sortedKeys(doc.root["paths"]) {
		item := doc.deref(node{doc: doc, ptr: pointer("#/paths", path), raw: paths[path]})
		for _, method := range methods {
			if n := item.get(method); n.isMap() {
				op := doc.operation(method, path, prefix, item, n)
				doc.operations[op.key] = append(doc.operations[op.key], op)
			}
		}
	}
	if len(doc.operations) == 0 {
		return nil, errors.New("the document describes no operation")
	}
	return doc, nil
}

func (d *document) operation(method, path, prefix string, item, n node) *operation {
	// What follows # tells variants of one operation apart in documentation only.
	path, _, _ = strings.Cut(path, "#")
	if server, ok := serverPath(n.get("servers"), item.get("servers"), node{raw: d.root}.get("servers")); ok {
		prefix = server
	}
	path = strings.TrimSuffix(prefix, "/") + path
	return &operation{
		doc:    d,
		key:    operationKey(method, path),
		method: strings.ToUpper(method),
		path:   path,
		item:   item,
		raw:    n,
	}
}

// details reads the operation. Only operations that are compared are read, so
// that a flaw elsewhere in a provider's document is no concern of ours.
func (o *operation) details() details {
	det := details{
		params:    o.doc.parameters(o.path, o.item.get("parameters"), o.raw.get("parameters")),
		responses: map[string]*body{},
	}
	if b := o.raw.get("requestBody"); b.isMap() {
		det.request = o.doc.body(b)
	}
	responses := o.raw.get("responses")
	for _, status := range sortedKeys(responses.raw) {
		if !strings.HasPrefix(status, "x-") {
			det.responses[strings.ToLower(status)] = o.doc.body(responses.get(status))
		}
	}
	return det
}

// detailsOf is what several descriptions of one operation say together: the
// operation takes what any of them takes and requires what all of them require.
func detailsOf(ops []*operation) details {
	all := ops[0].details()
	for _, op := range ops[1:] {
		d := op.details()
		for i := range all.params {
			all.params[i].required = all.params[i].required && slices.ContainsFunc(d.params, func(p parameter) bool {
				return p.required && p.same(all.params[i])
			})
		}
		for _, p := range d.params {
			if i := slices.IndexFunc(all.params, p.same); i >= 0 {
				all.params[i].schemas = append(all.params[i].schemas, p.schemas...)
				continue
			}
			p.required = false
			all.params = append(all.params, p)
		}
		all.request = all.request.and(d.request)
		for status, b := range d.responses {
			all.responses[status] = all.responses[status].and(b)
		}
	}
	return all
}

func (b *body) and(other *body) *body {
	switch {
	case b == nil:
		return other
	case other == nil:
		return b
	}
	return &body{
		required:   b.required && other.required,
		mediaTypes: append(b.mediaTypes, other.mediaTypes...),
		schemas:    append(b.schemas, other.schemas...),
	}
}

// same says whether two descriptions are of one parameter.
func (p parameter) same(o parameter) bool {
	switch {
	case p.in != o.in:
		return false
	case p.in == "path":
		return p.position == o.position
	case p.in == "header":
		return strings.EqualFold(p.name, o.name)
	}
	return p.name == o.name
}

// parameters unites those of the path and those of the operation, which win.
func (d *document) parameters(path string, lists ...node) []parameter {
	byName := map[string]parameter{}
	for _, list := range lists {
		for _, n := range list.list() {
			n = d.deref(n)
			p := parameter{in: n.str("in"), name: n.str("name"), position: -1}
			p.required, _ = n.get("required").raw.(bool)
			for _, holder := range append(n.get("content").values(), n) {
				if schema := holder.get("schema"); schema.raw != nil {
					p.schemas = append(p.schemas, schema)
				}
			}
			switch p.in {
			case "query", "cookie":
			case "header":
				// OpenAPI says that these three are described elsewhere.
				if name := strings.ToLower(p.name); name == "accept" || name == "content-type" || name == "authorization" {
					continue
				}
			case "path":
				p.position = slices.Index(templateParam.FindAllString(path, -1), "{"+p.name+"}")
				if p.position < 0 {
					continue
				}
			default:
				continue
			}
			byName[p.in+" "+p.name] = p
		}
	}
	var params []parameter
	for _, key := range slices.Sorted(maps.Keys(byName)) {
		params = append(params, byName[key])
	}
	return params
}

// body reads a request body or a response. Of several media types those of
// JSON count, if there are any: an error page in HTML has no properties.
func (d *document) body(n node) *body {
	n = d.deref(n)
	b := &body{}
	b.required, _ = n.get("required").raw.(bool)
	content := n.get("content")
	all := sortedKeys(content.raw)
	json := slices.DeleteFunc(slices.Clone(all), func(mt string) bool {
		return !strings.Contains(mt, "json") && !strings.Contains(mt, "javascript")
	})
	if len(json) > 0 {
		all = json
	}
	for _, mt := range all {
		base, _, _ := strings.Cut(mt, ";")
		b.mediaTypes = append(b.mediaTypes, strings.ToLower(strings.TrimSpace(base)))
		if schema := content.get(mt).get("schema"); schema.raw != nil {
			b.schemas = append(b.schemas, schema)
		}
	}
	return b
}

// serverPath is the path of the first server of the innermost list that names
// one. A lone "/" is what a document without servers means, so it names none.
func serverPath(lists ...node) (string, bool) {
	for _, list := range lists {
		servers := list.list()
		if len(servers) == 0 {
			continue
		}
		address := servers[0].str("url")
		for name, v := range mapOf(servers[0].get("variables").raw) {
			if value, ok := mapOf(v)["default"].(string); ok {
				address = strings.ReplaceAll(address, "{"+name+"}", value)
			}
		}
		address, _, _ = strings.Cut(address, "?")
		path := address
		if _, rest, absolute := strings.Cut(address, "://"); absolute {
			_, path, _ = strings.Cut(rest, "/")
		} else if address == "" || address == "/" {
			continue
		}
		return strings.TrimSuffix("/"+strings.TrimPrefix(path, "/"), "/"), true
	}
	return "", false
}

// A node is a value of a document and the place where it stands.
type node struct {
	doc *document
	ptr string
	raw any
}

func (n node) isMap() bool { return mapOf(n.raw) != nil }

func (n node) get(key string) node {
	return node{doc: n.doc, ptr: pointer(n.ptr, key), raw: mapOf(n.raw)[key]}
}

func (n node) str(key string) string {
	s, _ := mapOf(n.raw)[key].(string)
	return s
}

// values are what a map holds, in the order of its keys.
func (n node) values() []node {
	var nodes []node
	for _, key := range sortedKeys(n.raw) {
		nodes = append(nodes, n.get(key))
	}
	return nodes
}

func (n node) list() []node {
	items, _ := n.raw.([]any)
	nodes := make([]node, len(items))
	for i, item := range items {
		nodes[i] = node{doc: n.doc, ptr: n.ptr + "/" + strconv.Itoa(i), raw: item}
	}
	return nodes
}

var (
	escapePointer   = strings.NewReplacer("~", "~0", "/", "~1")
	unescapePointer = strings.NewReplacer("~1", "/", "~0", "~")
)

// pointer appends a key to a JSON pointer.
func pointer(base, key string) string { return base + "/" + escapePointer.Replace(key) }

// deref follows references until there is a value. A chain longer than this is
// a circle.
func (d *document) deref(n node) node {
	for range 32 {
		ref := n.str("$ref")
		if ref == "" {
			return n
		}
		n = d.resolve(ref)
	}
	d.broken[n.str("$ref")] = true
	return node{doc: d}
}

// resolve finds what a reference names. What leads nowhere, or into another
// file, is remembered in broken.
func (d *document) resolve(ref string) node {
	n := node{doc: d, ptr: "#", raw: d.root}
	path, ok := strings.CutPrefix(ref, "#/")
	if !ok {
		d.broken[ref] = true
		return node{doc: d}
	}
	for key := range strings.SplitSeq(path, "/") {
		if unescaped, err := url.PathUnescape(key); err == nil {
			key = unescaped
		}
		key = unescapePointer.Replace(key)
		if items, isList := n.raw.([]any); isList {
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= len(items) {
				d.broken[ref] = true
				return node{doc: d}
			}
			n = n.list()[i]
			continue
		}
		n = n.get(key)
	}
	if n.raw == nil {
		d.broken[ref] = true
	}
	return n
}

func (d *document) form() string {
	if d.discovery {
		return "discovery"
	}
	return "openapi"
}
