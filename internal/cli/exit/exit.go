// Package exit has the exit codes of the command and the errors that carry one.
package exit

import (
	"errors"
	"fmt"
	"io"
	"syscall"

	"github.com/memberships-go/memberships"
)

// Exit codes. A process that a signal ends has 128 plus the signal's number.
const (
	Done        = 0
	Failed      = 1
	Usage       = 2
	Partly      = 3
	NotMember   = 4 // of check --exit-code only
	Invited     = 5 // of check --exit-code only
	Changes     = 4 // of plan and diff with --exit-code only
	Blocked     = 5 // of plan --exit-code only
	Interrupted = 130
	BrokenPipe  = 141
	Terminated  = 143
)

// Error is an error with an exit code. Errors in the command line that cobra finds are
// not of this type.
type Error struct {
	Code int
	Err  error // nil if nothing is left to report
}

func (f *Error) Error() string { return fmt.Sprint(f.Err) }
func (f *Error) Unwrap() error { return f.Err }

// Usagef returns a usage error: a mistake on the command line, in the environment or in a
// file.
func Usagef(format string, args ...any) error {
	return &Error{Usage, fmt.Errorf(format, args...)}
}

// With returns an error with an exit code. err is nil if nothing is left to report.
func With(code int, err error) error { return &Error{code, err} }

// Problems are errors that are reported together, one a line, followed by a summary.
type Problems struct {
	Errors  []error
	Summary string
}

func (p *Problems) Error() string { return p.Summary }

// IsBrokenPipe reports whether the reader of the output has closed it.
func IsBrokenPipe(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe)
}

// Cause returns the text of a *memberships.Error without provider, operation and kind, or
// err itself.
func Cause(err error) error {
	if e := (*memberships.Error)(nil); errors.As(err, &e) && e.Err != nil {
		return e.Err
	}
	return err
}

// MissingFlag returns the error for a missing required flag.
func MissingFlag(flag, what string) error { return Usagef("--%s is missing: %s", flag, what) }
