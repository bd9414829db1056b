package client

import (
	"net/http"
	"strconv"

	"github.com/memberships-go/memberships/internal/config"
	"github.com/memberships-go/memberships/internal/paging"
	"github.com/memberships-go/memberships/internal/transport"
	"github.com/memberships-go/memberships/option"
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
	// Items returns the page's items; nil means that the answer is not a page.
	Items func(*P) []T
	// Key is the field that every item has and that no two items share.
	Key func(*T) string
	// Next returns the cursor of the page after this one, "" after the last.
	Next func(PageInfo[P]) (string, error)
	// Size is the page size to ask for at a cursor instead of size; nil is always size.
	Size func(cursor string, size int) int
	// Limit refuses a cursor that the provider would not list from. It may be nil.
	Limit func(cursor string) error
	// Total is the size of the whole listing, -1 if the answer does not say; nil if the
	// provider never says.
	Total func(*P) int64
	// Counted says that as many items come as Total says, so that fewer are an incomplete
	// listing. A provider may count items that it leaves out.
	Counted bool
	// Positions is set where cursors are positions, which shift when members come or go.
	Positions *paging.Positions
}

// PageInfo is one answered page as Next reads it.
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

// List checks the arguments of a listing and copies them; it sends nothing.
func List[P, T any](c *Client, l Listing[P, T]) *paging.List[T] {
	s, err := newSource(c, l)
	if err != nil {
		return paging.Failed[T](s, err)
	}
	return s.list
}

// source is one Listing with its arguments, as package paging reads it.
type source[P, T any] struct {
	api   *API
	l     Listing[P, T]
	p     *prepared
	query openQuery
	cache transport.BufferCache
	list  *paging.List[T]
}

var _ paging.Source[struct{}] = (*source[struct{}, struct{}])(nil)

func newSource[P, T any](c *Client, l Listing[P, T]) (*source[P, T], error) {
	s := &source[P, T]{api: c.api, l: l}
	p, err := c.prepare(l.Call)
	if err != nil {
		return s, err
	}
	s.p = p
	q := p.req.URL.Query()
	shape := paging.Shape{
		Size: pageSize(p.cfg, l.MaxSize), MaxSize: l.MaxSize, SizeAt: l.Size, Limit: l.Limit, Positions: l.Positions,
		Counted: l.Counted, NoPrefetch: p.cfg.NoPrefetch,
	}
	if l.Positions != nil && l.Positions.Known && l.Total != nil {
		shape.Parallel = p.cfg.ParallelPages
	}
	s.query = openQueryOf(q, l.CursorParam, l.SizeParam)
	s.list = paging.New[T](s, shape)
	return s, nil
}

// PageSize returns the size of the pages that the options of a call ask for, up to most.
func (c *Client) PageSize(opts []option.Option, most int) int {
	cfg, err := c.Config(opts)
	if err != nil {
		return most // the call fails with it
	}
	return pageSize(cfg, most)
}

func pageSize(cfg *config.Config, most int) int {
	if cfg.PageSize == 0 {
		return most
	}
	return min(cfg.PageSize, most)
}

// request is the request of one page.
func (s *source[P, T]) request(r paging.Request) *http.Request {
	u := *s.p.req.URL
	u.RawQuery = s.query.with(r.Cursor, strconv.Itoa(r.Size))
	req := *s.p.req // its header is cloned for each attempt
	req.URL = &u
	return &req
}
