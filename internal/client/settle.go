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

// minReadings is the number of readings without the effect that end a search for it: a
// single one may come from a stale replica.
const minReadings = 2

// settlement determines the outcome of one write. An attempt without a certain result makes
// the write ambiguous until a reading shows its effect or a refusal excludes it: the server
// may carry the attempt out later, and a reading may be stale.
type settlement struct {
	p          *prepared
	allowance  *transport.Allowance
	confirm    func(context.Context) (found, done bool, err error) // nil without a way to read the effect
	ambiguous  *memberships.Error                                  // of the first attempt without a certain result
	sentAt     time.Time                                           // time of the last attempt
	readings   int                                                 // since then
	readAt     time.Time                                           // time of the last reading
	foundOther bool                                                // the last reading found an object that is not this write's
	readErr    error                                               // of the last reading
}

// settle sends a write and determines its outcome. accept fills v. An ambiguous write is sent
// again only if a duplicate is harmless, and only after a reading without its effect.
func settle[T any](ctx context.Context, p *prepared, accept func(*transport.Response) error, v *T, confirm Confirm[T]) (*T, error) {
	x := p.exchange(ctx, accept)
	x.write = &settlement{p: p, allowance: x.request.Allowance}
	if confirm != nil {
		x.write.confirm = func(ctx context.Context) (found, done bool, err error) {
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

// attempted records an attempt. Readings before it do not count.
func (s *settlement) attempted(at time.Time) {
	s.sentAt, s.readings, s.foundOther, s.readErr = at, 0, false, nil
}

// markAmbiguous records an attempt without a certain result.
func (s *settlement) markAmbiguous(e *memberships.Error) {
	if s.ambiguous == nil {
		s.ambiguous = e
	}
}

// conclude decides about an ambiguous write after a failed attempt. It reports whether to
// send the write again, or returns the error of the call, nil if a reading shows the effect.
// certain marks a last attempt with a certain result of its own.
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
	switch done := s.readBack(ctx, again, exists); {
	case done:
		return nil, false
	case exists && s.foundOther:
		return e, false // the other object existed before
	case !again || s.readErr != nil || ctx.Err() != nil || !s.p.client.budget.Take():
		return s.unknown(ctx, e, certain), false
	}
	return nil, true
}

// mayRepeat reports whether the write may be sent again after a reading without its effect.
// It is false after a redirect, which a retry meets again.
func (s *settlement) mayRepeat(e *memberships.Error) bool {
	if errors.Is(e.Kind, memberships.ErrUntrusted) {
		return false
	}
	d := s.p.duplicate()
	return !s.p.cfg.Retry.Once && (d == Merged || d == Refused && s.confirm != nil)
}

// excludes reports whether the refusal of a repeat proves that there is no effect now or
// later: the object to change, or its group, does not exist.
func (s *settlement) excludes(e *memberships.Error) bool {
	return errors.Is(e.Kind, memberships.ErrNotFound) && !errors.Is(e.Kind, s.p.refusal())
}

// readBack reports whether a reading of the state shows the effect. It reads once if the
// write may be sent again. Otherwise it reads until minReadings or the end of the time, or
// until it finds the object that made the provider refuse the write.
func (s *settlement) readBack(ctx context.Context, again, exists bool) bool {
	if s.confirm == nil {
		return false
	}
	ctx = transport.ReadBack(ctx, s.allowance)
	window := s.allowance.Within(ctx, s.p.cfg.Retry.ReadBack)
	for at := window / 4; ; at = window {
		if !again && !transport.Pause(ctx, max(0, at-time.Since(s.sentAt)), s.allowance) && s.readings > 0 {
			return false
		}
		found, done, err := s.confirm(ctx)
		if err != nil || done {
			s.readErr = err
			return err == nil
		}
		s.foundOther = found && !s.p.isRemoval()
		s.readings++
		s.readAt = time.Now()
		if again || s.readings >= minReadings || exists && s.foundOther {
			return false
		}
	}
}

// unknown returns the ErrOutcomeUnknown of the write. It wraps the kind of e, the error of
// the last attempt. It only quotes the error of a reading: errors.Is must not take the
// reading's "not found" for the write's.
func (s *settlement) unknown(ctx context.Context, e *memberships.Error, certain bool) *memberships.Error {
	var earlier, seen error
	if certain {
		earlier = fmt.Errorf("an earlier attempt had no clear answer (%v)", s.ambiguous.Kind) //nolint:errorlint // see above
	}
	switch after := s.readAt.Sub(s.sentAt).Round(time.Millisecond); {
	case s.readErr != nil:
		seen = fmt.Errorf("reading the state back: %v", s.readErr) //nolint:errorlint // see above
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
	return s.p.redactError(e, false) // the readings do not redact the write's credentials
}

// isWrite reports whether a call may change something.
func (p *prepared) isWrite() bool { return p.req.Method != http.MethodGet }

func (p *prepared) isRemoval() bool { return p.req.Method == http.MethodDelete }
