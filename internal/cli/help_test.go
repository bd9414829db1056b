package cli

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/output"
)

var update = flag.Bool("update", false, "rewrite testdata/help")

// Every help text has a golden file in testdata/help. go test -update rewrites them.
func TestHelp(t *testing.T) {
	root := Root()
	root.InitDefaultHelpCmd()
	var check func(*cobra.Command)
	check = func(c *cobra.Command) {
		for _, sub := range c.Commands() {
			check(sub)
		}
		args := strings.Fields(c.CommandPath())[1:]
		res := run(t.Context(), nil, nil, append(args[:len(args):len(args)], "--help")...)
		if c.IsAdditionalHelpTopicCommand() {
			res = run(t.Context(), nil, nil, append([]string{"help"}, args...)...)
		}
		if res.code != exit.Done || res.stderr != "" {
			t.Errorf("%s: got %d, %q", c.CommandPath(), res.code, res.stderr)
		}
		file := filepath.Join("testdata", "help", strings.Join(append([]string{"memberships"}, args...), "-")+".golden")
		if *update {
			if err := os.WriteFile(file, []byte(res.stdout), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), res.stdout); diff != "" {
			t.Errorf("%s (-want +got):\n%s", file, diff)
		}
		checkText(t, c, res.stdout)
	}
	check(root)
}

// checkText checks the rules for all help texts.
func checkText(t *testing.T, c *cobra.Command, text string) {
	t.Helper()
	if !c.IsAdditionalHelpTopicCommand() && !c.HasExample() && c.Name() != "help" { // help is cobra's own
		t.Errorf("%s has no example", c.CommandPath())
	}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		if output.CellWidth(line) > helpWidth || strings.Contains(line, "\t") || strings.TrimRight(line, " ") != line && !strings.Contains(line, "--") {
			t.Errorf("%s: the line %q is wider than 80 columns, has a tab or ends in spaces", c.CommandPath(), line)
		}
	}
}

// Every golden file belongs to a command.
func TestNoOldHelp(t *testing.T) {
	files, err := filepath.Glob("testdata/help/*.golden")
	if err != nil {
		t.Fatal(err)
	}
	commands := map[string]bool{}
	var add func(*cobra.Command)
	add = func(c *cobra.Command) {
		commands[strings.ReplaceAll(c.CommandPath(), " ", "-")] = true
		for _, sub := range c.Commands() {
			add(sub)
		}
	}
	add(Root())
	for _, f := range files {
		if name := strings.TrimSuffix(filepath.Base(f), ".golden"); !commands[name] {
			t.Errorf("%s is of no command", f)
		}
	}
}
