package client

import (
	"net/http"
	"path"
	"slices"

	"github.com/memberships-go/memberships"
)

func (v *API) kind(status int, f ErrorDetails, op string) error {
	if f.Kind != nil {
		return f.Kind
	}
	i := slices.IndexFunc(v.Kinds, func(r ErrorRule) bool {
		return (r.Status == 0 || r.Status == status) && (r.Code == "" || fits(r.Code, f.Code)) &&
			(r.Param == "" || r.Param == f.Param) && (r.Op == "" || r.Op == op)
	})
	if i >= 0 {
		return v.Kinds[i].Kind
	}
	return kindOfStatus(status)
}

// fits reports whether a code matches a pattern.
func fits(pattern, code string) bool {
	ok, err := path.Match(pattern, code)
	return ok && err == nil
}

// kindOfStatus returns the kind that HTTP itself gives a status.
func kindOfStatus(status int) error {
	switch status {
	case http.StatusUnauthorized:
		return memberships.ErrUnauthenticated
	case http.StatusPaymentRequired, http.StatusForbidden, http.StatusUnavailableForLegalReasons:
		return memberships.ErrPermissionDenied
	case http.StatusNotFound, http.StatusGone:
		return memberships.ErrNotFound
	case http.StatusMethodNotAllowed, http.StatusNotImplemented, http.StatusHTTPVersionNotSupported:
		return memberships.ErrUnsupported
	case http.StatusConflict, http.StatusPreconditionFailed, http.StatusPreconditionRequired:
		return memberships.ErrConflict
	case http.StatusTooManyRequests:
		return memberships.ErrRateLimited
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusLocked:
		return memberships.ErrUnavailable
	}
	switch {
	case status >= 500:
		return memberships.ErrUnavailable
	case status >= 400:
		return memberships.ErrInvalidArgument
	}
	return memberships.ErrMalformed
}
