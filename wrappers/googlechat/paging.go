package googlechat

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/memberships-go/memberships/internal/client"
)

// maxPageSize is the documented maximum; Google Chat silently lowers a larger size.
const maxPageSize = 1000

// page has the common fields of the generated pages. A valid page has no failure.
type page[T any] struct {
	items   []T
	token   string
	failure json.RawMessage
}

// listing returns the paging of every Google Chat list: a token in the body, absent on the
// last page. Short and empty pages may come before the last one. Google Chat omits empty
// fields, so {} is a page without items. field is the name of the array of items.
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
			return []T{} // Next checks that the page is valid
		},
		Key: key,
		Next: func(p client.PageInfo[P]) (string, error) {
			got := read(p.Page)
			switch {
			case got.token != "" && got.token == p.Cursor:
				return "", errors.New("the nextPageToken is the token of the page itself")
			case got.failure != nil:
				return "", errors.New("the page holds an error")
			case got.items == nil:
				return got.token, checkEmpty(p.Response.Body, field)
			}
			return got.token, nil
		},
	}
}

// checkEmpty returns an error if a body without items is not an empty page of a list.
func checkEmpty(body []byte, field string) error {
	var page map[string]json.RawMessage
	if err := json.Unmarshal(body, &page); err != nil {
		return errors.New("the page is not an object")
	}
	_, hasList := page[field]
	_, hasToken := page["nextPageToken"]
	switch {
	case hasList:
		return fmt.Errorf("%s is null in the page", field)
	case len(page) > 0 && !hasToken:
		return fmt.Errorf("the page has fields, but neither %s nor nextPageToken", field)
	}
	return nil
}
