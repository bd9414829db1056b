// Package measure runs clients, each in its own process, and measures them.
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
	"github.com/memberships-go/memberships/bench/internal/server"
)

// Job is the input of a client's process.
type Job struct {
	Client   string
	Provider string
	Page     int
	Groups   []corpus.Group
	// Wire is the way of the answers: the server's delay, and how they are sent.
	server.Wire
	// Concurrency is the number of groups that are read at a time; 0 means one.
	Concurrency int
	// Parallel and NoPrefetch are as in clients.Server.
	Parallel   int
	NoPrefetch bool
	// Work is the caller's work for every page, in its middle. The caller sleeps, or
	// computes if Busy.
	Work time.Duration
	Busy bool
	// URL is the server's; Run sets it.
	URL string
}

// Members returns the number of members to read.
func (j Job) Members() int {
	n := 0
	for _, g := range j.Groups {
		n += g.Size
	}
	return n
}

// Sample is the measurement of one run.
type Sample struct {
	Wall    time.Duration
	CPU     time.Duration // of the whole process, user and system
	Mallocs uint64
	Bytes   uint64 // allocated in all
	// Peak is the most memory that the process held, 0 where the system does not tell.
	Peak int64
	Text int64 // what the client read: see corpus.Tally
}

// Child runs the job in arg in this process and writes its sample to out. The parent
// measures the CPU time, which includes the whole process.
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

// reader returns the function to measure, which reads all groups.
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

// work returns the function to call after every member, nil for none.
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
