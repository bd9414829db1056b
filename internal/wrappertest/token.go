package wrappertest

import "github.com/memberships-go/memberships"

// Token returns the page token of a cursor for a wrapper's listing: its provider, its
// operation such as "GET /v1/teams", and its query without cursor and page size. more has
// the header values of client.API.Scope and the ids of the path.
func Token(cursor, provider, op, query string, more ...string) string {
	return memberships.SealToken(cursor, append([]string{provider, op, query}, more...)...)
}
