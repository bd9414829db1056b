package credentials

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/memberships-go/memberships/internal/cli/phrase"
	"github.com/memberships-go/memberships/internal/cli/signin"
	"github.com/memberships-go/memberships/internal/nesting"
	"github.com/memberships-go/memberships/internal/text"
	"github.com/memberships-go/memberships/providers"
)

const (
	// DefaultFile is the path of the file with the profiles, as messages show it.
	DefaultFile    = "$XDG_CONFIG_HOME/memberships/config.yaml"
	defaultProfile = signin.DefaultProfile
	maxFile        = 1 << 20
)

// profile holds the settings of one profile by provider.
type profile map[string]values

// errNoHome is the error of a process without a home folder, such as one in a container.
var errNoHome = errors.New("there is no folder for sign-ins and profiles: set HOME, XDG_CONFIG_HOME or MEMBERSHIPS_CONFIG")

// filePath returns the default path of the file with the profiles.
func filePath(getenv func(string) string) (string, error) {
	if path := getenv("MEMBERSHIPS_CONFIG"); path != "" {
		return path, nil
	}
	dir := getenv("XDG_CONFIG_HOME")
	switch {
	case filepath.IsAbs(dir):
	case getenv("HOME") != "":
		dir = filepath.Join(getenv("HOME"), ".config")
	default:
		var err error
		if dir, err = os.UserConfigDir(); err != nil {
			return "", errNoHome
		}
	}
	return filepath.Join(dir, "memberships", "config.yaml"), nil
}

// fileNamedBy returns the source of the file's path: the flag, a variable, or the
// default.
func fileNamedBy(getenv func(string) string, flag string) string {
	switch {
	case flag != "":
		return "--config"
	case getenv("MEMBERSHIPS_CONFIG") != "":
		return "MEMBERSHIPS_CONFIG"
	case filepath.IsAbs(getenv("XDG_CONFIG_HOME")):
		return "XDG_CONFIG_HOME"
	}
	return "the file of profiles"
}

// readFile reads the profiles of a file. It returns an error if anyone but the owner may
// read the file.
func readFile(path string) (map[string]profile, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, fmt.Errorf("%s is a directory", path)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 && runtime.GOOS != "windows" {
		return nil, fmt.Errorf("%s holds credentials and others can read or change it (mode %04o): run chmod 600 %s", path, mode, text.Word(path))
	}
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("%s is longer than a file of profiles can be", path)
	}
	return parseFile(path, data)
}

// parseFile reads
//
//	profiles:
//	  default:
//	    clerk: {secret_key: ...}
//
// from the syntax tree, so every error has a line and none shows a value.
func parseFile(path string, data []byte) (map[string]profile, error) {
	if err := nesting.Check(data); err != nil {
		return nil, fmt.Errorf("%s:%w", path, err)
	}
	file, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		var ye yaml.Error
		if errors.As(err, &ye) && ye.GetToken() != nil {
			pos := ye.GetToken().Position
			return nil, fmt.Errorf("%s:%d:%d: this is not YAML", path, pos.Line, pos.Column)
		}
		return nil, fmt.Errorf("%s: this is not YAML", path)
	}
	c := &fileReader{path: path}
	profiles := map[string]profile{}
	for _, doc := range file.Docs {
		if doc.Body == nil {
			continue
		}
		c.mapping(doc.Body, func(key string, at, value ast.Node) {
			if key != "profiles" {
				c.fail(at, "there is no section %q; the one there is, is profiles", key)
				return
			}
			c.mapping(value, func(name string, _, value ast.Node) {
				profiles[name] = c.profile(value)
			})
		})
	}
	if c.err != nil {
		return nil, c.err
	}
	return profiles, nil
}

// fileReader reads a syntax tree until the first error.
type fileReader struct {
	path string
	err  error
}

func (c *fileReader) profile(node ast.Node) profile {
	p := profile{}
	c.mapping(node, func(name string, at, value ast.Node) {
		if !slices.Contains(providers.Names(), name) {
			c.fail(at, "there is no provider %q; there are %s", name, phrase.And(providers.Names()))
			return
		}
		p[name] = values{}
		keys := credentialsOf(name).keys()
		c.mapping(value, func(key string, at, value ast.Node) {
			if !slices.Contains(keys, key) {
				c.fail(at, "%s has no setting %q; there are %s", name, key, phrase.And(keys))
				return
			}
			p[name][key] = c.text(value)
		})
	})
	return p
}

// mapping calls each for every key of a node that must be a mapping.
func (c *fileReader) mapping(node ast.Node, each func(key string, at, value ast.Node)) {
	m, ok := node.(ast.MapNode)
	if !ok {
		if _, empty := node.(*ast.NullNode); !empty {
			c.fail(node, "expected names with a colon here, each with its settings below it")
		}
		return
	}
	seen := map[string]bool{}
	for it := m.MapRange(); c.err == nil && it.Next(); {
		at := it.Key()
		key := at.GetToken().Value
		if seen[key] {
			c.fail(at, "%q stands here a second time", key)
			return
		}
		seen[key] = true
		each(key, at, it.Value())
	}
}

// text returns a value verbatim, so an id of digits keeps its form.
func (c *fileReader) text(node ast.Node) string {
	switch n := node.(type) {
	case *ast.StringNode:
		return n.Value
	case *ast.LiteralNode:
		return strings.TrimSuffix(n.Value.Value, "\n")
	case *ast.IntegerNode, *ast.FloatNode:
		return n.GetToken().Value
	}
	c.fail(node, "expected a text")
	return ""
}

func (c *fileReader) fail(node ast.Node, format string, args ...any) {
	if c.err != nil {
		return
	}
	where := c.path
	if t := node.GetToken(); t != nil {
		where = fmt.Sprintf("%s:%d:%d", c.path, t.Position.Line, t.Position.Column)
	}
	c.err = fmt.Errorf(where+": "+format, args...)
}
