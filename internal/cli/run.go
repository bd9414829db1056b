// Package cli is the memberships command. It keeps no state outside of one Run.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/text"
)

// Exit codes. A program that a signal ends has 128 and the signal's number.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitPartly      = 3
	exitNotMember   = 4 // of check --exit-code alone
	exitInvited     = 5 // of check --exit-code alone
	exitInterrupted = 130
	exitBrokenPipe  = 141
	exitTerminated  = 143
)

// Process is what the command sees of the process that it runs in.
type Process struct {
	// Args are the arguments without the program's name.
	Args           []string
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Getenv         func(string) string
	// StdoutTerminal and StderrTerminal say that somebody watches.
	StdoutTerminal, StderrTerminal bool
	// StdoutWidth is how many columns the terminal of stdout has, 0 where that is not known.
	StdoutWidth int
}

// Run carries out one command line and returns the exit code: 0 done, 1 failed, 2 wrong
// usage, 3 partly done, 130 interrupted. When ctx ends, a write that is under way is
// finished first.
func Run(ctx context.Context, p Process) int {
	p.Stderr = &locked{w: p.Stderr}
	a := &app{Process: p, help: &remembering{w: p.Stdout}}
	root := a.rootCommand()
	root.SetArgs(arguments(p.Args))
	err := root.ExecuteContext(ctx)
	if a.help.err != nil {
		err = &failure{exitFailed, fmt.Errorf("stdout: %w", a.help.err)}
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
	Process
	help  *remembering // stdout for what cobra prints: help and completions
	debug bool         // stderr is for the log, so there is no progress line on it
	quiet bool         // stderr is for errors alone
	// opened is what store has read.
	opened *store
}

// failure is an error of a command that was understood. What cobra finds wrong with a
// command line comes without one.
type failure struct {
	code int
	err  error // nil if everything has been said
}

func (f *failure) Error() string { return fmt.Sprint(f.err) }
func (f *failure) Unwrap() error { return f.err }

// usage is an error in what the user wrote: on the command line, in the environment or
// in a file.
func usage(format string, args ...any) error {
	return &failure{exitUsage, fmt.Errorf(format, args...)}
}

// understood makes a command's own errors failures, so that exit can tell them from
// those of cobra.
func understood(run func(*cobra.Command, []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		err := run(cmd, args)
		var f *failure
		var e *memberships.Error
		switch {
		case err == nil, errors.As(err, &f):
			return err
		case errors.As(err, &e) && e.Kind == memberships.ErrInvalidArgument && e.Attempts == 0:
			return &failure{exitUsage, err} // refused before anything was sent
		}
		return &failure{exitFailed, err}
	}
}

// exit says what went wrong, in one line, and returns the exit code.
func (a *app) exit(ctx context.Context, err error) int {
	if err == nil {
		return exitDone
	}
	if brokenPipe(err) {
		return exitBrokenPipe // whoever read has seen enough
	}
	f := &failure{exitUsage, err}
	errors.As(err, &f)
	if code, ok := interrupted(ctx); ok && (f.code != exitUsage || errors.Is(err, context.Canceled)) {
		f.code = code
		if errors.Is(f.err, context.Canceled) && !errors.Is(f.err, memberships.ErrOutcomeUnknown) || f.err == nil {
			f.err = errors.New("interrupted")
		}
	}
	var lines *problems
	switch {
	case errors.As(f.err, &lines):
		for _, err := range lines.found {
			a.say("%v", err)
		}
		a.say("%s", lines.sum)
	case f.err != nil:
		a.say("%v%s", f.err, hint(f.err))
	}
	return f.code
}

// problems are mistakes that are told together, a line each, and what they come to.
type problems struct {
	found []error
	sum   string
}

func (p *problems) Error() string { return p.sum }

// say writes one line to stderr, whatever a provider or a file has put into it.
func (a *app) say(format string, args ...any) {
	fmt.Fprintln(a.Stderr, "memberships: "+plain(fmt.Sprintf(format, args...)))
}

// note is say for what is no error and explains no exit code.
func (a *app) note(format string, args ...any) {
	if !a.quiet {
		a.say(format, args...)
	}
}

// plain makes a text safe for one line of a terminal.
func plain(s string) string { return text.Line(s) }

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

func brokenPipe(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe)
}

// locked is a writer for several goroutines: the log, the progress line and what is said.
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
