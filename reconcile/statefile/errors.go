package statefile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/memberships-go/memberships/internal/phrase"
	"github.com/memberships-go/memberships/reconcile"
)

const (
	maxShown = 20   // mistakes in the text of an error
	maxKept  = 1000 // mistakes before the reader gives up
)

// Errors are the mistakes of all files, in the order of their places. Each has a file, a
// line and a column.
type Errors []*reconcile.InputError

// Error returns a line for each mistake, at most 20, and the number of the others.
func (e Errors) Error() string {
	var b strings.Builder
	for i, m := range e[:min(len(e), maxShown)] {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(m.Error())
	}
	if more := len(e) - maxShown; more > 0 {
		fmt.Fprintf(&b, "\nand %s", phrase.Count(more, "more mistake"))
	}
	return b.String()
}

// Unwrap returns the mistakes.
func (e Errors) Unwrap() []error {
	all := make([]error, len(e))
	for i, m := range e {
		all[i] = m
	}
	return all
}

// mistakes collects the mistakes of all files.
type mistakes struct{ all Errors }

// add adds a mistake at a place.
func (m *mistakes) add(at reconcile.Position, format string, args ...any) {
	if len(m.all) < maxKept {
		m.all = append(m.all, &reconcile.InputError{At: at, Text: fmt.Sprintf(format, args...)})
	}
}

// err returns the mistakes in the order of their places, nil for none.
func (m *mistakes) err() error {
	if len(m.all) == 0 {
		return nil
	}
	slices.SortStableFunc(m.all, func(a, b *reconcile.InputError) int { return comparePlaces(a.At, b.At) })
	return m.all
}

func comparePlaces(a, b reconcile.Position) int {
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
}
