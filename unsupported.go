package memberships

import (
	"context"
	"iter"
)

// Unsupported implements every operation of Provider with ErrUnsupported and sends
// nothing. Every Provider embeds it, so a new operation of this package breaks no
// implementation.
type Unsupported struct{}

func (Unsupported) embedsUnsupported() {} //nolint:unused // Provider asks for it

func unsupported(op Operation) error { return &Error{Op: string(op), Kind: ErrUnsupported} }

// Capabilities returns the zero Capabilities.
func (Unsupported) Capabilities() Capabilities { return Capabilities{} }

// List yields ErrUnsupported.
func (Unsupported) List(_ context.Context, q Query, _ *Summary) iter.Seq2[Membership, error] {
	return failedSeq[Membership](unsupported(q.Op()))
}

// ListPage returns ErrUnsupported.
func (Unsupported) ListPage(_ context.Context, q Query, _ PageRequest) (*Page[Membership], error) {
	return nil, unsupported(q.Op())
}

// Groups yields ErrUnsupported.
func (Unsupported) Groups(context.Context, Query, *Summary) iter.Seq2[Group, error] {
	return failedSeq[Group](unsupported(OpGroups))
}

// Get returns ErrUnsupported.
func (Unsupported) Get(context.Context, Ref, ...Option) (Membership, error) {
	return Membership{}, unsupported(OpGet)
}

// Resolve returns ErrUnsupported.
func (Unsupported) Resolve(context.Context, []Member, ...Option) ([]Resolution, error) {
	return nil, unsupported(opResolve)
}

// Apply yields a Result with ErrUnsupported for every change.
func (Unsupported) Apply(ctx context.Context, changes []Change, _ ...Option) iter.Seq2[Result, error] {
	return ApplyEach(ctx, changes, func(_ context.Context, ch Change) (Membership, error) {
		return Membership{}, unsupported(ch.Op)
	})
}

// Watch yields ErrUnsupported.
func (Unsupported) Watch(context.Context, Position, ...Option) iter.Seq2[Event, error] {
	return failedSeq[Event](unsupported(opWatch))
}

// Diagnose returns ErrUnsupported.
func (Unsupported) Diagnose(context.Context, ...Option) (Diagnosis, error) {
	return Diagnosis{}, unsupported(opDiagnose)
}

// Caller returns ErrUnsupported.
func (Unsupported) Caller(context.Context, ...Option) (Member, error) {
	return Member{}, unsupported(opCaller)
}

// MemberSet returns g.
func (Unsupported) MemberSet(g Group) Group { return g }

// Native returns nil.
func (Unsupported) Native() any { return nil }
