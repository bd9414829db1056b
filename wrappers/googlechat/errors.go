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

// kinds says what Google means by a status where HTTP alone does not say it. The
// messages are for people and change; nothing here depends on them. A setting that is in
// the way is told by explain, which has to read one.
var kinds = []client.ErrorRule{
	{Status: 409, Code: "ALREADY_EXISTS", Kind: memberships.ErrAlreadyExists},
	{Status: 499, Kind: memberships.ErrUnavailable}, // CANCELLED, and not by us

	// A quota that is used up comes as 429 or, from older parts of Google Chat, as 403.
	{Status: 403, Code: "RATE_LIMIT_EXCEEDED", Kind: memberships.ErrRateLimited},
	{Status: 403, Code: "RESOURCE_QUOTA_EXCEEDED", Kind: memberships.ErrRateLimited},
	{Status: 403, Code: "RESOURCE_EXHAUSTED", Kind: memberships.ErrRateLimited},
	{Status: 403, Code: "QuotaFailure", Kind: memberships.ErrRateLimited},
	{Status: 403, Code: "rateLimitExceeded", Kind: memberships.ErrRateLimited},
	{Status: 403, Code: "userRateLimitExceeded", Kind: memberships.ErrRateLimited},
	{Status: 403, Code: "quotaExceeded", Kind: memberships.ErrRateLimited},
	{Status: 403, Code: "dailyLimitExceeded", Kind: memberships.ErrRateLimited},
}

// passing are the codes of a 403 for a quota that fills up again within minutes. Of the
// others in kinds, one lasts until midnight and one until somebody makes room.
var passing = map[string]bool{
	"RATE_LIMIT_EXCEEDED":   true,
	"RESOURCE_EXHAUSTED":    true,
	"QuotaFailure":          true,
	"rateLimitExceeded":     true,
	"userRateLimitExceeded": true,
	"quotaExceeded":         true,
}

// busy finds a quota that comes as 403. Such a request was not carried out.
func busy(r *transport.Response) bool {
	return r.StatusCode == http.StatusForbidden && passing[readErrorDetails(r).Code]
}

// duplicates says what Google Chat does with a write that comes a second time: adding
// somebody twice answers the membership that is there, or 409. A second removal is 404.
var duplicates = map[string]client.Duplicate{
	"Memberships.Create": client.Merged,
	"Memberships.Update": client.Merged,
	"Memberships.Delete": client.Refused,
	"Spaces.Create":      client.Harms, // but with a request id
	"Spaces.SetUp":       client.Harms, // but with a request id, and for a direct message
	"Spaces.Delete":      client.Refused,
}

// readErrorDetails reads {error: {code, message, status, errors, details}}, alone or in an
// array of one. The front end sends HTML, of which nothing is taken. Whatever has an
// unexpected type is left out and the rest still counts.
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

// errorList is the array that some answers hold their error in.
type errorList []gen.Error

// DecodeJSON reads the array; see internal/decode.
func (l *errorList) DecodeJSON(r *decode.Reader, p int) int {
	*l, p = decode.List(r, p, func(v *gen.Error, r *decode.Reader, p int, _ *gen.Error) int { return v.DecodeJSON(r, p) })
	return p
}

// code chooses the word that says most: the reason, then the status. Two cases differ.
// The status alone tells the two meanings of 409 apart, and the older reasons alone say
// that a PERMISSION_DENIED is a quota.
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

// retryDelay reads a duration of ProtoJSON, "1.5s". What cannot be read counts as not
// sent.
func retryDelay(s string) time.Duration {
	d, err := time.ParseDuration(s)
	if err != nil {
		return 0
	}
	return min(max(d, 0), transport.TooLong)
}
