package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships/internal/cli"
)

var heading = regexp.MustCompile(`(?m)^\.SH (.+)$`)

// checkSections checks that a command's page has each section of the manual once, in the
// usual order, with every fact. A topic has none.
func checkSections(t *testing.T, c *cobra.Command, page string) {
	t.Helper()
	var got []string
	for _, m := range heading.FindAllStringSubmatch(page, -1) {
		got = append(got, m[1])
	}
	want := []string{"NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS"}
	if !c.IsAdditionalHelpTopicCommand() {
		want = append(want, "EXIT STATUS", "ENVIRONMENT", "FILES", "EXAMPLE")
	}
	want = append(want, "SEE ALSO")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", c.CommandPath(), diff)
	}
	if c.IsAdditionalHelpTopicCommand() {
		return
	}
	for _, facts := range [][]cli.Fact{cli.ExitStatus(c.Name()), cli.Environment(), cli.Files()} {
		for _, f := range facts {
			if !strings.Contains(page, ".TP\n\\fB"+escape(f.Name)+"\\fP\n"+escape(f.Text)+"\n") {
				t.Errorf("%s lacks %s, %s", c.CommandPath(), f.Name, f.Text)
			}
		}
	}
}

func TestEscape(t *testing.T) {
	for text, want := range map[string]string{
		"--config": `\-\-config`, ".SH": `\&.SH`, "'memberships'": `\&'memberships'`, `a\b`: `a\eb`, "plain": "plain",
	} {
		if got := escape(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
