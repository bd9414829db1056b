package core

import (
	"context"
	"fmt"
	"hash/maphash"
	"net/url"
	"strconv"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/transport"
)

// Listing says how one operation pages. P is the generated page, T its item.
type Listing[P, T any] struct {
	Call Call
	// Op is the operation that page tokens belong to, where Call is another one that
	// answers with the first page of it; "" means Call's own.
	Op string
	// CursorParam continues a listing; SizeParam asks for a page size, up to MaxSize.
	CursorParam, SizeParam string
	MaxSize                int
	// Items returns the page's items; nil means that the page is not one.
	Items func(*P) []T
	// Key is the field without which an item is not one, and which no two items share.
	Key func(*T) string
	// Next returns the cursor of the page after this one, "" after the last.
	Next func(PageInfo[P]) (string, error)
	// Size is the page size to ask for at a cursor instead of size; nil is always size.
	Size func(cursor string, size int) int
	// Limit refuses a cursor that the provider would not list from. It may be nil.
	Limit func(cursor string) error
	// Total is the size of the whole listing; nil if the provider never says.
	Total func(*P) int64
	// Counted reports of a request's parameters whether as many items come as Total says,
	// so that fewer are an incomplete listing. Nil is never: a provider may count items
	// that it leaves out.
	Counted func(url.Values) bool
	// Positions is set where cursors are positions, which shift when members come or go.
	Positions *Positions
}

// Positions turns cursors into positions and back.
type Positions struct {
	// Of returns the position that a cursor names, or false where a page cannot begin
	// one item earlier.
	Of func(cursor string) (int64, bool)
	At func(position int64) string
	// Known says that the provider documents its cursors as positions, so that a page
	// may be asked for before another one has named it.
	Known bool
}

// Offsets are positions in decimal digits.
var Offsets = &Positions{
	Of: func(cursor string) (int64, bool) {
		n, err := strconv.ParseInt(cursor, 10, 64)
		return n, err == nil && n >= 0
	},
	At:    func(position int64) string { return strconv.FormatInt(position, 10) },
	Known: true,
}

// PageInfo is what Next decides on.
type PageInfo[P any] struct {
	Page *P
	// Cursor is the cursor that this page was asked with.
	Cursor string
	// Size is the page size that was asked for.
	Size int
	// Overlap says that the page's first item is the last one of the page before.
	Overlap  bool
	Response *transport.Response
}

// Run is a listing ready to be read, any number of times, from any page.
type Run[P, T any] struct {
	vendor *Vendor
	l      Listing[P, T]
	p      *prepared
	size   int
	err    error
	// first is the cursor given in the caller's own parameters.
	first string
	// counted says that from start on as many items come as the total says.
	counted bool
	start   int64
	query   openQuery
	// seeds are for this run's hashes: no server can aim at them.
	seeds [2]maphash.Seed
	shelf transport.Shelf
}

// List checks the arguments and copies them; it sends nothing.
func List[P, T any](c *Client, l Listing[P, T]) *Run[P, T] {
	p, err := c.prepare(l.Call)
	if err != nil {
		return &Run[P, T]{vendor: c.vendor, l: l, err: err}
	}
	r := &Run[P, T]{vendor: c.vendor, l: l, p: p, seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}}
	q := p.req.URL.Query()
	r.first = q.Get(l.CursorParam)
	r.size = l.MaxSize
	if p.cfg.PageSize > 0 {
		r.size = min(p.cfg.PageSize, l.MaxSize)
	}
	if s := q.Get(l.SizeParam); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 0 {
			r.err = invalid(c.vendor.Name, l.Call.Name, fmt.Errorf("%s is below zero", l.SizeParam))
			return r
		}
		if n > 0 {
			r.size = min(n, l.MaxSize)
		}
	}
	if l.Counted != nil {
		start, known := r.position(r.first)
		r.start, r.counted = start, l.Counted(q) && (known || r.first == "")
	}
	q.Del(l.CursorParam)
	q.Del(l.SizeParam)
	r.query = openQueryOf(q, l.CursorParam, l.SizeParam)
	return r
}

// Page fetches the page that token names, the first one for "".
func (r *Run[P, T]) Page(ctx context.Context, token string) (*memberships.Page[*T], error) {
	if err := r.checkContext(ctx); err != nil {
		return nil, err
	}
	cursor := r.first
	if token != "" {
		var err error
		if cursor, err = r.openToken(token); err != nil {
			return nil, invalid(r.p.client.vendor.Name, r.l.Call.Name, err)
		}
	}
	defer r.shelf.Clear()
	got, err := r.fetch(ctx, r.at(cursor))
	if err != nil {
		return nil, err
	}
	return r.pageOf(got), nil
}

// Rows is Page for look-ups: the first page that has items, or else the last one. An empty
// page that names another one shows nobody's absence.
func (r *Run[P, T]) Rows(ctx context.Context) (*memberships.Page[*T], error) {
	var trail Trail
	for token := ""; ; {
		page, err := r.Page(ctx, token)
		if err != nil || len(page.Items) > 0 || page.Next == "" {
			return page, err
		}
		if err := trail.Step(r.vendor, memberships.Operation(r.l.Call.Name), 0, page.Next); err != nil {
			return nil, err
		}
		token = page.Next
	}
}

// Write makes a call that changes something and answers a page, as Write does for one
// value.
func (r *Run[P, T]) Write(ctx context.Context, confirm Confirm[memberships.Page[*T]]) (*memberships.Page[*T], error) {
	if err := r.checkContext(ctx); err != nil {
		return nil, err
	}
	p, a, answer := *r.p, r.at(r.first), new(memberships.Page[*T])
	p.req = r.request(ctx, a)
	return settle(ctx, &p, func(resp *transport.Response) error {
		got, err := r.read(resp, a)
		if err == nil {
			*answer = *r.pageOf(got)
		}
		return err
	}, answer, confirm)
}

func (r *Run[P, T]) pageOf(got *page[T]) *memberships.Page[*T] {
	page := &memberships.Page[*T]{Items: make([]*T, len(got.items)), Total: got.total}
	for i := range got.items {
		page.Items[i] = &got.items[i]
	}
	if got.next != "" {
		page.Next = r.sealToken(got.next)
	}
	return page
}
