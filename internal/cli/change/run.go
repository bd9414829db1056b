// Package change adds, updates and removes members in bulk and reports each change.
package change

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/interrupt"
	"github.com/memberships-go/memberships/internal/cli/output"
	"github.com/memberships-go/memberships/internal/input"
)

// Run carries out the changes of the flags.
func (f *Flags) Run(ctx context.Context, op memberships.Operation) error {
	var wrong error
	f.conn.Options, wrong = f.permissions.options(f.conn.Provider)
	c, err := f.conn.Open(ctx, f.check(), wrong)
	if err != nil {
		return err
	}
	changes, err := f.read(ctx, c, op)
	if err != nil {
		return err
	}
	if len(changes) == 0 {
		f.console.Note("%s has no rows: there is nothing to do", input.Name(f.from))
	}
	work, cancel := interrupt.WithGrace(ctx, f.conn.Timeout)
	defer cancel()
	batches, err := inBatches(ctx, f.console, &f.conn, c, op, changes)
	if err != nil {
		return err
	}
	changes = slices.Concat(batches...)
	s := output.Open(f.console, &f.out, outcomes(changes, f.longestResult(op)), "members")
	defer context.AfterFunc(ctx, func() {
		s.HideProgress()
		f.console.Note("finishing what is under way; Ctrl-C again ends at once")
	})()
	s.Expect(int64(len(changes)))
	t := &tally{single: f.from == "" && len(changes) == 1, all: len(changes)}
	do := &changer{
		client: c, conn: &f.conn, op: op, strict: f.Strict, dryRun: f.dryRun, invite: f.invite, concurrency: f.concurrency,
		groups: newGroups{client: c}, permissions: &f.permissions,
	}
	halted := make(chan struct{})
	halt := sync.OnceFunc(func() { close(halted) })
	defer context.AfterFunc(ctx, halt)()
	var failed error
	for _, batch := range batches {
		for o := range do.outcomes(ctx, work, halted, batch) {
			t.count(o)
			if failed == nil {
				failed = s.Print(o)
			}
			if failed != nil {
				halt()
			}
		}
		if t.refused != nil {
			break
		}
	}
	if failed = s.Close(failed); failed != nil && (!t.single || f.out.HasQuery()) {
		f.console.Report("the report could not be written: %s", t)
	}
	return cmp.Or(failed, t.end(ctx, f.console))
}
