package box

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	gen "github.com/memberships-go/memberships/generated/box/server"
)

const (
	requestIDHeader = "BOX-REQUEST-ID"
	helpURL         = "http://developers.box.com/docs/#errors"
)

// The id in the header differs from the id in the body, as in Box.
func requestID(n int64) string { return fmt.Sprintf("0emulator%08d", n) }

// refusal is an error in Box's format.
type refusal struct {
	status        int
	code, message string
	// details name the invalid arguments.
	details []detail
}

type detail struct{ reason, name, message string }

func (f *refusal) Error() string { return fmt.Sprintf("%d %s: %s", f.status, f.code, f.message) }

// standard maps a status to the error that Box returns for it by default.
var standard = map[int]refusal{
	http.StatusBadRequest:           {code: "bad_request", message: "Bad Request"},
	http.StatusForbidden:            {code: "access_denied_insufficient_permissions", message: "Access denied - insufficient permission"},
	http.StatusNotFound:             {code: "not_found", message: "Not Found"},
	http.StatusMethodNotAllowed:     {code: "method_not_allowed", message: "Method Not Allowed"},
	http.StatusConflict:             {code: "conflict", message: "A resource with this value already exists"},
	http.StatusPreconditionFailed:   {code: "precondition_failed", message: "The resource has been modified. Please retrieve the resource again and retry"},
	http.StatusUnsupportedMediaType: {code: "unsupported_media_type", message: "Unsupported Media Type"},
	http.StatusTooManyRequests:      {code: "rate_limit_exceeded", message: "Request rate limit exceeded, please try again later"},
	http.StatusInternalServerError:  {code: "internal_server_error", message: "Internal Server Error"},
	http.StatusBadGateway:           {code: "bad_gateway", message: "Bad Gateway"},
	http.StatusServiceUnavailable:   {code: "unavailable", message: "Unavailable"},
}

func refuse(status int, details ...detail) *refusal {
	f := standard[status]
	f.status, f.details = status, details
	return &f
}

// noSuch returns the error for an id that does not exist.
func noSuch(kind, id string) *refusal {
	return refuse(http.StatusNotFound, detail{"invalid_parameter", kind, fmt.Sprintf("Invalid value '%s'. '%s' with value '%s' not found", id, kind, id)})
}

// badParam returns the error for an invalid argument.
func badParam(name, format string, args ...any) *refusal {
	return refuse(http.StatusBadRequest, detail{"invalid_parameter", name, fmt.Sprintf(format, args...)})
}

// fail writes a handler's error.
func (s *server) fail(w http.ResponseWriter, r *http.Request, err error) {
	var f *refusal
	if !errors.As(err, &f) {
		s.router.Fail(w, r, err)
		return
	}
	f.write(w, r)
}

// render writes a problem in Box's format.
func (s *server) render(w http.ResponseWriter, r *http.Request, p *httpapi.Problem) {
	httpapi.SetRetryAfter(w, p.RetryAfter)
	if p.Status == http.StatusUnauthorized && !ofTokens(r) {
		description := "The access token provided is invalid."
		w.Header().Set("WWW-Authenticate", fmt.Sprintf("Bearer realm=\"Service\", error=\"invalid_token\", error_description=\"%s\"", description))
		w.WriteHeader(p.Status)
		return
	}
	f := refuse(p.Status)
	if f.code == "" {
		f.code = strings.ReplaceAll(strings.ToLower(http.StatusText(p.Status)), " ", "_")
		f.message = http.StatusText(p.Status)
	}
	if p.Status == http.StatusBadRequest {
		f = badRequest(r, p)
	}
	f.write(w, r)
}

// badRequest returns the error for an invalid request.
func badRequest(r *http.Request, p *httpapi.Problem) *refusal {
	number := func(name string) bool {
		_, err := strconv.ParseInt(r.URL.Query().Get(name), 10, 64)
		return err == nil
	}
	switch {
	case ofTokens(r) && p.Param == "grant_type" && !p.Missing:
		return &refusal{status: p.Status, code: "unsupported_grant_type", message: "Invalid grant_type parameter or parameter missing"}
	case ofTokens(r):
		return &refusal{status: p.Status, code: "invalid_request", message: cmp.Or(p.Param, "The request") + ": " + p.Detail}
	case p.In == "header" && p.Param == "box-version":
		message := fmt.Sprintf("Invalid API version specified in 'box-version' header. Supported API versions: [%s].", apiVersion)
		return &refusal{status: p.Status, code: "invalid_api_version", message: message}
	case p.In == "query" && p.Param == "limit" && !number("limit"):
		return &refusal{status: p.Status, code: "invalid_limit", message: "Limit is not a valid number"}
	case p.In == "query" && p.Param == "offset" && !number("offset"):
		return &refusal{status: p.Status, code: "invalid_offset", message: "Offset is not a valid number"}
	}
	reason := "invalid_parameter"
	if p.Missing {
		reason = "missing_parameter"
	}
	return refuse(p.Status, detail{reason, cmp.Or(p.Param, p.In), p.Detail})
}

// ofTokens reports whether a request is for a token. Errors of such requests have OAuth's
// format.
func ofTokens(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/oauth2/") }

func (f *refusal) write(w http.ResponseWriter, r *http.Request) {
	if ofTokens(r) {
		httpapi.WriteJSON(w, f.status, gen.Error{Error: &f.code, ErrorDescription: &f.message})
		return
	}
	status, typ, help := int64(f.status), "error", helpURL
	id := strings.TrimPrefix(w.Header().Get(requestIDHeader), "0")
	body := gen.Error{Type: &typ, Status: &status, Code: &f.code, Message: &f.message, HelpURL: &help, RequestID: &id}
	if len(f.details) > 0 {
		list := make([]gen.ErrorCause, len(f.details))
		for i, d := range f.details {
			list[i] = gen.ErrorCause{Reason: &d.reason, Name: &d.name, Message: &d.message}
		}
		body.ContextInfo = &gen.ErrorContext{Errors: &list}
	}
	httpapi.WriteJSON(w, f.status, body)
}
