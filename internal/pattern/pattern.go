// Package pattern holds regular expressions that compile at their first use, so that a
// command without a use for them starts sooner.
package pattern

import (
	"regexp"
	"sync"
)

// Pattern is a regular expression. It is safe for concurrent use.
type Pattern struct{ compiled func() *regexp.Regexp }

// New returns the pattern of an expression. Its first use panics if the expression is
// invalid.
func New(expr string) *Pattern {
	return &Pattern{sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })}
}

// MatchString reports whether text contains a match.
func (p *Pattern) MatchString(text string) bool { return p.compiled().MatchString(text) }

// Match reports whether text contains a match.
func (p *Pattern) Match(text []byte) bool { return p.compiled().Match(text) }

// FindStringSubmatch returns the leftmost match in text and its groups, nil if there is
// none.
func (p *Pattern) FindStringSubmatch(text string) []string {
	return p.compiled().FindStringSubmatch(text)
}

// FindAllStringSubmatch returns every match in text and its groups, nil if there is none.
func (p *Pattern) FindAllStringSubmatch(text string) [][]string {
	return p.compiled().FindAllStringSubmatch(text, -1)
}

// ReplaceAllString returns text with every match replaced, in which $1 is the first group.
func (p *Pattern) ReplaceAllString(text, replacement string) string {
	return p.compiled().ReplaceAllString(text, replacement)
}
