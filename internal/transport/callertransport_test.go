package transport

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// The body of a caller's transport has the bytes and the error of that body. The error stays
// for every later read, and an empty read needs no byte.
func TestCallerBody(t *testing.T) {
	broken := errors.New("connection reset")
	for name, tt := range map[string]struct {
		body io.Reader
		want string
		err  error
	}{
		"empty":           {strings.NewReader(""), "", io.EOF},
		"a text":          {strings.NewReader("abc"), "abc", io.EOF},
		"a long text":     {strings.NewReader(strings.Repeat("x", 3*callerChunk+1)), strings.Repeat("x", 3*callerChunk+1), io.EOF},
		"byte by byte":    {iotest.OneByteReader(strings.NewReader("abc")), "abc", io.EOF},
		"an early error":  {iotest.DataErrReader(strings.NewReader("abc")), "abc", io.EOF},
		"a broken body":   {io.MultiReader(strings.NewReader("ab"), iotest.ErrReader(broken)), "ab", broken},
		"no progress":     {endless{}, "", io.ErrNoProgress},
		"a broken reader": {iotest.ErrReader(broken), "", broken},
	} {
		t.Run(name, func(t *testing.T) {
			b := newCallerBody(t.Context(), io.NopCloser(tt.body))
			var got strings.Builder
			var err error
			for buffer := make([]byte, 1000); err == nil; {
				var n int
				n, err = b.Read(buffer)
				got.Write(buffer[:n])
			}
			if got.String() != tt.want || !errors.Is(err, tt.err) {
				t.Errorf("got %d bytes, %v, want %d, %v", got.Len(), err, len(tt.want), tt.err)
			}
			for _, size := range []int{0, 1} {
				if n, again := b.Read(make([]byte, size)); n != 0 || !errors.Is(again, tt.err) {
					t.Errorf("a later read of %d bytes: got %d, %v, want %v", size, n, again, tt.err)
				}
			}
			if err := b.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// endless reads no bytes and never ends.
type endless struct{}

func (endless) Read([]byte) (int, error) { return 0, nil }

// The end of the request's context ends a read that hangs, with the context's cause.
func TestCallerBodyEnds(t *testing.T) {
	cause := errors.New("the request is over")
	ctx, cancel := context.WithCancelCause(t.Context())
	r, w := io.Pipe()
	b := newCallerBody(ctx, r)
	cancel(cause)
	for range 2 {
		if n, err := b.Read(make([]byte, 1)); n != 0 || !errors.Is(err, cause) {
			t.Errorf("got %d, %v, want %v", n, err, cause)
		}
	}
	if err := errors.Join(w.Close(), b.Close()); err != nil {
		t.Error(err)
	}
}
