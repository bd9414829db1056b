package client

import (
	"context"
	"net/http"
	"time"

	"github.com/memberships-go/memberships/internal/config"
	"github.com/memberships-go/memberships/internal/transport"
)

// API describes one provider: the data that all calls to it share.
type API struct {
	Name string
	// Origin is the default base URL.
	Origin string
	// Prefix is the version path that a caller's base URL may end with.
	Prefix string
	// Account is the name of an id that every path has and that identifies the account
	// alone, "" if there is none.
	Account string
	// Authorize adds credentials to one attempt. Nil means a bearer token. It returns the
	// token, "" for credentials that cannot be renewed.
	Authorize func(context.Context, *config.Config, *http.Request) (token string, err error)
	// Secrets returns the credentials of a configuration other than its tokens. It may be
	// nil.
	Secrets func(*config.Config) []string
	// SecretParams names the query parameters that are credentials.
	SecretParams []string
	// Busy reports whether an answer is documented as a refusal for now and before any
	// effect, where HTTP alone does not show that. It may be nil.
	Busy func(*transport.Response) bool
	// Configure checks and completes a client's configuration. It may be nil.
	Configure func(*config.Config) error
	// Scope names the request headers that change the items of a listing. A page token is
	// valid for their values in its listing.
	Scope []string
	// ErrorDetails decodes the provider's own error from an answer.
	ErrorDetails func(*transport.Response) ErrorDetails
	// Duplicates holds the effect of a second sending of a write, by the method's name. It
	// has a row for every method that writes.
	Duplicates map[string]Duplicate
	// Kinds is the provider's error table. The first matching row applies, otherwise the
	// status alone.
	Kinds []ErrorRule
	// Requires returns the permission that a method requires after an answer that refuses it
	// with memberships.ErrPermissionDenied, nil if it is unknown. An explanation of
	// ErrorDetails comes first. It may be nil.
	Requires func(op string, f ErrorDetails) *Permission
}

// ErrorDetails is a provider's own description of an error, decoded.
type ErrorDetails struct {
	Code, Message, RequestID string
	// Param is the invalid argument, if the provider names it.
	Param string
	// RetryAfter is the wait that the body asks for. The header overrides it.
	RetryAfter time.Duration
	// Kind is the kind of an answer that the table cannot classify by status, code and
	// parameter. It overrides the table.
	Kind error
	// Err adds an explanation to an unhelpful message. It may be nil.
	Err error
}

// ErrorRule is one row of an error table. A zero field matches everything.
type ErrorRule struct {
	Status int
	// Code is a pattern of path.Match, such as "*quota_exceeded".
	Code  string
	Param string
	// Op is a method such as "Memberships.Create".
	Op   string
	Kind error
}
