package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"golang.org/x/term"

	"github.com/memberships-go/memberships/emulator"
)

// commandStatus is the end of a command that emulate ran, which is the end of emulate.
type commandStatus struct{ code int }

func (s *commandStatus) Error() string {
	return fmt.Sprintf("the command ended with status %d", s.code)
}

// Exit statuses of a shell for a command that does not run.
const (
	cannotRun = 126
	noCommand = 127
	signalled = 128 // and the number of the signal
)

// forwarded are the signals that go on to the command.
var forwarded = []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP}

// runAgainst runs a command with the variable MEMBERSHIPS_EMULATOR, serves until it ends,
// and returns its status. The end of ctx does not end the command: it gets the signal.
func (a *app) runAgainst(ctx context.Context, e *emulator.Emulator, l net.Listener, command []string) error {
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	served := make(chan error, 1)
	go func() { served <- e.Serve(serving, l) }()
	defer func() {
		stop()
		if err := <-served; err != nil {
			a.Report("%v", err)
		}
	}()
	cmd := exec.Command(command[0], command[1:]...) //nolint:noctx // it gets signals instead
	cmd.Stdin, cmd.Stdout, cmd.Stderr = a.Stdin, a.Stdout, a.rawStderr()
	cmd.Env = append(os.Environ(), "MEMBERSHIPS_EMULATOR="+reachable(l.Addr()))
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, forwarded...)
	defer signal.Stop(signals)
	if err := cmd.Start(); err != nil {
		a.Report("%v", err)
		if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
			return &commandStatus{noCommand}
		}
		return &commandStatus{cannotRun}
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	terminal := term.IsTerminal(int(os.Stdin.Fd()))
	for {
		select {
		case s := <-signals:
			if s != os.Interrupt || !terminal { // a terminal sends Ctrl-C to the command, too
				_ = cmd.Process.Signal(s)
			}
		case err := <-ended:
			return statusOf(err)
		}
	}
}

// statusOf returns the status of a command by the result of its Wait, nil for 0.
func statusOf(err error) error {
	var failed *exec.ExitError
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &failed):
		return err
	}
	if status, ok := failed.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return &commandStatus{signalled + int(status.Signal())}
	}
	return &commandStatus{failed.ExitCode()}
}

// rawStderr returns stderr itself, which may be a terminal, instead of the writer that
// cleans messages.
func (a *app) rawStderr() io.Writer {
	if clean, ok := a.Stderr.(*syncWriter); ok {
		return clean.w
	}
	return a.Stderr
}

// reachable returns the URL of a listener for this machine.
func reachable(addr net.Addr) string {
	if tcp, ok := addr.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		return fmt.Sprintf("http://127.0.0.1:%d", tcp.Port)
	}
	return "http://" + addr.String()
}
