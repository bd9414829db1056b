package cli

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/connect"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/output"
	"github.com/memberships-go/memberships/internal/replace"
	"github.com/memberships-go/memberships/reconcile/snapshot"
)

func (a *app) snapshotCommand() *cobra.Command {
	var conn connect.Flags
	var names []string
	var file string
	cmd := &cobra.Command{
		Use:   "snapshot",
		Short: "Save all memberships of all providers",
		Long: `Read all members of all groups in all providers with credentials, at the same
time, and print one membership a line as NDJSON. The last line has the number of
rows, the parts that were not seen, the time and a hash, by which
'memberships diff' recognizes a file that was cut or changed.

With --out, the file is replaced at the end, and only you may read it: it holds
names and addresses. After a failure or Ctrl-C, the former file stays.

A provider or group that cannot be read is a gap in the last line. stderr
reports it and the exit code is 3. If nothing can be read, nothing is written
and the exit code is 1.`,
		Example: `  memberships snapshot --out monday.ndjson
  memberships snapshot --provider box,clerk > two.ndjson
  memberships diff monday.ndjson box`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			clients, err := conn.OpenMany(cmd.Context(), names)
			if err != nil {
				return err
			}
			var result error
			save := func(w io.Writer) (err error) {
				result, err = a.snapshot(cmd.Context(), clients, w)
				return err
			}
			if err := a.writeTo(file, save); err != nil {
				return err
			}
			return result
		},
	}
	connect.AddManyFlag(cmd, &names, connect.All)
	conn.AddShared(a.Console, a.Getenv, cmd)
	conn.AddPageSize(cmd)
	cmd.Flags().StringVar(&file, "out", "", "`file` to write in place of stdout")
	return cmd
}

// writeTo calls write with stdout, or with the new content of a file.
func (a *app) writeTo(file string, write func(io.Writer) error) error {
	if file == "" {
		w := bufio.NewWriterSize(stdout{a.Stdout}, 64<<10)
		if err := write(w); err != nil {
			return err
		}
		return w.Flush()
	}
	err := replace.File(file, write)
	if f := (*exit.Error)(nil); err == nil || errors.As(err, &f) || errors.Is(err, context.Canceled) {
		return err
	}
	return fmt.Errorf("--out: %w", err)
}

// stdout names itself in the errors of its writer.
type stdout struct{ io.Writer }

func (s stdout) Write(p []byte) (int, error) {
	n, err := s.Writer.Write(p)
	if err != nil {
		err = fmt.Errorf("stdout: %w", err)
	}
	return n, err
}

// snapshot writes a snapshot of all groups of clients. result is the error for the parts
// that were not seen. Without any row and any provider that was read, nothing is written,
// and err is set.
func (a *app) snapshot(ctx context.Context, clients []*memberships.Client, to io.Writer) (result, err error) {
	w := snapshot.NewWriter(to)
	o, err := readAll(ctx, clients, w.Row)
	if err != nil {
		return nil, err
	}
	o.reportUnread(a)
	result = o.failed()
	if f := (*exit.Error)(nil); errors.As(result, &f) && f.Code == exit.Failed {
		return nil, result
	}
	coverage := o.gaps()
	if _, err := w.End(time.Now(), o.names(), coverage); err != nil {
		return nil, err
	}
	return cmp.Or(result, a.ReportCoverage(output.WithoutUnread(coverage), false)), nil
}

// readAll reads all members of all groups of clients at once, and calls each with them. It
// returns an error of each, or that of the context.
func readAll(ctx context.Context, clients []*memberships.Client, each func(memberships.Membership) error) (*outcome, error) {
	o := newOutcome(clients)
	for row := range listEach(ctx, clients, func(ctx context.Context, c *memberships.Client, into memberships.Option) iter.Seq2[memberships.Membership, error] {
		return c.ListAll(ctx, memberships.ManyOptions{KeepGoing: true}, into)
	}) {
		if !record(o, row) {
			continue
		}
		if err := each(row.value); err != nil {
			return nil, err
		}
	}
	return o, ctx.Err()
}
