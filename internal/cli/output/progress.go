package output

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/memberships-go/memberships/internal/cli/phrase"
)

const (
	progressAfter = time.Second
	progressEvery = 250 * time.Millisecond
)

// progress is a line on a terminal that says how far a command is, once it has taken a
// second. It uses no colours and no escape codes.
type progress struct {
	w     io.Writer // nil if nobody watches
	doing string
	done  atomic.Int64
	all   atomic.Int64 // 0 while it is not known

	mu    sync.Mutex
	shown int // how many columns stand there
	end   chan struct{}
	wg    sync.WaitGroup
}

// progress starts counting. doing begins the line.
func (c *Console) progress(doing string) *progress {
	p := &progress{doing: doing}
	if !c.StderrTerminal || c.Debug || c.Quiet {
		return p
	}
	p.w, p.end = c.Stderr, make(chan struct{})
	p.wg.Go(p.run)
	return p
}

func (p *progress) run() {
	wait := time.NewTimer(progressAfter)
	defer wait.Stop()
	for {
		select {
		case <-p.end:
			return
		case <-wait.C:
			p.show()
			wait.Reset(progressEvery)
		}
	}
}

// Add counts.
func (p *progress) Add(n int64) { p.done.Add(n) }

// total says how many there will be.
func (p *progress) total(n int64) { p.all.Store(n) }

func (p *progress) show() {
	line := p.doing + ": " + phrase.Number(p.done.Load())
	if all := p.all.Load(); all > 0 {
		line += " of " + phrase.Number(all)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	fmt.Fprintf(p.w, "\r%s%s", line, strings.Repeat(" ", max(0, p.shown-len(line))))
	p.shown = len(line)
}

// hide takes the line away until it is shown again.
func (p *progress) hide() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown > 0 {
		fmt.Fprintf(p.w, "\r%s\r", strings.Repeat(" ", p.shown))
		p.shown = 0
	}
}

// stop takes the line away for good.
func (p *progress) stop() {
	if p.w == nil {
		return
	}
	close(p.end)
	p.wg.Wait()
	p.hide()
}
