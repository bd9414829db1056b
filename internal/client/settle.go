package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/transport"
)

// minReadings is how many readings a write must be missing from before the search for it
// ends: a single one may come from a replica that lags.
const minReadings = 2

// settlement finds out what became of one write. Once an attempt has no certain result the
// write is ambiguous, and stays so until the state shows its effect or a refusal excludes
// it: the server may carry the attempt out later, and a reading may be stale.
type settlement struct {
	p         *prepared
	left      *transport.Allowance
	reading   func(context.Context) (found, done bool, err error) // nil if the effect cannot be looked for
	ambiguous *memberships.Error                                  // of the first attempt without a certain result
	sentAt    time.Time                                           // the last attempt
	readings  int                                                 // since then
	readAt    time.Time                                           // the last one
	other     bool                                                // it found something that this write did not make
	failure   error                                               // of the reading
}

// settle sends a write and finds out what became of it; v is what accept fills. A write
// without a certain result is sent again only where a duplicate does no harm, and only after
// a reading that does not show its effect.
func settle[T any](ctx context.Context, p *prepared, accept func(*transport.Response) error, v *T, confirm Confirm[T]) (*T, error) {
	x := p.exchange(ctx, accept)
	x.write = &settlement{p: p, left: x.request.Allowance}
	if confirm != nil {
		x.write.reading = func(ctx context.Context) (found, done bool, err error) {
			value, done, err := confirm(ctx)
			if done = done && value != nil && err == nil; done {
				v = value
			}
			return value != nil, done, err
		}
	}
	if e := x.run(ctx); e != nil {
		return nil, e
	}
	return v, nil
}

// sent records that an attempt was made. Readings before it say nothing about it.
func (s *settlement) sent(at time.Time) {
	s.sentAt, s.readings, s.other, s.failure = at, 0, false, nil
}

// isAmbiguous records that an attempt has no certain result.
func (s *settlement) isAmbiguous(e *memberships.Error) {
	if s.ambiguous == nil {
		s.ambiguous = e
	}
}

// conclude decides how an ambiguous write goes on after a failed attempt. It returns the
// error of the call, nil where a reading shows the effect, or reports that the write is to
// be sent again. certain says that the last attempt itself has a certain result.
func (s *settlement) conclude(ctx context.Context, x *exchange, e *memberships.Error, certain bool, asked time.Duration) (_ *memberships.Error, again bool) {
	switch {
	case ctx.Err() != nil:
		return s.unknown(ctx, e, certain), false
	case certain && s.excludes(e):
		return e, false
	}
	again = !certain && s.mayRepeat(e) && x.pause(ctx, asked)
	if ctx.Err() != nil {
		return s.unknown(ctx, e, certain), false
	}
	exists := certain && errors.Is(e.Kind, s.p.refusal())
	switch done := s.look(ctx, again, exists); {
	case done:
		return nil, false
	case exists && s.other:
		return e, false // what is there was there before
	case !again || s.failure != nil || ctx.Err() != nil || !s.p.client.budget.Take():
		return s.unknown(ctx, e, certain), false
	}
	return nil, true
}

// mayRepeat reports whether the write may be sent again after a reading without its effect.
// A redirect would come again.
func (s *settlement) mayRepeat(e *memberships.Error) bool {
	if errors.Is(e.Kind, memberships.ErrUntrusted) {
		return false
	}
	d := s.p.duplicate()
	return !s.p.cfg.Retry.Once && (d == Merged || d == Refused && s.reading != nil)
}

// excludes reports whether the refusal of a repeat shows that there is no effect, and that
// none can follow: the object to be changed, or to be put something into, does not exist.
func (s *settlement) excludes(e *memberships.Error) bool {
	return errors.Is(e.Kind, memberships.ErrNotFound) && !errors.Is(e.Kind, s.p.refusal())
}

// look reads the state for the effect, and reports whether it is there: once before the
// write is sent again, otherwise until the time for it is over, or until it finds what made
// the provider refuse the write.
func (s *settlement) look(ctx context.Context, again, exists bool) bool {
	if s.reading == nil {
		return false
	}
	ctx = transport.ReadBack(ctx, s.left)
	window := s.left.Within(ctx, s.p.cfg.Retry.ReadBack)
	for at := window / 4; ; at = window {
		if !again && !transport.Pause(ctx, max(0, at-time.Since(s.sentAt)), s.left) && s.readings > 0 {
			return false
		}
		found, done, err := s.reading(ctx)
		if err != nil || done {
			s.failure = err
			return err == nil
		}
		s.other = found && !s.p.isRemoval()
		s.readings++
		s.readAt = time.Now()
		if again || s.readings >= minReadings || exists && s.other {
			return false
		}
	}
}

// unknown makes an error that says that nobody knows what became of the write. e is the
// failure of the last attempt, and its kind is below the error; the failure of a reading
// is told and is not, lest its "not found" is taken for the write's.
func (s *settlement) unknown(ctx context.Context, e *memberships.Error, certain bool) *memberships.Error {
	var earlier, seen error
	if certain {
		earlier = fmt.Errorf("an earlier attempt had no clear answer (%v)", s.ambiguous.Kind)
	}
	switch after := s.readAt.Sub(s.sentAt).Round(time.Millisecond); {
	case s.failure != nil:
		seen = fmt.Errorf("reading the state back: %v", s.failure)
	case s.readings == 1:
		seen = fmt.Errorf("a reading %v after the last attempt does not show the change", after)
	case s.readings > 1:
		seen = fmt.Errorf("%d readings, the last one %v after the last attempt, do not show the change", s.readings, after)
	default:
		seen = errors.New("the state was not read")
	}
	kind, cause := memberships.ErrOutcomeUnknown, e.Kind
	if err := ctx.Err(); err != nil {
		kind = err
		if errors.Is(cause, err) {
			cause = nil
		}
		cause = join(memberships.ErrOutcomeUnknown, cause)
	}
	e.Kind, e.Err = kind, join(cause, e.Err, earlier, seen)
	return s.p.leave(e, false) // the readings know of none of the write's credentials
}

// isWrite reports whether a call may change something.
func (p *prepared) isWrite() bool { return p.req.Method != http.MethodGet }

func (p *prepared) isRemoval() bool { return p.req.Method == http.MethodDelete }
