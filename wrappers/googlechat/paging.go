package googlechat

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/memberships-go/memberships/internal/core"
)

// maxPageSize is the cap that Google documents; a larger size would be lowered
// silently.
const maxPageSize = 1000

// listing is how every list of the service pages: a token in the body, missing on the
// last page. Pages may be short or empty and not be the last, and the service leaves
// out what is empty, so that {} is a page without items. field is where the items are.
func listing[P, T any](call core.Call, field string, items func(*P) []T, key func(*T) string, token func(*P) string) core.Listing[P, T] {
	return core.Listing[P, T]{
		Call:        call,
		CursorParam: "pageToken",
		SizeParam:   "pageSize",
		MaxSize:     maxPageSize,
		Items: func(p *P) []T {
			if list := items(p); list != nil {
				return list
			}
			return []T{} // checkPage tells whether that is what the page says
		},
		Key: key,
		Next: func(p core.PageInfo[P]) (string, error) {
			next := token(p.Page)
			if next != "" && next == p.Cursor {
				return "", errors.New("the page names itself as the next one")
			}
			return next, checkPage(p.Response.Body, field)
		},
	}
}

// checkPage tells an empty page from something that is no page: an error under status
// 200, or an object that has nothing to do with a list.
func checkPage(body []byte, field string) error {
	var page map[string]json.RawMessage
	if err := json.Unmarshal(body, &page); err != nil {
		return errors.New("the page is not an object")
	}
	list, hasList := page[field]
	_, hasToken := page["nextPageToken"]
	switch {
	case page["error"] != nil:
		return errors.New("the page holds an error")
	case string(list) == "null":
		return fmt.Errorf("the page's %s are null", field)
	case len(page) > 0 && !hasList && !hasToken:
		return fmt.Errorf("the page has neither %s nor a token nor is it empty", field)
	}
	return nil
}
