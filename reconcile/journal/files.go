package journal

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/memberships-go/memberships/internal/replace"
)

// Files opens the files of a journal. Tests inject failures with it.
type Files interface {
	// Open opens a file for reading and writing, and makes it, readable by its owner alone,
	// if there is none.
	Open(name string) (File, error)
	// Rename gives a file another name, and replaces the file that has it.
	Rename(from, to string) error
}

// File is a file of a journal.
type File interface {
	io.ReadWriteSeeker
	io.Closer
	Sync() error
	Truncate(size int64) error
}

// systemFiles are the files of the operating system.
type systemFiles struct{}

// Open also makes the name of a new file last.
func (systemFiles) Open(name string) (File, error) {
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	if f, err = os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return nil, err
	}
	if err := replace.SyncFolder(filepath.Dir(name)); err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

func (systemFiles) Rename(from, to string) error { return os.Rename(from, to) }
