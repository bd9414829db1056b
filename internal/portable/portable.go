// Package portable holds the common parts of the wrappers' portable sides: conversions,
// searches in many groups, and checks before a call.
package portable

import (
	"iter"

	"github.com/memberships-go/memberships"
)

// Seq yields the values of seq, each converted to the portable type.
func Seq[T, V any](seq iter.Seq2[*T, error], convert func(*T) V) iter.Seq2[V, error] {
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

// Page is Seq for one page.
func Page[T, V any](page *memberships.Page[*T], err error, convert func(*T) V) (*memberships.Page[V], error) {
	if err != nil {
		return nil, err
	}
	out := &memberships.Page[V]{Items: make([]V, len(page.Items)), Next: page.Next, Total: page.Total}
	for i, v := range page.Items {
		out.Items[i] = convert(v)
	}
	return out, nil
}

// One is Seq for one value.
func One[T, V any](v *T, err error, convert func(*T) V) (V, error) {
	if err != nil {
		var none V
		return none, err
	}
	return convert(v), nil
}
