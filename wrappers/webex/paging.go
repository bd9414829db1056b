package webex

import (
	"errors"
	"strings"

	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/transport"
)

// maxPageSize is the documented maximum for rooms; Webex silently lowers a larger size.
const maxPageSize = 1000

// ownHosts are the present and the older host in Webex's next links. A proxy and recorded
// traffic pass them on. Only the cursor of a link is used, so nothing is sent there.
var ownHosts = []string{strings.TrimPrefix(api.Origin, "https://"), "api.ciscospark.com"}

// listing returns the paging of every Webex list: an opaque cursor in the Link header.
// The link's other parameters may lack the filters or have max=null, so the request keeps
// its own.
func listing[P, T any](call client.Call, items func(*P) []T, key func(*T) string) client.Listing[P, T] {
	return client.Listing[P, T]{
		Call:        call,
		CursorParam: "cursor",
		SizeParam:   "max",
		MaxSize:     maxPageSize,
		Items:       items,
		Key:         key,
		Next: func(p client.PageInfo[P]) (string, error) {
			return nextCursor(p.Response)
		},
	}
}

func nextCursor(r *transport.Response) (string, error) {
	next, err := transport.NextLink(r.Header, r.URL, ownHosts...)
	if next == nil || err != nil {
		return "", err
	}
	cursor := next.Query().Get("cursor")
	if cursor == "" {
		return "", errors.New("the next link has no cursor")
	}
	return cursor, nil
}
