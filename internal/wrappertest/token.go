package wrappertest

import "github.com/memberships-go/memberships"

// Token returns the page token of a cursor that no page of a wrapper's listing names. The
// listing is told by its provider, its operation such as "GET /v1/teams", and the query that
// it sends beside cursor and page size; more holds the values of the headers of
// client.API.Scope, and the ids of the path.
func Token(cursor, provider, op, query string, more ...string) string {
	return memberships.SealToken(cursor, append([]string{provider, op, query}, more...)...)
}
