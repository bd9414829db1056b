package client

import (
	"fmt"

	"github.com/memberships-go/memberships/internal/paging"
	"github.com/memberships-go/memberships/internal/transport"
)

// checkLength refuses a parameter that is longer than any id, address or cursor. A filter is
// an expression and may be longer.
func checkLength(name, value string) error {
	if name != "filter" && len(value) > transport.MaxID {
		return fmt.Errorf("%s is longer than %d bytes", name, transport.MaxID)
	}
	return nil
}

// checkCursor refuses a next cursor that is too long for a page token.
func checkCursor(cursor string) error {
	if len(cursor) > paging.MaxCursor {
		return fmt.Errorf("the cursor of the next page has %d bytes", len(cursor))
	}
	return nil
}
