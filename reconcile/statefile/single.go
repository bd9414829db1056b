package statefile

import (
	"io"
	"maps"
	"slices"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/input"
	"github.com/memberships-go/memberships/reconcile"
)

// MemberOptions are the options of LoadMembers.
type MemberOptions struct {
	// Stdin is what the path - reads.
	Stdin io.Reader
	// Format is csv, json, ndjson or list. An empty one is detected.
	Format string
	// Columns are of the form name=Header, and read a column under another name. The name
	// skip leaves the column out.
	Columns []string
	// Role replaces the roles of all rows, unless it is empty.
	Role memberships.Role
	// Notice receives sentences about the file, such as its columns that were not read. nil
	// drops them.
	Notice func(text string)
}

// LoadMembers returns the desired state of the group g, whose members a file has as
// members_from of a group takes it. The path - is stdin. Members of g are replaced.
//
// LoadMembers reports the mistakes of the file together, as [Errors]; a file that cannot be
// read and one without rows are among them.
func LoadMembers(path string, g reconcile.Group, o MemberOptions) (*reconcile.Desired, error) {
	if _, err := input.ParseColumns(o.Columns); err != nil {
		return nil, err
	}
	l := newLoader(Options{Notice: o.Notice})
	l.single = &o
	at := reconcile.Position{File: input.Name(path), Line: 1, Column: 1}
	own := &group{name: g.Name, at: at, in: map[string]given[memberships.Group]{}, from: []given[string]{{path, at}}}
	own.mode = given[reconcile.Mode]{g.Mode, at}
	for _, provider := range slices.Sorted(maps.Keys(g.In)) {
		own.in[provider] = given[memberships.Group]{g.In[provider], at}
	}
	l.groups[g.Name] = own
	d, err := l.finish()
	if err != nil {
		return nil, err
	}
	g.Members = d.Groups[0].Members
	d.Groups[0] = g
	d.Hash = Hash(d)
	return d, nil
}

// read reads the member file of LoadMembers.
func (o *MemberOptions) read(l *loader, g *group, from given[string]) []*row {
	columns, _ := input.ParseColumns(o.Columns) // LoadMembers has checked them
	f := &memberFile{loader: l, group: g, path: from.value, source: input.Source{Format: o.Format, Columns: columns}, stdin: o.Stdin}
	rows := f.read(from)
	if o.Role != "" {
		for i := range g.members {
			g.members[i].role.value = string(o.Role)
		}
	}
	return rows
}
