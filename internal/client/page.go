package client

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/decode"
	"github.com/memberships-go/memberships/internal/paging"
	"github.com/memberships-go/memberships/internal/transport"
)

// Fetch requests one page and decodes it.
func (s *source[P, T]) Fetch(ctx context.Context, r paging.Request) (*paging.Page[T], error) {
	p := *s.p
	p.req = s.request(r)
	p.cache = &s.cache
	var got *paging.Page[T]
	e := p.exchange(ctx, func(resp *transport.Response) (err error) {
		got, err = s.read(resp, r)
		return err
	}).run(ctx)
	if e != nil {
		return nil, e
	}
	return got, nil
}

// read decodes a page. The page shares no memory with the answer's body.
func (s *source[P, T]) read(resp *transport.Response, r paging.Request) (*paging.Page[T], error) {
	raw := new(P)
	if err := decode.Page(resp.Body, raw, s.p.cfg.RawJSON, r.Size); err != nil {
		return nil, err
	}
	items := s.l.Items(raw)
	if items == nil {
		return nil, errors.New("the page lacks its list of items")
	}
	for i := range items {
		if err := checkKey(s.l.Key(&items[i])); err != nil {
			return nil, fmt.Errorf("item %d of the page: %w", i, err)
		}
	}
	got := &paging.Page[T]{Items: items, Total: -1}
	if s.l.Total != nil {
		got.Total = s.l.Total(raw)
	}
	var err error
	got.Next, err = s.l.Next(PageInfo[P]{Page: raw, Cursor: r.Cursor, Size: r.Size, Overlap: r.Overlap, Response: resp})
	return got, cmp.Or(err, checkCursor(got.Next), s.p.checkCursorSecrets(got.Next))
}

func (s *source[P, T]) Check(ctx context.Context) error {
	return s.api.CheckContext(ctx, s.l.Call.Name)
}

func (s *source[P, T]) Key(item *T) string { return s.l.Key(item) }

func (s *source[P, T]) Release() { s.cache.Clear() }

// Fail returns an error that has no answer of the provider's.
func (s *source[P, T]) Fail(kind, err error) error {
	return s.p.redactError(&memberships.Error{Provider: s.api.Name, Op: s.l.Call.Name, Kind: kind, Err: err}, true)
}

func (s *source[P, T]) Ended(ctx context.Context) error {
	return s.p.failure(ctx, nil, ctx.Err())
}

// Identity returns the provider, the operation, the filters, the headers of API.Scope and
// the ids. The page size is not part of it.
func (s *source[P, T]) Identity() []string {
	parts := []string{s.api.Name, cmp.Or(s.l.Op, s.l.Call.Endpoint.Op), s.query.fill("", "")}
	for _, name := range s.api.Scope {
		parts = append(parts, s.p.req.Header.Get(name))
	}
	for _, id := range s.l.Call.Endpoint.IDs {
		parts = append(parts, id.Value)
	}
	return parts
}

// WritePage is Write for a call that answers with the first page of a listing.
func WritePage[P, T any](ctx context.Context, c *Client, l Listing[P, T], confirm Confirm[memberships.Page[*T]]) (*memberships.Page[*T], error) {
	if err := c.api.CheckContext(ctx, l.Call.Name); err != nil {
		return nil, err
	}
	s, err := newSource(c, l)
	if err != nil {
		return nil, err
	}
	p, first, answer := *s.p, s.list.First(), new(memberships.Page[*T])
	p.req = s.request(first)
	return settle(ctx, &p, func(resp *transport.Response) error {
		got, err := s.read(resp, first)
		if err == nil {
			*answer = *s.list.Public(got)
		}
		return err
	}, answer, confirm)
}
