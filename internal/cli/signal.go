package cli

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/term"

	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/output"
)

// Main runs the command in this process and returns the exit code. The first Ctrl-C ends
// it gracefully, the second immediately.
func Main() int {
	// SIGPIPE is ignored: a closed pipe becomes an ordinary error, so a write in flight
	// is finished.
	signal.Ignore(syscall.SIGPIPE)
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		s := <-signals
		signal.Stop(signals)
		cancel(&interruption{s})
	}()
	return Run(ctx, Process{
		Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv,
		StdoutTerminal: term.IsTerminal(int(os.Stdout.Fd())), StderrTerminal: term.IsTerminal(int(os.Stderr.Fd())),
		StdoutWidth: output.TerminalWidth(os.Stdout),
	})
}

// interruption is the cause of a cancelled run.
type interruption struct{ signal os.Signal }

func (i *interruption) Error() string { return i.signal.String() }

// interrupted reports whether a signal ended the run, and the exit code for it.
func interrupted(ctx context.Context) (code int, ok bool) {
	if ctx.Err() == nil {
		return 0, false
	}
	var i *interruption
	if errors.As(context.Cause(ctx), &i) && i.signal == syscall.SIGTERM {
		return exit.Terminated, true
	}
	return exit.Interrupted, true
}
