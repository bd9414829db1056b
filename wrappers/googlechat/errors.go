package googlechat

import (
	"bytes"
	"net/http"
	"strings"
	"time"

	"github.com/memberships-go/memberships"
	gen "github.com/memberships-go/memberships/generated/googlechat"
	"github.com/memberships-go/memberships/internal/client"
	"github.com/memberships-go/memberships/internal/decode"
	"github.com/memberships-go/memberships/internal/transport"
)

// kinds holds the statuses and codes of Google whose meaning HTTP does not define. It does
// not depend on messages, which are for people and change. Only explain reads them, for
// settings that no code tells apart.
var kinds = []client.ErrorRule{
	{Status: 409, Code: "ALREADY_EXISTS", Kind: memberships.ErrAlreadyExists},
	{Status: 499, Kind: memberships.ErrUnavailable}, // CANCELLED, but not by this client

	// An exhausted quota is 429 or, in older parts of Google Chat, 403.
	{Status: 403, Code: "RATE_LIMIT_EXCEEDED", Kind: memberships.ErrRateLimited},
	{Status: 403, Code: "RESOURCE_QUOTA_EXCEEDED", Kind: memberships.ErrRateLimited},
	{Status: 403, Code: "RESOURCE_EXHAUSTED", Kind: memberships.ErrRateLimited},
	{Status: 403, Code: "QuotaFailure", Kind: memberships.ErrRateLimited},
	{Status: 403, Code: "rateLimitExceeded", Kind: memberships.ErrRateLimited},
	{Status: 403, Code: "userRateLimitExceeded", Kind: memberships.ErrRateLimited},
	{Status: 403, Code: "quotaExceeded", Kind: memberships.ErrRateLimited},
	{Status: 403, Code: "dailyLimitExceeded", Kind: memberships.ErrRateLimited},
}

// temporary holds the codes of a 403 for a quota that resets within minutes. Of the other
// quotas in kinds, one resets at midnight and one is a limit on resources.
var temporary = map[string]bool{
	"RATE_LIMIT_EXCEEDED":   true,
	"RESOURCE_EXHAUSTED":    true,
	"QuotaFailure":          true,
	"rateLimitExceeded":     true,
	"userRateLimitExceeded": true,
	"quotaExceeded":         true,
}

// busy reports whether a response is a 403 for a temporary quota. Google has not executed
// such a request.
func busy(r *transport.Response) bool {
	return r.StatusCode == http.StatusForbidden && temporary[readErrorDetails(r).Code]
}

// duplicates has the effect of a repeated write: a second addition returns the existing
// membership or is 409, and a second removal is 404.
var duplicates = map[string]client.Duplicate{
	"Memberships.Create": client.Merged,
	"Memberships.Update": client.Merged,
	"Memberships.Delete": client.Refused,
	"Spaces.Create":      client.Harms, // Merged with a request id
	"Spaces.SetUp":       client.Harms, // Merged with a request id, and for a direct message
	"Spaces.Delete":      client.Refused,

	"Subscriptions.Create":     client.Refused, // 409, as a target has one subscription
	"Subscriptions.Update":     client.Merged,
	"Subscriptions.Delete":     client.Refused,
	"Subscriptions.Reactivate": client.Merged,
}

// readErrorDetails reads {error: {code, message, status, errors, details}}, alone or in an
// array of one. It ignores fields of an unexpected type, and the HTML of the front end.
func readErrorDetails(r *transport.Response) client.ErrorDetails {
	e := decode.Failure[gen.Error](r.Body).Error
	if bytes.HasPrefix(bytes.TrimSpace(r.Body), []byte("[")) {
		if list := decode.Failure[errorList](r.Body); len(list) > 0 {
			e = list[0].Error
		}
	}
	f := client.ErrorDetails{Message: e.Message}
	var reason, legacy string
	for _, d := range e.Details {
		switch strings.TrimPrefix(d.Type, "type.googleapis.com/google.rpc.") {
		case "ErrorInfo":
			reason = d.Reason
		case "QuotaFailure":
			legacy = "QuotaFailure"
		case "RetryInfo":
			f.RetryAfter = retryDelay(d.RetryDelay)
		case "RequestInfo":
			f.RequestID = d.RequestID
		case "LocalizedMessage":
			if f.Message == "" {
				f.Message = d.Message
			}
		}
	}
	for _, item := range e.Errors {
		if f.Message == "" {
			f.Message = item.Message
		}
		if legacy == "" {
			legacy = item.Reason
		}
	}
	f.Code = code(e.Status, reason, legacy)
	explain(&f, e.Status)
	return f
}

// errorList is the array of one error that some responses have.
type errorList []gen.Error

// DecodeJSON reads the array; see internal/decode.
func (l *errorList) DecodeJSON(r *decode.Reader, p int) int {
	*l, p = decode.List(r, p, func(v *gen.Error, r *decode.Reader, p int, _ *gen.Error) int { return v.DecodeJSON(r, p) })
	return p
}

// code returns the most specific code: the reason, then the status. There are two
// exceptions. Only the status distinguishes the two meanings of 409, and only the older
// reasons distinguish a quota from another PERMISSION_DENIED.
func code(status, reason, legacy string) string {
	switch {
	case status == "ALREADY_EXISTS" || status == "ABORTED":
		return status
	case reason != "":
		return reason
	case status == "" || status == "PERMISSION_DENIED" && legacy != "":
		return legacy
	}
	return status
}

// retryDelay returns a duration of ProtoJSON, such as "1.5s". It returns 0 for an invalid
// one.
func retryDelay(s string) time.Duration {
	d, err := time.ParseDuration(s)
	if err != nil {
		return 0
	}
	return min(max(d, 0), transport.TooLong)
}
