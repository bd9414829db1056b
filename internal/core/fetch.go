package core

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/decode"
	"github.com/memberships-go/memberships/internal/transport"
)

// ask is what a page is asked for with.
type ask struct {
	cursor string
	size   int
	// overlap says that the page is to begin with the last item of the page before.
	overlap bool
}

// page is one page as it came.
type page[T any] struct {
	items []T
	next  string
	total int64 // -1 if the provider does not say
	// print tells pages apart by their items, without the one that overlaps.
	print hash
	// twins marks items that the page has had before; nil if there are none.
	twins []bool
	// hashes are those of the keys, where items are compared across pages.
	hashes []hash
}

// at asks for the page at a cursor.
func (r *Run[P, T]) at(cursor string) ask { return r.sized(ask{cursor: cursor, size: r.size}) }

// after asks for the page at a cursor where the page before ended with last, "" if that
// need not be the item in front of the cursor.
func (r *Run[P, T]) after(cursor, last string) ask {
	if at, ok := r.position(cursor); ok && at > 0 && last != "" {
		return r.sized(ask{r.l.Positions.At(at - 1), min(r.size+1, r.l.MaxSize), true})
	}
	return r.at(cursor)
}

func (r *Run[P, T]) sized(a ask) ask {
	if r.l.Size != nil {
		a.size = r.l.Size(a.cursor, a.size)
	}
	return a
}

func (r *Run[P, T]) position(cursor string) (int64, bool) {
	if r.l.Positions == nil {
		return 0, false
	}
	return r.l.Positions.Of(cursor)
}

// fetch asks for one page and decodes it. It may be called concurrently.
func (r *Run[P, T]) fetch(ctx context.Context, a ask) (*page[T], error) {
	if r.l.Limit != nil && a.cursor != "" {
		if err := r.l.Limit(a.cursor); err != nil {
			return nil, r.failed(memberships.ErrListLimit, err)
		}
	}
	p := *r.p
	p.req = r.request(ctx, a)
	p.shelf = &r.shelf
	var got *page[T]
	_, e := p.do(ctx, func(resp *transport.Response) (err error) {
		got, err = r.read(resp, a)
		return err
	})
	if e != nil {
		return nil, e
	}
	return got, nil
}

// failed is an error that no answer has brought.
func (r *Run[P, T]) failed(kind, err error) error {
	return r.p.leave(&memberships.Error{Provider: r.p.client.vendor.Name, Op: r.l.Call.Name, Kind: kind, Err: err}, true)
}

func (r *Run[P, T]) request(ctx context.Context, a ask) *http.Request {
	req := r.p.req.WithContext(ctx) // its header is cloned for each attempt
	u := *req.URL
	u.RawQuery = r.query.with(a.cursor, strconv.Itoa(a.size))
	req.URL = &u
	return req
}

// read makes a page of an answer, or says why it is not one. Nothing of the answer's
// body stays in the page.
func (r *Run[P, T]) read(resp *transport.Response, a ask) (*page[T], error) {
	raw := new(P)
	if err := decode.Page(resp.Body, raw, r.p.cfg.RawJSON, a.size); err != nil {
		return nil, err
	}
	items := r.l.Items(raw)
	if items == nil {
		return nil, errors.New("the page lacks its list of items")
	}
	got := &page[T]{items: items, total: -1}
	if err := r.check(got, a.overlap); err != nil {
		return nil, err
	}
	if r.l.Total != nil {
		got.total = r.l.Total(raw)
	}
	var err error
	got.next, err = r.l.Next(PageInfo[P]{Page: raw, Cursor: a.cursor, Size: a.size, Overlap: a.overlap, Response: resp})
	return got, cmp.Or(err, checkCursor(got.next))
}

// check looks at the key of every item.
func (r *Run[P, T]) check(got *page[T], overlap bool) error {
	var known *twins
	if r.l.Positions == nil {
		known = newTwins(len(got.items))
	} else {
		got.hashes = make([]hash, len(got.items))
	}
	for i := range got.items {
		key := r.l.Key(&got.items[i])
		if err := checkKey(key); err != nil {
			return fmt.Errorf("item %d of the page: %w", i, err)
		}
		h := r.hash(key)
		if i > 0 || !overlap {
			got.print.add(h)
		}
		switch {
		case known == nil:
			got.hashes[i] = h
		case known.has(h, i, func(j int) bool { return r.l.Key(&got.items[j]) == key }):
			if got.twins == nil {
				got.twins = make([]bool, len(got.items))
			}
			got.twins[i] = true
		}
	}
	return nil
}
