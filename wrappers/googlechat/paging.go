package googlechat

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/memberships-go/memberships/internal/client"
)

// maxPageSize is the cap that Google documents; a larger size would be lowered
// silently.
const maxPageSize = 1000

// page is what the pages of Google Chat's listings hold. failure is what none should.
type page[T any] struct {
	items   []T
	token   string
	failure json.RawMessage
}

// listing is how every list of Google Chat pages: a token in the body, missing on the
// last page. Pages may be short or empty and not be the last, and Google Chat leaves
// out what is empty, so that {} is a page without items. field is where the items are.
func listing[P, T any](call client.Call, field string, read func(*P) page[T], key func(*T) string) client.Listing[P, T] {
	return client.Listing[P, T]{
		Call:        call,
		CursorParam: "pageToken",
		SizeParam:   "pageSize",
		MaxSize:     maxPageSize,
		Items: func(p *P) []T {
			if list := read(p).items; list != nil {
				return list
			}
			return []T{} // checkEmpty tells whether that is what the page says
		},
		Key: key,
		Next: func(p client.PageInfo[P]) (string, error) {
			got := read(p.Page)
			switch {
			case got.token != "" && got.token == p.Cursor:
				return "", errors.New("the page names itself as the next one")
			case got.failure != nil:
				return "", errors.New("the page holds an error")
			case got.items == nil:
				return got.token, checkEmpty(p.Response.Body, field)
			}
			return got.token, nil
		},
	}
}

// checkEmpty tells a page without items from an object that has nothing to do with a
// list.
func checkEmpty(body []byte, field string) error {
	var page map[string]json.RawMessage
	if err := json.Unmarshal(body, &page); err != nil {
		return errors.New("the page is not an object")
	}
	_, hasList := page[field]
	_, hasToken := page["nextPageToken"]
	switch {
	case hasList:
		return fmt.Errorf("the page's %s are null", field)
	case len(page) > 0 && !hasToken:
		return fmt.Errorf("the page has neither %s nor a token nor is it empty", field)
	}
	return nil
}
