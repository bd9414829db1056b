package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/memberships-go/memberships/internal/cli"
)

// Every command except help and every help topic has a page with its flags and examples.
// The directory is created.
func TestPages(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made", "man1")
	if err := write(dir); err != nil {
		t.Fatal(err)
	}
	var check func(*cobra.Command)
	check = func(c *cobra.Command) {
		if c.Name() == "help" {
			return
		}
		for _, sub := range c.Commands() {
			check(sub)
		}
		name := strings.ReplaceAll(c.CommandPath(), " ", "-") + ".1"
		page, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Error(err)
			return
		}
		// In the source of a page, a backslash precedes each dash.
		text := strings.ReplaceAll(string(page), `\-`, "-")
		if !strings.Contains(text, " - "+c.Short) || c.HasExample() && !strings.Contains(text, ".SH EXAMPLE") {
			t.Errorf("%s lacks what it is about:\n%s", name, text)
		}
		checkSections(t, c, string(page))
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if !strings.Contains(text, "--"+f.Name) {
				t.Errorf("%s lacks --%s", name, f.Name)
			}
		})
	}
	check(cli.Root())
}

// A directory that cannot be created is an error.
func TestNowhere(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := write(filepath.Join(file, "nowhere")); err == nil {
		t.Error("no error")
	}
}
