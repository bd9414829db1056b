package statefile

import (
	"github.com/memberships-go/memberships/internal/phrase"
	"github.com/memberships-go/memberships/internal/yamldoc"
	"github.com/memberships-go/memberships/reconcile"
)

// maxValues is the greatest number of values of a file with the values of its aliases.
// Nested lists of aliases reach any number in a few lines.
const maxValues = 2_000_000

// parse returns the only document of a file, nil after a mistake.
func (l *loader) parse(name string, data []byte) *yamldoc.Node {
	begin := reconcile.Position{File: name, Line: 1, Column: 1}
	if len(data) > maxFile {
		l.add(begin, "the file is larger than %s bytes; split it, or give members_from a CSV file", phrase.Number(maxFile))
		return nil
	}
	root, mistakes := yamldoc.Parse(name, data, yamldoc.Options{MaxValues: maxValues, Merging: "defaults hold what groups have in common"})
	for _, m := range mistakes {
		l.add(m.At, "%s", m.Text)
	}
	if root != nil && root.Empty() {
		l.add(begin, "the file is empty; it begins with version: %d", Version)
		return nil
	}
	return root
}
