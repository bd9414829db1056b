package main

import (
	"cmp"
	"strings"

	"github.com/memberships-go/memberships/providers"
)

// settings returns the table of the settings that the providers declare.
func settings() (string, error) {
	var b strings.Builder
	b.WriteString("| provider | setting | variable | needed for | value |\n|---|---|---|---|---|\n")
	for _, name := range providers.Names() {
		all, err := providers.Settings(name)
		if err != nil {
			return "", err
		}
		for _, s := range all {
			variable := ""
			if s.Env != "" {
				variable = "`" + s.Env + "`"
			}
			b.WriteString("| " + strings.Join([]string{name, "`" + s.Key + "`", variable, cmp.Or(s.Method, "optional"), s.Text}, " | ") + " |\n")
		}
	}
	return b.String(), nil
}
