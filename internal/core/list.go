package core

import (
	"context"
	"crypto/sha256"
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
	// Positions is set where cursors are positions, which shift when members come or go.
	Positions *Positions
}

// Positions turns cursors into positions and back.
type Positions struct {
	// Of returns the position that a cursor names, or false where a page cannot begin
	// one item earlier.
	Of func(cursor string) (int64, bool)
	At func(position int64) string
}

// Offsets are positions in decimal digits.
var Offsets = &Positions{
	Of: func(cursor string) (int64, bool) {
		n, err := strconv.ParseInt(cursor, 10, 64)
		return n, err == nil && n >= 0
	},
	At: func(position int64) string { return strconv.FormatInt(position, 10) },
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
	page, next, err := r.fetch(ctx, cursor, r.size, false)
	if err != nil {
		return nil, err
	}
	if next != "" {
		page.Next = r.sealToken(next)
	}
	return page, nil
}

// maxRestarts is how often a listing that moved is read again from its start.
const maxRestarts = 3

// All yields every item of the listing and at most one error, which comes last.
// Nothing is sent before it is ranged over, and every range starts afresh.
//
// Where cursors are positions, each page but the first is asked for with the last item
// of the page before: if that item is not where it was, members have come or gone
// before it, and the listing starts again. Items that were yielded before are left
// out then, so everybody who was there throughout comes once. After a page that the
// provider left entries out of there is no telling where its last item was; a total
// that changes starts the listing again instead.
func (r *Run[P, T]) All(ctx context.Context) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		if r.err != nil {
			yield(nil, r.err)
			return
		}
		var known *seen
		if r.l.Positions != nil {
			known = newSeen()
		}
		for restarts := 0; ; restarts++ {
			again, err := r.pass(ctx, known, yield)
			if err == nil && again && restarts == maxRestarts {
				err = &memberships.Error{
					Provider: r.p.client.vendor.Name, Op: r.l.Call.Name, Kind: memberships.ErrUnstable,
					Err: fmt.Errorf("members came or went between pages, %d times over", maxRestarts+1),
				}
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if !again {
				return
			}
		}
	}
}

// pass reads the listing once. It reports whether the listing moved meanwhile.
func (r *Run[P, T]) pass(ctx context.Context, known *seen, yield func(*T, error) bool) (again bool, _ error) {
	var shown cursors
	last := ""         // the item that the next page is to begin with, "" if it need not
	total := int64(-1) // what the page before said
	inPage := map[string]bool{}
	for cursor := r.first; ; {
		ask, size, overlap := cursor, r.size, false
		if last != "" {
			if at, ok := r.position(cursor); ok && at > 0 {
				ask, size, overlap = r.l.Positions.At(at-1), min(r.size+1, r.l.MaxSize), true
			}
		}
		page, next, err := r.fetch(ctx, ask, size, overlap)
		if err != nil {
			return false, err
		}
		items := page.Items
		switch {
		case overlap && (len(items) == 0 || r.l.Key(items[0]) != last):
			return true, nil
		case overlap && len(items) == 1 && next == cursor:
			last = "" // a page of one, however many were asked for: this one has to do without
			continue
		case overlap:
			items = items[1:]
		case known != nil && total >= 0 && page.Total != total:
			return true, nil
		}
		total, last = page.Total, ""
		if r.dense(ask, next, len(page.Items)) {
			last = r.l.Key(page.Items[len(page.Items)-1])
		}
		if len(items) > 0 && shown.again("page\n"+r.keys(items)) {
			if known != nil {
				return true, nil // those who come before a page push it on
			}
			return false, r.cycle() // under another cursor, or it would have been found out
		}
		clear(inPage)
		for _, item := range items {
			key := r.l.Key(item)
			if known != nil && !known.add(key) || known == nil && inPage[key] {
				continue
			}
			if known == nil {
				inPage[key] = true
			}
			if !yield(item, nil) {
				return false, nil
			}
		}
		if next == "" {
			return false, nil
		}
		if next == cursor || shown.again(next) {
			return false, r.cycle()
		}
		cursor = next
	}
}

func (r *Run[P, T]) cycle() error {
	return &memberships.Error{
		Provider: r.p.client.vendor.Name, Op: r.l.Call.Name, Kind: memberships.ErrMalformed,
		Err: errors.New("the listing came back to a page it had already shown"),
	}
}

func (r *Run[P, T]) keys(items []*T) string {
	var b strings.Builder
	for _, item := range items {
		b.WriteString(r.l.Key(item))
		b.WriteByte('\n') // ids have no line breaks
	}
	return b.String()
}

func (r *Run[P, T]) position(cursor string) (int64, bool) {
	if r.l.Positions == nil {
		return 0, false
	}
	return r.l.Positions.Of(cursor)
}

// dense reports whether n items take up all positions from one cursor to the next, so
// that the last of them stands right before the latter.
func (r *Run[P, T]) dense(from, to string, n int) bool {
	end, ok := r.position(to)
	if !ok || n == 0 {
		return false
	}
	start, ok := r.position(from)
	return (ok || from == "") && end-start == int64(n)
}

// cursors remembers which cursors and pages a listing has had, in 16 bytes each.
type cursors map[[16]byte]struct{}

func (c *cursors) again(cursor string) bool {
	if *c == nil {
		*c = cursors{}
	}
	sum := sha256.Sum256([]byte(cursor))
	h := [16]byte(sum[:16])
	_, again := (*c)[h]
	(*c)[h] = struct{}{}
	return again
}

// fetch asks for one page and decodes it.
func (r *Run[P, T]) fetch(ctx context.Context, cursor string, size int, overlap bool) (*memberships.Page[*T], string, error) {
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
	if r.l.Size != nil {
		size = r.l.Size(cursor, size)
	}
	q.Set(r.l.SizeParam, strconv.Itoa(size))
	p.req.URL.RawQuery = q.Encode()

	var page *memberships.Page[*T]
	var next string
	res, e := p.do(ctx, func(resp *transport.Response) (err error) {
		page, next, err = r.read(resp, cursor, size, overlap)
		return err
	})
	if e != nil {
		return nil, "", p.lost(res, e)
	}
	return page, next, nil
}

// read makes a page of an answer, or says why it is not one.
func (r *Run[P, T]) read(resp *transport.Response, cursor string, size int, overlap bool) (*memberships.Page[*T], string, error) {
	raw := new(P)
	if err := decode.JSON(resp.Body, raw, r.p.cfg.RawJSON); err != nil {
		return nil, "", err
	}
	items := r.l.Items(raw)
	if items == nil {
		return nil, "", errors.New("the page lacks its list of items")
	}
	page := &memberships.Page[*T]{Items: make([]*T, len(items)), Total: -1}
	for i := range items {
		if err := checkKey(r.l.Key(&items[i])); err != nil {
			return nil, "", fmt.Errorf("item %d of the page: %w", i, err)
		}
		page.Items[i] = &items[i]
	}
	if r.l.Total != nil {
		page.Total = r.l.Total(raw)
	}
	next, err := r.l.Next(PageInfo[P]{Page: raw, Cursor: cursor, Size: size, Overlap: overlap, Response: resp})
	return page, next, err
}
