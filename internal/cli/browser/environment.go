package browser

import (
	"slices"
	"strings"

	"github.com/memberships-go/memberships/auth/methods"
	"github.com/memberships-go/memberships/internal/cli/signin"
	"github.com/memberships-go/memberships/providers"
)

// environment returns the variables of an environment without secrets. A browser outlives the
// command, and starts other programs.
func environment(variables []string) []string {
	secret := secrets()
	return slices.DeleteFunc(slices.Clone(variables), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return slices.Contains(secret, name)
	})
}

// secrets returns the names of the variables with secrets.
func secrets() []string {
	names := []string{signin.PassphraseVariable}
	add := func(settings []providers.Setting) {
		for _, s := range settings {
			if s.Secret && s.Env != "" {
				names = append(names, s.Env)
			}
		}
	}
	for _, m := range methods.All() {
		add(m.Settings())
	}
	for _, name := range providers.Names() {
		if settings, err := providers.Settings(name); err == nil {
			add(settings)
		}
	}
	return names
}
