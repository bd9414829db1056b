package filestore_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/auth/filestore"
)

// Further processes are this test binary with these variables.
const (
	roleVariable   = "FILESTORE_TEST_ROLE"
	folderVariable = "FILESTORE_TEST_FOLDER"
	urlVariable    = "FILESTORE_TEST_URL"
)

func TestMain(m *testing.M) {
	role := roles[os.Getenv(roleVariable)]
	if role == nil {
		os.Exit(m.Run())
	}
	store, err := filestore.New(os.Getenv(folderVariable))
	if err == nil {
		err = role(store)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// roles are the programs of further processes.
var roles = map[string]func(*filestore.Store) error{
	// One token after a line on stdin; then a token refused by the provider for each further
	// line. The answers are hashes.
	"token": func(store *filestore.Store) error {
		source := auth.NewSource(store, name, refresh(os.Getenv(urlVariable)))
		for in := bufio.NewScanner(os.Stdin); in.Scan(); {
			token, err := source.Token()
			if err != nil {
				return err
			}
			fmt.Println(hash(token.AccessToken))
			source.Refuse(token.AccessToken)
		}
		return nil
	},
	// Refreshes without end.
	"refresh": func(store *filestore.Store) error {
		source := auth.NewSource(store, name, refresh(os.Getenv(urlVariable)))
		for {
			token, err := source.Token()
			if err != nil {
				return err
			}
			source.Refuse(token.AccessToken)
		}
	},
	// Locks, and waits for the end of stdin.
	"lock": func(store *filestore.Store) error {
		unlock, err := store.Lock(context.Background(), name)
		if err != nil {
			return err
		}
		defer unlock()
		fmt.Println("locked")
		_, err = io.Copy(io.Discard, os.Stdin)
		return err
	},
}

func hash(token string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(token))) }

// start starts a process of a role.
func start(t *testing.T, role, dir, url string) *process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: exec.CommandContext(t.Context(), self)}
	p.cmd.Env = append(os.Environ(), roleVariable+"="+role, folderVariable+"="+dir, urlVariable+"="+url)
	p.cmd.Stderr = &p.stderr
	p.in, err = p.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.out = bufio.NewScanner(out)
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
	})
	return p
}

// process is a process of a role.
type process struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Scanner
	stderr strings.Builder
}

// ask returns the process's answer to a line, or its error.
func (p *process) ask() (string, error) {
	if _, err := io.WriteString(p.in, "\n"); err != nil {
		return "", p.failed()
	}
	if !p.out.Scan() {
		return "", p.failed()
	}
	return p.out.Text(), nil
}

func (p *process) failed() error {
	err := p.cmd.Wait()
	return fmt.Errorf("%w: %s", err, p.stderr.String())
}

// end closes the input and waits for the process.
func (p *process) end() error {
	_ = p.in.Close()
	return p.cmd.Wait()
}

// server is a token endpoint whose refresh tokens work once, as those of Box.
type server struct {
	*httptest.Server
	delay time.Duration

	mu    sync.Mutex
	valid string
	// n is the number of refreshes, and refused the number of spent refresh tokens.
	n, refused int
	// answered has a value after each refresh, as long as somebody reads it.
	answered chan struct{}
}

func serve(t *testing.T) *server {
	s := &server{valid: "canary-refresh0", answered: make(chan struct{}, 1)}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	time.Sleep(s.delay)
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.PostFormValue("refresh_token") != s.valid {
		s.refused++
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	s.n++
	s.valid = "canary-refresh" + strconv.Itoa(s.n)
	_ = json.NewEncoder(w).Encode([]string{"canary-access" + strconv.Itoa(s.n), s.valid})
	select {
	case s.answered <- struct{}{}:
	default:
	}
}

// counts returns the numbers of refreshes and of refused ones.
func (s *server) counts() (n, refused int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.n, s.refused
}

// signIn stores a credential with the valid refresh token and an access token that has ended.
func (s *server) signIn(t *testing.T, store *filestore.Store) {
	t.Helper()
	s.mu.Lock()
	c := credential(s.n)
	c.RefreshToken = s.valid
	s.mu.Unlock()
	c.Expiry = time.Now().Add(-time.Hour)
	save(t, store, name, c)
}

// refresh returns the client of a server.
func refresh(to string) auth.Refresh {
	return func(ctx context.Context, c *auth.Credential) (*auth.Credential, error) {
		form := strings.NewReader(url.Values{"refresh_token": {c.RefreshToken}}.Encode())
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, form)
		if err != nil {
			return nil, err
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return nil, err
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("%w: invalid_grant", auth.ErrSignedOut)
		}
		var tokens [2]string
		if err := json.NewDecoder(resp.Body).Decode(&tokens); err != nil {
			return nil, err
		}
		c.AccessToken, c.RefreshToken, c.Expiry = tokens[0], tokens[1], time.Now().Add(time.Hour)
		return c, nil
	}
}

// noSecrets looks for secrets in the output of processes and in all files but those with a
// credential.
func noSecrets(t *testing.T, dir string, processes ...*process) {
	t.Helper()
	for _, p := range processes {
		if strings.Contains(p.stderr.String(), "canary") {
			t.Errorf("a secret shows in %q", p.stderr.String())
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		own := strings.HasSuffix(e.Name(), ".credential") || strings.HasSuffix(e.Name(), ".credential.new")
		if !own && strings.Contains(content(t, filepath.Join(dir, e.Name())), "canary") {
			t.Errorf("a secret is in %s", e.Name())
		}
	}
}

// Eight processes share a store at the expiry: one refreshes, and all have its token. Then the
// provider refuses every token again and again, and none of them is signed out.
func TestProcesses(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "store")
	s := serve(t)
	s.delay = 100 * time.Millisecond
	store := kinds["in clear"](t, dir)
	s.signIn(t, store)
	all := make([]*process, 8)
	for i := range all {
		all[i] = start(t, "token", dir, s.URL)
	}
	round := func() (hashes []string) {
		hashes = make([]string, len(all))
		var done sync.WaitGroup
		for i, p := range all {
			done.Go(func() {
				var err error
				if hashes[i], err = p.ask(); err != nil {
					t.Errorf("process %d: %v", i, err)
				}
			})
		}
		done.Wait()
		return hashes
	}
	for i, got := range round() {
		if want := hash("canary-access1"); got != want {
			t.Errorf("process %d has the token %s, want %s", i, got, want)
		}
	}
	if n, refused := s.counts(); n != 1 || refused != 0 {
		t.Fatalf("%d refreshes and %d refused ones, want 1 and 0", n, refused)
	}
	s.delay = time.Millisecond
	for range 5 {
		round()
	}
	if n, refused := s.counts(); n < 6 || refused != 0 {
		t.Errorf("%d refreshes and %d refused ones, want 6 or more, and 0", n, refused)
	}
	for i, p := range all {
		if err := p.end(); err != nil {
			t.Errorf("process %d: %v: %s", i, err, p.stderr.String())
		}
	}
	n, _ := s.counts()
	c, err := store.Load(t.Context(), name)
	if err != nil || c.RefreshToken != "canary-refresh"+strconv.Itoa(n) {
		t.Errorf("the store has %v, %v, not the tokens of refresh %d", c, err, n)
	}
	noSecrets(t, dir, all...)
}

// A process that ends gives up its lock.
func TestLockOfKilledProcess(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "store")
	p := start(t, "lock", dir, "")
	if !p.out.Scan() {
		t.Fatal(p.failed())
	}
	store := kinds["in clear"](t, dir)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := store.Lock(ctx, name); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("beside a running process: %v", err)
	}
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel = context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	unlock, err := store.Lock(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	unlock()
}

// An error that a source logs has no secret.
func TestLogHasNoSecret(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "store")
	s := serve(t)
	store := kinds["in clear"](t, dir)
	s.signIn(t, store)
	path := file(t, dir)
	var log strings.Builder
	source := auth.NewSource(store, name, func(ctx context.Context, c *auth.Credential) (*auth.Credential, error) {
		put(t, path, strings.Replace(content(t, path), "{", "canary", 1))
		return refresh(s.URL)(ctx, c)
	}).WithLogger(slog.New(slog.NewTextHandler(&log, nil)))
	token, err := source.TokenContext(t.Context())
	if err != nil || token.AccessToken != "canary-access1" {
		t.Errorf("got %v, %v", token, err)
	}
	if !strings.Contains(log.String(), "the file is damaged") || strings.Contains(log.String(), "canary") {
		t.Errorf("logged %q", log.String())
	}
	if !strings.HasPrefix(content(t, path), "canary") {
		t.Error("the damaged file is replaced")
	}
}
