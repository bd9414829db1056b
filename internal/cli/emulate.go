package cli

import (
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
	var listen, state, faults string
	var printState bool
	cmd := &cobra.Command{
		Use:   "emulate",
		Short: "Serve all five providers offline on one origin",
		Long: `Serve the membership parts of Box, Clerk, Google Chat, PubNub and Webex on one
origin, each at its own paths, until interrupted. Any credential is accepted
unless the state names the valid ones.

When it is ready, it prints one line of JSON on stdout:
{"url": "http://127.0.0.1:8787"}. That is the base URL for a client. With
MEMBERSHIPS_EMULATOR set to it, this command uses it for every provider.`,
		Example: `  memberships emulate
  memberships emulate --listen 127.0.0.1:0 --state team.yaml
  memberships emulate --print-state > team.yaml
  MEMBERSHIPS_EMULATOR=http://127.0.0.1:8787 memberships of ada@example.com`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if printState {
				_, err := a.Stdout.Write(emulator.BuiltInState())
				return err
			}
			opts := []emulator.Option{emulator.WithLogger(slog.New(slog.NewTextHandler(a.Stderr, nil)))}
			if state != "" {
				opts = append(opts, from("--state", emulator.WithStateFile(state)))
			}
			if faults != "" {
				opts = append(opts, from("--faults", emulator.WithFaultsFile(faults)))
			}
			if _, _, err := net.SplitHostPort(listen); err != nil {
				return exit.Usagef("--listen %s is not of the form host:port, as in 127.0.0.1:8787 or [::1]:8787", listen)
			}
			e, err := interrupt.Await(cmd.Context(), func() (*emulator.Emulator, error) { return emulator.New(opts...) })
			if err != nil {
				return exit.Usagef("%w", err)
			}
			l, err := (&net.ListenConfig{}).Listen(cmd.Context(), "tcp", listen)
			if err != nil {
				return fmt.Errorf("--listen %s: %w", listen, err)
			}
			if !loopback(l.Addr()) {
				a.Report("--listen %s: other machines can reach this address, and the emulator lets in everybody who does; 127.0.0.1 keeps it to this one", listen)
			}
			ready, err := json.Marshal(map[string]string{"url": "http://" + l.Addr().String()})
			if err != nil {
				return err
			}
			if _, err := fmt.Fprintf(a.Stdout, "%s\n", ready); err != nil {
				return err
			}
			return e.Serve(cmd.Context(), l)
		},
	}
	f := cmd.Flags()
	f.StringVar(&listen, "listen", "127.0.0.1:8787", "`address` to listen on; port 0 takes a free one")
	f.StringVar(&state, "state", "", "YAML or JSON `file` with people, groups and credentials to start from")
	f.StringVar(&faults, "faults", "", "YAML or JSON `file` with faults to answer with")
	f.BoolVar(&printState, "print-state", false, "print the built-in state as a state file and exit")
	return cmd
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
