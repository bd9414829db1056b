package journal

import (
	"io"
	"os"
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

func (systemFiles) Open(name string) (File, error) {
	return os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
}

func (systemFiles) Rename(from, to string) error { return os.Rename(from, to) }
