package measure

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"time"

	"github.com/memberships-go/memberships/bench/internal/clients"
	"github.com/memberships-go/memberships/bench/internal/server"
)

// Commands with which the program starts itself.
const (
	ServeCommand  = "serve"  // with a latency: see Serve
	ClientCommand = "client" // with a job: see Child
)

// Serve serves on a free port until in ends, which happens when the parent ends. It
// writes the URL as the first line of out.
func Serve(latency string, in io.Reader, out io.Writer) error {
	d, err := time.ParseDuration(latency)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	srv := &http.Server{Handler: server.New(d), ReadHeaderTimeout: time.Minute}
	go func() {
		_, _ = io.Copy(io.Discard, in)
		_ = srv.Close()
	}()
	if _, err := fmt.Fprintf(out, "http://%s\n", l.Addr()); err != nil {
		return err
	}
	if err := srv.Serve(l); err != http.ErrServerClosed {
		return err
	}
	return nil
}

// Bench starts servers on demand, and a process for every run. Close ends them.
type Bench struct {
	program string
	runs    int
	log     io.Writer
	servers map[time.Duration]*process
}

type process struct {
	url string
	in  io.Closer
	cmd *exec.Cmd
}

// New returns a Bench that runs every job runs times and writes its progress to log.
func New(runs int, log io.Writer) (*Bench, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return &Bench{program: program, runs: runs, log: log, servers: map[time.Duration]*process{}}, nil
}

// Close ends the servers.
func (b *Bench) Close() error {
	var first error
	for _, p := range b.servers {
		_ = p.in.Close()
		if err := p.cmd.Wait(); first == nil {
			first = err
		}
	}
	clear(b.servers)
	return first
}

// Run runs all jobs once, then all again, so that the load of the machine affects all
// alike. It returns the samples of each job in the order of the runs. Jobs that read the
// same members must report the same tally.
func (b *Bench) Run(ctx context.Context, jobs []Job) ([]Samples, error) {
	all := make([]Samples, len(jobs))
	for run := range b.runs {
		idle, err := b.once(ctx, Job{Client: clients.Idle})
		if err != nil {
			return nil, err
		}
		for i, j := range jobs {
			fmt.Fprintf(b.log, "\r\x1b[Krun %d of %d: %s, %s", run+1, b.runs, j.Provider, j.Client)
			s, err := b.once(ctx, j)
			if err != nil {
				return nil, err
			}
			s.CPU -= idle.CPU
			all[i] = append(all[i], s)
		}
	}
	fmt.Fprint(b.log, "\r\x1b[K")
	return all, sameText(jobs, all)
}

// sameText compares the tallies of the clients.
func sameText(jobs []Job, all []Samples) error {
	type reading struct {
		provider string
		members  int
	}
	texts := map[reading]int64{}
	for i, j := range jobs {
		if j.Client == clients.Drain {
			continue // it counts bytes
		}
		key := reading{j.Provider, j.Members()}
		for _, s := range all[i] {
			if want, ok := texts[key]; ok && s.Text != want {
				return fmt.Errorf("%s: %s read %d bytes of text, others %d", j.Provider, j.Client, s.Text, want)
			}
			texts[key] = s.Text
		}
	}
	return nil
}

func (b *Bench) once(ctx context.Context, j Job) (Sample, error) {
	var s Sample
	var err error
	if j.Client != clients.Idle {
		if j.URL, err = b.server(j.Latency); err != nil {
			return s, err
		}
	}
	arg, err := json.Marshal(j)
	if err != nil {
		return s, err
	}
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(ctx, b.program, ClientCommand, string(arg))
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return s, fmt.Errorf("%w: %s", err, errs.Bytes())
	}
	err = json.Unmarshal(out.Bytes(), &s)
	s.CPU = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return s, err
}

// server returns the URL of the server with a latency.
func (b *Bench) server(latency time.Duration) (string, error) {
	if p, ok := b.servers[latency]; ok {
		return p.url, nil
	}
	cmd := exec.Command(b.program, ServeCommand, latency.String())
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return "", err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	p := &process{in: in, cmd: cmd}
	b.servers[latency] = p
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("the server did not start: %w", err)
	}
	p.url = line[:len(line)-1]
	return p.url, nil
}
