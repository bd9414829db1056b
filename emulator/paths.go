package emulator

import (
	"fmt"
	"path"
	"strings"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	"github.com/memberships-go/memberships/emulator/internal/oauth"
	"github.com/memberships-go/memberships/emulator/internal/seed"
)

// trimSlash returns p without its trailing slash, which the providers ignore.
func trimSlash(p string) string {
	if trimmed := strings.TrimSuffix(p, "/"); trimmed != "" {
		return trimmed
	}
	return p
}

// checkPath returns an error for a pattern that matches no path of the fault's provider.
// Without a provider, the pattern has to match a path of any.
func (f *Fault) checkPath() error {
	if f.Path == "" {
		return nil
	}
	names, subject := seed.Providers, "no provider has"
	if f.Provider != "" {
		names, subject = []string{f.Provider}, f.Provider+" does not have"
	}
	for _, name := range names {
		spec, err := httpapi.Spec(name)
		if err != nil {
			return err
		}
		for template := range spec.Paths {
			if fits(trimSlash(f.Path), template) {
				return nil
			}
		}
		for _, path := range oauth.Paths[name] {
			if fits(trimSlash(f.Path), path) {
				return nil
			}
		}
	}
	return fmt.Errorf("path: %s a path like %q", subject, f.Path)
}

// fits reports whether a pattern of path.Match can match a document's path template. It
// compares segment by segment; a template's parameter matches any segment but an empty
// one.
func fits(pattern, template string) bool {
	patterns, segments := strings.Split(pattern, "/"), strings.Split(template, "/")
	if len(patterns) != len(segments) {
		return false
	}
	for i, segment := range segments {
		if strings.HasPrefix(segment, "{") {
			if patterns[i] == "" {
				return false
			}
			continue
		}
		if ok, err := path.Match(patterns[i], segment); !ok || err != nil {
			return false
		}
	}
	return true
}
