package memberships

// Page is one page of a listing.
type Page[T any] struct {
	// Items may be empty though more pages follow.
	Items []T
	// Next continues the listing after this page, "" after the last one. It holds no
	// credential, outlives the process, and is refused by any other listing.
	Next string
	// Total is how many items the provider says the whole listing has, -1 when it does not say.
	Total int64
	// Gaps are what the page could not see. Those of all pages together are the
	// listing's coverage.
	Gaps []Gap
}
