package client

import (
	"slices"

	"github.com/memberships-go/memberships/option"
)

// SearchOptions returns opts without prefetch, for a search in a listing: it usually ends
// early and does not need the next page.
func SearchOptions(opts []option.Option) []option.Option {
	return append(slices.Clip(opts), option.WithoutPrefetch(), option.WithParallelPages(1))
}

// SizedOptions returns opts with a page size. Size 0 returns opts.
func SizedOptions(opts []option.Option, size int) []option.Option {
	if size == 0 {
		return opts
	}
	return append(slices.Clip(opts), option.WithPageSize(size))
}
