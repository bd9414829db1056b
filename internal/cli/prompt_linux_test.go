package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"github.com/memberships-go/memberships/internal/cli/exit"
)

// pty returns the two ends of a terminal.
func pty(t *testing.T) (person, command *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = person.Close() })
	var locked, n int32
	control(t, person, syscall.TIOCSPTLCK, unsafe.Pointer(&locked))
	control(t, person, syscall.TIOCGPTN, unsafe.Pointer(&n))
	command, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = command.Close() })
	return person, command
}

func control(t *testing.T, f *os.File, request uintptr, arg unsafe.Pointer) {
	t.Helper()
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, f.Fd(), request, uintptr(arg)); errno != 0 {
		t.Error(errno)
	}
}

// echoes reports whether a terminal shows what is typed.
func echoes(t *testing.T, f *os.File) bool {
	t.Helper()
	var state syscall.Termios
	control(t, f, syscall.TCGETS, unsafe.Pointer(&state))
	return state.Lflag&syscall.ECHO != 0
}

// A command that uses an encrypted sign-in asks for the passphrase on a terminal, without an
// echo. After an interruption of the prompt, the terminal has its echo again.
func TestAuthPassphraseOnTerminal(t *testing.T) {
	whole := t
	s, srv := newSigning(t)
	s.env = map[string]string{"MEMBERSHIPS_PASSPHRASE": "a long passphrase"}
	if res := s.botLogin(srv.URL, "token", "encrypted"); res.code != exit.Done {
		t.Fatalf("login: %+v", res)
	}
	for name, tc := range map[string]struct {
		typed string // nothing for an interruption
		code  int
	}{"typed": {"a long passphrase\n", exit.Done}, "interrupted": {"", exit.Interrupted}} {
		t.Run(name, func(t *testing.T) {
			// The reading of an interrupted prompt goes on, so its terminal stays open: another
			// one with the same descriptor would get its echo back.
			person, terminal := pty(whole)
			ctx, interrupt := context.WithCancel(t.Context())
			defer interrupt()
			asked := &notice{phrase: "passphrase of the store: ", seen: make(chan struct{})}
			go func() {
				<-asked.seen
				for echoes(t, person) && ctx.Err() == nil {
					continue // until the prompt reads
				}
				if tc.typed == "" {
					interrupt()
				} else if _, err := person.WriteString(tc.typed); err != nil {
					t.Error(err)
				}
			}()
			var out bytes.Buffer
			code := Run(ctx, Process{
				Args: []string{"groups", "-p", "webex"}, Stdin: terminal, Stdout: &out, Stderr: asked,
				Getenv: func(k string) string { return map[string]string{"HOME": s.home}[k] },
			})
			if code != tc.code || strings.Contains(out.String(), "Demo") != (tc.code == exit.Done) {
				t.Errorf("it ended with %d: %s%s", code, &out, &asked.text)
			}
			if !echoes(t, person) {
				t.Error("the echo is off")
			}
		})
	}
}
