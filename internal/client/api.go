package client

import (
	"context"
	"net/http"
	"time"

	"github.com/memberships-go/memberships/internal/config"
	"github.com/memberships-go/memberships/internal/transport"
)

// API is what all calls to one provider share.
type API struct {
	Name string
	// Origin is the default base URL.
	Origin string
	// Prefix is the version path that callers may have at the end of their base URL.
	Prefix string
	// Account is the name of an id that is in every path and names nothing in itself, ""
	// if there is none.
	Account string
	// Authorize adds credentials to one attempt. Nil means a bearer token. It returns
	// the token that it used, "" if it used none that could be replaced by another.
	Authorize func(context.Context, *config.Config, *http.Request) (token string, err error)
	// Secrets are the credentials of a configuration beside its tokens. It may be nil.
	Secrets func(*config.Config) []string
	// Sealed names the query parameters that are credentials.
	Sealed []string
	// Busy finds answers that the provider documents as refused for now, and before any
	// effect, where HTTP alone does not say so. It may be nil.
	Busy func(*transport.Response) bool
	// Configure checks and completes a client's configuration. It may be nil.
	Configure func(*config.Config) error
	// Scope names the request headers that change what a listing holds. A page token
	// goes with the values that its listing had.
	Scope []string
	// Fault reads the provider's own error out of an answer. Fields it leaves
	// empty stay empty.
	Fault func(*transport.Response) Fault
	// Duplicates says what a second sending of a write does, by the method's name. It has a
	// row for every method that writes.
	Duplicates map[string]Duplicate
	// Kinds is the provider's error table. The first row that fits counts; where none
	// does, the status alone decides.
	Kinds []Rule
}

// Fault is a provider's own description of a failure.
type Fault struct {
	Code, Message, RequestID string
	// Param is the argument at fault, if the provider names it.
	Param string
	// RetryAfter is how long to wait, if the body says so; the header wins over it.
	RetryAfter time.Duration
	// Kind is what the answer means, where more than its status, code and parameter tell
	// that. It wins over the table.
	Kind error
	// Err explains the provider's words, in other ones, where they leave open what to do.
	// It may be nil.
	Err error
}

// Rule is one row of an error table. Zero fields fit everything.
type Rule struct {
	Status int
	// Code is a pattern of path.Match: "*quota_exceeded" fits what ends so.
	Code  string
	Param string
	// Op is a method such as "Memberships.Create".
	Op   string
	Kind error
}
