package box

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/paging"
)

// maxPageSize is the documented maximum; Box silently lowers a larger size.
const maxPageSize = 1000

// lastOffset is the largest offset of a page. Box's reference allows 10000 and its guide
// 9999; Box never refuses the smaller one.
const lastOffset = 9999

// positions reads cursors as offsets. Only the page at lastOffset may begin with another
// item than the last one of the page before: see nextOffset.
var positions = &paging.Positions{
	Of: func(cursor string) (int64, bool) {
		offset, ok := paging.Offsets.Of(cursor)
		return offset, ok && offset != lastOffset
	},
	At:    paging.Offsets.At,
	Known: true,
}

// page has the common fields of the generated pages.
type page[T any] struct {
	items []T
	limit int64
	total *int64
}

// listing returns the paging of lists by offset, up to total_count and at most to
// lastOffset.
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
			return nextOffset(p.Cursor, p.Size, read(p.Page))
		},
		Size:      sizeAt,
		Limit:     checkReach,
		Positions: positions,
	}
}

// fullList returns the list of l for a read from end to end.
func fullList[P, T any](c *client.Client, l client.Listing[P, T]) *paging.List[T] {
	if l.Positions != nil {
		l.Size = sizeOverlapping
	}
	return client.List(c, l)
}

// nextOffset returns the offset after a page: the cursor plus the page's own limit. A page
// may be short before the end, because Box counts and omits hidden entries. The page's
// offset field is not used, since Box has sent wrong ones.
func nextOffset[T any](cursor string, size int, p page[T]) (string, error) {
	offset, err := readOffset(cursor)
	if err != nil {
		return "", err
	}
	rows := int64(len(p.items))
	switch {
	case p.limit <= 0:
		return "", errors.New("the page has no valid limit")
	case rows > p.limit:
		return "", errors.New("the page has more entries than its limit")
	case p.total != nil && *p.total < 0:
		return "", errors.New("the total is negative")
	case p.total == nil && rows == 0:
		return "", nil // without a total, an empty page is the end
	case p.total != nil && rows == 0 && *p.total > offset:
		return "", fmt.Errorf("the page is empty, but the total counts %d more entries", *p.total-offset)
	case p.total != nil && *p.total-offset <= p.limit && (rows < p.limit || *p.total-offset == rows):
		return "", nil // a full page beyond the total means that the total is out of date
	case p.limit > int64(size):
		return "", errors.New("the limit of the page exceeds the requested size")
	}
	next := offset + p.limit
	if next == lastOffset+1 && rows < p.limit && offset < lastOffset {
		// The omitted entries may be anywhere on the page, so the page at lastOffset may
		// begin with another item than the last one of this page.
		next = lastOffset
	}
	return strconv.FormatInt(next, 10), nil
}

// sizeAt returns the size of the page at cursor. A page that would cross lastOffset ends
// there, and one more full page begins at lastOffset. The list then reaches as far as
// possible with every size.
func sizeAt(cursor string, size int) int {
	offset, err := readOffset(cursor)
	if err == nil && offset < lastOffset {
		return int(min(int64(size), lastOffset-offset))
	}
	return size
}

// sizeOverlapping is sizeAt for pages that begin with the last item of the page before. The
// last page but one ends right after lastOffset, and no page ends right before it.
func sizeOverlapping(cursor string, size int) int {
	offset, err := readOffset(cursor)
	rest := lastOffset + 1 - offset
	switch {
	case err != nil, offset >= lastOffset, int64(size) < rest-1:
		return size
	case rest > maxPageSize:
		return size - 1
	}
	return int(rest)
}

func checkReach(cursor string) error {
	if offset, err := readOffset(cursor); err == nil && offset > lastOffset {
		return fmt.Errorf("no page can begin after offset %d", lastOffset)
	}
	return nil
}

func readOffset(cursor string) (int64, error) {
	if cursor == "" {
		return 0, nil
	}
	offset, err := strconv.ParseInt(cursor, 10, 64)
	if err != nil || offset < 0 {
		return 0, errors.New("the offset is not a whole number, or is negative")
	}
	return offset, nil
}

// withFields adds the needed fields to the fields of a call. It returns nil for a call
// without fields, whose response has them all.
func withFields(fields []string, needed ...string) []string {
	if len(fields) == 0 {
		return nil
	}
	return append(slices.Clip(fields), needed...)
}

// markerListing returns the paging of lists by marker, which have no limit.
func markerListing[P, T any](call client.Call, read func(*P) page[T], marker func(*P) string, key func(*T) string) client.Listing[P, T] {
	l := listing(call, read, key)
	l.CursorParam, l.Size, l.Limit, l.Positions = "marker", nil, nil, nil
	l.Next = func(p client.PageInfo[P]) (string, error) {
		next, got := marker(p.Page), read(p.Page)
		if next == "" && p.Cursor == "" && got.total != nil && *got.total > int64(len(got.items)) {
			return "", errors.New("the page has no next marker, but its total counts more entries")
		}
		return next, nil
	}
	return l
}

// named returns l with another method as its caller.
func named[P, T any](name string, l client.Listing[P, T]) client.Listing[P, T] {
	l.Call.Name = name
	return l
}
