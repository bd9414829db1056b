// Package keyfile reads the JSON files with keys and secrets that providers hand out. No error
// of it quotes a content.
package keyfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strings"

	"github.com/memberships-go/memberships/internal/text"
)

// MaxSize exceeds the size of every valid file.
const MaxSize = 1 << 20

// File is a JSON file of one object.
type File struct {
	// Name is the path, or a description of data without a path.
	Name   string
	object map[string]any
	mode   os.FileMode
	path   bool
}

// Read reads a file of at most MaxSize bytes.
func Read(path string) (*File, error) {
	in, err := os.Open(path)
	if err != nil {
		return nil, unopened(path, err)
	}
	defer func() { _ = in.Close() }()
	info, err := in.Stat()
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(in, MaxSize+1))
	if err != nil {
		return nil, err
	}
	f, err := Parse(path, data)
	if err != nil {
		return nil, err
	}
	f.mode, f.path = info.Mode(), true
	return f, nil
}

// maxName exceeds the length of the names of files on all systems.
const maxName = 255

// unopened returns the error of a path that leads to no file. It quotes no path that may be the
// content of a file, which has secrets.
func unopened(path string, err error) error {
	if len(path) <= maxName && !strings.ContainsAny(path, "{}\"\r\n") && !strings.Contains(path, "-----") {
		return err
	}
	var cause *fs.PathError
	if errors.As(err, &cause) {
		err = cause.Err
	}
	return fmt.Errorf("a text of %d bytes is no path of a file, and perhaps its content: give the path: %w", len(path), err)
}

// Parse reads data. name stands for it in errors. A mark of UTF-8 before the JSON, which some
// editors write, is no part of it.
func Parse(name string, data []byte) (*File, error) {
	if len(data) > MaxSize {
		return nil, fmt.Errorf("%s is longer than 1 MiB", name)
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if bytes.HasPrefix(data, []byte{0xff, 0xfe}) || bytes.HasPrefix(data, []byte{0xfe, 0xff}) {
		return nil, fmt.Errorf("%s is UTF-16: save it as UTF-8", name)
	}
	if !json.Valid(data) {
		return nil, fmt.Errorf("%s is not JSON", name)
	}
	f := &File{Name: name}
	if json.Unmarshal(data, &f.object) != nil || f.object == nil {
		return nil, fmt.Errorf("%s is not a JSON object", name)
	}
	return f, nil
}

// Private returns an error if the file has a path at which every user of the machine can read
// it, or more than the owner can change it. A group may read: a secret that an orchestrator
// mounts for a process without root belongs to its group. It returns nil on Windows.
func (f *File) Private() error { return f.private(runtime.GOOS) }

func (f *File) private(system string) error {
	if mode := f.mode.Perm(); f.path && mode&0o027 != 0 && system != "windows" {
		return fmt.Errorf("%s holds a secret and others can read or change it (mode %04o): run chmod 600 %s", f.Name, mode, text.Word(f.Name))
	}
	return nil
}

// Has reports whether there is a field. path joins the names of nested objects with dots.
func (f *File) Has(path string) bool {
	_, ok := f.value(path)
	return ok
}

// Text returns the text of a field, "" if it is absent or null.
func (f *File) Text(path string) (string, error) {
	v, _ := f.value(path)
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	}
	return "", f.Wrong(path, "a text")
}

// Need returns the text of a field, which must not be empty.
func (f *File) Need(path string) (string, error) {
	s, err := f.Text(path)
	if err == nil && s == "" {
		err = f.Wrong(path, "a text that is not empty")
	}
	return s, err
}

// Wrong returns the error for a field with another value than expected.
func (f *File) Wrong(path, expected string) error {
	return fmt.Errorf("%s: the field %s: expected %s", f.Name, path, expected)
}

func (f *File) value(path string) (any, bool) {
	object := f.object
	for {
		name, rest, nested := strings.Cut(path, ".")
		v, ok := object[name]
		if !nested || !ok {
			return v, ok && !nested
		}
		if object, ok = v.(map[string]any); !ok {
			return nil, false
		}
		path = rest
	}
}
