package box

import (
	"context"
	"errors"
	"iter"
	"strconv"

	"github.com/memberships-go/memberships"
	gen "github.com/memberships-go/memberships/generated/box"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/paging"
	"github.com/memberships-go/memberships/internal/portable"
)

// withheld returns the gap of n entries that Box counts and omits, because the caller may
// not see them. It returns nil if n is not positive.
func withheld(n int64) []memberships.Gap {
	if n <= 0 {
		return nil
	}
	return []memberships.Gap{{
		Level: memberships.GapHidden, Code: memberships.GapWithheld, Count: n,
		Text: "Box counts entries that it does not show to this caller: %d",
	}}
}

// allowEmptyPages returns l with empty pages before the end. The typed listings refuse
// such a page; in the portable listings its entries are a gap.
func allowEmptyPages(l client.Listing[gen.MembershipPage, Membership]) client.Listing[gen.MembershipPage, Membership] {
	next := l.Next
	l.Next = func(info client.PageInfo[gen.MembershipPage]) (string, error) {
		p := readMemberships(info.Page)
		if len(p.items) > 0 || p.total == nil || p.limit <= 0 || p.limit > int64(info.Size) {
			return next(info)
		}
		offset, err := readOffset(info.Cursor)
		switch {
		case err != nil || *p.total-offset <= p.limit:
			return "", err
		case offset == lastOffset:
			return "", errors.New("no page can begin after offset " + strconv.Itoa(lastOffset))
		}
		return strconv.FormatInt(min(offset+p.limit, lastOffset), 10), nil
	}
	return l
}

// uncounted is the gap of a listing without a total, which does not show how many entries
// Box omits.
var uncounted = memberships.Gap{
	Level: memberships.GapHidden, Code: memberships.GapWithheld,
	Text: "Box did not count the entries, so some may be missing",
}

// itemCount compares the entries of a listing with the total of its pages.
type itemCount struct {
	yielded int64 // entries of all readings
	shown   int64 // entries of the last reading, each one once
	total   memberships.Total
}

// setTotal records the total of a page.
func (c *itemCount) setTotal(total memberships.Total) { c.total = total }

// gaps returns the gap between the total and the entries.
func (c *itemCount) gaps() []memberships.Gap {
	total, ok := c.total.Get()
	if !ok {
		return []memberships.Gap{uncounted}
	}
	return withheld(total - min(c.yielded, c.shown))
}

// withGaps yields the converted items of a listing. At its end it adds the total and the
// gaps to summary.
func withGaps[T, V any](ctx context.Context, start func() *paging.List[T], convert func(*T) V, summary *memberships.Summary) iter.Seq2[V, error] {
	return func(yield func(V, error) bool) {
		var c itemCount
		setTotal := func(total memberships.Total) {
			c.setTotal(total)
			summary.SetTotal(total)
		}
		for v, err := range portable.Seq(start().OnTotal(setTotal).CountItems(&c.shown).All(ctx), convert) {
			if !yield(v, err) || err != nil {
				return
			}
			c.yielded++
		}
		summary.Add(c.gaps()...)
	}
}

// pageGaps returns the gap between the total and the entries of a page.
func pageGaps(cursor string, p page[Membership]) []memberships.Gap {
	offset, err := readOffset(cursor)
	if err != nil || p.total == nil {
		return []memberships.Gap{uncounted}
	}
	return withheld(min(p.limit, *p.total-offset) - int64(len(p.items)))
}
