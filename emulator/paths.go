package emulator

import (
	"fmt"
	"path"
	"strings"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	"github.com/memberships-go/memberships/emulator/internal/seed"
)

// endless is a path without the slash at its end, which means nothing.
func endless(p string) string {
	if trimmed := strings.TrimSuffix(p, "/"); trimmed != "" {
		return trimmed
	}
	return p
}

// checkPath refuses a pattern that fits no path of the provider, or of any if the fault
// names none: no request would ever match it.
func (f *Fault) checkPath() error {
	if f.Path == "" {
		return nil
	}
	names, who := seed.Providers, "no provider has"
	if f.Provider != "" {
		names, who = []string{f.Provider}, f.Provider+" does not have"
	}
	for _, name := range names {
		spec, err := httpapi.Spec(name)
		if err != nil {
			return err
		}
		for template := range spec.Paths.Map() {
			if fits(endless(f.Path), template) {
				return nil
			}
		}
	}
	return fmt.Errorf("path: %s a path like %q", who, f.Path)
}

// fits tells whether a pattern of path.Match can match a path of a document, segment by
// segment. A parameter of the document can be anything.
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
