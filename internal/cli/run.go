// Package cli is the memberships command. It keeps no state outside of one Run.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/exit"
	"github.com/memberships-go/memberships/internal/cli/output"
	"github.com/memberships-go/memberships/internal/text"
)

// Process is what the command sees of the process that it runs in.
type Process struct {
	// Args are the arguments without the program's name.
	Args           []string
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Getenv         func(string) string
	// StdoutTerminal and StderrTerminal report that somebody watches.
	StdoutTerminal, StderrTerminal bool
	// StdoutWidth is how many columns the terminal of stdout has, 0 where that is not known.
	StdoutWidth int
}

// Run carries out one command line and returns the exit code: 0 done, 1 failed, 2 wrong
// usage, 3 partly done, 130 interrupted. When ctx ends, a write that is under way is
// finished first.
func Run(ctx context.Context, p Process) int {
	a := newApp(p)
	root := a.rootCommand()
	root.SetArgs(arguments(p.Args))
	err := root.ExecuteContext(ctx)
	if a.help.err != nil {
		err = exit.With(exit.Failed, fmt.Errorf("stdout: %w", a.help.err))
	}
	return a.exit(ctx, err)
}

// arguments are args as cobra gets them. Its completion writes what is wrong with them to
// the process's own stderr, so they are made safe before; there is nothing to complete
// for one that was not.
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

// remembering keeps the error of a write: cobra drops it when it prints help. Like all
// that is not data, help goes out without control characters.
type remembering struct {
	w   io.Writer
	err error
}

func (r *remembering) Write(p []byte) (int, error) {
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
	help   *remembering // stdout for what cobra prints: help and completions
}

func newApp(p Process) *app {
	return &app{
		Console: &output.Console{
			Stdout: p.Stdout, Stderr: &locked{w: p.Stderr},
			StdoutTerminal: p.StdoutTerminal, StderrTerminal: p.StderrTerminal, StdoutWidth: p.StdoutWidth,
			Colours: output.Colours(p.Getenv),
		},
		Stdin: p.Stdin, Getenv: p.Getenv, help: &remembering{w: p.Stdout},
	}
}

// understood makes a command's own errors failures, so that exit can tell them from
// those of cobra.
func understood(run func(*cobra.Command, []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		err := run(cmd, args)
		var f *exit.Error
		var e *memberships.Error
		switch {
		case err == nil, errors.As(err, &f):
			return err
		case errors.As(err, &e) && e.Kind == memberships.ErrInvalidArgument && e.Attempts == 0:
			return exit.With(exit.Usage, err) // refused before anything was sent
		}
		return exit.With(exit.Failed, err)
	}
}

// exit says what went wrong, in one line, and returns the exit code.
func (a *app) exit(ctx context.Context, err error) int {
	if err == nil {
		return exit.Done
	}
	if exit.IsBrokenPipe(err) {
		return exit.BrokenPipe // whoever read has seen enough
	}
	f := &exit.Error{Code: exit.Usage, Err: err}
	errors.As(err, &f)
	if code, ok := interrupted(ctx); ok && (f.Code != exit.Usage || errors.Is(err, context.Canceled)) {
		f.Code = code
		if errors.Is(f.Err, context.Canceled) && !errors.Is(f.Err, memberships.ErrOutcomeUnknown) || f.Err == nil {
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
		a.Report("%v%s", f.Err, hint(f.Err))
	}
	return f.Code
}

// hint says what to try next, where that is always the same.
func hint(err error) string {
	var e *memberships.Error
	if !errors.As(err, &e) || errors.Is(err, memberships.ErrOutcomeUnknown) {
		return ""
	}
	if e.Kind == memberships.ErrUnauthenticated || e.Kind == memberships.ErrPermissionDenied {
		return fmt.Sprintf(" ('memberships doctor --provider %s' tells what the credential may do)", e.Provider)
	}
	return ""
}

// locked is a writer for several goroutines: the log, the progress line and messages.
// Each writes whole lines, or whole texts, at once. None of them sends a control character
// to a terminal but those that end lines.
type locked struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, err := io.WriteString(l.w, text.Lines(string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
}
