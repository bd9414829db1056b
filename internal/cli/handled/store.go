// Package handled keeps the ids of handled deliveries in a file.
package handled

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/memberships-go/memberships/internal/replace"
)

// keep is the time for which the file has an id. Providers repeat a delivery for two days at
// most.
const keep = 7 * 24 * time.Hour

// cleanEvery is the time after which an open store drops old entries.
const cleanEvery = time.Hour

// maxEntries is the number of entries beyond which the oldest ones are dropped. Twice as many
// lines stay below maxFile.
const maxEntries = 1 << 18

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

// file is an open file.
type file interface {
	io.WriterAt
	io.Closer
	Sync() error
	Truncate(size int64) error
}

// Store is an events.Store in a file, with a line for each delivery. It belongs to one
// process: Save fails after another one has opened the file. Its methods are safe for
// concurrent use.
type Store struct {
	path string
	now  func() time.Time

	mu      sync.Mutex
	file    file
	info    fs.FileInfo // of file
	size    int64       // of its whole lines
	lines   int         // the number of its entries
	last    map[string]entry
	cleaned time.Time
	// Since is the time at which an earlier process used the file last, zero for a new file.
	Since time.Time
}

// Open opens the file of a Store, or makes one. It drops the entries that are older than keep.
// The error for another file says so and quotes none of it.
func Open(path string, now time.Time) (*Store, error) {
	s := &Store{path: path, now: time.Now, last: map[string]entry{}, cleaned: now}
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
	if err := s.rewrite(); err != nil {
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
func (s *Store) rewrite() error {
	err := replace.File(s.path, func(w io.Writer) error {
		if _, err := fmt.Fprintln(w, format); err != nil {
			return err
		}
		out := json.NewEncoder(w)
		for _, e := range s.last {
			if err := out.Encode(e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	f, err := os.OpenFile(s.path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		_ = f.Close()
		return err
	}
	if s.file != nil {
		_ = s.file.Close()
	}
	s.file, s.info, s.size, s.lines = f, info, info.Size(), len(s.last)
	return nil
}

// clean drops entries that are older than keep, and the oldest ones of too many.
func (s *Store) clean(now time.Time) error {
	maps.DeleteFunc(s.last, func(_ string, e entry) bool { return now.Sub(e.At) >= keep })
	if len(s.last) > maxEntries {
		names := slices.SortedFunc(maps.Keys(s.last), func(a, b string) int { return s.last[a].At.Compare(s.last[b].At) })
		for _, name := range names[:len(names)-maxEntries/2] {
			delete(s.last, name)
		}
	}
	s.cleaned = now
	if s.lines == len(s.last) {
		return nil
	}
	return s.rewrite()
}

// Last implements events.Store.
func (s *Store) Last(_ context.Context, name string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last[name].ID, nil
}

// Save implements events.Store. The entry is on the disk when it returns.
func (s *Store) Save(_ context.Context, name, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if info, err := os.Stat(s.path); err != nil || !os.SameFile(info, s.info) {
		return errors.New("another process uses the file, or it was removed")
	}
	now := s.now()
	if now.Sub(s.cleaned) > cleanEvery || s.lines >= 2*maxEntries {
		if err := s.clean(now); err != nil {
			return err
		}
	}
	e := entry{name, id, now.UTC()}
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	line = append(line, '\n')
	if err := s.write(line); err != nil {
		_ = s.file.Truncate(s.size) // the next line is written over the rest anyway
		return err
	}
	s.size += int64(len(line))
	s.lines++
	s.last[name] = e
	return nil
}

func (s *Store) write(line []byte) error {
	if _, err := s.file.WriteAt(line, s.size); err != nil {
		return err
	}
	return s.file.Sync()
}

// Touch records that the process is alive.
func (s *Store) Touch(now time.Time) error { return os.Chtimes(s.path, now, now) }

// Close closes the file.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.file.Close()
}
