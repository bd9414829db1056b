package memberships

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"
)

// The kinds of failure, for errors.Is. Every *Error has exactly one of them, or
// context.Canceled or context.DeadlineExceeded when the caller's context has ended the
// call.
var (
	ErrInvalidArgument  = errors.New("invalid argument")
	ErrUnauthenticated  = errors.New("unauthenticated")
	ErrPermissionDenied = errors.New("permission denied")
	ErrNotFound         = errors.New("not found")
	// ErrNotMember is a certain ErrNotFound: the provider has shown the group without the
	// member.
	ErrNotMember error = subkind{"not a member", ErrNotFound}
	// ErrNoSuchMember is a certain ErrNotFound: a successful search found no account with
	// the e-mail address or id. A status 404 alone never is one.
	ErrNoSuchMember error = subkind{"no such member", ErrNotFound}
	// ErrUndetermined: the visible part of the group lacks the member, and a hidden part
	// may hold it. The *HiddenError below has the gaps.
	ErrUndetermined  = errors.New("undetermined")
	ErrAlreadyExists = errors.New("already exists")
	ErrConflict      = errors.New("conflict")
	// ErrAmbiguous: several accounts have the e-mail address.
	ErrAmbiguous   = errors.New("ambiguous")
	ErrRateLimited = errors.New("rate limited")
	ErrUnavailable = errors.New("unavailable")
	// ErrUnsupported: the provider or its wrapper lacks the operation. Nothing was sent.
	ErrUnsupported = errors.New("unsupported")
	// ErrMalformed: the response violates the provider's protocol. A listing that ends
	// with it is incomplete.
	ErrMalformed = errors.New("malformed answer")
	// ErrTooLarge: the decompressed response exceeds the limit.
	ErrTooLarge = errors.New("answer too large")
	// ErrUntrusted: the response was a redirect, or linked to another origin. It was not
	// followed.
	ErrUntrusted = errors.New("untrusted redirect or link")
	// ErrListLimit: the provider stops listing before the end.
	ErrListLimit = errors.New("listing limit reached")
	// ErrUnstable: the listing kept changing during the read. The yielded members exist;
	// others may be missing.
	ErrUnstable = errors.New("listing keeps changing")
	// ErrEventsMissed: the provider no longer has the events after a Position, or does not
	// recognize it. The changes since then show only in a new listing.
	ErrEventsMissed = errors.New("events missed")
	// ErrOutcomeUnknown: a write was sent, and neither a response nor a read-back shows
	// its outcome. The error also matches the kind of the last failure, so test for
	// ErrOutcomeUnknown first.
	ErrOutcomeUnknown = errors.New("outcome unknown")
)

// subkind is a kind of failure that matches a wider kind as well.
type subkind struct {
	text  string
	wider error
}

func (n subkind) Error() string { return n.text }
func (n subkind) Unwrap() error { return n.wider }

// Error is the error of every failed call of every provider.
//
// No formatting verb prints Body. No field holds a credential, and neither does Err: a
// cause with a credential is kept as redacted text.
type Error struct {
	// Provider is the Name of the Provider, such as "webex". It is empty only before a
	// provider is chosen, as for a name that package providers does not know.
	Provider string
	// Op names the failed call. An Operation such as "list" is the call of a Client or a
	// Provider. "Memberships.Get" is a method of the provider's own client, several of
	// which may serve one operation; the name of a function stands alone.
	Op string
	// Kind is one of the Err values of this package, or the error of the caller's
	// context.
	Kind error
	// StatusCode is the HTTP status of the response, 0 without one.
	StatusCode int
	// Code, Message and RequestID come from the provider; each may be empty.
	Code, Message, RequestID string
	// RetryAfter is the wait that the provider asked for, 0 if it asked for none.
	RetryAfter time.Duration
	// Attempts is the number of times that the request was sent.
	Attempts int
	// Body is the beginning of the response, for diagnosis.
	Body []byte `json:"-"`
	// Err is the cause, nil if the response is the cause.
	Err error
}

// Error returns provider, operation, kind, status, code, message and request id in one
// line.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Provider != "" {
		b.WriteString(e.Provider)
		b.WriteString(": ")
	}
	if e.Op != "" {
		b.WriteString(e.Op)
		b.WriteString(": ")
	}
	if e.Kind != nil {
		b.WriteString(e.Kind.Error())
	} else {
		b.WriteString("failed")
	}
	var facts []string
	if e.StatusCode != 0 {
		facts = append(facts, fmt.Sprintf("status %d", e.StatusCode))
	}
	if e.Code != "" {
		facts = append(facts, "code "+e.Code)
	}
	if e.RequestID != "" {
		facts = append(facts, "request id "+e.RequestID)
	}
	if e.RetryAfter > 0 {
		facts = append(facts, "retry after "+e.RetryAfter.String())
	}
	if e.Attempts > 1 {
		facts = append(facts, fmt.Sprintf("%d attempts", e.Attempts))
	}
	if len(facts) > 0 {
		b.WriteString(" (" + strings.Join(facts, ", ") + ")")
	}
	why := e.Err != nil && e.Err != e.Kind
	if message := e.Message; message != "" {
		if why {
			message = strings.TrimSuffix(message, ".")
		}
		b.WriteString(": " + message)
	}
	if why {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

// Unwrap returns the kind and the cause, for errors.Is and errors.As.
func (e *Error) Unwrap() []error {
	var errs []error
	if e.Kind != nil {
		errs = append(errs, e.Kind)
	}
	if e.Err != nil {
		errs = append(errs, e.Err)
	}
	return errs
}

// Format prints Error() for every verb, so %+v and %#v never print Body.
func (e *Error) Format(f fmt.State, verb rune) {
	if verb == 'q' {
		fmt.Fprintf(f, "%q", e.Error())
		return
	}
	_, _ = io.WriteString(f, e.Error())
}

// LogValue returns Error(), which keeps Body out of structured logs.
func (e *Error) LogValue() slog.Value { return slog.StringValue(e.Error()) }
