package client

import (
	"net/http"
	"strconv"

	"github.com/memberships-go/memberships/internal/config"
	"github.com/memberships-go/memberships/internal/paging"
	"github.com/memberships-go/memberships/internal/transport"
	"github.com/memberships-go/memberships/option"
)

// Listing describes the paging of one operation. P is the generated page, T its item.
type Listing[P, T any] struct {
	Call Call
	// Op is the operation of the page tokens, if Call is a write that answers with the first
	// page of another operation. "" means Call's own.
	Op string
	// CursorParam is the query parameter of the cursor, SizeParam that of the page size.
	CursorParam, SizeParam string
	MaxSize                int
	// Items returns the page's items, nil for an answer that is not a page.
	Items func(*P) []T
	// Key returns the unique key of an item.
	Key func(*T) string
	// Next returns the cursor of the page after this one, "" after the last.
	Next func(PageInfo[P]) (string, error)
	// Total returns the size of the whole listing, -1 if the answer does not state it. It is
	// nil if the provider never states it.
	Total func(*P) int64
	// Size, Limit, Counted and Positions are those of paging.Shape; Size is its SizeAt.
	Size      func(cursor string, size int) int
	Limit     func(cursor string) error
	Counted   bool
	Positions *paging.Positions
}

// PageInfo is one answered page, the argument of Next.
type PageInfo[P any] struct {
	Page *P
	// Cursor is the cursor of the page's request.
	Cursor string
	// Size is the page size of the request.
	Size int
	// Overlap reports whether the page's first item is the last one of the page before.
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

// source is one Listing with its arguments: the paging.Source of a list.
type source[P, T any] struct {
	api   *API
	l     Listing[P, T]
	p     *prepared
	query queryTemplate
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
	shape := paging.Shape{
		Size: pageSize(p.cfg, l.MaxSize), MaxSize: l.MaxSize, SizeAt: l.Size, Limit: l.Limit, Positions: l.Positions,
		Counted: l.Counted, NoPrefetch: p.cfg.NoPrefetch,
	}
	if l.Positions != nil && l.Positions.Known && l.Total != nil {
		shape.Parallel = p.cfg.ParallelPages
	}
	s.query = newQueryTemplate(p.call.Endpoint.Params, l.CursorParam, l.SizeParam)
	s.list = paging.New[T](s, shape)
	return s, nil
}

// PageSize returns the page size that opts ask for, at most most. most is the default.
func (c *Client) PageSize(opts []option.Option, most int) int {
	cfg, err := c.Config(opts)
	if err != nil {
		return most // the call itself returns the error
	}
	return pageSize(cfg, most)
}

func pageSize(cfg *config.Config, most int) int {
	if cfg.PageSize == 0 {
		return most
	}
	return min(cfg.PageSize, most)
}

// request returns the HTTP request of one page.
func (s *source[P, T]) request(r paging.Request) *http.Request {
	u := *s.p.req.URL
	u.RawQuery = s.query.fill(r.Cursor, strconv.Itoa(r.Size))
	req := *s.p.req // each attempt clones its header
	req.URL = &u
	return &req
}
