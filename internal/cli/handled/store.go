// Package handled keeps the ids of handled deliveries in a file.
package handled

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// keep is the time for which the file has an id. Providers repeat a delivery for two days at
// most.
const keep = 7 * 24 * time.Hour

// maxFile is the size of the largest file that is read.
const maxFile = 256 << 20

// format is the first line of a file.
const format = "memberships deliveries 1"

// entry is one line of the file after the first: a handled delivery.
type entry struct {
	Name string    `json:"name"`
	ID   string    `json:"id"`
	At   time.Time `json:"at"`
}

// Store is an events.Store in a file, with a line for each delivery. It belongs to one
// process. Its methods are safe for concurrent use.
type Store struct {
	mu   sync.Mutex
	file *os.File
	path string
	last map[string]entry
	// Since is the time at which an earlier process used the file last, zero for a new file.
	Since time.Time
}

// Open opens the file of a Store, or makes one. It drops the entries that are older than keep.
// The error for another file says so and quotes none of it.
func Open(path string, now time.Time) (*Store, error) {
	s := &Store{last: map[string]entry{}}
	switch info, err := os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errors.New("it is no regular file")
	default:
		s.Since = info.ModTime()
		if err := s.read(path, now); err != nil {
			return nil, err
		}
	}
	if err := s.rewrite(path); err != nil {
		return nil, err
	}
	return s, nil
}

// read fills the entries from the file. A last line that a crash has cut is left out.
func (s *Store) read(path string, now time.Time) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	switch {
	case err != nil:
		return err
	case len(data) > maxFile:
		return fmt.Errorf("the file has more than %d MiB", maxFile>>20)
	case len(data) == 0:
		return nil
	}
	first, rest, _ := bytes.Cut(data, []byte("\n"))
	if string(first) != format {
		return errors.New("the file has no deliveries of this command")
	}
	for n := 2; len(rest) > 0; n++ {
		line, after, whole := bytes.Cut(rest, []byte("\n"))
		rest = after
		var e entry
		if err := json.Unmarshal(line, &e); err != nil || e.Name == "" {
			if !whole {
				return nil
			}
			return fmt.Errorf("line %d of the file is damaged", n)
		}
		if now.Sub(e.At) < keep {
			s.last[e.Name] = e
		}
	}
	return nil
}

// rewrite replaces the file by one with the entries, and opens it for more.
func (s *Store) rewrite(path string) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*") // with mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	w := bufio.NewWriter(f)
	_, _ = fmt.Fprintln(w, format)
	for _, e := range s.last {
		line, err := json.Marshal(e)
		if err != nil {
			return err
		}
		_, _ = w.Write(append(line, '\n'))
	}
	if err = w.Flush(); err != nil {
		return err
	}
	if err = f.Sync(); err != nil {
		return err
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return err
	}
	s.file, s.path = f, path
	return nil
}

// Last implements events.Store.
func (s *Store) Last(_ context.Context, name string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last[name].ID, nil
}

// Save implements events.Store. The entry is on the disk when it returns.
func (s *Store) Save(_ context.Context, name, id string) error {
	e := entry{name, id, time.Now().UTC()}
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.file.Write(append(line, '\n')); err != nil {
		return err
	}
	if err := s.file.Sync(); err != nil {
		return err
	}
	s.last[name] = e
	return nil
}

// Touch records that the process is alive.
func (s *Store) Touch(now time.Time) error { return os.Chtimes(s.path, now, now) }

// Close closes the file.
func (s *Store) Close() error { return s.file.Close() }
