package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"

	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/interrupt"
)

func (a *app) emulateCommand() *cobra.Command {
	var opts emulateOptions
	cmd := &cobra.Command{
		Use:   "emulate [-- COMMAND [ARGUMENT]...]",
		Short: "Serve all five providers offline on one origin",
		Long: `Serve the membership parts of Box, Clerk, Google Chat, PubNub and Webex on one
origin, each at its own paths, until interrupted. Any credential is accepted
unless the state names the valid ones.

When it is ready, it prints one line of JSON on stdout:
{"url": "http://127.0.0.1:8787"}. That is the base URL for a client. With
MEMBERSHIPS_EMULATOR set to it, this command uses it for every provider.

At that URL is a page with people and groups, live requests, faults, the clock
and deliveries. Programs have the same under /_emulator/, as
/_emulator/openapi.yaml describes. Neither needs a credential. Both are off by
default if other machines can reach the address.

With a command, it serves on a free port, sets MEMBERSHIPS_EMULATOR, runs the
command, stops, and exits with the command's status: 127 if there is no such
command, 126 if it cannot be run, 128 and the number of a signal that ended it.
Signals go on to the command.`,
		Example: `  memberships emulate
  memberships emulate --listen 127.0.0.1:0 --state team.yaml
  memberships emulate --print-state > team.yaml
  memberships emulate -- npm test
  MEMBERSHIPS_EMULATOR=http://127.0.0.1:8787 memberships of ada@example.com`,
		Args: func(cmd *cobra.Command, args []string) error {
			if at := cmd.ArgsLenAtDash(); at >= 0 {
				opts.command, args = args[at:], args[:at]
				if len(opts.command) == 0 {
					return exit.Usagef("-- needs a command after it")
				}
			}
			return noArgs(cmd, args)
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			if len(opts.command) > 0 && !cmd.Flags().Changed("listen") {
				opts.listen = "127.0.0.1:0"
			}
			return a.emulate(cmd.Context(), &opts)
		},
	}
	f := cmd.Flags()
	f.StringVar(&opts.listen, "listen", "127.0.0.1:8787", "`address` to listen on; port 0 takes a free one")
	f.StringVar(&opts.state, "state", "", "YAML or JSON `file` with people, groups, credentials and deliveries to start from")
	f.StringVar(&opts.faults, "faults", "", "YAML or JSON `file` with faults to answer with")
	f.StringVar(&opts.control, "control", "", "switch the page and the control API `on|off`; on by default if no other machine can reach the address")
	f.BoolVar(&opts.approve, "auto-approve", false, "approve every sign-in at once, without the page that asks")
	f.BoolVar(&opts.remote, "remote-deliveries", false, "send webhooks and other deliveries to other machines, too")
	f.BoolVar(&opts.printState, "print-state", false, "print the built-in state as a state file and exit")
	return cmd
}

// emulateOptions are the flags of emulate, and the command to run.
type emulateOptions struct {
	listen, state, faults, control string
	approve, remote, printState    bool
	command                        []string
}

// emulator returns the emulator that the options describe.
func (o *emulateOptions) emulator(log *slog.Logger) (*emulator.Emulator, error) {
	host, _, err := net.SplitHostPort(o.listen)
	if err != nil {
		return nil, fmt.Errorf("--listen %s is not of the form host:port, as in 127.0.0.1:8787 or [::1]:8787", o.listen)
	}
	opts := []emulator.Option{emulator.WithLogger(log)}
	if o.state != "" {
		opts = append(opts, from("--state", emulator.WithStateFile(o.state)))
	}
	if o.faults != "" {
		opts = append(opts, from("--faults", emulator.WithFaultsFile(o.faults)))
	}
	if o.approve {
		opts = append(opts, emulator.WithAutoApprove())
	}
	if o.remote {
		opts = append(opts, emulator.WithRemoteDeliveries())
	}
	switch o.control {
	case "":
	case "on":
		var names []string
		if net.ParseIP(host) == nil { // an address counts if it is that of the connection
			names = append(names, host)
		}
		opts = append(opts, emulator.WithControl(names...))
	case "off":
		opts = append(opts, emulator.WithoutControl())
	default:
		return nil, fmt.Errorf("--control takes on or off, found %q", o.control)
	}
	return emulator.New(opts...)
}

// emulate serves until ctx ends or the command does.
func (a *app) emulate(ctx context.Context, o *emulateOptions) error {
	if o.printState {
		_, err := a.Stdout.Write(emulator.BuiltInState())
		return err
	}
	log := slog.New(slog.NewTextHandler(a.Stderr, nil))
	e, err := interrupt.Await(ctx, func() (*emulator.Emulator, error) { return o.emulator(log) })
	if err != nil {
		return exit.Usagef("%w", err)
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.listen)
	if err != nil {
		return fmt.Errorf("--listen %s: %w", o.listen, err)
	}
	if !loopback(l.Addr()) {
		a.Report("--listen %s: other machines can reach this address, and the emulator lets in everybody who does; 127.0.0.1 keeps it to this one", o.listen)
	}
	if len(o.command) > 0 {
		return a.runAgainst(ctx, e, l, o.command)
	}
	ready, err := json.Marshal(map[string]string{"url": "http://" + l.Addr().String()})
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(a.Stdout, "%s\n", ready); err != nil {
		return err
	}
	return e.Serve(ctx, l)
}

// loopback reports whether an address is unreachable for other machines.
func loopback(addr net.Addr) bool {
	tcp, ok := addr.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}

// from wraps an option so that its error names the flag.
func from[S any](flag string, option func(*S) error) func(*S) error {
	return func(s *S) error {
		if err := option(s); err != nil {
			return fmt.Errorf("%s: %w", flag, err)
		}
		return nil
	}
}
