package cassette

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"

	vcr "gopkg.in/dnaeon/go-vcr.v3/cassette"
	"gopkg.in/dnaeon/go-vcr.v3/recorder"

	"github.com/memberships-go/memberships/cassette/internal/tape"
)

var (
	// ErrNotRecorded is the error of a request without a recording. The clients of this
	// module recognize its text, and do not retry the request.
	ErrNotRecorded = errors.New("requested interaction not found")
	// ErrUnused is the error of a recording that no request has used.
	ErrUnused = errors.New("recording not used")
	// ErrSecret is the error of a file that would hold a credential and is not saved.
	ErrSecret = errors.New("credential in a recording")
	// ErrClosed is the error of a request during or after Close.
	ErrClosed = errors.New("cassette is closed")
)

// Cassette records requests and answers into one file, or replays them. It is safe for
// concurrent use.
type Cassette struct {
	file  string
	mode  Mode
	rec   *recorder.Recorder
	scrub scrubber

	// busy is read-locked by requests in flight. A channel or a WaitGroup would bind the
	// Cassette to one bubble of testing/synctest.
	busy sync.RWMutex
	once sync.Once
	err  error // of Close

	people       people
	fingerprints fingerprints

	mu       sync.Mutex
	ended    error                           // of requests from now on
	failed   []error                         // what Close reports
	inFlight map[int]context.CancelCauseFunc // requests that are being recorded
	next     int                             // key of under
	recorded int
	sent     map[string]bool // parts that have sent something
	served   map[fingerprint]int
}

// Open opens a file whose name ends in ".yaml", to replay or to record it. It replays any
// file in the format of go-vcr v3 or v4. The error for a missing file to replay is
// fs.ErrNotExist; an error about the content begins with the file and, if known, the line.
// A recording does not change the file before Close.
func Open(file string, mode Mode, opts ...Option) (*Cassette, error) {
	cfg, err := configure(opts)
	if err != nil {
		return nil, err
	}
	return open(file, mode, cfg)
}

func open(file string, mode Mode, cfg *config) (*Cassette, error) {
	name, ok := strings.CutSuffix(file, tape.Extension)
	if !ok {
		return nil, fmt.Errorf("cassette: %s: the name of a cassette ends in %s", file, tape.Extension)
	}
	c := &Cassette{file: file, mode: mode, sent: map[string]bool{}, inFlight: map[int]context.CancelCauseFunc{}, served: map[fingerprint]int{}}
	c.scrub.names, c.scrub.headers = set(cfg.names...), cfg.headers
	for _, v := range cfg.secrets {
		c.scrub.secrets.add(v, redacted, "a value of WithSecrets")
	}
	use := &recorder.Options{CassetteName: name, Mode: recorder.ModeReplayOnly, SkipRequestLatency: true}
	switch mode {
	case Replay:
		if _, err := tape.Read(file); err != nil {
			return nil, fmt.Errorf("cassette: %w", err)
		}
	case Record:
		use.CassetteName, use.Mode, use.RealTransport = name+unsaved, recorder.ModeRecordOnly, realTransport{cfg.transport}
	default:
		return nil, fmt.Errorf("cassette: there is no mode %v", mode)
	}
	var err error
	if c.rec, err = recorder.NewWithOptions(use); err != nil {
		return nil, fmt.Errorf("cassette: %w", err)
	}
	c.fingerprints.scrub = &c.scrub
	c.rec.SetMatcher(c.match)
	c.rec.AddHook(c.capture, recorder.AfterCaptureHook)
	c.rec.AddHook(c.store, recorder.BeforeSaveHook)
	if mode == Replay {
		c.rec.AddHook(c.serve, recorder.BeforeResponseReplayHook)
		c.rec.AddHook(c.unused, recorder.OnRecorderStopHook)
	}
	return c, nil
}

// Mode returns Record or Replay.
func (c *Cassette) Mode() Mode { return c.mode }

// File returns the name of the file.
func (c *Cassette) File() string { return c.file }

// Client returns a client with c's Transport.
func (c *Cassette) Client() *http.Client { return &http.Client{Transport: c.Transport()} }

// Transport returns the transport that records or replays. It reads an answer to its end
// before it returns it, and so cannot record an endless one.
func (c *Cassette) Transport() http.RoundTripper { return part{c: c} }

// Part returns the transport of a named part of the file, for tests that share a file. A
// part has its own recordings, which answer no other part. It records from rt, or from the
// transport of WithTransport if rt is nil. Close does not report unused recordings of a part
// without requests: each test may run alone.
func (c *Cassette) Part(name string, rt http.RoundTripper) http.RoundTripper {
	return part{c: c, name: name, next: rt}
}

// Env returns the value of an environment variable while c records, and placeholder in
// replay. The file holds placeholder in every place of the value: in URLs, bodies and
// headers. Env serves for credentials, and for the names and ids of a test's objects. If the
// variable is missing while c records, c sends nothing: each request and Close fail.
func (c *Cassette) Env(variable, placeholder string) string {
	if c.mode == Replay {
		return placeholder
	}
	v := os.Getenv(variable)
	if v == "" {
		err := fmt.Errorf("cassette: recording needs the environment variable %s", variable)
		c.fail(err)
		c.stop(err)
		return placeholder
	}
	c.scrub.secrets.add(v, placeholder, "the value of "+variable)
	return v
}

// fail keeps an error for Close, unless it has one with the same text.
func (c *Cassette) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, other := range c.failed {
		if other.Error() == err.Error() {
			return
		}
	}
	c.failed = append(c.failed, err)
}

// Close ends c: requests in flight and later ones fail with ErrClosed. While c records, Close
// saves the whole file or nothing: it returns ErrSecret if the file would hold a credential,
// and an error if every request has failed. A cassette without requests leaves the file
// unchanged. In replay, Close returns an ErrNotRecorded for each request without a recording
// and an ErrUnused for each unused recording. Later calls return the same error.
func (c *Cassette) Close() error {
	c.once.Do(func() { c.err = c.finish(true) })
	return c.err
}

// discard is Close without saving.
func (c *Cassette) discard() error {
	c.once.Do(func() { c.err = c.finish(false) })
	return c.err
}

func (c *Cassette) finish(save bool) error {
	c.stop(ErrClosed)
	c.busy.Lock()
	defer c.busy.Unlock()
	switch {
	case c.mode == Replay:
		if err := c.rec.Stop(); err != nil {
			c.fail(err)
		}
	case save && len(c.failed) == 0 && len(c.sent) > 0:
		if err := c.save(); err != nil {
			c.fail(err)
		}
	}
	return errors.Join(c.failed...)
}

// unsaved is a part of the name of a file during its writing.
const unsaved = ".unsaved"

// save writes a new file beside the old one, and renames it to the old one's name.
func (c *Cassette) save() error {
	if c.recorded == 0 {
		return fmt.Errorf("cassette: %s is not saved, because no request got an answer", c.file)
	}
	written := strings.TrimSuffix(c.file, tape.Extension) + unsaved + tape.Extension
	err := c.rec.Stop()
	if err == nil {
		_, err = tape.Read(written)
	}
	if err == nil {
		err = os.Rename(written, c.file)
	}
	if err != nil {
		_ = os.Remove(written) // it may not exist
		return fmt.Errorf("cassette: %s is not saved: %w", filepath.ToSlash(c.file), err)
	}
	return nil
}

// store scrubs a recording, and refuses one that still holds a credential.
func (c *Cassette) store(i *vcr.Interaction) error {
	c.scrub.interaction(i)
	for _, where := range []struct {
		name string
		text []string
	}{
		{"URL", []string{i.Request.URL, i.Request.Host, i.Request.Method}},
		{"request headers", headerTexts(i.Request.Headers, i.Request.Trailer)},
		{"request body", []string{i.Request.Body}},
		{"status", []string{i.Response.Status}},
		{"response headers", headerTexts(i.Response.Headers, i.Response.Trailer)},
		{"response body", []string{i.Response.Body}},
	} {
		for _, text := range where.text {
			if origin := c.scrub.secrets.find(text); origin != "" {
				return fmt.Errorf("%w: recording %d would show %s in its %s, perhaps in an encoding", ErrSecret, i.ID, origin, where.name)
			}
		}
	}
	return nil
}

func headerTexts(all ...http.Header) (texts []string) {
	for _, h := range all {
		for _, values := range h {
			texts = append(texts, values...)
		}
	}
	return texts
}

// unused reports an unused recording, unless its part has sent nothing.
func (c *Cassette) unused(i *vcr.Interaction) error {
	name := i.Request.Headers.Get(partHeader)
	if !i.WasReplayed() && (name == "" || c.sent[name]) {
		c.fail(fmt.Errorf("cassette: %s: %w: %d, %s %s", c.file, ErrUnused, i.ID, i.Request.Method, c.scrub.url(i.Request.URL)))
	}
	return nil
}
