package core

import (
	"errors"
	"iter"
	"strings"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/transport"
)

// Portable yields what seq does in the words that all providers share.
func Portable[T, V any](seq iter.Seq2[*T, error], convert func(*T) V) iter.Seq2[V, error] {
	return func(yield func(V, error) bool) {
		for v, err := range seq {
			if err != nil {
				var none V
				yield(none, err)
				return
			}
			if !yield(convert(v), nil) {
				return
			}
		}
	}
}

// PortablePage is Portable for one page.
func PortablePage[T, V any](page *memberships.Page[*T], err error, convert func(*T) V) (*memberships.Page[V], error) {
	if err != nil {
		return nil, err
	}
	out := &memberships.Page[V]{Items: make([]V, len(page.Items)), Next: page.Next, Total: page.Total}
	for i, v := range page.Items {
		out.Items[i] = convert(v)
	}
	return out, nil
}

// PortableOne is Portable for one value.
func PortableOne[T, V any](v *T, err error, convert func(*T) V) (V, error) {
	if err != nil {
		var none V
		return none, err
	}
	return convert(v), nil
}

// Joiner makes texts of two words each, many to an allocation. It is not safe for
// concurrent use.
type Joiner struct{ block strings.Builder }

// Join returns a and b with a space between them, if both have anything to show.
func (j *Joiner) Join(a, b string) string {
	a, b = strings.TrimSpace(a), strings.TrimSpace(b)
	if a == "" || b == "" {
		return a + b
	}
	n := len(a) + 1 + len(b)
	if free := j.block.Cap() - j.block.Len(); free < n {
		size := n // one is often all that there is
		if j.block.Cap() > 0 {
			size = max(n, joinerBlock)
		}
		j.block = strings.Builder{}
		j.block.Grow(size)
	}
	at := j.block.Len()
	j.block.WriteString(a)
	j.block.WriteByte(' ')
	j.block.WriteString(b)
	return j.block.String()[at:]
}

// joinerBlock is how much one text that is kept keeps with it.
const joinerBlock = 4 << 10

// Fail is an error of the given kind that no answer of the provider's is the reason of.
func (v *Vendor) Fail(op memberships.Operation, kind error, why string) *memberships.Error {
	return &memberships.Error{Provider: v.Name, Op: string(op), Kind: kind, Err: errors.New(why)}
}

// Check refuses arguments that cannot be ids, addresses or roles before anything is sent
// to find out more about the others.
func (v *Vendor) Check(op memberships.Operation, args ...ID) error {
	for _, arg := range args {
		if err := transport.CheckID(arg.Name, arg.Value); err != nil {
			return &memberships.Error{Provider: v.Name, Op: string(op), Kind: memberships.ErrInvalidArgument, Err: err}
		}
	}
	return nil
}

// NotMember says that a group was seen and that a member is not in it.
func (v *Vendor) NotMember(op memberships.Operation) *memberships.Error {
	return &memberships.Error{Provider: v.Name, Op: string(op), Kind: memberships.ErrNotMember}
}

// Sends is what a call of a provider's says about an operation it was tried for.
// harmless are the kinds of failure that come only after the credential was accepted.
func Sends(op memberships.Operation, err error, grant string, harmless ...error) memberships.Finding {
	f := memberships.Finding{Operation: op, Verdict: memberships.VerdictAllowed}
	for _, kind := range harmless {
		if errors.Is(err, kind) {
			return f
		}
	}
	switch {
	case err == nil:
		return f
	case errors.Is(err, memberships.ErrUnauthenticated), errors.Is(err, memberships.ErrPermissionDenied):
		f.Verdict, f.Grant = memberships.VerdictDenied, grant
	default:
		f.Verdict = memberships.VerdictUndetermined
	}
	f.Detail = err.Error()
	return f
}
