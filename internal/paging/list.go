// Package paging turns a function that fetches one page into a listing: single pages with
// tokens, and iterators. An iterator prefetches, restarts a listing that moves, and ends
// without an error only if the listing was complete.
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
	// Overlap reports whether the page begins with the last item of the page before.
	Overlap bool
}

// Page is one page as it was fetched.
type Page[T any] struct {
	Items []T
	// Next is the cursor of the page after this one, "" after the last.
	Next string
	// Total is the size of the whole listing, -1 if the provider does not state it.
	Total int64
}

// Source is the listing that a List reads.
type Source[T any] interface {
	// Check returns an error if the context is nil. It sends nothing.
	Check(context.Context) error
	// Fetch returns one page. Several goroutines may call it at once.
	Fetch(context.Context, Request) (*Page[T], error)
	// Key returns the field that identifies an item.
	Key(*T) string
	// Fail returns an error of the listing that has no answer of the provider's.
	Fail(kind, err error) error
	// Ended returns the error of a read whose context is done.
	Ended(context.Context) error
	// Identity returns the texts that distinguish this listing from any other. A page token
	// is valid for one identity.
	Identity() []string
	// Release frees the memory that Fetch keeps between pages.
	Release()
}

// List is a listing that can be read any number of times and from any page. It is safe for
// concurrent use.
type List[T any] struct {
	source Source[T]
	shape  Shape
	// err is the error of every read.
	err   error
	seeds seeds
}

// New returns the listing of a source.
func New[T any](source Source[T], shape Shape) *List[T] {
	return &List[T]{source: source, shape: shape, seeds: seeds{maphash.MakeSeed(), maphash.MakeSeed()}}
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

// Page returns the page that token names, the first one for "".
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
	got, err := l.fetchPage(ctx, l.shape.at(cursor))
	if err != nil {
		return nil, err
	}
	return l.Public(got), nil
}

// FirstItems returns the first page that has items, or else the last page. A look-up needs
// it: an empty page with a next page does not prove absence.
func (l *List[T]) FirstItems(ctx context.Context) (*memberships.Page[*T], error) {
	var loop LoopDetector
	for token := ""; ; {
		page, err := l.Page(ctx, token)
		if err != nil || len(page.Items) > 0 || page.Next == "" {
			return page, err
		}
		if err := loop.Next(0, page.Next); err != nil {
			return nil, l.source.Fail(memberships.ErrMalformed, err)
		}
		token = page.Next
	}
}

// First returns the request of the first page.
func (l *List[T]) First() Request { return l.shape.at("") }

// Public returns a page for callers, with a page token for its next cursor.
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

// fetchPage returns one page. A cursor beyond Limit is ErrListLimit.
func (l *List[T]) fetchPage(ctx context.Context, r Request) (*Page[T], error) {
	if l.shape.Limit != nil && r.Cursor != "" {
		if err := l.shape.Limit(r.Cursor); err != nil {
			return nil, l.source.Fail(memberships.ErrListLimit, err)
		}
	}
	return l.source.Fetch(ctx, r)
}

// fetch returns one page with its fingerprints.
func (l *List[T]) fetch(ctx context.Context, r Request) (*indexed[T], error) {
	page, err := l.fetchPage(ctx, r)
	if err != nil {
		return nil, err
	}
	return l.index(page, r), nil
}

func (l *List[T]) malformed(text string) error {
	return l.source.Fail(memberships.ErrMalformed, errors.New(text))
}
