// Package paging turns one function that fetches a page into a listing: single pages with
// tokens, and iterators that prefetch, notice a listing that moves, and end without an
// error only where the listing was complete.
package paging

import (
	"context"
	"errors"
	"hash/maphash"

	"github.com/memberships-go/memberships"
)

// Request is a page's cursor and size.
type Request struct {
	Cursor string
	Size   int
	// Overlap says that the page begins with the last item of the page before.
	Overlap bool
}

// Page is one page as it was fetched.
type Page[T any] struct {
	Items []T
	// Next is the cursor of the page after this one, "" after the last.
	Next string
	// Total is the size of the whole listing, -1 if the provider does not say.
	Total int64
}

// Source is the listing that a List reads.
type Source[T any] interface {
	// Check refuses to read with this context, before anything is sent.
	Check(context.Context) error
	// Fetch returns one page. Several goroutines may call it at once.
	Fetch(context.Context, Request) (*Page[T], error)
	// Key returns the field that identifies an item.
	Key(*T) string
	// Fail returns an error of the listing that no answer has brought.
	Fail(kind, err error) error
	// Ended returns the error of a read whose context is done.
	Ended(context.Context) error
	// Identity returns the texts that tell this listing from any other: a page token
	// belongs to them.
	Identity() []string
	// Release frees what Fetch keeps from page to page.
	Release()
}

// Shape says how a listing pages.
type Shape struct {
	// Size is the page size to ask for, up to MaxSize.
	Size, MaxSize int
	// SizeAt returns the page size to ask for at a cursor instead of size; nil is always
	// size.
	SizeAt func(cursor string, size int) int
	// Limit refuses a cursor that the provider does not list from. It may be nil.
	Limit func(cursor string) error
	// Positions is set where cursors are positions, which shift when members come or go.
	Positions *Positions
	// Counted says that as many items come as the total says, so that fewer are an
	// incomplete listing. A provider may count items that it leaves out.
	Counted bool
	// Parallel is how many pages may be in flight together, NoPrefetch whether the next
	// page waits until the caller asks for it.
	Parallel   int
	NoPrefetch bool
}

// List is a listing that can be read any number of times, from any page, also by several
// goroutines at once.
type List[T any] struct {
	source Source[T]
	shape  Shape
	// err is why the listing cannot be read.
	err error
	// seeds make this list's fingerprints its own: no server can aim at a collision.
	seeds [2]maphash.Seed
}

// New returns the listing of a source.
func New[T any](source Source[T], shape Shape) *List[T] {
	return &List[T]{source: source, shape: shape, seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}}
}

// Failed returns a listing whose reads all end with err, after the source's Check.
func Failed[T any](source Source[T], err error) *List[T] {
	return &List[T]{source: source, err: err}
}

func (l *List[T]) check(ctx context.Context) error {
	if err := l.source.Check(ctx); err != nil {
		return err
	}
	return l.err
}

// Page fetches the page that token names, the first one for "".
func (l *List[T]) Page(ctx context.Context, token string) (*memberships.Page[*T], error) {
	if err := l.check(ctx); err != nil {
		return nil, err
	}
	cursor := ""
	if token != "" {
		var err error
		if cursor, err = l.openToken(token); err != nil {
			return nil, l.source.Fail(memberships.ErrInvalidArgument, err)
		}
	}
	defer l.source.Release()
	got, err := l.fetchPage(ctx, l.at(cursor))
	if err != nil {
		return nil, err
	}
	return l.Public(got), nil
}

// FirstItems is Page for look-ups: the first page that has items, or else the last one. An
// empty page that names another one shows nobody's absence.
func (l *List[T]) FirstItems(ctx context.Context) (*memberships.Page[*T], error) {
	var trail Trail
	for token := ""; ; {
		page, err := l.Page(ctx, token)
		if err != nil || len(page.Items) > 0 || page.Next == "" {
			return page, err
		}
		if err := trail.Step(0, page.Next); err != nil {
			return nil, l.source.Fail(memberships.ErrMalformed, err)
		}
		token = page.Next
	}
}

// First returns the request of the first page.
func (l *List[T]) First() Request { return l.at("") }

// Public returns a page as callers get it, with a token for its cursor.
func (l *List[T]) Public(got *Page[T]) *memberships.Page[*T] {
	page := &memberships.Page[*T]{Items: make([]*T, len(got.Items)), Total: memberships.TotalOf(got.Total)}
	for i := range got.Items {
		page.Items[i] = &got.Items[i]
	}
	if got.Next != "" {
		page.Next = l.sealToken(got.Next)
	}
	return page
}

// at asks for the page at a cursor.
func (l *List[T]) at(cursor string) Request {
	return l.sized(Request{Cursor: cursor, Size: l.shape.Size})
}

// after asks for the page at a cursor where the page before ended with last, "" if that
// need not be the item in front of the cursor.
func (l *List[T]) after(cursor, last string) Request {
	if at, ok := l.position(cursor); ok && at > 0 && last != "" {
		return l.sized(Request{l.shape.Positions.At(at - 1), min(l.shape.Size+1, l.shape.MaxSize), true})
	}
	return l.at(cursor)
}

// behind returns the request of the page behind a full page of r. There is none if r
// reaches the end of a listing with the given total.
func (l *List[T]) behind(r Request, total int64) (Request, bool) {
	at, ok := l.position(r.Cursor)
	end := at + int64(r.Size)
	if !ok || end >= total {
		return Request{}, false
	}
	next := l.after(l.shape.Positions.At(end), "any")
	return next, next.Overlap
}

func (l *List[T]) sized(r Request) Request {
	if l.shape.SizeAt != nil {
		r.Size = l.shape.SizeAt(r.Cursor, r.Size)
	}
	return r
}

// fetchPage fetches one page, unless the provider does not list from its cursor.
func (l *List[T]) fetchPage(ctx context.Context, r Request) (*Page[T], error) {
	if l.shape.Limit != nil && r.Cursor != "" {
		if err := l.shape.Limit(r.Cursor); err != nil {
			return nil, l.source.Fail(memberships.ErrListLimit, err)
		}
	}
	return l.source.Fetch(ctx, r)
}

// fetch is fetchPage for a pass.
func (l *List[T]) fetch(ctx context.Context, r Request) (*indexed[T], error) {
	page, err := l.fetchPage(ctx, r)
	if err != nil {
		return nil, err
	}
	return l.index(page, r.Overlap), nil
}

func (l *List[T]) malformed(text string) error {
	return l.source.Fail(memberships.ErrMalformed, errors.New(text))
}
