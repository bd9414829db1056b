// Package report writes a snapshot as one static HTML file, for people who review access.
//
// The file begins with the parts that were not seen. Then come the people by their groups,
// one list for each group, with empty columns for decision, reviewer and date in print, and
// the hash of the snapshot. The file loads nothing, and its policy (CSP) lets only its own
// style and script run. The script filters and sorts; the file is complete without it.
package report

import (
	"bufio"
	"io"
	"time"

	"github.com/memberships-go/memberships/reconcile/snapshot"
)

// Options are the settings of a report. The zero value is ready to use.
type Options struct {
	// Title is the heading, by default "Memberships".
	Title string
	// Since is an earlier snapshot, whose differences the report marks. A membership that
	// the later one could not see is marked "not seen", and not "removed".
	Since *snapshot.Snapshot
	// HomeDomains are the domains of addresses that belong to the house, without regard to
	// letter case. A person with another domain is an outsider. By default the only one is
	// the most frequent domain of the people, on a tie the first in alphabetical order.
	HomeDomains []string
	// Now is the time at which the report is written. The report leaves a zero time out.
	Now time.Time
}

// Write writes the report of a snapshot to w, in pieces of at most 64 KiB. Equal snapshots
// and options give equal bytes, whatever the order of the rows. An error is one of w, and
// the file is incomplete then. Write changes neither snapshot, and concurrent calls may
// share them.
func Write(w io.Writer, s *snapshot.Snapshot, o Options) error {
	out := bufio.NewWriterSize(w, 64<<10)
	p := &page{out}
	v := newView(s, o)
	p.head(v)
	p.gaps(v)
	p.controls(v)
	p.people(v)
	p.groups(v)
	p.foot(v)
	return out.Flush()
}
