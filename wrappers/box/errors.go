package box

import (
	"net/http"
	"strings"

	"github.com/memberships-go/memberships"
	gen "github.com/memberships-go/memberships/generated/box"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/decode"
	"github.com/memberships-go/memberships/internal/grant"
	"github.com/memberships-go/memberships/internal/pattern"
	"github.com/memberships-go/memberships/internal/transport"
)

// kinds holds the statuses and codes of Box whose meaning HTTP does not define. Box spells
// codes in several ways and adds new ones without notice, so a row has a code only if its
// status has several meanings.
var kinds = []client.ErrorRule{
	{Status: 202, Kind: memberships.ErrUnavailable}, // with Retry-After only, see busy
	// Temporary conflicts, not a second membership, user or group.
	{Status: 409, Code: "operation_blocked_temporary", Kind: memberships.ErrConflict},
	{Status: 409, Code: "name_temporarily_reserved", Kind: memberships.ErrConflict},
	{Status: 409, Op: "Memberships.Create", Kind: memberships.ErrAlreadyExists},
	{Status: 409, Op: "Users.Create", Kind: memberships.ErrAlreadyExists},
	{Status: 409, Op: "Groups.Create", Kind: memberships.ErrAlreadyExists},
	// OAuth sends its codes with status 400.
	{Status: 400, Code: "invalid_grant", Kind: memberships.ErrUnauthenticated},
	{Status: 400, Code: "invalid_client", Kind: memberships.ErrUnauthenticated},
	{Status: 400, Code: "unauthorized_client", Kind: memberships.ErrUnauthenticated},
}

// busy reports whether a response accepts nothing yet and asks for a retry.
func busy(r *transport.Response) bool {
	return r.StatusCode == http.StatusAccepted && r.Header.Get("Retry-After") != ""
}

// duplicates has the effect of a repeated write: a second membership, group name or login
// is 409, and a second removal is 404.
var duplicates = map[string]client.Duplicate{
	"Memberships.Create": client.Refused,
	"Memberships.Update": client.Merged,
	"Groups.Create":      client.Refused,
	"Users.Create":       client.Refused,
	"Memberships.Delete": client.Refused,
	"Groups.Delete":      client.Refused,
	"Users.Delete":       client.Refused,
	"Tokens.Create":      client.Harms, // Create itself repeats two grants
}

// readErrorDetails reads {code, message, context_info, request_id}, or {error,
// error_description}, which Box sends for other calls as well as for token calls. The
// response to a refused token has the reason in a header and often no body.
func readErrorDetails(r *transport.Response) client.ErrorDetails {
	body := decode.Failure[gen.Error](r.Body)
	f := client.ErrorDetails{Code: body.Code, Message: body.Message, RequestID: body.RequestID}
	if f.Code == "" {
		f.Code = body.Error
	}
	if f.Message == "" {
		f.Message = body.ErrorDescription
	}
	if f.RequestID == "" {
		f.RequestID = r.Header.Get("Box-Request-Id")
	}
	for _, line := range r.Header.Values("Www-Authenticate") {
		for _, m := range challenge.FindAllStringSubmatch(line) {
			switch value := unquote.ReplaceAllString(m[2], "$1"); {
			case m[1] == "error" && f.Code == "":
				f.Code = value
			case m[1] == "error_description" && f.Message == "":
				f.Message = value
			}
		}
	}
	if f.Code == "unauthorized_client" {
		f.Err = grant.BoxAuthorization
	}
	// The message of a refused argument is "Not Found" or "Bad Request"; the details name
	// the argument.
	for _, cause := range body.ContextInfo.Errors {
		switch {
		case f.Message == "":
			f.Message = cause.Message
		case !strings.Contains(f.Message, cause.Message):
			f.Message += ": " + cause.Message
		}
	}
	return f
}

var (
	challenge = pattern.New(`(?:^|[\s,])(error|error_description)="((?:[^"\\]|\\.)*)"`)
	unquote   = pattern.New(`\\(.)`)
)
