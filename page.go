package memberships

// MaxEmptyPages is how many pages without items may follow one another before a listing
// ends with ErrMalformed. A page is empty where a provider filters after it has cut its
// pages. A hundred of the usual thousand items are a hundred thousand that a filter has
// left out in a row, more than any group here has, and a minute or two of requests; a
// server that makes up a new token for every empty page has no end at all.
const MaxEmptyPages = 100

// Page is one page of a listing.
type Page[T any] struct {
	// Items may be empty though more pages follow.
	Items []T
	// Next continues the listing after this page, "" after the last one. It holds no
	// credential, outlives the process, and is refused by any other listing.
	Next string
	// Total is how many items the provider says the whole listing has.
	Total Total
	// Gaps are what the page could not see. Those of all pages together are the
	// listing's coverage.
	Gaps []Gap
}
