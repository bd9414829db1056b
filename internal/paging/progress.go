package paging

import (
	"context"
	"iter"

	"github.com/memberships-go/memberships"
)

// Observed is a List whose ranges report totals and counts.
type Observed[T any] struct {
	list  *List[T]
	total func(memberships.Total)
	items *int64
}

// OnTotal returns l with ranges that call total with the size of the whole listing at every
// page that states it, in the goroutine of the range. total may be nil. l does not change:
// other goroutines may range over it.
func (l *List[T]) OnTotal(total func(memberships.Total)) Observed[T] {
	return Observed[T]{list: l, total: total}
}

// CountItems returns o with a range that stores in n the number of items of the last scan.
// A range yields more items than that if members left before a restart.
func (o Observed[T]) CountItems(n *int64) Observed[T] {
	o.items = n
	return o
}

// All is List.All with the reports of o.
func (o Observed[T]) All(ctx context.Context) iter.Seq2[*T, error] { return o.list.all(ctx, o) }

// progress is the state of one range over all of its scans.
type progress struct {
	total func(memberships.Total)
	items *int64 // see Observed.CountItems
	known *set   // the yielded items; nil if cursors are no positions
	shown window // the last items of several pages, if known is nil
	// yielded is the size of known. reread reports whether a scan did not match its total.
	yielded int64
	reread  bool
	// clash is that of the scan before, nil without one. fixed marks a server with fixed pages.
	clash *clash
	fixed bool
}

// reportTotal calls total with the total of a page that states one.
func (c *progress) reportTotal(total int64) {
	if c.total != nil && total >= 0 {
		c.total(memberships.TotalOf(total))
	}
}

// countItems adds the items of a page to the count, which the first page of a scan resets.
func (c *progress) countItems(n int, first bool) {
	switch {
	case c.items == nil:
	case first:
		*c.items = int64(n)
	default:
		*c.items += int64(n)
	}
}

// add records the items of a page. It marks items that were yielded before, and returns nil
// if there are none.
func (c *progress) add(page []hash) (yielded []bool) {
	yielded = c.known.addPage(page)
	c.yielded += int64(len(page))
	for _, before := range yielded {
		if before {
			c.yielded--
		}
	}
	return yielded
}
