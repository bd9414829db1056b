package memberships_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/memberships-go/memberships"
)

func TestErrorText(t *testing.T) {
	tests := []struct {
		err  memberships.Error
		want string
	}{
		{memberships.Error{}, "failed"},
		{memberships.Error{Provider: "webex", Op: "Rooms.Get", Kind: memberships.ErrNotFound}, "webex: Rooms.Get: not found"},
		{
			memberships.Error{
				Provider: "clerk", Op: "Memberships.Create", Kind: memberships.ErrRateLimited, StatusCode: 429,
				Code: "too_many_requests", Message: "Too many requests", RequestID: "abc", RetryAfter: 3 * time.Second,
			},
			"clerk: Memberships.Create: rate limited (status 429, code too_many_requests, request id abc, retry after 3s): Too many requests",
		},
		{memberships.Error{Op: "New", Kind: memberships.ErrInvalidArgument, Err: errors.New("WithToken: the token is empty")}, "New: invalid argument: WithToken: the token is empty"},
		{memberships.Error{Kind: memberships.ErrConflict, Message: "Precondition check failed.", Err: errors.New("Chat is off")}, "conflict: Precondition check failed: Chat is off"},
		{memberships.Error{Kind: memberships.ErrConflict, Message: "Precondition check failed."}, "conflict: Precondition check failed."},
		{memberships.Error{Kind: io.ErrUnexpectedEOF, Err: io.ErrUnexpectedEOF}, "unexpected EOF"},
	}
	for _, tt := range tests {
		if got := tt.err.Error(); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

func TestErrorUnwrapsKindAndCause(t *testing.T) {
	err := fmt.Errorf("wrapped: %w", &memberships.Error{Kind: memberships.ErrUnavailable, Err: io.ErrUnexpectedEOF})
	var e *memberships.Error
	if !errors.Is(err, memberships.ErrUnavailable) || !errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, memberships.ErrNotFound) || !errors.As(err, &e) {
		t.Errorf("%v does not unwrap", err)
	}
}

// The body is for diagnosis by hand: nothing prints it.
func TestErrorNeverPrintsItsBody(t *testing.T) {
	const canary = "canary"
	e := &memberships.Error{Kind: memberships.ErrMalformed, Body: []byte(canary)}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Error("failed", "err", e)
	asJSON, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	texts := []string{log.String(), string(asJSON)}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		texts = append(texts, fmt.Sprintf(verb, e), fmt.Sprintf(verb, struct{ E error }{e}))
	}
	for _, s := range texts {
		if strings.Contains(s, canary) || strings.Contains(s, "63616e617279") || strings.Contains(s, "99 97 110") {
			t.Errorf("the body stands in %s", s)
		}
	}
}
