package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/deeptest"
)

// runner describes how to run a program in a language, and its requirements.
type runner struct {
	command, file string
	// imports matches the modules that a program imports.
	imports *regexp.Regexp
	// has reports whether a module is installed.
	has func(module string) bool
}

var runners = map[string]runner{
	"js": {"node", "program.mjs", regexp.MustCompile(`(?m)^import .* from "([^"]+)"`), func(module string) bool {
		if strings.HasPrefix(module, "node:") {
			return true
		}
		_, err := os.Stat(filepath.Join(os.Getenv("NODE_PATH"), filepath.FromSlash(module), "package.json"))
		return err == nil
	}},
	"python": {"python3", "program.py", regexp.MustCompile(`(?m)^(?:import|from) ([\w.]+)`), func(module string) bool {
		return exec.Command("python3", "-c", "import "+module).Run() == nil
	}},
}

// TestLanguages runs the programs in other languages against the emulator if the language
// and the SDK are installed. NODE_PATH and PYTHONPATH name the directories of SDKs. The first
// program of each document and language is the sample, and all run in make deep.
func TestLanguages(t *testing.T) {
	eachDocument(t, func(t *testing.T, file, text string) {
		seen := map[string]bool{}
		for _, b := range blocks(text) {
			r, ok := runners[b.language]
			if !ok || seen[b.language] && !deeptest.Enabled() {
				continue
			}
			seen[b.language] = true
			name, _, _ := strings.Cut(strings.Trim(b.code, "\n"), "\n")
			t.Run(b.language, func(t *testing.T) {
				t.Parallel()
				if b.output == "" {
					t.Fatalf("%s: the program that begins with %q is shown without its output", file, name)
				}
				if _, err := exec.LookPath(r.command); err != nil {
					t.Skipf("no %s: %v", r.command, err)
				}
				for _, m := range r.imports.FindAllStringSubmatch(b.code, -1) {
					if !r.has(m[1]) {
						t.Skipf("%s has no module %s", r.command, m[1])
					}
				}
				if diff := cmp.Diff(b.output, output(t, r, b.code)); diff != "" {
					t.Errorf("output (-document +program):\n%s", diff)
				}
			})
		}
	})
}

// output runs a program with an emulator and with the memberships command in its PATH.
func output(t *testing.T, r runner, code string) string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the program's folder has symbolic links")
	}
	dir := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	err = errors.Join(
		os.WriteFile(filepath.Join(dir, r.file), []byte(code), 0o600),
		os.Mkdir(filepath.Join(dir, "bin"), 0o700),
		os.Symlink(self, filepath.Join(dir, "bin", "memberships")),
	)
	if modules := os.Getenv("NODE_PATH"); modules != "" {
		err = errors.Join(err, os.Symlink(modules, filepath.Join(dir, "node_modules")))
	}
	if err != nil {
		t.Fatal(err)
	}
	srv := emulator.NewServer()
	defer srv.Close()
	cmd := exec.CommandContext(t.Context(), r.command, r.file)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(),
		"MEMBERSHIPS_EMULATOR="+srv.URL,
		"README_TEST_RUNS_COMMAND=1",
		"NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1",
		"PATH="+filepath.Join(dir, "bin")+string(os.PathListSeparator)+os.Getenv("PATH"))
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, errs.String())
	}
	return string(out)
}
