package exit

import (
	"errors"
	"fmt"
	"io"
	"syscall"
	"testing"

	"github.com/memberships-go/memberships"
)

// The codes are a promise to scripts. A signal's code is 128 and the signal's number.
func TestCodes(t *testing.T) {
	for name, tt := range map[string]struct{ got, want int }{
		"Done":        {Done, 0},
		"Failed":      {Failed, 1},
		"Usage":       {Usage, 2},
		"Partly":      {Partly, 3},
		"NotMember":   {NotMember, 4},
		"Invited":     {Invited, 5},
		"Changes":     {Changes, 4},
		"Blocked":     {Blocked, 5},
		"Interrupted": {Interrupted, 128 + int(syscall.SIGINT)},
		"BrokenPipe":  {BrokenPipe, 128 + int(syscall.SIGPIPE)},
		"Terminated":  {Terminated, 128 + int(syscall.SIGTERM)},
	} {
		if tt.got != tt.want {
			t.Errorf("%s is %d, want %d", name, tt.got, tt.want)
		}
	}
}

func TestErrors(t *testing.T) {
	cause := errors.New("no such file")
	for _, tt := range []struct {
		err  error
		code int
		text string
	}{
		{Usagef("--from: %w", cause), Usage, "--from: no such file"},
		{With(Partly, cause), Partly, "no such file"},
		{MissingFlag("group", "the group to look in"), Usage, "--group is missing: the group to look in"},
		{With(Usage, &Problems{[]error{cause}, "nothing was sent"}), Usage, "nothing was sent"},
	} {
		e := (*Error)(nil)
		if !errors.As(fmt.Errorf("wrapped: %w", tt.err), &e) || e.Code != tt.code || e.Error() != tt.text {
			t.Errorf("got %+v, want %d, %s", e, tt.code, tt.text)
		}
	}
	if !errors.Is(Usagef("--from: %w", cause), cause) {
		t.Error("the cause is not below a usage error")
	}
}

func TestCause(t *testing.T) {
	cause := errors.New("the id is empty")
	whole := &memberships.Error{Provider: "clerk", Op: "list", Kind: memberships.ErrInvalidArgument, Err: cause}
	bare := &memberships.Error{Provider: "clerk", Op: "list", Kind: memberships.ErrNotFound}
	for _, tt := range []struct{ err, want error }{{whole, cause}, {bare, bare}, {cause, cause}} {
		if got := Cause(tt.err); got != tt.want {
			t.Errorf("%v: got %v, want %v", tt.err, got, tt.want)
		}
	}
}

func TestIsBrokenPipe(t *testing.T) {
	for err, want := range map[error]bool{syscall.EPIPE: true, io.ErrClosedPipe: true, syscall.ENOSPC: false, nil: false} {
		if got := IsBrokenPipe(err); got != want {
			t.Errorf("%v: got %v, want %v", err, got, want)
		}
	}
}
