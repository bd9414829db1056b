package core

import (
	"fmt"

	"github.com/memberships-go/memberships/internal/transport"
)

// checkLength refuses a parameter that is longer than any id, address or cursor. A filter
// is an expression of any number of them.
func checkLength(name, value string) error {
	if name != "filter" && len(value) > transport.MaxID {
		return fmt.Errorf("%s is longer than %d bytes", name, transport.MaxID)
	}
	return nil
}

// checkToken refuses a page token that is none for its length alone.
func checkToken(token string) error { return checkLength("the page token", token) }

// maxCursor is longer than any cursor. One in a page token, and that in another one of
// package memberships, is still below transport.MaxID: a page that can be had can be gone
// on from.
const maxCursor = 4 << 10

// checkCursor refuses the next cursor of a page that could not be sent back.
func checkCursor(cursor string) error {
	if len(cursor) > maxCursor {
		return fmt.Errorf("the cursor of the next page has %d bytes", len(cursor))
	}
	return nil
}
