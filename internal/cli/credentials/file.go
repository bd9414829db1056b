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

	"github.com/memberships-go/memberships/internal/cli/signin"
	"github.com/memberships-go/memberships/internal/phrase"
	"github.com/memberships-go/memberships/internal/text"
	"github.com/memberships-go/memberships/internal/yamldoc"
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
// Every error has a line and none shows a value.
func parseFile(path string, data []byte) (map[string]profile, error) {
	root, mistakes := yamldoc.Parse(path, data, yamldoc.Options{MaxValues: maxFile, Merging: "an alias stands for a whole value"})
	if len(mistakes) > 0 {
		return nil, fmt.Errorf("%s: %s", yamldoc.Place(mistakes[0].At), mistakes[0].Bare)
	}
	c := &fileReader{}
	profiles := map[string]profile{}
	c.mapping(root, func(key, value *yamldoc.Node) {
		if key.Text != "profiles" {
			c.fail(key, "there is no section %q; the one there is, is profiles", key.Text)
			return
		}
		c.mapping(value, func(name, value *yamldoc.Node) {
			profiles[name.Text] = c.profile(value)
		})
	})
	if c.err != nil {
		return nil, c.err
	}
	return profiles, nil
}

// fileReader reads a file's value until the first error.
type fileReader struct{ err error }

func (c *fileReader) profile(n *yamldoc.Node) profile {
	p := profile{}
	c.mapping(n, func(name, value *yamldoc.Node) {
		if !slices.Contains(providers.Names(), name.Text) {
			c.fail(name, "there is no provider %q; there are %s", name.Text, phrase.And(providers.Names()))
			return
		}
		set := values{}
		p[name.Text] = set
		keys := credentialsOf(name.Text).keys()
		c.mapping(value, func(key, value *yamldoc.Node) {
			if !slices.Contains(keys, key.Text) {
				c.fail(key, "%s has no setting %q; there are %s", name.Text, key.Text, phrase.And(keys))
				return
			}
			set[key.Text] = c.text(value)
		})
	})
	return p
}

// mapping calls each for every key of a value that must be a mapping, or null.
func (c *fileReader) mapping(n *yamldoc.Node, each func(key, value *yamldoc.Node)) {
	if n.Kind != yamldoc.Mapping && n.Kind != yamldoc.Null {
		c.fail(n, "expected names with a colon here, each with its settings below it")
	}
	for _, p := range n.Pairs {
		if c.err == nil {
			each(p.Key, p.Value)
		}
	}
}

// text returns a value verbatim, so an id of digits keeps its form. The line break at the
// end of a block is no part of it.
func (c *fileReader) text(n *yamldoc.Node) string {
	if n.Kind != yamldoc.Scalar || n.Tag == yamldoc.TagTruth {
		c.fail(n, "expected a text")
	}
	if n.Block {
		return strings.TrimSuffix(n.Text, "\n")
	}
	return n.Text
}

func (c *fileReader) fail(n *yamldoc.Node, format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf("%s: %s", yamldoc.Place(n.At), fmt.Sprintf(format, args...))
	}
}
