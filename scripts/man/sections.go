package main

import (
	"strings"

	"github.com/memberships-go/memberships/internal/cli"
)

// sections returns the manual's sections for a command.
func sections(command string) string {
	var b strings.Builder
	for _, s := range []struct {
		heading string
		facts   []cli.Fact
	}{
		{"EXIT STATUS", cli.ExitStatus(command)},
		{"ENVIRONMENT", cli.Environment()},
		{"FILES", cli.Files()},
	} {
		b.WriteString(".SH " + s.heading + "\n")
		for _, f := range s.facts {
			b.WriteString(".TP\n\\fB" + escape(f.Name) + "\\fP\n" + escape(f.Text) + "\n")
		}
	}
	return b.String()
}

// escape returns text in which roff interprets nothing.
func escape(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "'") {
		return `\&` + text
	}
	return text
}
