package main

import (
	"strings"

	"github.com/memberships-go/memberships/internal/cli"
)

// statuses returns the table of exit codes: those of every command and those of check.
func statuses() string {
	var b strings.Builder
	b.WriteString("| code | meaning |\n|---|---|\n")
	for _, f := range cli.ExitStatus("check") {
		b.WriteString("| " + f.Name + " | " + f.Text + " |\n")
	}
	return b.String()
}
