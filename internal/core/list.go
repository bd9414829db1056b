package core

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/decode"
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
	// Key is the field without which an item is not one.
	Key func(*T) string
	// Next returns the cursor of the page after this one, "" after the last.
	Next func(PageInfo[P]) (string, error)
	// Size is the page size to ask for at a cursor instead of size; nil is always size.
	Size func(cursor string, size int) int
	// Limit refuses a cursor that the provider would not list from. It may be nil.
	Limit func(cursor string) error
	// Total is the size of the whole listing; nil if the provider never says.
	Total func(*P) int64
}

// PageInfo is what Next decides on.
type PageInfo[P any] struct {
	Page *P
	// Cursor is the cursor that this page was asked with.
	Cursor string
	// Size is the page size that was asked for.
	Size     int
	Response *transport.Response
}

// Run is a listing ready to be read, any number of times, from any page.
type Run[P, T any] struct {
	l    Listing[P, T]
	p    *prepared
	size int
	err  error
	// first is the cursor given in the caller's own parameters.
	first string
}

// List checks the arguments and copies them; it sends nothing.
func List[P, T any](c *Client, l Listing[P, T]) *Run[P, T] {
	p, err := c.prepare(l.Call)
	if err != nil {
		return &Run[P, T]{err: err}
	}
	r := &Run[P, T]{l: l, p: p}
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
	q.Set(l.SizeParam, strconv.Itoa(r.size))
	p.req.URL.RawQuery = q.Encode()
	return r
}

// Page fetches the page that token names, the first one for "".
func (r *Run[P, T]) Page(ctx context.Context, token string) (*memberships.Page[*T], error) {
	if r.err != nil {
		return nil, r.err
	}
	cursor := r.first
	if token != "" {
		var err error
		if cursor, err = r.openToken(token); err != nil {
			return nil, invalid(r.p.client.vendor.Name, r.l.Call.Name, err)
		}
	}
	page, next, err := r.fetch(ctx, cursor)
	if err != nil {
		return nil, err
	}
	if next != "" {
		page.Next = r.sealToken(next)
	}
	return page, nil
}

// All yields every item of the listing and at most one error, which comes last.
// Nothing is sent before it is ranged over, and every range starts afresh.
func (r *Run[P, T]) All(ctx context.Context) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		if r.err != nil {
			yield(nil, r.err)
			return
		}
		seen := map[[16]byte]struct{}{}
		for cursor := r.first; ; {
			page, next, err := r.fetch(ctx, cursor)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, item := range page.Items {
				if !yield(item, nil) {
					return
				}
			}
			if next == "" {
				return
			}
			h := sha256.Sum256([]byte(next))
			if _, again := seen[[16]byte(h[:16])]; again || next == cursor {
				yield(nil, &memberships.Error{
					Provider: r.p.client.vendor.Name, Op: r.l.Call.Name, Kind: memberships.ErrMalformed,
					Err: errors.New("the listing came back to a page it had already shown"),
				})
				return
			}
			seen[[16]byte(h[:16])] = struct{}{}
			cursor = next
		}
	}
}

func (r *Run[P, T]) fetch(ctx context.Context, cursor string) (*memberships.Page[*T], string, error) {
	if r.l.Limit != nil && cursor != "" {
		if err := r.l.Limit(cursor); err != nil {
			return nil, "", &memberships.Error{
				Provider: r.p.client.vendor.Name, Op: r.l.Call.Name, Kind: memberships.ErrListLimit, Err: err,
			}
		}
	}
	p := *r.p
	p.req = r.p.req.Clone(ctx)
	q := p.req.URL.Query()
	q.Del(r.l.CursorParam)
	if cursor != "" {
		q.Set(r.l.CursorParam, cursor)
	}
	size := r.size
	if r.l.Size != nil {
		size = r.l.Size(cursor, size)
		q.Set(r.l.SizeParam, strconv.Itoa(size))
	}
	p.req.URL.RawQuery = q.Encode()
	resp, err := p.do(ctx)
	if err != nil {
		return nil, "", err
	}
	raw := new(P)
	if err := decode.JSON(resp.Body, raw); err != nil {
		return nil, "", p.malformed(resp, err)
	}
	items := r.l.Items(raw)
	if items == nil {
		return nil, "", p.malformed(resp, errors.New("the page lacks its list of items"))
	}
	page := &memberships.Page[*T]{Items: make([]*T, len(items)), Total: -1}
	for i := range items {
		if r.l.Key(&items[i]) == "" {
			return nil, "", p.malformed(resp, fmt.Errorf("item %d of the page lacks its id", i))
		}
		page.Items[i] = &items[i]
	}
	if r.l.Total != nil {
		page.Total = r.l.Total(raw)
	}
	next, err := r.l.Next(PageInfo[P]{raw, cursor, size, resp})
	if err != nil {
		return nil, "", p.malformed(resp, err)
	}
	return page, next, nil
}

// A token is a version, a fingerprint of the listing it belongs to, and the cursor.
const tokenVersion = "1"

func (r *Run[P, T]) fingerprint() []byte {
	u := *r.p.req.URL
	q := u.Query()
	q.Del(r.l.CursorParam)
	q.Del(r.l.SizeParam)
	parts := []string{r.p.client.vendor.Name, cmp.Or(r.l.Op, r.l.Call.Op), u.EscapedPath(), q.Encode()}
	for _, name := range r.p.client.vendor.Scope {
		parts = append(parts, r.p.req.Header.Get(name))
	}
	sum := sha256.Sum256([]byte(strings.Join(parts, "\n")))
	return sum[:9]
}

func (r *Run[P, T]) sealToken(cursor string) string {
	return tokenVersion + base64.RawURLEncoding.EncodeToString(append(r.fingerprint(), cursor...))
}

func (r *Run[P, T]) openToken(token string) (string, error) {
	rest, ok := strings.CutPrefix(token, tokenVersion)
	b, err := base64.RawURLEncoding.DecodeString(rest)
	fp := r.fingerprint()
	if !ok || err != nil || len(b) <= len(fp) {
		return "", errors.New("the page token is not one of this package's")
	}
	if string(b[:len(fp)]) != string(fp) {
		return "", errors.New("the page token belongs to another listing")
	}
	return string(b[len(fp):]), nil
}
