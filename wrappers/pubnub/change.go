package pubnub

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/memberships-go/memberships"
	gen "github.com/memberships-go/memberships/generated/pubnub"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/decode"
)

// One request holds at most maxEntries entries, and a filter of at most maxFilter bytes.
// PubNub has a limit of entries, and its number is not known: a hundred keep the answer to
// one page, and a refusal that fits halves the number. The filter is part of the URL, which
// PubNub limits to 32 KiB and proxies limit to less.
const (
	maxEntries = 100
	maxFilter  = 8000
)

// parts yields the parts of terms, such as the ids of rows, whose conditions one filter
// holds: at most most of them, and at least one. condition returns the condition of a term.
func parts[T any](terms []T, most int, condition func(T) Filter) iter.Seq[[]T] {
	return func(yield func([]T) bool) {
		for from, to := 0, 0; from < len(terms); from = to {
			for size := 0; to < len(terms) && to-from < most; to++ {
				size += len(escape(condition(terms[to]).String() + " || "))
				if size > maxFilter && to > from {
					break
				}
			}
			if !yield(terms[from:to]) {
				return
			}
		}
	}
}

// entryLimit is the number of entries that one request holds. It is safe for concurrent
// use.
type entryLimit struct{ refused atomic.Int64 }

// most returns the number of entries of the next request.
func (l *entryLimit) most() int {
	if n := int(l.refused.Load()); n > 0 {
		return (n + 1) / 2
	}
	return maxEntries
}

// refuse records that PubNub takes fewer than n entries.
func (l *entryLimit) refuse(n int) {
	for {
		was := l.refused.Load()
		if was > 0 && was <= int64(n) || l.refused.CompareAndSwap(was, int64(n)) {
			return
		}
	}
}

// tooLong reports whether a request was refused for its size.
func tooLong(err error) bool {
	var e *memberships.Error
	return errors.As(err, &e) && !errors.Is(err, memberships.ErrOutcomeUnknown) &&
		(e.StatusCode == http.StatusRequestEntityTooLarge || e.StatusCode == http.StatusRequestURITooLong)
}

// divisible reports whether parts of a refused request may be accepted: it was too long, or
// one of its entries was refused. App Context does not say which one. Access Manager names
// a channel or answers 400 where it refuses all entries alike.
func divisible(err error) bool {
	var e *memberships.Error
	if tooLong(err) {
		return true
	}
	if !errors.As(err, &e) || errors.Is(err, memberships.ErrOutcomeUnknown) {
		return false
	}
	body := decode.Failure[gen.Error](e.Body)
	switch e.StatusCode {
	case http.StatusBadRequest:
		return body.Service == ""
	case http.StatusForbidden:
		return len(body.Payload.Channels) == 0
	}
	return false
}

// change sets and deletes any number of rows of one parent. PubNub answers a PATCH with
// the first page of the whole list, so each request filters for the rows of its entries.
// Its answer then shows whether the change has happened.
type change[P, T, E any] struct {
	api      *membershipAPI[P, T, E]
	call     client.Call
	parentID string
	set      []E
	deleted  []string
	include  []string // of the rows that come back
}

// ids returns the ids of all entries, those to set first.
func (c change[P, T, E]) ids() []string { return slices.Concat(c.api.ids(c.set), c.deleted) }

// part returns the change of the entries from and up to, but not including, to.
func (c change[P, T, E]) part(from, to int) change[P, T, E] {
	n := len(c.set)
	c.deleted = c.deleted[max(from, n)-n : max(to, n)-n]
	c.set = c.set[min(from, n):min(to, n)]
	return c
}

// run sends the change in parts and returns the rows that were set, in the order of the
// entries. Rows that come with an error have been set.
func (c change[P, T, E]) run(ctx context.Context) ([]*T, error) {
	rows := make([]*T, 0, len(c.set))
	ids := c.ids()
	for from := 0; ; {
		to := c.chunk(ids, from)
		part := c.part(from, to)
		page, _, err := part.send(ctx)
		if to-from > 1 && tooLong(err) {
			c.api.limit.refuse(to - from)
			continue
		}
		if err != nil {
			return rows, partly(err, from, to, len(ids))
		}
		found, err := part.confirm(page, true)
		rows = append(rows, found...)
		if err != nil || to == len(ids) {
			return rows, partly(err, from, to, len(ids))
		}
		from = to
	}
}

// chunk returns where the entries of one request end.
func (c change[P, T, E]) chunk(ids []string, from int) int {
	for part := range parts(ids[from:], c.api.limit.most(), func(id string) Filter { return Eq(c.api.rowID, id) }) {
		return from + len(part)
	}
	return from
}

// filter selects the rows of the entries.
func (c change[P, T, E]) filter() *string { return In(c.api.rowID, c.ids()...).Param() }

// send sends the change in one request and returns the page of its rows. seen are the rows
// that the last reading after an ambiguous attempt found, nil without a reading.
func (c change[P, T, E]) send(ctx context.Context) (page *memberships.Page[*T], seen map[string]*T, err error) {
	p := listParams{Include: c.include, Filter: c.filter()}
	page, err = client.WritePage(ctx, c.api.c, c.api.patched(c.call, c.parentID, p, c.set, c.deleted), func(ctx context.Context) (*memberships.Page[*T], bool, error) {
		page, done, err := c.readBack(ctx)
		if seen = nil; err == nil {
			seen = c.byID(page)
		}
		if !done {
			page = nil
		}
		return page, done, err
	})
	return page, seen, err
}

// readBack returns the rows of the entries and reports whether they have the content that
// the change gives them.
func (c change[P, T, E]) readBack(ctx context.Context) (*memberships.Page[*T], bool, error) {
	p := listParams{Include: WriteParams{Include: c.include}.include(), Filter: c.filter()}
	page, err := c.api.list(c.parentID, p, c.call.Opts).FirstItems(ctx)
	if err != nil {
		return nil, false, err
	}
	ids := c.ids()
	rows := c.byID(page)
	for id := range rows {
		if !slices.Contains(ids, id) {
			return nil, false, errUnfiltered(memberships.Operation(c.call.Name), "rows")
		}
	}
	for i := range ids {
		if !c.part(i, i+1).made(rows) {
			return page, false, nil
		}
	}
	return page, true, nil
}

// made reports whether rows have the content that the change gives them.
func (c change[P, T, E]) made(rows map[string]*T) bool {
	for i, id := range c.api.ids(c.set) {
		if row := rows[id]; row == nil || !sameOwn(c.set[i], row) {
			return false
		}
	}
	return !slices.ContainsFunc(c.deleted, func(id string) bool { return rows[id] != nil })
}

// each sends the change in parts, goes on past failures, and calls report once for every
// entry: with its row if it was set, or with its error. After a refusal of the credential
// it sends nothing more.
func (c change[P, T, E]) each(ctx context.Context, report func(id string, row *T, err error)) {
	ids := c.ids()
	for from, to := 0, 0; from < len(ids); from = to {
		to = c.chunk(ids, from)
		if err := c.part(from, to).split(ctx, report); errors.Is(err, memberships.ErrUnauthenticated) {
			for _, id := range ids[to:] {
				report(id, nil, err)
			}
			return
		}
	}
}

// split sends the change in one request and reports its entries. It halves a refused change
// until the refused entries are alone, which takes at most two requests an entry. It returns
// the error of its last request.
func (c change[P, T, E]) split(ctx context.Context, report func(id string, row *T, err error)) error {
	ids := c.ids()
	page, seen, err := c.send(ctx)
	switch n := len(ids); {
	case err == nil:
		seen = c.byID(page)
	case n > 1 && divisible(err):
		first, second := c.part(0, n/2).split(ctx, report), c.part(n/2, n).split(ctx, report)
		if tooLong(err) || first == nil && second == nil {
			c.api.limit.refuse(n)
		}
		return cmp.Or(second, first)
	}
	for i, id := range ids {
		entry := c.part(i, i+1)
		why := err
		switch {
		case err == nil:
			_, why = entry.compare(seen, true)
		case seen != nil && errors.Is(err, memberships.ErrOutcomeUnknown) && entry.made(seen):
			why = nil // the answer was lost, and the reading shows the entry
		}
		if why != nil {
			report(id, nil, why)
		} else {
			report(id, seen[id], nil)
		}
	}
	return err
}

// confirm returns the rows of a page that were set. The error is
// memberships.ErrOutcomeUnknown if a row that was deleted is there, or if a row that was
// set is missing: PubNub accepted the change, and its list contradicts that. Only a whole
// page shows that a row is missing.
func (c change[P, T, E]) confirm(page *memberships.Page[*T], whole bool) ([]*T, error) {
	return c.compare(c.byID(page), whole)
}

// compare is confirm for rows by id.
func (c change[P, T, E]) compare(byID map[string]*T, whole bool) ([]*T, error) {
	var rows []*T
	var wrong []string
	for _, id := range c.api.ids(c.set) {
		if row := byID[id]; row != nil {
			rows = append(rows, row)
		} else if whole {
			wrong = append(wrong, fmt.Sprintf("%q was set and is not there", id))
		}
	}
	for _, id := range c.deleted {
		if byID[id] != nil {
			wrong = append(wrong, fmt.Sprintf("%q was removed and is there", id))
		}
	}
	if wrong == nil {
		return rows, nil
	}
	const show = 3
	if n := len(wrong); n > show {
		wrong = append(wrong[:show], fmt.Sprintf("and %d more", n-show))
	}
	return rows, &memberships.Error{
		Provider: api.Name, Op: c.call.Name, Kind: memberships.ErrOutcomeUnknown, StatusCode: http.StatusOK,
		Err: errors.New("PubNub accepted the change, but " + strings.Join(wrong, ", ")),
	}
}

func (c change[P, T, E]) byID(page *memberships.Page[*T]) map[string]*T {
	rows := make(map[string]*T, len(page.Items))
	for _, row := range page.Items {
		rows[c.api.key(row)] = row
	}
	return rows
}

// partly adds to an error which entries it is about, if the change took several requests:
// the entries before them were changed, and those after them were not sent.
func partly(err error, from, to, all int) error {
	var e *memberships.Error
	if from == 0 && to == all || !errors.As(err, &e) {
		return err
	}
	where := fmt.Sprintf("this is about the entries %d to %d of %d", from, to-1, all)
	if from > 0 {
		where += "; those before were changed"
	}
	if to < all {
		where += "; those after were not sent"
	}
	of := *e
	of.Err = errors.New(where)
	if e.Err != nil {
		of.Err = fmt.Errorf("%w: %w", of.Err, e.Err)
	}
	return &of
}

// sameOwn reports whether a row has the custom, status and type of an entry.
func sameOwn(entry, row any) bool {
	want, got := fields(entry), fields(row)
	own := map[string]any{}
	for _, name := range []string{"custom", "status", "type"} {
		if v, ok := want[name]; ok {
			own[name] = v
		}
	}
	return want != nil && holds(own, got)
}
