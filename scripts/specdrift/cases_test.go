package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write what the cases print to their want files")

// cases compare testdata/<dir>/ours.yaml with theirs.yaml or theirs.json.
var cases = []struct {
	name string
	dir  string
	args []string
	exit int
}{
	{"paths match whatever the server and the parameters are called", "paths", nil, exitClean},
	{"a prefix for a document without servers", "prefix", nil, exitClean},
	{"operations of either side alone", "operations", nil, exitDrift},
	{"a whole document", "operations", []string{"-whole"}, exitDrift},
	{"operations in a watched place", "operations", []string{"-excuses", "watch.yaml"}, exitDrift},
	{"operations that are ignored", "operations", []string{"-excuses", "ignore.yaml", "-whole", "-v"}, exitClean},
	{"parameters", "parameters", nil, exitDrift},
	{"parameters with what is ours alone", "parameters", []string{"-v"}, exitDrift},
	{"properties", "properties", nil, exitDrift},
	{"properties with what is ours alone", "properties", []string{"-v"}, exitDrift},
	{"bodies and statuses", "bodies", nil, exitDrift},
	{"bodies and statuses, excused", "bodies", []string{"-excuses", "excused.yaml"}, exitClean},
	{"several descriptions of one operation", "variants", nil, exitDrift},
	{"recursive schemas", "recursion", nil, exitDrift},
	{"OpenAPI 3.1", "version31", nil, exitDrift},
	{"a discovery document", "discovery", nil, exitDrift},
	{"excuses that are needed", "excuses", nil, exitDrift},
	{"excuses that are needed, told", "excuses", []string{"-v"}, exitDrift},
	{"excuses that are not needed", "excuses", []string{"-excuses", "rotten.yaml"}, exitDrift},
	{"references that lead nowhere", "broken", nil, exitDrift},
	{"JSON", "excuses", []string{"-o", "json", "-v"}, exitDrift},
}

func TestCases(t *testing.T) {
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			dir := filepath.Join("testdata", tc.dir)
			args := []string{"-spec", filepath.Join(dir, "ours.yaml"), "-upstream", theirs(t, dir)}
			for _, arg := range tc.args {
				if filepath.Ext(arg) == ".yaml" {
					arg = filepath.Join(dir, arg)
				}
				args = append(args, arg)
			}
			got, stderr, exit := execute(args...)
			if exit != tc.exit || stderr != "" {
				t.Errorf("exit %d, want %d; stderr %q", exit, tc.exit, stderr)
			}
			again, _, _ := execute(args...)
			if diff := cmp.Diff(got, again); diff != "" {
				t.Errorf("a second run printed something else (-first +second):\n%s", diff)
			}
			want := filepath.Join(dir, wantFile(tc.args))
			if *update {
				if err := os.WriteFile(want, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			data, err := os.ReadFile(want)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(data), got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", want, diff)
			}
		})
	}
}

// wantFile returns the name of the golden file for arguments, such as
// want-excuses-rotten.txt.
func wantFile(args []string) string {
	name := "want"
	for _, arg := range args {
		name += "-" + strings.TrimLeft(strings.TrimSuffix(arg, ".yaml"), "-")
	}
	return name + ".txt"
}

func theirs(t *testing.T, dir string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "theirs.*"))
	if err != nil || len(found) != 1 {
		t.Fatalf("%s: %d documents of the provider, want 1 (%v)", dir, len(found), err)
	}
	return found[0]
}

func execute(args ...string) (stdout, stderr string, exit int) {
	var out, errs bytes.Buffer
	exit = run(args, &out, &errs)
	return out.String(), errs.String(), exit
}
