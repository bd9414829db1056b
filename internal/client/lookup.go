package client

import (
	"slices"

	"github.com/memberships-go/memberships/option"
)

// Lookup is opts for a listing that is searched, and as a rule not read to its end: a
// page that is asked for ahead would mostly be asked for in vain.
func Lookup(opts []option.Option) []option.Option {
	return append(slices.Clip(opts), option.WithoutPrefetch(), option.WithParallelPages(1))
}

// Sized is opts for a listing whose pages have a size, 0 for what opts say.
func Sized(opts []option.Option, size int) []option.Option {
	if size == 0 {
		return opts
	}
	return append(slices.Clip(opts), option.WithPageSize(size))
}
