package cli

import (
	"bytes"
	"context"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/memberships-go/memberships/internal/cli/exit"
)

// listening runs the emulator until it is ready and returns its output.
func listening(t *testing.T, address string) result {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var out, errs bytes.Buffer
	code := Run(ctx, Process{
		Args:   []string{"emulate", "--listen", address},
		Stdout: readyWriter{&out, cancel}, Stderr: &errs,
		Getenv: func(string) string { return "" },
	})
	return result{code, out.String(), errs.String()}
}

// The emulator warns of an address that other machines can reach, and serves it.
func TestListenWarns(t *testing.T) {
	tests := map[string]bool{"127.0.0.1:0": false, "localhost:0": false, ":0": true, "0.0.0.0:0": true, "127.8.9.10:0": false, "[::1]:0": false, "[::]:0": true}
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, addr := range addrs {
		if n, ok := addr.(*net.IPNet); ok && n.IP.To4() != nil && !n.IP.IsLoopback() {
			tests[net.JoinHostPort(n.IP.String(), "0")] = true
		}
	}
	for address, warns := range tests {
		l, err := net.Listen("tcp", address)
		if err != nil && address != "127.0.0.1:0" && address != ":0" {
			continue // not on this machine
		} else if err != nil {
			t.Fatal(err)
		}
		_ = l.Close()
		res := listening(t, address)
		warning := "memberships: --listen " + address + ": other machines can reach this address"
		if !strings.HasPrefix(res.stdout, `{"url":"http://`) || strings.Contains(res.stderr, "reach this address") != warns || warns && !strings.HasPrefix(res.stderr, warning) {
			t.Errorf("%s: got %+v, a warning %t", address, res, warns)
		}
	}
}

// An invalid address is a usage error, reported before all else.
func TestListenIsAnAddress(t *testing.T) {
	for _, address := range []string{"::1", "127.0.0.1", "8787", ""} {
		want := result{exit.Usage, "", "memberships: --listen " + address + " is not of the form host:port, as in 127.0.0.1:8787 or [::1]:8787\n"}
		if res := listening(t, address); res != want {
			t.Errorf("%q: got %+v, want %+v", address, res, want)
		}
	}
}

// readyWriter calls ready at the first write, after which the emulator listens.
type readyWriter struct {
	w     io.Writer
	ready func()
}

func (w readyWriter) Write(p []byte) (int, error) {
	w.ready()
	return w.w.Write(p)
}
