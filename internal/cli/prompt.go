package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"golang.org/x/term"

	"github.com/memberships-go/memberships/internal/cli/interrupt"
	"github.com/memberships-go/memberships/internal/cli/unfinished"
)

// maxLine is the longest line that a prompt reads.
const maxLine = 64 << 10

// prompt asks for lines of stdin, one at a time.
type prompt struct {
	in   *bufio.Reader
	turn sync.Mutex
}

// Settle waits until a prompt that was interrupted has turned the echo on again.
func (p *prompt) Settle(context.Context) error {
	p.turn.Lock()
	defer p.turn.Unlock()
	return nil
}

// terminal returns stdin, if it is a terminal.
func (a *app) terminal() (file *os.File, ok bool) {
	file, _ = a.Stdin.(*os.File)
	return file, file != nil && term.IsTerminal(int(file.Fd()))
}

// read asks for a line on stderr and returns it without its end. A hidden one has no echo on a
// terminal.
func (p *prompt) read(ctx context.Context, a *app, what string, hidden bool) (string, error) {
	unfinished.Add(ctx, p)
	p.turn.Lock()
	defer p.turn.Unlock()
	file, terminal := a.terminal()
	if terminal {
		_, _ = fmt.Fprintf(a.Stderr, "%s: ", what)
	}
	if terminal && hidden {
		state, err := term.GetState(int(file.Fd()))
		if err != nil {
			return "", err
		}
		line, err := interrupt.Await(ctx, func() ([]byte, error) { return term.ReadPassword(int(file.Fd())) })
		if err != nil { // the echo is off while the reading goes on
			_ = term.Restore(int(file.Fd()), state)
		}
		_, _ = fmt.Fprintln(a.Stderr)
		return strings.TrimSpace(string(line)), err
	}
	if p.in == nil {
		p.in = bufio.NewReaderSize(a.Stdin, maxLine)
	}
	line, err := interrupt.Await(ctx, func() (string, error) {
		b, err := p.in.ReadSlice('\n')
		if errors.Is(err, io.EOF) && len(b) > 0 {
			err = nil
		}
		return string(b), err
	})
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return "", fmt.Errorf("the line has more than %d KiB", maxLine>>10)
	case errors.Is(err, io.EOF):
		return "", errors.New("stdin has ended")
	}
	return strings.TrimSpace(line), err
}
