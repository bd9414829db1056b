package main

import (
	"strings"

	"github.com/memberships-go/memberships/internal/trips"
)

// jobs returns the table of the jobs whose requests are counted.
func jobs() string {
	var b strings.Builder
	b.WriteString("| job | does |\n|---|---|\n")
	for _, j := range trips.Jobs() {
		b.WriteString("| " + j.Name + " | " + j.Text + " |\n")
	}
	return b.String()
}
