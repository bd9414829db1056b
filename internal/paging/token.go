package paging

import "github.com/memberships-go/memberships"

// MaxCursor is longer than any cursor. A cursor in a page token, and that token in another
// one of package memberships, is still shorter than what OpenToken takes: each page that is
// returned can be continued from.
const MaxCursor = 4 << 10

func (l *List[T]) sealToken(cursor string) string {
	return memberships.SealToken(cursor, l.source.Identity()...)
}

func (l *List[T]) openToken(token string) (string, error) {
	return memberships.OpenToken(token, l.source.Identity()...)
}
