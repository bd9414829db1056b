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

// settlement is the course of one write. Once an attempt has no clear answer the write is
// unclear, and stays so until the state shows its effect or a refusal excludes it: the
// server may carry the attempt out later, and a reading may be stale.
type settlement[T any] struct {
	p        *prepared
	accept   func(*transport.Response) error
	confirm  Confirm[T] // nil if the effect cannot be looked for
	attempts int
	unclear  *memberships.Error // of the first attempt without a clear answer
	sent     time.Time          // of the last attempt
	readings int                // since then
	read     time.Time          // of the last one
	other    bool               // it found something that this write did not make
	failure  error              // of the reading
}

// settle sends a write and finds out what became of it; v is what accept fills. A write
// without a clear answer is sent again only where a duplicate does no harm, and only after
// a reading that does not show its effect.
func settle[T any](ctx context.Context, p *prepared, accept func(*transport.Response) error, v *T, confirm Confirm[T]) (*T, error) {
	p.left = p.allowance(ctx)
	s := &settlement[T]{p: p, accept: accept, confirm: confirm}
	for {
		e, clear := s.send(ctx)
		switch {
		case e == nil:
			return v, nil
		case s.unclear == nil:
			return nil, e // and nothing was carried out
		case ctx.Err() != nil:
			return nil, s.unknown(ctx, e, clear)
		case clear && s.excludes(e):
			return nil, e
		}
		again := !clear && s.mayRepeat(e) && transport.Wait(ctx, p.cfg.Retry, p.left, s.attempts, e.RetryAfter)
		if ctx.Err() != nil {
			return nil, s.unknown(ctx, e, clear)
		}
		exists := clear && errors.Is(e.Kind, p.refusal())
		value := s.look(ctx, again, exists)
		switch {
		case value != nil:
			return value, nil
		case exists && s.other:
			return nil, e // what is there was there before
		case !again || s.failure != nil || ctx.Err() != nil || !p.client.budget.Take():
			return nil, s.unknown(ctx, e, clear)
		}
	}
}

// send makes attempts until one is carried out, refused or unclear. A clear failure is a
// refusal of the last attempt.
func (s *settlement[T]) send(ctx context.Context) (e *memberships.Error, clear bool) {
	res, e := s.p.do(ctx, s.accept)
	if e == nil {
		return nil, true
	}
	s.attempts += res.Attempts
	e.Attempts = s.attempts
	s.sent, s.readings, s.other, s.failure = time.Now(), 0, false, nil
	if res.Unclear && s.unclear == nil {
		s.unclear = e
	}
	return e, !res.Unclear
}

// mayRepeat reports whether the write may be sent again after a reading without its effect.
// A redirect would come again.
func (s *settlement[T]) mayRepeat(e *memberships.Error) bool {
	if errors.Is(e.Kind, memberships.ErrUntrusted) {
		return false
	}
	d := s.p.duplicate()
	return !s.p.cfg.Retry.Once && (d == Merged || d == Refused && s.confirm != nil)
}

// excludes reports whether the refusal of a repeat shows that there is no effect, and that
// none can follow: the object to be changed, or to be put something into, does not exist.
func (s *settlement[T]) excludes(e *memberships.Error) bool {
	return errors.Is(e.Kind, memberships.ErrNotFound) && !errors.Is(e.Kind, s.p.refusal())
}

// look reads the state for the effect: once before the write is sent again, otherwise until
// the time for it is over, or until it finds what made the provider refuse the write. It
// returns nil if it does not find the effect.
func (s *settlement[T]) look(ctx context.Context, again, exists bool) *T {
	if s.confirm == nil {
		return nil
	}
	ctx = transport.ReadBack(ctx, s.p.left)
	window := s.p.left.Within(ctx, s.p.cfg.Retry.ReadBack)
	for at := window / 4; ; at = window {
		if !again && !transport.Pause(ctx, max(0, at-time.Since(s.sent)), s.p.left) && s.readings > 0 {
			return nil
		}
		value, done, err := s.confirm(ctx)
		if err != nil {
			s.failure = err
			return nil
		}
		if done {
			return value
		}
		s.other = value != nil && !s.p.isRemoval()
		s.readings++
		s.read = time.Now()
		if again || s.readings >= minReadings || exists && s.other {
			return nil
		}
	}
}

// unknown makes an error that says that nobody knows what became of the write. e is the
// failure of the last attempt, and its kind is below the error; the failure of a reading
// is told and is not, lest its "not found" is taken for the write's.
func (s *settlement[T]) unknown(ctx context.Context, e *memberships.Error, clear bool) *memberships.Error {
	var earlier, seen error
	if clear {
		earlier = fmt.Errorf("an earlier attempt had no clear answer (%v)", s.unclear.Kind)
	}
	switch after := s.read.Sub(s.sent).Round(time.Millisecond); {
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
