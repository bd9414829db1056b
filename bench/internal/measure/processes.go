package measure

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"

	"github.com/memberships-go/memberships/bench/internal/clients"
	"github.com/memberships-go/memberships/bench/internal/server"
)

// Commands with which the program starts itself.
const (
	ServeCommand  = "serve"  // with a wire: see Serve
	ClientCommand = "client" // with a job: see Child
)

// Serve serves over the Wire in arg on a free port until in ends, which happens when the
// parent ends. It writes the Address as the first line of out.
func Serve(arg string, in io.Reader, out io.Writer) error {
	var wire server.Wire
	if err := json.Unmarshal([]byte(arg), &wire); err != nil {
		return err
	}
	srv, at, serve, err := server.Listen(wire)
	if err != nil {
		return err
	}
	go func() {
		_, _ = io.Copy(io.Discard, in)
		_ = srv.Close()
	}()
	if err := json.NewEncoder(out).Encode(at); err != nil {
		return err
	}
	if err := serve(); err != http.ErrServerClosed {
		return err
	}
	return nil
}

// Bench starts servers on demand, and a process for every run. Close ends them.
type Bench struct {
	program string
	runs    int
	log     io.Writer
	servers map[server.Wire]*process
}

type process struct {
	url string
	// trust is the file with the certificate, "" without TLS.
	trust string
	in    io.Closer
	cmd   *exec.Cmd
}

// New returns a Bench that runs every job runs times and writes its progress to log.
func New(runs int, log io.Writer) (*Bench, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return &Bench{program: program, runs: runs, log: log, servers: map[server.Wire]*process{}}, nil
}

// Close ends the servers.
func (b *Bench) Close() error {
	var first error
	for _, p := range b.servers {
		_ = p.in.Close()
		if err := p.cmd.Wait(); first == nil {
			first = err
		}
		if p.trust != "" {
			if err := os.Remove(p.trust); first == nil {
				first = err
			}
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
	var trust string
	if j.Client != clients.Idle {
		p, err := b.server(j.Wire)
		if err != nil {
			return s, err
		}
		j.URL, trust = p.url, p.trust
	}
	arg, err := json.Marshal(j)
	if err != nil {
		return s, err
	}
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(ctx, b.program, ClientCommand, string(arg))
	cmd.Stdout, cmd.Stderr = &out, &errs
	if trust != "" {
		cmd.Env = append(os.Environ(), "SSL_CERT_FILE="+trust) // every client reads it, SDKs too
	}
	if err := cmd.Run(); err != nil {
		return s, fmt.Errorf("%w: %s", err, errs.Bytes())
	}
	err = json.Unmarshal(out.Bytes(), &s)
	s.CPU = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return s, err
}

// server returns the server with a wire.
func (b *Bench) server(wire server.Wire) (*process, error) {
	if p, ok := b.servers[wire]; ok {
		return p, nil
	}
	arg, err := json.Marshal(wire)
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(b.program, ServeCommand, string(arg))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{in: in, cmd: cmd}
	b.servers[wire] = p
	var at server.Address
	if err := json.NewDecoder(out).Decode(&at); err != nil {
		return nil, fmt.Errorf("the server did not start: %w", err)
	}
	p.url = at.URL
	if at.Certificate != "" {
		p.trust, err = temporary(at.Certificate)
	}
	return p, err
}

// temporary returns the name of a new file with a text.
func temporary(text string) (name string, err error) {
	f, err := os.CreateTemp("", "bench-*.pem")
	if err != nil {
		return "", err
	}
	_, err = f.WriteString(text)
	return f.Name(), errors.Join(err, f.Close())
}
