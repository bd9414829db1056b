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

// withheld is the gap of entries that Box counts and leaves out, as it does with those
// that the caller may not see. There is none for n of 0 or less.
func withheld(n int64) []memberships.Gap {
	if n <= 0 {
		return nil
	}
	return []memberships.Gap{{
		Level: memberships.GapHidden, Code: memberships.GapWithheld, Count: n,
		Text: "Box counts entries that it does not show to this caller: %d",
	}}
}

// sparing is l with pages that may lack all of their entries. The typed listings take an
// empty page before the end for a broken answer; here it is a gap.
func sparing(l client.Listing[gen.MembershipPage, Membership]) client.Listing[gen.MembershipPage, Membership] {
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

// uncounted is the gap of a listing whose pages do not say how many entries there are, as
// Box's pages do. Nothing tells then whether entries were left out.
var uncounted = memberships.Gap{
	Level: memberships.GapHidden, Code: memberships.GapWithheld,
	Text: "Box did not count the entries, so some may be missing",
}

// count compares the entries that came with the total that Box tells. Of a listing that
// moved, those came whom its last reading has shown, and each of them counts once.
type count struct {
	came, shown int64
	total       memberships.Total
}

// tell takes the total of a page.
func (c *count) tell(total memberships.Total) { c.total = total }

// gaps returns what the entries lack.
func (c *count) gaps() []memberships.Gap {
	total, told := c.total.Get()
	if !told {
		return []memberships.Gap{uncounted}
	}
	return withheld(total - min(c.came, c.shown))
}

// counted yields what a run of its own does, and puts into pass what the run lacks.
func counted[T, V any](ctx context.Context, start func() *paging.List[T], convert func(*T) V, summary *memberships.Summary) iter.Seq2[V, error] {
	return func(yield func(V, error) bool) {
		var c count
		tell := func(total memberships.Total) {
			c.tell(total)
			summary.SetTotal(total)
		}
		for v, err := range portable.Seq(start().OnTotal(tell).CountItems(&c.shown).All(ctx), convert) {
			if !yield(v, err) || err != nil {
				return
			}
			c.came++
		}
		summary.Add(c.gaps()...)
	}
}

// gapsOn returns what a page counts and does not show.
func gapsOn(cursor string, p page[Membership]) []memberships.Gap {
	offset, err := readOffset(cursor)
	if err != nil || p.total == nil {
		return []memberships.Gap{uncounted}
	}
	return withheld(min(p.limit, *p.total-offset) - int64(len(p.items)))
}
