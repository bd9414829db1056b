package memberships

// MaxEmptyPages is the number of consecutive empty pages after which a listing ends with
// ErrMalformed. Providers that filter after paging return empty pages. At the usual page
// size, a hundred of them skip a hundred thousand items, more than any supported group
// has; the limit ends a listing whose server makes up tokens.
const MaxEmptyPages = 100

// Page is one page of a listing.
type Page[T any] struct {
	// Items may be empty before the last page.
	Items []T
	// Next is the page token of the following page, empty on the last page. It holds no
	// credential, is valid in another process, and is valid for this listing only.
	Next string
	// Total is the provider's count of items in the whole listing.
	Total Total
	// Gaps are the gaps of this page. The gaps of all pages are the coverage of the
	// listing.
	Gaps []Gap
}
