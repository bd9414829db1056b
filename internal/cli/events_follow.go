package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/argument"
	"github.com/memberships-go/memberships/internal/cli/connect"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/interrupt"
	"github.com/memberships-go/memberships/internal/cli/output"
	"github.com/memberships-go/memberships/internal/cli/position"
)

// saveEvery is the time between two writes of the position file.
const saveEvery = time.Second

func (a *app) followCommand() *cobra.Command {
	var conn connect.Flags
	var out output.Flags
	var groups []string
	var file string
	var all bool
	cmd := &cobra.Command{
		Use:   "follow --provider NAME",
		Short: "Print the events of a provider's stream",
		Long: `Print the events of a provider's stream, from now on and until interrupted.
Box and PubNub have a stream. PubNub sends the events of the channels that
--group names.

With --position-file, the command continues where it ended: it saves the
position of the printed events, and after a crash a few of them come again. A
position that the provider no longer serves is an error, and the file stays as
it is: list the groups again, and remove the file to begin now.
` + eventsHelp,
		Example: `  memberships events follow --provider box --position-file box.position
  memberships events follow -p pubnub -g lobby -g support
  memberships events follow -p box --all -o csv`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := conn.Open(cmd.Context(), out.Check())
			if err != nil {
				return err
			}
			opts, err := watchOptions(cmd.Context(), c, groups)
			if err != nil {
				return err
			}
			f := follower{app: a, client: c, file: file, all: all}
			if file != "" {
				unlock, err := position.Lock(file)
				if err != nil {
					return exit.Usagef("--position-file %s: %w", file, err)
				}
				defer unlock()
				f.from, err = interrupt.Await(cmd.Context(), func() (memberships.Position, error) { return position.Read(file, c.Name()) })
				if err != nil {
					return exit.Usagef("--position-file %s: %w; remove it to begin now, or name another file", file, err)
				}
			}
			f.out = output.Open(a.Console, &out, output.EventSchema, "events")
			return f.out.Close(f.run(cmd.Context(), opts))
		},
	}
	conn.Add(a.Console, a.Getenv, cmd)
	cmd.Flags().StringSliceVarP(&groups, "group", "g", nil, "`groups` to follow, with commas, where the provider needs them")
	cmd.Flags().StringVar(&file, "position-file", "", "`file` that keeps the position between two runs")
	cmd.Flags().BoolVar(&all, "all", false, "print events that change no membership as well")
	out.AddFormat(a.Console, cmd, "ndjson")
	return cmd
}

// watchOptions returns the options of Watch for the groups of the flag.
func watchOptions(ctx context.Context, c *memberships.Client, groups []string) ([]memberships.Option, error) {
	caps := c.Capabilities()
	switch {
	case !caps.Watch:
		return nil, exit.Usagef("%s has no stream of events; 'memberships events listen' receives its webhooks", c.Name())
	case caps.WatchesGroups && len(groups) == 0:
		return nil, exit.MissingFlag("group", "the groups to follow")
	case !caps.WatchesGroups && len(groups) > 0:
		return nil, exit.Usagef("--group: the stream of %s has the events of all groups", c.Name())
	case len(groups) == 0:
		return nil, nil
	}
	watched := make([]memberships.Group, len(groups))
	for i, text := range groups {
		var err error
		if watched[i], err = argument.GroupNamed(ctx, c, text); err != nil {
			return nil, err
		}
	}
	return []memberships.Option{memberships.WithWatchedGroups(watched...)}, nil
}

// follower prints a stream and keeps its position.
type follower struct {
	*app
	client *memberships.Client
	out    *output.Stream[memberships.Event]
	file   string
	from   memberships.Position
	all    bool
	// printed is the position after the last printed event, saved that of the file.
	printed, saved memberships.Position
	savedAt        time.Time
}

// run prints events until ctx ends or the stream fails.
func (f *follower) run(ctx context.Context, opts []memberships.Option) error {
	f.saved = f.from
	for e, err := range f.client.Watch(ctx, f.from, opts...) {
		if err != nil {
			return errors.Join(f.explain(err), f.save())
		}
		if e.Type.Changes() || f.all && e.Type != memberships.EventPosition {
			if err := f.out.Print(e); err != nil {
				return errors.Join(err, f.save())
			}
		}
		if err := f.out.Flush(); err != nil {
			return err
		}
		if f.printed = e.Position; time.Since(f.savedAt) >= saveEvery {
			if err := f.save(); err != nil {
				return err
			}
		}
	}
	return f.save()
}

// save writes the position file, if the position has moved.
func (f *follower) save() error {
	if f.file == "" || f.printed == "" || f.printed == f.saved {
		return nil
	}
	if err := position.Write(f.file, f.client.Name(), f.printed); err != nil {
		return fmt.Errorf("--position-file: %w", err)
	}
	f.saved, f.savedAt = f.printed, time.Now()
	return nil
}

// explain adds the next step to an error about the position.
func (f *follower) explain(err error) error {
	switch {
	case f.file == "":
	case errors.Is(err, memberships.ErrEventsMissed):
		return fmt.Errorf("%w; list the groups again, and remove %s to begin now", err, f.file)
	case errors.Is(err, memberships.ErrInvalidArgument) && f.from != "":
		return exit.Usagef("--position-file %s: %w; remove it to begin now, or name another file", f.file, exit.Cause(err))
	}
	return err
}
