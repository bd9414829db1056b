package pubnub

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/client"
)

// One request holds at most maxEntries entries, and a filter of at most maxFilter bytes.
// PubNub does not document a limit of entries; a hundred keep the answer to one page. The
// filter is part of the URL, which PubNub limits to 32 KiB and proxies limit to less.
const (
	maxEntries = 100
	maxFilter  = 8000
)

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
		page, err := part.send(ctx)
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
	to := from
	for size := 0; to < len(ids) && to-from < maxEntries; to++ {
		size += len(escape(Eq(c.api.rowID, ids[to]).String() + " || "))
		if size > maxFilter && to > from {
			break
		}
	}
	return to
}

// filter selects the rows of the entries.
func (c change[P, T, E]) filter() *string { return In(c.api.rowID, c.ids()...).Param() }

// send sends the change in one request and returns the page of its rows.
func (c change[P, T, E]) send(ctx context.Context) (*memberships.Page[*T], error) {
	p := listParams{Include: c.include, Filter: c.filter()}
	return client.WritePage(ctx, c.api.c, c.api.patched(c.call, c.parentID, p, c.set, c.deleted), c.readBack)
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
	for i, id := range c.api.ids(c.set) {
		if row := rows[id]; row == nil || !sameOwn(c.set[i], row) {
			return nil, false, nil
		}
	}
	for _, id := range c.deleted {
		if rows[id] != nil {
			return nil, false, nil
		}
	}
	return page, true, nil
}

// confirm returns the rows of a page that were set. The error is
// memberships.ErrOutcomeUnknown if a row that was deleted is there, or if a row that was
// set is missing: PubNub accepted the change, and its list contradicts that. Only a whole
// page shows that a row is missing.
func (c change[P, T, E]) confirm(page *memberships.Page[*T], whole bool) ([]*T, error) {
	byID := c.byID(page)
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
