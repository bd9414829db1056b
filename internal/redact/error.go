package redact

import (
	"context"
	"errors"
	"io"
	"net"
	"os"

	"github.com/memberships-go/memberships"
)

// Error returns err if neither its text nor a value in its chain shows a credential.
// Otherwise it returns an error with the redacted text, and wraps the errors below err in
// the same way. errors.Is finds the same kinds, and the same errors of contexts and of
// package io. Error also replaces an error with a value that it cannot search, such as a
// connection.
func (r *Redactor) Error(err error) error {
	if r == nil || len(r.secrets) == 0 || err == nil || !r.taints(err) {
		return err
	}
	if e, ok := err.(*memberships.Error); ok { //nolint:errorlint // Fields handles the errors below
		c := *e
		r.Fields(&c)
		return &c
	}
	out := &textError{text: r.Text(err.Error())}
	for _, e := range below(err) {
		out.below = append(out.below, r.Error(e))
	}
	for _, e := range known {
		if errors.Is(err, e) && !errors.Is(out, e) {
			out.below = append(out.below, e)
		}
	}
	var wait net.Error
	out.timeout = errors.As(err, &wait) && wait.Timeout()
	return out
}

// Fields redacts every field of e.
func (r *Redactor) Fields(e *memberships.Error) {
	e.Provider, e.Op = r.Text(e.Provider), r.Text(e.Op)
	e.Kind, e.Err = r.Error(e.Kind), r.Error(e.Err)
	e.Code, e.Message, e.RequestID = r.Text(e.Code), r.Text(e.Message), r.Text(e.RequestID)
	if e.Body != nil {
		e.Body = []byte(r.Beginning(string(e.Body)))
	}
}

// textError is the redacted text of an error, with the errors below it.
type textError struct {
	text    string
	below   []error
	timeout bool
}

func (e *textError) Error() string   { return e.text }
func (e *textError) Unwrap() []error { return e.below }
func (e *textError) Timeout() bool   { return e.timeout }

// Temporary makes a textError a net.Error.
func (e *textError) Temporary() bool { return e.timeout }

// known are the errors that an Is method may match without wrapping them.
var known = []error{
	context.Canceled, context.DeadlineExceeded, os.ErrDeadlineExceeded, net.ErrClosed,
	io.EOF, io.ErrUnexpectedEOF, io.ErrClosedPipe, os.ErrNotExist, os.ErrPermission,
	memberships.ErrInvalidArgument, memberships.ErrUnauthenticated, memberships.ErrPermissionDenied,
	memberships.ErrNotMember, memberships.ErrNoSuchMember, memberships.ErrNotFound, memberships.ErrUndetermined,
	memberships.ErrAlreadyExists, memberships.ErrConflict, memberships.ErrAmbiguous, memberships.ErrRateLimited,
	memberships.ErrUnavailable, memberships.ErrUnsupported, memberships.ErrMalformed, memberships.ErrTooLarge,
	memberships.ErrUntrusted, memberships.ErrListLimit, memberships.ErrUnstable, memberships.ErrEventsMissed,
	memberships.ErrOutcomeUnknown,
}

// below returns the errors that err wraps.
func below(err error) []error {
	switch e := err.(type) { //nolint:errorlint // one level at a time
	case interface{ Unwrap() error }:
		if next := e.Unwrap(); next != nil {
			return []error{next}
		}
	case interface{ Unwrap() []error }:
		return e.Unwrap()
	}
	return nil
}

// taints reports whether an error must be redacted.
func (r *Redactor) taints(err error) bool {
	w := walk{shows: r.shows}
	return r.textShows(err, maxBelow) || w.value(err)
}

// maxBelow is the largest depth of a chain of errors.
const maxBelow = 64

// textShows reports whether the text of err, or of an error below it, shows a credential.
func (r *Redactor) textShows(err error, deep int) bool {
	if deep == 0 || r.shows(err.Error()) {
		return true
	}
	for _, e := range below(err) {
		if e != nil && r.textShows(e, deep-1) {
			return true
		}
	}
	return false
}
