package clerk

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/memberships-go/memberships/emulator/internal/httpapi"
	gen "github.com/memberships-go/memberships/generated/clerk/server"
)

// failure is an error of Clerk: a status, a code, a short and a long message, and the
// name of an invalid parameter.
type failure struct {
	status               int
	code, short, message string
	param                string
}

func (f *failure) Error() string { return f.code + ": " + f.message }

func notFound(format string, args ...any) *failure {
	return &failure{status: http.StatusNotFound, code: "resource_not_found", short: "not found", message: fmt.Sprintf(format, args...)}
}

// invalid returns the error for an invalid value of a parameter.
func invalid(param, format string, args ...any) *failure {
	return &failure{
		status: http.StatusUnprocessableEntity, code: "form_param_value_invalid", short: "is invalid",
		message: fmt.Sprintf(format, args...), param: param,
	}
}

func badFormat(param, format string, args ...any) *failure {
	f := invalid(param, format, args...)
	f.code = "form_param_format_invalid"
	return f
}

// taken returns the error for an identifier that another user has.
func taken(param, value string) *failure {
	return &failure{
		status: http.StatusUnprocessableEntity, code: "form_identifier_exists", short: "already exists",
		message: fmt.Sprintf("%s is taken", value), param: param,
	}
}

// general maps a status to the error that Clerk returns for it by default.
var general = map[int]failure{
	http.StatusBadRequest:            {code: "bad_request", short: "Bad request"},
	http.StatusUnauthorized:          {code: "clerk_key_invalid", short: "The secret key is not valid"},
	http.StatusForbidden:             {code: "authorization_invalid", short: "Unauthorized request"},
	http.StatusNotFound:              {code: "resource_not_found", short: "not found"},
	http.StatusConflict:              {code: "conflict", short: "Conflict"},
	http.StatusGone:                  {code: "operation_deprecated", short: "The endpoint is going away"},
	http.StatusRequestEntityTooLarge: {code: "request_body_too_large", short: "Request body too large"},
	http.StatusUnsupportedMediaType:  {code: "unsupported_content_type", short: "Content-Type is unsupported"},
	http.StatusUnprocessableEntity:   {code: "form_param_value_invalid", short: "is invalid"},
	http.StatusTooManyRequests:       {code: "too_many_requests", short: "Too many requests"},
	http.StatusInternalServerError:   {code: "internal_clerk_error", short: "An unexpected error occurred"},
	http.StatusServiceUnavailable:    {code: "service_unavailable", short: "Service unavailable"},
	http.StatusGatewayTimeout:        {code: "gateway_timeout", short: "Gateway timeout"},
}

// failureOf returns Clerk's error for a problem. An invalid parameter has status 422, an
// unreadable body or query 400.
func failureOf(p *httpapi.Problem) *failure {
	if p.Status == http.StatusUnauthorized && p.In == "header" {
		return &failure{status: p.Status, code: "authorization_header_format_invalid", short: "Invalid Authorization header format"}
	}
	if p.Status != http.StatusBadRequest || p.In == "" {
		f := general[p.Status]
		f.status, f.message = p.Status, p.Detail
		if f.code == "" {
			f.short = cmp.Or(http.StatusText(p.Status), "Unknown")
			f.code = strings.ReplaceAll(strings.ToLower(f.short), " ", "_")
		}
		return &f
	}
	bad := func(code, short, message string) *failure {
		return &failure{status: http.StatusBadRequest, code: code, short: short, message: message}
	}
	param := func(code, short, message string) *failure {
		return &failure{status: http.StatusUnprocessableEntity, code: code, short: short, message: message, param: p.Param}
	}
	switch {
	case p.In == "header":
		return bad("api_version_invalid", "invalid API version", "The API version cannot be had: "+p.Detail)
	case p.Param == "" && p.In == "query":
		return bad("malformed_request_parameters", "Malformed request parameters", p.Detail)
	case p.Unknown:
		f := param("form_param_unknown", "is unknown", p.Detail)
		_, name, _ := strings.Cut(p.Detail, `"`) // the validator has the property's name in its message alone
		f.param, _, _ = strings.Cut(name, `"`)
		return f
	case p.Param == "" && p.Rule == "maxItems":
		return bad("bulk_size_exceeded", "Bulk size exceeded", p.Detail)
	case p.Param == "":
		return bad("request_body_invalid", "Request body invalid", p.Detail)
	case p.Missing:
		return param("form_param_missing", "is missing", p.Param+" is required")
	case p.Rule == "maxItems":
		return param("form_param_array_size_exceeded", "exceeds maximum size", p.Param+": "+p.Detail)
	}
	return invalid(p.Param, "%s is not valid: %s", p.Param, p.Detail)
}

// render writes a problem in Clerk's format.
func (s *server) render(w http.ResponseWriter, _ *http.Request, p *httpapi.Problem) {
	httpapi.SetRetryAfter(w, p.RetryAfter)
	write(w, failureOf(p))
}

// fail writes a handler's error.
func (s *server) fail(w http.ResponseWriter, r *http.Request, err error) {
	var f *failure
	if !errors.As(err, &f) {
		s.router.Fail(w, r, err)
		return
	}
	write(w, f)
}

func write(w http.ResponseWriter, f *failure) {
	trace := w.Header().Get("Clerk-Trace-Id")
	detail := gen.ErrorDetail{Code: f.code, Message: &f.short, LongMessage: new(cmp.Or(f.message, f.short))}
	if f.param != "" {
		detail.Meta = &gen.ErrorMeta{ParamName: &f.param}
	}
	send(w, f.status, gen.Error{Errors: []gen.ErrorDetail{detail}, ClerkTraceID: &trace})
}

// send writes JSON without a charset in the content type, because Clerk's SDK for
// JavaScript takes a type with a charset for text.
func send(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}
