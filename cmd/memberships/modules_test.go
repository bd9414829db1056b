package main

import (
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// modules are the modules that the command compiles, each with its use. The first run of
// the command compiles all of them, so that each further one is a decision.
var modules = map[string]string{
	"github.com/memberships-go/memberships": "the command itself",
	"github.com/spf13/cobra":                "commands, help and completion",
	"github.com/spf13/pflag":                "flags, for cobra",
	"github.com/itchyny/gojq":               "the flag --jq",
	"github.com/itchyny/timefmt-go":         "times in filters, for gojq",
	"github.com/go-json-experiment/json":    "input in JSON, with its duplicate names and offsets",
	"github.com/oapi-codegen/nullable":      "inputs that tell null from absent",
	"github.com/coreos/go-oidc/v3":          "the keys that verify pushes of Google Chat",
	"github.com/go-jose/go-jose/v4":         "signatures of those pushes, for go-oidc",
	"github.com/gofrs/flock":                "locks of the files of positions and credentials",
	"filippo.io/age":                        "credentials in a file with a passphrase",
	"filippo.io/hpke":                       "keys, for age",
	"github.com/fxamacker/cbor/v2":          "the end and the permissions in an access token of PubNub",
	"github.com/x448/float16":               "numbers, for cbor",
	"github.com/zalando/go-keyring":         "credentials in the keyring of the system",
	"github.com/godbus/dbus/v5":             "the keyring of Linux, for go-keyring",
	"go.yaml.in/yaml/v4":                    "all files in YAML, in linear time and with columns in errors",
	"golang.org/x/crypto":                   "scrypt, for age",
	"golang.org/x/net":                      "host names in other scripts, compared as the network sees them",
	"golang.org/x/oauth2":                   "tokens, and their exchange for Box and Google",
	"golang.org/x/sys":                      "the terminal, for x/term",
	"golang.org/x/term":                     "the width of the terminal, and passwords without an echo",
	"golang.org/x/text":                     "encodings of input, width of columns, and x/net",
	"golang.org/x/time":                     "the limit on the rate of requests",
}

// TestModules compares the modules that the command compiles with the list.
func TestModules(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	got := slices.Compact(slices.Sorted(slices.Values(strings.Fields(string(out)))))
	if diff := cmp.Diff(slices.Sorted(maps.Keys(modules)), got); diff != "" {
		t.Errorf("the command compiles other modules (-want +got):\n%s", diff)
	}
}

// TestStandardLibrary lists packages of the standard library that take long to compile
// and that the command has no use for.
func TestStandardLibrary(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Fields(string(out))
	for _, never := range []string{"archive/zip", "database/sql/driver", "go/parser", "html/template", "testing"} {
		if slices.Contains(all, never) {
			t.Errorf("the command compiles %s", never)
		}
	}
}
