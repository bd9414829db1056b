package main

import (
	"slices"
	"strings"

	"github.com/memberships-go/memberships/internal/cli"
)

// statuses returns the table of exit codes: those of every command, and those of --exit-code.
func statuses() string {
	var b strings.Builder
	b.WriteString("| code | meaning |\n|---|---|\n")
	common := len(cli.ExitStatus(""))
	for _, f := range slices.Concat(cli.ExitStatus("check"), cli.ExitStatus("diff")[common:]) {
		b.WriteString("| " + f.Name + " | " + f.Text + " |\n")
	}
	return b.String()
}
