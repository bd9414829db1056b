// Package statefile reads and writes the desired state of groups as YAML files.
package statefile

import (
	"io"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/reconcile"
)

// Version is the version of the files that this release reads and writes.
const Version = 1

// SchemaURL is the address of the JSON Schema of the files.
const SchemaURL = "https://raw.githubusercontent.com/memberships-go/memberships/main/docs/desired-state.schema.json"

// Options are the options of Load.
type Options struct {
	// Providers are the names that the files may use; nil accepts every name.
	Providers []string
	// Stdin is what the path - reads.
	Stdin io.Reader
	// Listed returns a group in the form in which two groups are compared. nil compares
	// them as they are written.
	Listed func(provider string, g memberships.Group) memberships.Group
	// Notice receives sentences about member files, such as their columns that were not
	// read. nil drops them.
	Notice func(text string)
}

// Load reads the files of paths and merges them into one desired state. A path is a file, a
// folder with files *.yaml and *.yml, whose names do not begin with a dot, or - for stdin.
//
// Load reports the mistakes of all files together, as [Errors]. A file that cannot be read
// is the error of the file system.
func Load(paths []string, o Options) (*reconcile.Desired, error) {
	files, err := findFiles(paths)
	if err != nil {
		return nil, err
	}
	l := newLoader(o)
	for _, f := range files {
		text, err := f.read(o.Stdin)
		if err != nil {
			return nil, err
		}
		l.file(f, text)
	}
	return l.finish()
}
