package main

import (
	"strings"

	"github.com/memberships-go/memberships/internal/cli"
)

// statuses is the table of exit codes: check has those of every command and its own.
func statuses() string {
	var b strings.Builder
	b.WriteString("| code | meaning |\n|---|---|\n")
	for _, f := range cli.ExitStatus("check") {
		b.WriteString("| " + f.Name + " | " + f.Text + " |\n")
	}
	return b.String()
}
