package reconcile_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/credentials"
	"github.com/memberships-go/memberships/option"
	"github.com/memberships-go/memberships/reconcile"
	"github.com/memberships-go/memberships/reconcile/journal"
)

// childVariable has the work of a further process.
const childVariable = "RECONCILE_TEST_CHILD"

func TestMain(m *testing.M) {
	text := os.Getenv(childVariable)
	if text == "" {
		os.Exit(m.Run())
	}
	var c child
	err := json.Unmarshal([]byte(text), &c)
	if err == nil {
		var points, left int64
		points, left, err = c.run()
		fmt.Println(points, left)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// child is a process that applies a plan and kills itself at one of its points, which are
// before and after each write of a request or a file, and each sync.
type child struct {
	Provider, URL, Plan, Journal string
	Resume                       bool
	Concurrency                  int
	// Kill is the number of the point, 0 for none.
	Kill int64
}

// run applies the plan and returns the number of points and of changes that are not made.
func (c *child) run() (passed, left int64, err error) {
	points := &points{kill: c.Kill}
	client, err := credentials.OpenEmulator(c.Provider, option.WithBaseURL(c.URL), option.WithHTTPClient(&http.Client{Transport: deadlyTransport{points}}))
	if err != nil {
		return 0, 0, err
	}
	f, err := os.Open(c.Plan)
	if err != nil {
		return 0, 0, err
	}
	plan, err := reconcile.ReadPlan(f)
	if err != nil {
		return 0, 0, err
	}
	j, err := journal.Open(c.Journal, journal.Options{Files: deadlyFiles{points}})
	if err != nil {
		return 0, 0, err
	}
	report, err := reconcile.Apply(context.Background(), []*memberships.Client{client}, plan, j, reconcile.ApplyOptions{
		Resume: c.Resume, Concurrency: c.Concurrency, Pause: time.Millisecond,
	})
	if err != nil {
		return 0, 0, err
	}
	if err := j.Close(); err != nil {
		return 0, 0, err
	}
	for _, r := range report.Results {
		if r.Err != nil {
			fmt.Fprintln(os.Stderr, r.Change.Key, r.Outcome, r.Err)
		}
	}
	return points.passed.Load(), int64(len(report.Results) - report.Count(reconcile.OutcomeDone, reconcile.OutcomeAlready)), nil
}

// start runs the process until its end.
func (c child) start(t *testing.T) (points, left int64, killed bool) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), childVariable+"="+string(text))
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err = cmd.Run()
	if err != nil && !cmd.ProcessState.Exited() {
		return 0, 0, true
	}
	if err == nil {
		_, err = fmt.Sscan(stdout.String(), &points, &left)
	}
	if err != nil {
		t.Fatalf("%+v: %v: %s", c, err, stderr.String())
	}
	if left > 0 {
		t.Errorf("%+v: %s", c, stderr.String())
	}
	return points, left, false
}

// points counts the points that a process has passed.
type points struct {
	kill   int64
	passed atomic.Int64
}

// pass passes a point, or ends the process at once.
func (p *points) pass() {
	if p.passed.Add(1) != p.kill {
		return
	}
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Kill()
	}
	if err != nil {
		panic(err)
	}
	select {}
}

// around does something that lasts between two points.
func (p *points) around(do func() error) error {
	p.pass()
	err := do()
	p.pass()
	return err
}

// deadlyTransport has a point before each write is sent, and one after its response.
type deadlyTransport struct{ *points }

func (d deadlyTransport) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	if r.Method == http.MethodGet {
		return http.DefaultTransport.RoundTrip(r)
	}
	err = d.around(func() error {
		resp, err = http.DefaultTransport.RoundTrip(r)
		return err
	})
	return resp, err
}

// deadlyFiles has a point before and after everything that changes a file.
type deadlyFiles struct{ *points }

func (d deadlyFiles) Open(name string) (journal.File, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	return deadlyFile{f, d.points}, err
}

func (d deadlyFiles) Rename(from, to string) error {
	return d.around(func() error { return os.Rename(from, to) })
}

type deadlyFile struct {
	*os.File
	points *points
}

// Write has a point in the middle, as of a write that the system has cut.
func (f deadlyFile) Write(b []byte) (n int, err error) {
	err = f.points.around(func() error {
		half := len(b) / 2
		if n, err = f.File.Write(b[:half]); err != nil {
			return err
		}
		f.points.pass()
		rest, err := f.File.Write(b[half:])
		n += rest
		return err
	})
	return n, err
}

// Sync has its points alone: the system keeps what a killed process has written.
func (f deadlyFile) Sync() error { return f.points.around(func() error { return nil }) }

func (f deadlyFile) Truncate(size int64) error {
	return f.points.around(func() error { return f.File.Truncate(size) })
}
