// Package journal keeps the record of an Apply in a folder: NDJSON to which lines are only
// appended, each with a checksum and the checksum of the line before.
package journal

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/memberships-go/memberships/reconcile"
	"github.com/memberships-go/memberships/reconcile/internal/chain"
)

// The files of a journal's folder.
const (
	FileName   = "journal.ndjson" // the lines
	headName   = "journal.head"   // the last checksum of the last run that ended
	lockName   = "lock"
	holderName = "holder.json" // the process that has the lock
)

// Journal is a reconcile.Journal in a folder. Its methods are safe for concurrent use.
type Journal struct {
	dir    string
	files  Files
	unlock func()

	mu       sync.Mutex
	flushed  *sync.Cond
	file     File
	size     int64 // of the lines that last
	chain    chain.Chain
	entries  []reconcile.Entry
	pending  []byte // lines that are not written
	lasting  int    // the number of lines that last
	flushing bool
	failed   error
}

var _ reconcile.Journal = (*Journal)(nil)

// Options sets how Open works.
type Options struct {
	// Files are the files of the system if they are nil.
	Files Files
	// Holder is shown to another process that finds the journal locked.
	Holder Holder
}

// Open opens the journal of a folder, which it makes if there is none, and locks it until
// Close. It drops a last line that was cut. A journal that another process has open is a
// [*LockedError], and a changed one an [*Error].
func Open(dir string, o Options) (*Journal, error) {
	if o.Files == nil {
		o.Files = systemFiles{}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	unlock, err := lock(dir, o.Holder)
	if err != nil {
		return nil, err
	}
	j := &Journal{dir: dir, files: o.Files, unlock: unlock}
	j.flushed = sync.NewCond(&j.mu)
	if err := j.open(); err != nil {
		unlock()
		return nil, err
	}
	return j, nil
}

// open reads the lines and drops a cut one.
func (j *Journal) open() error {
	name := filepath.Join(j.dir, FileName)
	file, err := j.files.Open(name)
	if err != nil {
		return err
	}
	content, err := read(name, file)
	if err == nil && content.Cut {
		err = errors.Join(file.Truncate(content.Size), file.Sync())
	}
	if err == nil {
		_, err = file.Seek(content.Size, io.SeekStart)
	}
	if err == nil {
		err = checkHead(j.dir, content)
	}
	if err != nil {
		_ = file.Close()
		return err
	}
	j.file, j.size, j.chain, j.entries, j.lasting = file, content.Size, content.chain, content.Entries, len(content.Entries)
	return nil
}

// Entries returns a copy of the entries.
func (j *Journal) Entries() []reconcile.Entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.entries)
}

// Record appends entries and returns after they last on the disk. Calls at the same time
// share one write. After an error the journal records nothing more.
func (j *Journal) Record(entries ...reconcile.Entry) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.failed != nil {
		return j.failed
	}
	for _, e := range entries {
		line, err := j.chain.Append(e)
		if err != nil {
			return err
		}
		j.pending = append(j.pending, line...)
		j.entries = append(j.entries, e)
	}
	for until := j.chain.Lines; j.lasting < until && j.failed == nil; {
		if j.flushing {
			j.flushed.Wait()
			continue
		}
		j.flush()
	}
	return j.failed
}

// flush writes the pending lines. j is locked before and after it.
func (j *Journal) flush() {
	lines, until := j.pending, j.chain.Lines
	j.pending, j.flushing = nil, true
	j.mu.Unlock()
	_, err := j.file.Write(lines)
	if err == nil {
		err = j.file.Sync()
	}
	if err != nil { // what was written is not known to last
		err = fmt.Errorf("%s: %w", filepath.Join(j.dir, FileName), reason(err))
		_ = j.file.Truncate(j.size)
	}
	j.mu.Lock()
	j.flushing = false
	if j.failed = err; err == nil {
		j.lasting, j.size = until, j.size+int64(len(lines))
	}
	j.flushed.Broadcast()
}

// Close ends the lock. After a run that has ended it keeps the last checksum apart, so that
// [Verify] notices lines that are missing at the end.
func (j *Journal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	var err error
	if n := len(j.entries); j.failed == nil && n > 0 && j.entries[n-1].Kind == reconcile.EntryEnd {
		err = writeHead(j.files, j.dir, j.chain)
	}
	err = errors.Join(err, j.file.Close())
	j.unlock()
	return err
}

// reason returns an error of a file without the file's name.
func reason(err error) error {
	if p := (*fs.PathError)(nil); errors.As(err, &p) {
		return p.Err
	}
	return err
}
