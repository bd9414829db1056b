package paging

import (
	"errors"
	"fmt"

	"github.com/memberships-go/memberships"
)

// emptyPages counts successive pages without items.
type emptyPages int

// add counts a page that has a next page, and reports whether the count is within
// memberships.MaxEmptyPages.
func (n *emptyPages) add(items int) bool {
	if *n++; items > 0 {
		*n = 0
	}
	return *n <= memberships.MaxEmptyPages
}

// LoopDetector detects a listing without progress, for callers that read single pages. Its
// zero value is ready. It is not safe for concurrent use.
type LoopDetector struct {
	tokens map[string]bool
	empty  emptyPages
}

// Next records the number of items of a page and its next page token. It returns an error if
// the token came before, or if too many successive pages were empty.
func (t *LoopDetector) Next(items int, next string) error {
	switch {
	case next == "":
		return nil
	case t.tokens[next]:
		return errors.New(cycleText)
	case !t.empty.add(items):
		return errors.New(emptyText)
	case t.tokens == nil:
		t.tokens = map[string]bool{}
	}
	t.tokens[next] = true
	return nil
}

const cycleText = "the listing came back to a page it had already shown"

var emptyText = fmt.Sprintf("more than %d pages without items followed one another", memberships.MaxEmptyPages)
