package providertest

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/memberships-go/memberships"
)

// fails returns the clause of a fault.
func fails(k FaultKind, kinds ...error) clause {
	return clause{
		name: "failures/" + strings.ReplaceAll(strings.ToLower(string(k)), " ", "-"),
		says: fmt.Sprintf("requests that fail (%s) fail the operation with %v; Check is undetermined, nothing has changed, and later operations work", k, kinds),
		run:  func(t *checker) { failsWith(t, &Fault{Kind: k, RetryAfter: retryAfter}, kinds) },
	}
}

func failsWith(t *checker, f *Fault, kinds []error) {
	t.unchanged("operations whose requests failed", t.Small, func() {
		t.Inject(f)
		for _, o := range t.operations() {
			err := o.do(t.Context())
			t.wantFailure(o.name, err, f, kinds, o.write)
			t.wantOp(o.name, err, o.op)
		}
		if m := t.Small; t.caps.Can(memberships.OpGet) {
			for _, who := range []memberships.Member{t.Alan, t.Niklaus} {
				got, err := t.client.Check(t.Context(), m, byID(who))
				if got != memberships.PresenceUndetermined {
					t.Errorf("Check of %s: got %v, want undetermined: the look-up failed, which says nothing about membership", who, got)
				}
				t.wantFailure("Check", err, f, kinds, false)
			}
		}
		t.Inject(nil)
	})
	for _, o := range t.operations() {
		if o.op != memberships.OpGet { // unchanged has listed
			continue
		}
		if err := o.do(t.Context()); err != nil {
			t.Errorf("%s: got %v after the fault was over; a provider has to go on working", o.name, err)
		}
	}
}

// wantFailure checks that err matches a fault. A write may be ErrOutcomeUnknown instead.
func (t *checker) wantFailure(what string, err error, f *Fault, kinds []error, write bool) {
	t.Helper()
	if write && errors.Is(err, memberships.ErrOutcomeUnknown) {
		return
	}
	t.wantKind(what, err, kinds...)
	t.wantOpen(what, err)
	var e *memberships.Error
	if f.Kind == RateLimited && errors.As(err, &e) && e.RetryAfter != f.RetryAfter {
		t.Errorf("%s: got RetryAfter %v, want the %v that the answer asked for", what, e.RetryAfter, f.RetryAfter)
	}
}

// errorsNameOperation refuses an option by every method, which sends nothing.
func errorsNameOperation(t *checker) {
	for _, o := range t.direct() {
		what := "Provider." + o.name + " with an empty option"
		t.quiet(what, func() {
			err := o.do(t.Context(), memberships.Option{})
			t.wantKind(what, err, memberships.ErrInvalidArgument)
			t.wantOp(what, err, o.op)
		})
	}
}

// wantOp checks that the Op of err is an operation. A call of the provider's own client,
// which begins with an upper-case letter, may serve any operation.
func (t *checker) wantOp(what string, err error, op memberships.Operation) {
	t.Helper()
	var e *memberships.Error
	if errors.As(err, &e) && e.Op != string(op) && !ownCall.MatchString(e.Op) {
		t.Errorf("%s: the error %v has the Op %q, want %q or a call of the provider's own client", what, e, e.Op, op)
	}
}

// ownCall matches an Op that is a call of the provider's own client.
var ownCall = regexp.MustCompile(`^[A-Z]`)

// wantEnded checks that err has the kind of the ended context.
func (t *checker) wantEnded(what string, err, kind error) {
	t.Helper()
	t.wantKind(what, err, kind)
	var e *memberships.Error
	if errors.As(err, &e) && e.Kind != kind {
		t.Errorf("%s: the Kind is %v, want %v", what, e.Kind, kind)
	}
}

func contextIsDone(t *checker) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, o := range t.operations() {
		t.quiet(o.name+" with a context that is done", func() {
			t.wantEnded(o.name+" with a context that is done", o.do(ctx), context.Canceled)
		})
	}
}

func contextEndsHang(t *checker) {
	t.Inject(&Fault{Kind: Hang})
	for _, o := range t.operations() {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		t.wantEnded(o.name+" that hangs", o.do(ctx), context.DeadlineExceeded)
		cancel()
	}
}

func contextEndsListing(t *checker) {
	f := t.filter(t.Large)
	ctx, cancel := context.WithCancel(t.Context())
	pages := 0
	var last error
	for _, err := range t.client.Pages(ctx, f, memberships.PageRequest{}) {
		if pages, last = pages+1, err; err == nil {
			cancel()
		}
	}
	t.wantEnded("Pages whose context ended after the first page", last, context.Canceled)
	if pages != 2 {
		t.Errorf("Pages: got %d pages and errors, want a page and the error", pages)
	}

	ctx, cancel = context.WithCancel(t.Context())
	defer cancel()
	n := 0
	for _, err := range t.client.List(ctx, f) {
		n++
		cancel()
		last = err
	}
	t.wantEnded("List whose context ended at the first member", last, context.Canceled)
	if n > t.LargeSize {
		t.Errorf("List: the whole listing was read though its context ended at the first member")
	}
}
