package box

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/memberships-go/memberships"
	gen "github.com/memberships-go/memberships/generated/box"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/decode"
	"github.com/memberships-go/memberships/internal/transport"
)

// kinds says what Box means by a status and code where HTTP alone does not say it.
// Codes are spelled in several ways and new ones come without notice, so that rows name
// one only where the status can mean something else.
var kinds = []client.ErrorRule{
	{Status: 202, Kind: memberships.ErrUnavailable}, // only where busy says so
	// Busy, and not taken: both pass.
	{Status: 409, Code: "operation_blocked_temporary", Kind: memberships.ErrConflict},
	{Status: 409, Code: "name_temporarily_reserved", Kind: memberships.ErrConflict},
	{Status: 409, Op: "Memberships.Create", Kind: memberships.ErrAlreadyExists},
	{Status: 409, Op: "Users.Create", Kind: memberships.ErrAlreadyExists},
	{Status: 409, Op: "Groups.Create", Kind: memberships.ErrAlreadyExists},
	// The codes of OAuth, which come as status 400.
	{Status: 400, Code: "invalid_grant", Kind: memberships.ErrUnauthenticated},
	{Status: 400, Code: "invalid_client", Kind: memberships.ErrUnauthenticated},
	{Status: 400, Code: "unauthorized_client", Kind: memberships.ErrUnauthenticated},
}

// busy finds an answer that promises nothing and asks to come back.
func busy(r *transport.Response) bool {
	return r.StatusCode == http.StatusAccepted && r.Header.Get("Retry-After") != ""
}

// duplicates says what Box does with a write that comes a second time: a membership, the
// name of a group and the login of a user are there once, and a second one is 409. A
// second removal is 404.
var duplicates = map[string]client.Duplicate{
	"Memberships.Create": client.Refused,
	"Memberships.Update": client.Merged,
	"Groups.Create":      client.Refused,
	"Users.Create":       client.Refused,
	"Memberships.Delete": client.Refused,
	"Groups.Delete":      client.Refused,
	"Users.Delete":       client.Refused,
	"Tokens.Create":      client.Harms, // but for the grants that say otherwise
}

// readErrorDetails reads {code, message, context_info, request_id}, or {error,
// error_description}, which come on other calls than for tokens too. A refused token
// has its reason in a header and often no body.
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
		for _, m := range challenge.FindAllStringSubmatch(line, -1) {
			switch value := unquote.ReplaceAllString(m[2], "$1"); {
			case m[1] == "error" && f.Code == "":
				f.Code = value
			case m[1] == "error_description" && f.Message == "":
				f.Message = value
			}
		}
	}
	// The message of a refused argument is "Not Found" or "Bad Request"; which argument
	// it was stands in the details.
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
	challenge = regexp.MustCompile(`(?:^|[\s,])(error|error_description)="((?:[^"\\]|\\.)*)"`)
	unquote   = regexp.MustCompile(`\\(.)`)
)
