package redact

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/memberships-go/memberships"
)

const canary = "canary-7f3a/9c41d2"

type own struct {
	err   error
	notes []string
	hint  any
}

func (e *own) Error() string { return "own" }
func (e *own) Unwrap() error { return e.err }

// locked cannot be searched while others use it.
type locked struct {
	mu   sync.Mutex
	text string
}

func (e *locked) Error() string { e.mu.Lock(); defer e.mu.Unlock(); return "locked" }

// isOnly matches context.Canceled without wrapping it.
type isOnly struct{}

func (isOnly) Error() string        { return "shy of " + canary }
func (isOnly) Is(target error) bool { return target == context.Canceled }

// dump writes every text in a value, at any depth, unexported fields included.
func dump(b *strings.Builder, v reflect.Value, deep int) {
	if !v.IsValid() || deep == 0 {
		return
	}
	switch v.Kind() {
	case reflect.String:
		b.WriteString(v.String() + "\n")
	case reflect.Pointer, reflect.Interface:
		dump(b, v.Elem(), deep-1)
	case reflect.Struct:
		for i := range v.NumField() {
			dump(b, v.Field(i), deep-1)
		}
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8 {
			b.Write(v.Bytes())
			return
		}
		for i := range v.Len() {
			dump(b, v.Index(i), deep-1)
		}
	}
}

// An error with a credential becomes text, and its clean parts stay values.
func TestErrorLeaves(t *testing.T) {
	refused := &net.OpError{Op: "dial", Net: "tcp", Addr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1}, Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	basic := base64.StdEncoding.EncodeToString([]byte("user:" + canary))
	for _, tt := range []struct {
		name string
		err  error
		is   []error
		text string // the redacted text
	}{
		{"a URL", &url.Error{Op: "Get", URL: "https://x/?auth=" + url.QueryEscape(canary), Err: refused}, []error{syscall.ECONNREFUSED}, "connection refused"},
		{"an address", &net.OpError{Op: "dial", Net: canary, Err: os.ErrDeadlineExceeded}, []error{os.ErrDeadlineExceeded}, "dial [redacted]"},
		{"a name", &net.DNSError{Err: "no such host", Name: canary + ".example.net", IsNotFound: true}, nil, "no such host"},
		{"a leaf", errors.New("bad " + basic), nil, "bad "},
		{"a wrapped one", fmt.Errorf("reading: %w", errors.Join(io.ErrUnexpectedEOF, errors.New(canary))), []error{io.ErrUnexpectedEOF}, "reading: "},
		{"a field of an own type", &own{err: io.EOF, notes: []string{"x", canary}}, []error{io.EOF}, "own"},
		{"bytes of an own type", &own{err: io.EOF, hint: []byte(canary)}, []error{io.EOF}, "own"},
		{"a map of an own type", &own{err: io.EOF, hint: map[string]string{"x": canary}}, []error{io.EOF}, "own"},
		{"an answer", &own{err: io.EOF, hint: &http.Response{Header: http.Header{"X": {canary}}}}, []error{io.EOF}, "own"},
		{"a lock", &locked{text: canary}, nil, "locked"},
		{"a kind by an Is method", fmt.Errorf("x: %w", isOnly{}), []error{context.Canceled}, "x: shy of [redacted]"},
		{"our own", &memberships.Error{Provider: "box", Kind: memberships.ErrConflict, Body: []byte(basic), Message: canary, Err: io.EOF}, []error{memberships.ErrConflict, io.EOF}, "box: conflict: [redacted]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := fmt.Errorf("outer: %w", tt.err)
			got := New(redacted, canary).Error(err)
			var b strings.Builder
			dump(&b, reflect.ValueOf(got), 20)
			texts := append([]string{b.String(), got.Error()}, fmt.Sprintf("%v %+v %#v %q %s", got, got, got, got, got))
			for _, text := range texts {
				for _, form := range []string{canary, url.QueryEscape(canary), basic[8:20]} {
					if strings.Contains(text, form) {
						t.Errorf("%s shows it", text)
					}
				}
			}
			if !strings.Contains(got.Error(), "outer: ") || !strings.Contains(got.Error(), tt.text) {
				t.Errorf("got %v, want %q in it", got, tt.text)
			}
			for _, want := range tt.is {
				if !errors.Is(got, want) {
					t.Errorf("%v is no %v", got, want)
				}
			}
			if errors.Is(got, memberships.ErrNotFound) {
				t.Errorf("%v is another kind", got)
			}
			for _, held := range []any{new(*url.Error), new(*net.DNSError), new(*own), new(*locked), new(isOnly)} {
				if errors.As(got, held) {
					t.Errorf("the chain leads to %T", held)
				}
			}
		})
	}
}

// The clean errors below a redacted one stay values, and Timeout keeps its result.
func TestErrorKeeps(t *testing.T) {
	inner := &net.OpError{Op: "read", Net: "tcp", Err: os.ErrDeadlineExceeded}
	got := New(redacted, canary).Error(&url.Error{Op: "Get", URL: "https://x/" + canary, Err: inner})
	var op *net.OpError
	var timeout net.Error
	if !errors.As(got, &op) || op != inner || !errors.As(got, &timeout) || !timeout.Timeout() {
		t.Errorf("got %v", got)
	}
	got = New(redacted, canary).Error(&memberships.Error{Provider: "box", Kind: memberships.ErrConflict, RequestID: canary, StatusCode: 409, Attempts: 3})
	var e *memberships.Error
	if !errors.As(got, &e) || e.RequestID != redacted || e.StatusCode != 409 || e.Attempts != 3 {
		t.Errorf("got %v", got)
	}
	for _, clean := range []error{inner, &own{err: io.EOF, hint: []int{1}}, fmt.Errorf("x: %w", memberships.ErrNotFound), &memberships.Error{Kind: io.EOF, Body: []byte("x")}} {
		if got := New(redacted, canary).Error(clean); got != clean {
			t.Errorf("%v became %#v", clean, got)
		}
	}
}

// A value that may change concurrently is neither searched nor kept.
func TestErrorLives(t *testing.T) {
	conn, other := net.Pipe()
	defer func() { _, _ = conn.Close(), other.Close() }()
	for _, live := range []error{&locked{text: "x"}, tls.RecordHeaderError{Msg: "x", Conn: conn}, &own{hint: func() {}}, &own{hint: new(atomic.Int64)}} {
		got := New(redacted, canary).Error(fmt.Errorf("outer: %w", live))
		if got.Error() != "outer: "+live.Error() || errors.Is(got, live) {
			t.Errorf("%T is kept: %v", live, got)
		}
	}
}

// The search of a cyclic chain ends.
func TestErrorRing(t *testing.T) {
	ring := &own{hint: "x"}
	ring.hint = ring
	if got := New(redacted, canary).Error(ring); got != error(ring) {
		t.Errorf("got %v", got)
	}
	deep := errors.New("x")
	for range 1000 {
		deep = fmt.Errorf("%w", deep)
	}
	if got := New(redacted, canary).Error(deep); got.Error() != "x" {
		t.Errorf("got %v", got)
	}
	var b bytes.Buffer
	_, _ = fmt.Fprintf(&b, "%#v", New(redacted, canary).Error(errors.New(canary)))
	if strings.Contains(b.String(), canary) {
		t.Error(b.String())
	}
}
