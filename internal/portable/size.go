package portable

import (
	"slices"

	"github.com/memberships-go/memberships/option"
)

// Sized returns the options of a listing whose pages are to have a size, 0 for what the
// options say.
func Sized(opts []option.Option, size int) []option.Option {
	if size == 0 {
		return opts
	}
	return append(slices.Clip(opts), option.WithPageSize(size))
}
