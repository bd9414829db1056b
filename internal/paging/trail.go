package paging

import (
	"errors"
	"fmt"

	"github.com/memberships-go/memberships"
)

// emptyRun counts pages without items that follow one another.
type emptyRun int

// add counts a page that has another one behind it, and reports whether there may be more.
func (n *emptyRun) add(items int) bool {
	if *n++; items > 0 {
		*n = 0
	}
	return *n <= memberships.MaxEmptyPages
}

// Trail follows pages for callers that do not range over a List. Its zero value is ready.
type Trail struct {
	seen  map[string]bool
	empty emptyRun
}

// Step notes how many items a page had and the token of the page behind it. Its error
// says that the pages lead nowhere.
func (t *Trail) Step(items int, next string) error {
	switch {
	case next == "":
		return nil
	case t.seen[next]:
		return errors.New(cycleText)
	case !t.empty.add(items):
		return errors.New(emptyText)
	case t.seen == nil:
		t.seen = map[string]bool{}
	}
	t.seen[next] = true
	return nil
}

const cycleText = "the listing came back to a page it had already shown"

var emptyText = fmt.Sprintf("more than %d pages without items followed one another", memberships.MaxEmptyPages)
