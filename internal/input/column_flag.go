package input

import (
	"fmt"
	"slices"
	"strings"

	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/phrase"
)

// skipColumn is the --column name of columns to ignore.
const skipColumn = "skip"

// Columns holds the columns that --column maps.
type Columns struct {
	// Fixed states that the reader of the file has no flags, which errors then do not name.
	Fixed bool

	all []givenColumn
}

// hint returns the part of an error that names a flag, "" without flags.
func (n *Columns) hint(format string, args ...any) string {
	if n.Fixed {
		return ""
	}
	return fmt.Sprintf(format, args...)
}

type givenColumn struct {
	target, header string
	found          bool
}

// ParseColumns parses the values of --column.
func ParseColumns(values []string) (n Columns, _ error) {
	for _, v := range values {
		target, header, ok := strings.Cut(v, "=")
		switch target = strings.TrimSpace(target); {
		case !ok || squeeze(header) == "":
			return n, exit.Usagef("--column %q is not of the form email=Header", v)
		case target != skipColumn && !slices.Contains(UsedColumns, target):
			return n, exit.Usagef("--column %s: there is no column %s; there are %s, and skip", v, phrase.Quote(target), phrase.And(UsedColumns))
		case target != skipColumn && n.has(target):
			return n, exit.Usagef("--column names %s twice", target)
		}
		if _, twice := n.given(squeeze(header)); twice {
			return n, exit.Usagef("--column names the header %s twice", phrase.Quote(header))
		}
		n.all = append(n.all, givenColumn{target: target, header: header})
	}
	for i := range n.all {
		n.all[i].found = false
	}
	return n, nil
}

// given returns the column that --column maps a squeezed header to.
func (n *Columns) given(key string) (target string, ok bool) {
	for i, g := range n.all {
		if squeeze(g.header) == key {
			n.all[i].found = true
			return g.target, true
		}
	}
	return "", false
}

// has reports whether --column maps a header to a column.
func (n *Columns) has(target string) bool {
	return slices.ContainsFunc(n.all, func(g givenColumn) bool { return g.target == target })
}

// unused returns the error for a mapped header that the file does not have.
func (n *Columns) unused(file string) error {
	for _, g := range n.all {
		if !g.found {
			return &Error{file, 1, 1, fmt.Sprintf("there is no column %s, which --column %s=... names", phrase.Quote(g.header), g.target)}
		}
	}
	return nil
}
