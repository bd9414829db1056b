package paging

import "github.com/memberships-go/memberships"

// MaxCursor is the largest length of a cursor in bytes. Sealing it in a page token, and that
// token in another one of package memberships, stays below the limit of OpenToken: every
// returned page can be continued.
const MaxCursor = 4 << 10

func (l *List[T]) sealToken(cursor string) string {
	return memberships.SealToken(cursor, l.source.Identity()...)
}

func (l *List[T]) openToken(token string) (string, error) {
	return memberships.OpenToken(token, l.source.Identity()...)
}
