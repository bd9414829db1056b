package auth

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"github.com/memberships-go/memberships/internal/redact"
	"github.com/memberships-go/memberships/internal/text"
	"github.com/memberships-go/memberships/internal/transport"
)

const (
	// exchangeTimeout bounds one request to a token endpoint.
	exchangeTimeout = 30 * time.Second
	// maxAnswer is the largest answer of a token endpoint.
	maxAnswer = 1 << 20
)

// HTTPContext returns a context in which x/oauth2 sends requests as the wrappers do: no
// redirect is followed, an answer has at most 1 MiB, and a request ends after 30 seconds or
// the timeout of hc, which may be nil.
func HTTPContext(ctx context.Context, hc *http.Client) context.Context {
	guarded := transport.Guard(hc)
	guarded.Transport = limited{guarded.Transport}
	if guarded.Timeout <= 0 || guarded.Timeout > exchangeTimeout {
		guarded.Timeout = exchangeTimeout
	}
	return context.WithValue(ctx, oauth2.HTTPClient, guarded)
}

// limited bounds the bodies of answers.
type limited struct{ base http.RoundTripper }

func (l limited) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := l.base.RoundTrip(req)
	if err == nil {
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(resp.Body, maxAnswer), resp.Body}
	}
	return resp, err
}

// ExchangeError returns the error of a request to a token endpoint without anything that may
// be a secret: the status, and the OAuth error with its description. An error of invalid_grant
// matches ErrSignedOut. secrets are the values that the request sent.
func ExchangeError(provider string, err error, secrets ...string) error {
	failure := GrantError(provider, err, secrets...)
	if RefusedCode(err) == "invalid_grant" {
		return fmt.Errorf("%w: %w", ErrSignedOut, failure)
	}
	return failure
}

// GrantError is ExchangeError for an app's own credentials, such as a key: no person has signed
// in with them, and the error never matches ErrSignedOut.
func GrantError(provider string, err error, secrets ...string) error {
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) && refused.Response != nil {
		code, description := reason(refused)
		return refusal(provider, "token", refused.Response.StatusCode, code, description, secrets)
	}
	return unanswered("the token endpoint of "+provider, err, secrets)
}

// codes are the errors of a token endpoint.
var codes = []string{"invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type", "invalid_scope"}

// reason returns the OAuth error of an answer and its description. Webex has an error of its API
// in place of an OAuth error, whose message may begin with that.
func reason(refused *oauth2.RetrieveError) (code, description string) {
	if refused.ErrorCode != "" {
		return refused.ErrorCode, refused.ErrorDescription
	}
	var answer struct {
		Message string `json:"message"`
	}
	_ = json.Unmarshal(refused.Body, &answer) // an answer without JSON has the status alone
	if code, description, ok := strings.Cut(answer.Message, ": "); ok && slices.Contains(codes, code) {
		return code, description
	}
	return "", cmp.Or(refused.ErrorDescription, answer.Message)
}

// RefusedCode returns the OAuth error of an answer of a token endpoint, "" if err is no such
// answer or has none. err may be one of x/oauth2, of ExchangeError or of GrantError.
func RefusedCode(err error) string {
	var refused *oauth2.RetrieveError
	var own *refusedError
	switch {
	case errors.As(err, &refused):
		code, _ := reason(refused)
		return code
	case errors.As(err, &own):
		return own.code
	}
	return ""
}

// refusedError is the error of an answer with an OAuth error, which is its code.
type refusedError struct{ text, code string }

func (e *refusedError) Error() string { return e.text }

// refusal returns the error of an answer with an OAuth error.
func refusal(provider, object string, status int, code, description string, secrets []string) error {
	message := fmt.Sprintf("%s refused the %s with status %d", provider, object, status)
	if code != "" {
		message += ", " + redacted(code, secrets)
	}
	if description != "" {
		message += ": " + redacted(description, secrets)
	}
	return &refusedError{message, code}
}

// unanswered returns the error of a request without a usable answer.
func unanswered(endpoint string, err error, secrets []string) error {
	var redirect *transport.RedirectError
	switch {
	case errors.As(err, &redirect):
		return fmt.Errorf("%s: %w", endpoint, redirect)
	case errors.Is(err, context.Canceled):
		err = context.Canceled
	case errors.Is(err, context.DeadlineExceeded), strings.HasPrefix(err.Error(), unread) && strings.Contains(err.Error(), "deadline exceeded"):
		return fmt.Errorf("%s did not answer in time: %w", endpoint, context.DeadlineExceeded)
	case strings.HasPrefix(err.Error(), unparsed):
		return fmt.Errorf("%s: the answer is not the JSON of a token of at most 1 MiB", endpoint)
	case err.Error() == tokenless:
		return fmt.Errorf("%s: the answer has no access token", endpoint)
	default:
		return fmt.Errorf("%s: %s", endpoint, redacted(err.Error(), secrets))
	}
	return fmt.Errorf("%s: %w", endpoint, err)
}

// The texts of x/oauth2 for an answer of success without a token. They quote values of the
// answer, and wrap no error.
const (
	unread    = "oauth2: cannot fetch token: "
	unparsed  = "oauth2: cannot parse json: "
	tokenless = "oauth2: server response missing access_token"
)

const (
	// maxMessage is the length of a text of a provider in an error.
	maxMessage = 300
	// maxSearched is the length of a text in which secrets are found.
	maxSearched = 16 << 10
)

// redacted returns the beginning of a text in one line, without secrets in any encoding.
func redacted(s string, secrets []string) string {
	search := redact.New("REDACTED", slices.Clone(secrets)...)
	if len(s) > maxSearched {
		s = search.Beginning(s[:maxSearched])
	} else {
		s = search.Text(s)
	}
	if len(s) > maxMessage {
		s = strings.ToValidUTF8(s[:maxMessage], "")
	}
	return text.Line(s)
}

// Seconds returns the number of seconds in a field of a token's answer, which may be a number
// or a text; 0 for another value.
func Seconds(v any) int64 {
	switch v := v.(type) {
	case float64:
		if v >= 0 && v <= maxSeconds {
			return int64(v)
		}
	case int64:
		if v >= 0 && v <= maxSeconds {
			return v
		}
	case string:
		n, err := strconv.ParseInt(v, 10, 64)
		if err == nil && n >= 0 && n <= maxSeconds {
			return n
		}
	}
	return 0
}

// maxSeconds is a hundred years.
const maxSeconds = 100 * 365 * 24 * 60 * 60
