package pubnub

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/paging"
)

// maxPageSize is PubNub's maximum and default.
const maxPageSize = 100

// page has the fields of the generated pages, which convert to it.
type page[T any] struct {
	Status     int64
	Data       []T
	TotalCount *int64
	Next       string
	Prev       string
}

// listParams are the params of every list and of Manage.
type listParams ListUsersParams

// positions reads PubNub's cursors: the number of rows before a page, in base64url. PubNub
// does not document that, so any other cursor is opaque.
var positions = &paging.Positions{
	Of: func(cursor string) (int64, bool) {
		b, err := base64.RawURLEncoding.DecodeString(cursor)
		if err != nil {
			return 0, false
		}
		n, err := strconv.ParseInt(string(b), 10, 64)
		return n, err == nil && n >= 0 && cursorAt(n) == cursor
	},
	At: cursorAt,
}

func cursorAt(position int64) string {
	return base64.RawURLEncoding.EncodeToString(strconv.AppendInt(nil, position, 10))
}

// listing returns the listing of a call; all PubNub lists page alike.
func listing[P, T any](call client.Call, view func(P) page[T], key func(*T) string) client.Listing[P, T] {
	return client.Listing[P, T]{
		Call:        call,
		CursorParam: "start",
		SizeParam:   "limit",
		MaxSize:     maxPageSize,
		Items:       func(p *P) []T { return view(*p).Data },
		Key:         key,
		Positions:   positions,
		Next: func(p client.PageInfo[P]) (string, error) {
			return nextCursor(view(*p.Page), p)
		},
		Total: func(p *P) int64 {
			if n := view(*p).TotalCount; n != nil {
				return *n
			}
			return -1
		},
		Counted: true,
	}
}

// nextCursor returns the cursor after a page. PubNub sends next on every page that has
// rows, the last one too, so the list ends with the page that reaches the total, and without
// a total with a page without rows; a short page is not the end. An empty page that names
// another one is followed. A page that holds the overlap alone names its own cursor, and
// package paging asks there once more.
//
// The total is compared on every page with the position of the page if its cursor is known.
// Package paging compares it with the items, whatever the cursors are.
func nextCursor[P, T any](p page[T], info client.PageInfo[P]) (string, error) {
	rows := int64(len(p.Data))
	at, placed := positions.Of(info.Cursor)
	placed = placed || info.Cursor == ""
	short := placed && p.TotalCount != nil && *p.TotalCount > at+rows
	ends := p.Next == "" || rows == 0 && p.Next == info.Cursor
	switch {
	case p.Status != 0 && p.Status != http.StatusOK:
		return "", fmt.Errorf("the page says that its status is %d", p.Status)
	case p.TotalCount != nil && *p.TotalCount < rows:
		return "", fmt.Errorf("the page has %d rows of %d", rows, *p.TotalCount)
	case short && ends:
		return "", fmt.Errorf("the page has %d rows behind %d others, of %d, and names no other", rows, at, *p.TotalCount)
	case rows == 0 && ends:
		return "", nil
	case placed && p.TotalCount != nil && *p.TotalCount == at+rows: // the last row
		return "", nil
	case p.Next != "" && p.Next == info.Cursor && !info.Overlap:
		return "", errors.New("the page names itself as the next one")
	case p.Next == "" && rows >= int64(info.Size): // a short page without next ends the list
		return "", errors.New("the page is full and names no other")
	}
	return p.Next, nil
}
