package box

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/paging"
)

// maxPageSize is the cap that Box documents; a larger size would be lowered.
const maxPageSize = 1000

// lastOffset is where the last page can begin. Box's reference refuses offsets above
// 10000, its guide allows 9999 at most: the smaller one is never refused.
const lastOffset = 9999

// positions are offsets. The page at lastOffset is the only one that may have to begin
// with something other than the last item of the page before: see nextOffset.
var positions = &paging.Positions{
	Of: func(cursor string) (int64, bool) {
		offset, ok := paging.Offsets.Of(cursor)
		return offset, ok && offset != lastOffset
	},
	At:    paging.Offsets.At,
	Known: true,
}

// page is what the pages of Box's listings hold.
type page[T any] struct {
	items []T
	limit int64
	total *int64
}

// listing is how lists page by offset, up to total_count and no further than
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

// whole is l for being read from end to end.
func whole[P, T any](c *client.Client, l client.Listing[P, T]) *paging.List[T] {
	if l.Positions != nil {
		l.Size = sizeThrough
	}
	return client.List(c, l)
}

// nextOffset goes on by the page's own limit: a page may be short before the end of
// the listing, because entries that the caller may not see count and are left out. The
// page's offset is not asked; it has been wrong.
func nextOffset[T any](cursor string, size int, p page[T]) (string, error) {
	offset, err := readOffset(cursor)
	if err != nil {
		return "", err
	}
	came := int64(len(p.items))
	switch {
	case p.limit <= 0:
		return "", errors.New("the page does not say its limit")
	case came > p.limit:
		return "", errors.New("the page holds more than its limit")
	case p.total != nil && *p.total < 0:
		return "", errors.New("the total is below zero")
	case p.total == nil && came == 0:
		return "", nil // without a total nothing but an empty page is the end
	case p.total != nil && came == 0 && *p.total > offset:
		return "", fmt.Errorf("the page is empty, %d entries before the end of the listing", *p.total-offset)
	case p.total != nil && *p.total-offset <= p.limit && (came < p.limit || *p.total-offset == came):
		return "", nil // a full page that goes on behind the total was counted too early
	case p.limit > int64(size):
		return "", errors.New("the page's limit is above the size that was asked for")
	}
	next := offset + p.limit
	if next == lastOffset+1 && came < p.limit && offset < lastOffset {
		// What was left out may be anywhere, so that the next page, which was to begin
		// with the last item of this one, does not; it can begin no later all the same.
		next = lastOffset
	}
	return strconv.FormatInt(next, 10), nil
}

// sizeAt makes the page that would go past lastOffset end there, so that one more full
// page begins at it. Without this, what lies behind the last multiple of the size
// would be out of reach.
func sizeAt(cursor string, size int) int {
	offset, err := readOffset(cursor)
	if err == nil && offset < lastOffset {
		return int(min(int64(size), lastOffset-offset))
	}
	return size
}

// sizeThrough is sizeAt for pages that begin with the last item of the page before.
// The one before the last has to end right behind lastOffset then, and none right
// before it.
func sizeThrough(cursor string, size int) int {
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
		return 0, errors.New("the offset is not a number from 0")
	}
	return offset, nil
}

// withFields adds what a comparison needs to the fields of a call. Without any, an
// answer has them all.
func withFields(fields []string, needed ...string) []string {
	if len(fields) == 0 {
		return nil
	}
	return append(slices.Clip(fields), needed...)
}

// markerListing is how the list of users pages by marker, without an end to its reach.
func markerListing[P, T any](call client.Call, read func(*P) page[T], marker func(*P) string, key func(*T) string) client.Listing[P, T] {
	l := listing(call, read, key)
	l.CursorParam, l.Size, l.Limit, l.Positions = "marker", nil, nil, nil
	l.Next = func(p client.PageInfo[P]) (string, error) {
		next, got := marker(p.Page), read(p.Page)
		if next == "" && p.Cursor == "" && got.total != nil && *got.total > int64(len(got.items)) {
			return "", errors.New("the page has a total of more entries and no marker to go on with")
		}
		return next, nil
	}
	return l
}

// named is a listing that another method than its own reads.
func named[P, T any](name string, l client.Listing[P, T]) client.Listing[P, T] {
	l.Call.Name = name
	return l
}
