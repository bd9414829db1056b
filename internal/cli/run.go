// Package cli implements the memberships command. It keeps no state between calls of Run.
package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/output"
	"github.com/memberships-go/memberships/internal/cli/signin"
	"github.com/memberships-go/memberships/internal/cli/unfinished"
	"github.com/memberships-go/memberships/internal/text"
)

// Process is the environment of a run: arguments, files, variables and terminal.
type Process struct {
	// Args are the arguments without the program's name.
	Args           []string
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Getenv         func(string) string
	// StdoutTerminal and StderrTerminal report whether the file is a terminal.
	StdoutTerminal, StderrTerminal bool
	// StdoutWidth is the number of columns of stdout's terminal, 0 if it is unknown.
	StdoutWidth int
}

// Run runs one command line and returns the exit code: 0 done, 1 failed, 2 wrong usage, 3
// partly done, 130 interrupted. When ctx ends, a write in flight is finished first. A refresh in
// flight gets a short grace to store its token.
func Run(ctx context.Context, p Process) int {
	a := newApp(p)
	root := a.rootCommand(a.commandOf(p.Args)...)
	root.SetArgs(arguments(p.Args))
	watched, refreshes := unfinished.Watch(ctx)
	err := root.ExecuteContext(a.askingOnTerminal(watched))
	if a.help.err != nil {
		err = exit.With(exit.Failed, fmt.Errorf("stdout: %w", a.help.err))
	}
	code := a.exit(ctx, err)
	a.settle(refreshes)
	return code
}

// settleTime is the grace of a refresh in flight. A second Ctrl-C ends the command at once.
const settleTime = 2 * time.Second

// settle waits for refreshes in flight: the provider may have ended the former refresh token.
func (a *app) settle(refreshes *unfinished.All) {
	err := refreshes.Settle(settleTime, func() { a.Note("waiting for new tokens, which are stored before the command ends") })
	if err != nil {
		a.Report("%v: if the next command is signed out, sign in again", err)
	}
}

// arguments returns args for cobra. Cobra's completion copies invalid arguments to the
// process's stderr, so unsafe ones are sanitized, which costs no completion.
func arguments(args []string) []string {
	if len(args) == 0 || args[0] != cobra.ShellCompRequestCmd && args[0] != cobra.ShellCompNoDescRequestCmd {
		return args
	}
	safe := make([]string, len(args))
	for i, arg := range args {
		safe[i] = text.Line(arg)
	}
	return safe
}

// errorWriter writes help without control characters. It keeps the error of a write,
// which cobra drops.
type errorWriter struct {
	w   io.Writer
	err error
}

func (r *errorWriter) Write(p []byte) (int, error) {
	if _, err := io.WriteString(r.w, text.Lines(string(p))); err != nil {
		r.err = err
		return 0, err
	}
	return len(p), nil
}

// app is one run of the command.
type app struct {
	*output.Console
	Stdin  io.Reader
	Getenv func(string) string
	help   *errorWriter // stdout for cobra's help and completions
	prompt prompt
	// profile is that of the command's flag, "" without one.
	profile string
}

func newApp(p Process) *app {
	return &app{
		Console: &output.Console{
			Stdout: p.Stdout, Stderr: &syncWriter{w: p.Stderr},
			StdoutTerminal: p.StdoutTerminal, StderrTerminal: p.StderrTerminal, StdoutWidth: p.StdoutWidth,
			Colours: output.Colours(p.Getenv),
		},
		Stdin: p.Stdin, Getenv: p.Getenv, help: &errorWriter{w: p.Stdout},
	}
}

// asFailure gives a command's own errors an exit code, which distinguishes them from
// cobra's.
func asFailure(run func(*cobra.Command, []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		err := run(cmd, args)
		var f *exit.Error
		var e *memberships.Error
		switch {
		case err == nil, errors.As(err, &f):
			return err
		case errors.As(err, &e) && e.Kind == memberships.ErrInvalidArgument && e.Attempts == 0:
			return exit.With(exit.Usage, err) // invalid argument, nothing was sent
		}
		return exit.With(exit.Failed, err)
	}
}

// exit reports err on stderr and returns the exit code.
func (a *app) exit(ctx context.Context, err error) int {
	if err == nil {
		return exit.Done
	}
	var ended *commandStatus
	if errors.As(err, &ended) {
		return ended.code
	}
	if exit.IsBrokenPipe(err) {
		return exit.BrokenPipe // the reader of stdout has closed it
	}
	f := &exit.Error{Code: exit.Usage, Err: err}
	errors.As(err, &f)
	if code, ok := interrupted(ctx); ok && (f.Code != exit.Usage || errors.Is(err, context.Canceled)) {
		f.Code = code
		var signal *interruption
		if (errors.Is(f.Err, context.Canceled) || errors.As(f.Err, &signal)) && !errors.Is(f.Err, memberships.ErrOutcomeUnknown) || f.Err == nil {
			f.Err = errors.New("interrupted")
		}
	}
	var lines *exit.Problems
	switch {
	case errors.As(f.Err, &lines):
		for _, err := range lines.Errors {
			a.Report("%v", err)
		}
		a.Report("%s", lines.Summary)
	case f.Err != nil:
		a.Report("%v%s", f.Err, a.hint(f.Err))
	}
	return f.Code
}

// hint returns the next step after an error, "" if there is no general one.
func (a *app) hint(err error) string {
	var e *memberships.Error
	if !errors.As(err, &e) || errors.Is(err, memberships.ErrOutcomeUnknown) {
		return ""
	}
	if again := a.signInAgain(e.Provider, err); again != "" {
		return again
	}
	if e.Kind == memberships.ErrUnauthenticated || e.Kind == memberships.ErrPermissionDenied {
		return fmt.Sprintf(" ('memberships doctor --provider %s' tells what the credential may do)", e.Provider)
	}
	return ""
}

// signInAgain returns the command that signs in again after an error of a sign-in that has
// ended, "" after another error.
func (a *app) signInAgain(provider string, err error) string {
	if !errors.Is(err, auth.ErrSignedOut) {
		return ""
	}
	profile := cmp.Or(a.profile, a.Getenv("MEMBERSHIPS_PROFILE"), signin.DefaultProfile)
	return fmt.Sprintf(" ('%s' signs in again)", signin.Command("login", signin.Key(provider, profile)))
}

// syncWriter is a writer for concurrent use by the log, the progress line and messages.
// Each Write is a whole text. It replaces control characters except for line ends.
type syncWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *syncWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, err := io.WriteString(l.w, text.Lines(string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
}
