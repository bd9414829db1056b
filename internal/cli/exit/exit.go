// Package exit has the exit codes of the command, and the errors that choose one.
package exit

import (
	"errors"
	"fmt"
	"io"
	"syscall"

	"github.com/memberships-go/memberships"
)

// Exit codes. A program that a signal ends has 128 and the signal's number.
const (
	Done        = 0
	Failed      = 1
	Usage       = 2
	Partly      = 3
	NotMember   = 4 // of check --exit-code alone
	Invited     = 5 // of check --exit-code alone
	Interrupted = 130
	BrokenPipe  = 141
	Terminated  = 143
)

// Error is an error of a command that was understood. A mistake that cobra finds in a
// command line is no Error.
type Error struct {
	Code int
	Err  error // nil if nothing is left to report
}

func (f *Error) Error() string { return fmt.Sprint(f.Err) }
func (f *Error) Unwrap() error { return f.Err }

// Usagef is an error in what the user wrote: on the command line, in the environment or
// in a file.
func Usagef(format string, args ...any) error {
	return &Error{Usage, fmt.Errorf(format, args...)}
}

// With is an error with an exit code of its own. err is nil if nothing is left to report.
func With(code int, err error) error { return &Error{code, err} }

// Problems are mistakes that are reported together, a line each, and a summary behind them.
type Problems struct {
	Errors  []error
	Summary string
}

func (p *Problems) Error() string { return p.Summary }

// IsBrokenPipe reports whether an error means that the reader of the output has gone.
func IsBrokenPipe(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe)
}

// Cause is what an error says beside the provider, the operation and the kind, where it is
// a *memberships.Error.
func Cause(err error) error {
	if e := (*memberships.Error)(nil); errors.As(err, &e) && e.Err != nil {
		return e.Err
	}
	return err
}

// MissingFlag is the error for a flag that a command cannot do without.
func MissingFlag(flag, what string) error { return Usagef("--%s is missing: %s", flag, what) }
