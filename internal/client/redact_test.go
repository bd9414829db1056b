package client

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/config"
	"github.com/memberships-go/memberships/option"
)

// A token of one letter does not change the text of an error.
func TestShortTokenInErrors(t *testing.T) {
	c, err := New(echoing, []option.Option{option.WithToken("d"), option.WithAttempts(1), option.WithHTTPClient(&http.Client{
		Transport: rt(func(r *http.Request) (*http.Response, error) {
			return answers(400, "no redaction of "+r.Header.Get("Authorization")), nil
		}),
	})})
	if err != nil {
		t.Fatal(err)
	}
	_, err = getThing(t.Context(), c)
	var e *memberships.Error
	if !errors.As(err, &e) || e.Message != "no redaction of Bearer [redacted]" {
		t.Errorf("got %v", err)
	}
}

// An answer that is the request itself, and not HTTP, does not show the credential in the
// error, the log or a hook.
func TestUnreadableAnswersDoNotRepeatTheToken(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			line, _ := bufio.NewReader(conn).ReadString('\n')
			_, _ = io.WriteString(conn, line)
			_ = conn.Close()
		}
	}()
	inQuery := *echoing
	inQuery.Authorize = func(ctx context.Context, cfg *config.Config, req *http.Request) (string, error) {
		token, err := Token(ctx, cfg)
		req.URL.RawQuery = url.Values{"auth": {token}}.Encode()
		return token, err
	}
	var log bytes.Buffer
	var hooked string
	c, err := New(&inQuery, []option.Option{
		option.WithBaseURL("http://" + l.Addr().String()), option.WithToken("canary/token"), option.WithAttempts(1),
		option.WithLogger(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))),
		option.WithHook(nil, func(_ context.Context, a option.Attempt) { hooked = a.Err.Error() }),
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = getThing(t.Context(), c)
	for what, text := range map[string]string{"error": err.Error(), "log": log.String(), "hook": hooked} {
		if strings.Contains(text, "canary") || !strings.Contains(text, redacted) {
			t.Errorf("the %s is %s", what, text)
		}
	}
	if !errors.Is(err, memberships.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
}
