// Package measure runs clients, each in a process of its own, and says what they took.
package measure

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/memberships-go/memberships/bench/internal/clients"
	"github.com/memberships-go/memberships/bench/internal/corpus"
)

// Job is all that a client's process is told.
type Job struct {
	Client   string
	Provider string
	Page     int
	Groups   []corpus.Group
	// Latency is how long the server waits before every answer.
	Latency time.Duration
	// Concurrency is how many groups are read at a time, one after another by default.
	Concurrency int
	// Parallel and NoPrefetch are as in clients.Server.
	Parallel   int
	NoPrefetch bool
	// Work is what the caller does with every page, in its middle: it sleeps, as one who
	// waits for another process, or computes if Busy.
	Work time.Duration
	Busy bool
	// URL is the server's; Run sets it.
	URL string
}

// Members is how many there are to read.
func (j Job) Members() int {
	n := 0
	for _, g := range j.Groups {
		n += g.Size
	}
	return n
}

// Sample is what one run of a job took.
type Sample struct {
	Wall    time.Duration
	CPU     time.Duration // of the whole process, user and system
	Mallocs uint64
	Bytes   uint64 // allocated in all
	// Peak is the most memory that the process held, 0 where the system does not tell.
	Peak int64
	Text int64 // what the client read: see corpus.Tally
}

// Child does the job that arg holds, in this process, and writes its sample to out. The
// CPU time is left to the parent, who sees all of it.
func Child(ctx context.Context, arg string, out io.Writer) error {
	var j Job
	if err := json.Unmarshal([]byte(arg), &j); err != nil {
		return err
	}
	s, err := j.do(ctx)
	if err != nil {
		return fmt.Errorf("%s reading %s: %w", j.Client, j.Provider, err)
	}
	return json.NewEncoder(out).Encode(s)
}

func (j Job) do(ctx context.Context) (Sample, error) {
	var s Sample
	if j.Client == clients.Idle {
		return s, nil
	}
	read, err := j.reader()
	if err != nil {
		return s, err
	}
	tally := corpus.Tally{Each: j.work()}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	err = read(ctx, &tally)
	s.Wall = time.Since(start)
	runtime.ReadMemStats(&after)
	if err != nil {
		return s, err
	}
	if tally.Members != j.Members() {
		return s, fmt.Errorf("read %d members of %d", tally.Members, j.Members())
	}
	s.Mallocs, s.Bytes = after.Mallocs-before.Mallocs, after.TotalAlloc-before.TotalAlloc
	s.Peak, s.Text = peak(), tally.Text
	return s, nil
}

// reader is what is measured: all groups, one after another or some at a time.
func (j Job) reader() (func(context.Context, *corpus.Tally) error, error) {
	at := clients.Server{URL: j.URL, Page: j.Page, Parallel: j.Parallel, NoPrefetch: j.NoPrefetch}
	if j.Concurrency > 1 {
		many, err := clients.FindMany(j.Client, j.Provider, at)
		return func(ctx context.Context, t *corpus.Tally) error { return many(ctx, j.Groups, j.Concurrency, t) }, err
	}
	listing, err := clients.Find(j.Client, j.Provider, at)
	return func(ctx context.Context, t *corpus.Tally) error {
		for _, g := range j.Groups {
			if err := listing(ctx, g, t); err != nil {
				return err
			}
		}
		return nil
	}, err
}

// work returns what is to be done after every member, nil for nothing.
func (j Job) work() func() {
	if j.Work == 0 {
		return nil
	}
	members := 0
	return func() {
		if members++; members%j.Page != j.Page/2 {
			return
		}
		if !j.Busy {
			time.Sleep(j.Work)
			return
		}
		for start := time.Now(); time.Since(start) < j.Work; {
		}
	}
}

// peak asks Linux how much memory the process ever held. The number that a parent gets
// of its child would do everywhere, but begins with the parent's own.
func peak() int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if f := strings.Fields(line); len(f) == 3 && f[0] == "VmHWM:" {
			kib, err := strconv.ParseInt(f[1], 10, 64)
			if err != nil {
				return 0
			}
			return kib << 10
		}
	}
	return 0
}
