package clerk

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"

	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/paging"
)

// maxPageSize is the documented maximum; Clerk silently lowers a larger size to ten.
const maxPageSize = 500

// oldestFirst is the default order of lists. Clerk's default is the reverse, in which
// every addition during a listing shifts all later items by one position.
const oldestFirst = "+created_at"

// page has the items of a page, and the total of its list if the page states it.
type page[T any] struct {
	items []T
	total *int64
}

// listing returns the paging of the lists with a total: by offset, up to total_count.
func listing[P, T any](call client.Call, read func(*P) page[T], key func(*T) string) client.Listing[P, T] {
	return client.Listing[P, T]{
		Call:        call,
		CursorParam: "offset",
		SizeParam:   "limit",
		MaxSize:     maxPageSize,
		Items:       func(p *P) []T { return read(p).items },
		Key:         key,
		Total: func(p *P) int64 {
			if total := read(p).total; total != nil {
				return *total
			}
			return -1
		},
		Next: func(p client.PageInfo[P]) (string, error) {
			got := read(p.Page)
			return nextOffset(p.Cursor, p.Size, int64(len(got.items)), got.total)
		},
		Positions: paging.Offsets,
		Counted:   true,
	}
}

// nextOffset returns the offset after a page, "" after the last one. It counts the items
// received, because a page before the last one may be short. Clerk counts the total
// separately from the page, so the two can differ by a change in between.
func nextOffset(cursor string, size int, came int64, total *int64) (string, error) {
	next, err := addOffset(cursor, came)
	switch {
	case err != nil:
		return "", err
	case total == nil:
		return "", errors.New("the page has no total_count")
	case came == 0 && next < *total:
		return "", errors.New("the page is empty, but its total_count counts more items")
	case next == *total, next > *total && came < int64(size):
		return "", nil // the total of a full page that exceeds it was counted before an addition
	}
	return strconv.FormatInt(next, 10), nil
}

func addOffset(cursor string, came int64) (int64, error) {
	if cursor == "" {
		return came, nil
	}
	offset, err := strconv.ParseInt(cursor, 10, 64)
	if err != nil || offset < 0 {
		return 0, errors.New("the offset is not a whole number, or is negative")
	}
	return offset + came, nil
}

// checkList rejects empty filters, such as an empty set of ids, which would widen a list.
func checkList(params any) error {
	v := reflect.ValueOf(params)
	for i := range v.NumField() {
		if f := v.Field(i); f.Kind() == reflect.Slice && !f.IsNil() && f.Len() == 0 {
			return fmt.Errorf("%s is empty; use nil to list without this filter", v.Type().Field(i).Name)
		}
	}
	return nil
}
