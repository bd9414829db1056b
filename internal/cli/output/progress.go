package output

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/memberships-go/memberships/internal/phrase"
)

const (
	progressAfter = time.Second
	progressEvery = 250 * time.Millisecond
)

// progress is a progress line on a terminal, which appears after a second. It uses
// neither colours nor escape codes.
type progress struct {
	w     io.Writer // nil without a terminal
	doing string
	done  atomic.Int64
	all   atomic.Int64 // 0 if unknown

	mu    sync.Mutex
	shown int // number of columns shown
	end   chan struct{}
	wg    sync.WaitGroup
}

// progress starts a progress line that begins with doing.
func (c *Console) progress(doing string) *progress {
	p := &progress{doing: doing}
	if !c.StderrTerminal || c.Debug || c.Quiet {
		return p
	}
	p.w, p.end = c.Stderr, make(chan struct{})
	p.wg.Go(p.run)
	return p
}

// Progress starts a progress line on a terminal that begins with doing. show sets its two
// numbers, and stop removes it. Goroutines may call show at the same time.
func (c *Console) Progress(doing string) (show func(done, all int), stop func()) {
	p := c.progress(doing)
	return func(done, all int) {
		p.done.Store(int64(done))
		p.total(int64(all))
	}, p.stop
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

// Add counts n more records.
func (p *progress) Add(n int64) { p.done.Add(n) }

// total sets the expected number of records.
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

// hide removes the line until its next update.
func (p *progress) hide() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown > 0 {
		fmt.Fprintf(p.w, "\r%s\r", strings.Repeat(" ", p.shown))
		p.shown = 0
	}
}

// stop removes the line for good.
func (p *progress) stop() {
	if p.w == nil {
		return
	}
	close(p.end)
	p.wg.Wait()
	p.hide()
}
