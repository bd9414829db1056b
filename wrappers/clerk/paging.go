package clerk

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"

	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/paging"
)

// maxPageSize is the cap that Clerk documents; a larger size would give ten items
// without an error.
const maxPageSize = 500

// oldestFirst is the order that lists are asked for unless the caller has one. Clerk's
// own is the other way round: whoever comes in while a listing runs would move
// everybody down one place, and the last of each page would be seen twice.
const oldestFirst = "+created_at"

// page is what the pages of Clerk's listings hold.
type page[T any] struct {
	items []T
	total *int64
}

// listing is how the lists with a total page: by offset, up to total_count.
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

// nextOffset goes on by what came and not by what was asked for: a page may be short
// before the end of the listing. The total is counted apart from the page, so that the
// two can differ by whoever comes or goes in between.
func nextOffset(cursor string, size int, came int64, total *int64) (string, error) {
	next, err := addOffset(cursor, came)
	switch {
	case err != nil:
		return "", err
	case total == nil:
		return "", errors.New("the page lacks its total_count")
	case came == 0 && next < *total:
		return "", errors.New("the page is empty, and its total_count says that there is more")
	case next == *total, next > *total && came < int64(size):
		return "", nil // a full page that goes past the total was counted too early
	}
	return strconv.FormatInt(next, 10), nil
}

func addOffset(cursor string, came int64) (int64, error) {
	if cursor == "" {
		return came, nil
	}
	offset, err := strconv.ParseInt(cursor, 10, 64)
	if err != nil || offset < 0 {
		return 0, errors.New("the page was asked for with an offset that is not one")
	}
	return offset + came, nil
}

// checkList refuses what would widen a listing, such as a set of ids that came out empty.
func checkList(params any) error {
	v := reflect.ValueOf(params)
	for i := range v.NumField() {
		if f := v.Field(i); f.Kind() == reflect.Slice && !f.IsNil() && f.Len() == 0 {
			return fmt.Errorf("%s is empty; leave it nil to list without it", v.Type().Field(i).Name)
		}
	}
	return nil
}
