// Package tape reads the file of a cassette.
package tape

import (
	"fmt"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/dnaeon/go-vcr.v3/cassette"
	"gopkg.in/yaml.v3"
)

// Extension is the end of every file's name.
const Extension = ".yaml"

// Read returns the cassette in a file whose name ends in Extension. An error about its
// content begins with the file, and with the line where that is known.
func Read(file string) (*cassette.Cassette, error) {
	name, ok := strings.CutSuffix(file, Extension)
	if !ok {
		return nil, fmt.Errorf("%s: the name of a cassette ends in %s", file, Extension)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return parse(name, data)
}

// parse reads the content of the file that has a name without Extension.
func parse(name string, data []byte) (*cassette.Cassette, error) {
	file := name + Extension
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		return nil, located(file, err)
	}
	if err := check(file, &root); err != nil {
		return nil, err
	}
	c := cassette.New(name)
	if err := root.Decode(c); err != nil {
		return nil, located(file, err)
	}
	return c, nil
}

// yamlLine matches the place in an error of package yaml.
var yamlLine = regexp.MustCompile(`(?s)^yaml: (?:unmarshal errors:\s*)?line (\d+): (.*)`)

// located is an error of package yaml with the file and the line in front.
func located(file string, err error) error {
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		return fmt.Errorf("%s:%s: %s", file, m[1], m[2])
	}
	return fmt.Errorf("%s: %w", file, err)
}

// check finds what go-vcr takes and cannot replay.
func check(file string, root *yaml.Node) error {
	fail := func(n *yaml.Node, format string, args ...any) error {
		return fmt.Errorf("%s:%d: %s", file, max(n.Line, 1), fmt.Sprintf(format, args...))
	}
	if len(root.Content) == 0 || root.Content[0].Kind != yaml.MappingNode {
		return fail(root, "not a cassette: there is no version and no list of interactions")
	}
	doc := root.Content[0]
	version := member(doc, "version")
	if version == nil {
		return fail(doc, "not a cassette: there is no version")
	}
	if version.Value != strconv.Itoa(cassette.CassetteFormatV2) {
		return fail(version, "a cassette of version %s; this reads version %d, which go-vcr writes since its release 3", version.Value, cassette.CassetteFormatV2)
	}
	list := member(doc, "interactions")
	if list == nil || list.Kind != yaml.SequenceNode {
		return fail(doc, "not a cassette: there is no list of interactions")
	}
	for i, n := range list.Content {
		for _, key := range []string{"request", "response"} {
			if part := member(n, key); part == nil || part.Kind != yaml.MappingNode {
				return fail(n, "interaction %d has no %s", i, key)
			}
		}
		req, resp := member(n, "request"), member(n, "response")
		if method := member(req, "method"); method == nil || method.Value == "" {
			return fail(req, "interaction %d has no method", i)
		}
		target := member(req, "url")
		if target == nil || target.Value == "" {
			return fail(req, "interaction %d has no url", i)
		}
		if _, err := url.Parse(target.Value); err != nil {
			return fail(target, "interaction %d: %v", i, err)
		}
		code := member(resp, "code")
		if code == nil {
			return fail(resp, "interaction %d has no status code", i)
		}
		if n, err := strconv.Atoi(code.Value); err != nil || n < 100 || n > 999 {
			return fail(code, "interaction %d has the status code %s", i, code.Value)
		}
	}
	return nil
}

// member returns the value of a key in a mapping, nil if there is none.
func member(n *yaml.Node, key string) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			if v := n.Content[i+1]; v.Kind == yaml.AliasNode {
				return v.Alias
			}
			return n.Content[i+1]
		}
	}
	return nil
}
