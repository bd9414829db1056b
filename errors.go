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
// context.Canceled or context.DeadlineExceeded when the caller's context ended it.
var (
	ErrInvalidArgument  = errors.New("invalid argument")
	ErrUnauthenticated  = errors.New("unauthenticated")
	ErrPermissionDenied = errors.New("permission denied")
	ErrNotFound         = errors.New("not found")
	// ErrNotMember is an ErrNotFound that is certain: the group was seen, and the member
	// is not in it.
	ErrNotMember error = narrower{"not a member", ErrNotFound}
	// ErrNoSuchMember is an ErrNotFound that is certain: the provider has looked for the
	// e-mail address, has answered well, and nobody has it. A status 404 is never one.
	ErrNoSuchMember error = narrower{"no such member", ErrNotFound}
	// ErrUndetermined: the member is not among what the provider shows, and may be in what
	// it hides. The *HiddenError below has the gaps.
	ErrUndetermined  = errors.New("undetermined")
	ErrAlreadyExists = errors.New("already exists")
	ErrConflict      = errors.New("conflict")
	// ErrAmbiguous: more than one member fits the e-mail address.
	ErrAmbiguous   = errors.New("ambiguous")
	ErrRateLimited = errors.New("rate limited")
	ErrUnavailable = errors.New("unavailable")
	// ErrUnsupported: the provider has no such operation.
	ErrUnsupported = errors.New("unsupported")
	// ErrMalformed: the answer does not make sense. What it would have said is unknown,
	// so a listing that ends with it is incomplete.
	ErrMalformed = errors.New("malformed answer")
	// ErrTooLarge: the answer was longer than the limit after decompression.
	ErrTooLarge = errors.New("answer too large")
	// ErrUntrusted: the answer was a redirect or a link to somewhere else. It was not followed.
	ErrUntrusted = errors.New("untrusted redirect or link")
	// ErrListLimit: the provider lists no further, though there is more.
	ErrListLimit = errors.New("listing limit reached")
	// ErrUnstable: the listing kept changing while it was read. What was yielded is
	// there, but members may be missing.
	ErrUnstable = errors.New("listing keeps changing")
	// ErrOutcomeUnknown: a write was sent, and neither an answer nor a reading shows whether
	// it happened or still will. Such an error also matches the kind of the last failure, so
	// ask for ErrOutcomeUnknown first.
	ErrOutcomeUnknown = errors.New("outcome unknown")
)

// narrower is a kind that is also a wider one.
type narrower struct {
	text  string
	wider error
}

func (n narrower) Error() string { return n.text }
func (n narrower) Unwrap() error { return n.wider }

// Error is what every call of every provider fails with.
//
// No formatting verb prints Body, and no credential stands in any field, or in an error
// below: one that holds a credential is kept as text.
type Error struct {
	// Provider is the Name of the Provider, such as "webex". It is "" only where none was
	// chosen, as for a name that package providers does not know.
	Provider string
	// Op is the call that failed, in one of two forms. An Operation such as "list" is a
	// Client's or its Provider's own failure. "Memberships.Get", or the name of a function,
	// is a call of the provider's own client, which one operation may make several of.
	Op string
	// Kind is one of the Err values of this package, or the error of the caller's context.
	Kind error
	// StatusCode is the HTTP status of the answer, 0 when there was none.
	StatusCode int
	// Code, Message and RequestID are the provider's own; each may be "".
	Code, Message, RequestID string
	// RetryAfter is how long the provider asked to wait, 0 when it did not.
	RetryAfter time.Duration
	// Attempts is how often the request was sent.
	Attempts int
	// Body is the beginning of the provider's answer, for diagnosis.
	Body []byte `json:"-"`
	// Err is the cause below, nil when the provider's answer is the cause.
	Err error
}

// Error tells provider, operation, kind, status, code, message and request id.
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
			message = strings.TrimSuffix(message, ".") // the sentence goes on
		}
		b.WriteString(": " + message)
	}
	if why {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

// Unwrap makes errors.Is and errors.As see both the kind and the cause.
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

// Format prints Error() for every verb, so that %+v and %#v do not spill Body.
func (e *Error) Format(f fmt.State, verb rune) {
	if verb == 'q' {
		fmt.Fprintf(f, "%q", e.Error())
		return
	}
	_, _ = io.WriteString(f, e.Error())
}

// LogValue keeps Body out of structured logs.
func (e *Error) LogValue() slog.Value { return slog.StringValue(e.Error()) }
