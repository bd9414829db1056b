package statefile

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

const stdin = "-"

// maxFile is the greatest size of a file in bytes; 100,000 people take about 6 MiB.
const maxFile = 16 << 20

// file is a file to read.
type file struct {
	path string
	name string // in positions
}

// dir returns the folder that the file's own paths are relative to.
func (f file) dir() string {
	if f.path == stdin {
		return ""
	}
	return filepath.Dir(f.path)
}

// read returns the file's bytes, at most one more than maxFile.
func (f file) read(in io.Reader) ([]byte, error) {
	if f.path != stdin {
		opened, err := os.Open(f.path)
		if err != nil {
			return nil, err
		}
		defer func() { _ = opened.Close() }()
		in = opened
	}
	if in == nil {
		return nil, errors.New("there is no stdin")
	}
	text, err := io.ReadAll(io.LimitReader(in, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.name, err)
	}
	return text, nil
}

// findFiles returns the files of paths, those of a folder in the order of their names.
func findFiles(paths []string) ([]file, error) {
	if len(paths) == 0 {
		return nil, errors.New("there is no file to read")
	}
	var files []file
	seen := map[string]bool{}
	for _, path := range paths {
		found, err := filesOf(path)
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			if seen[f.name] {
				return nil, fmt.Errorf("%s is given twice", f.name)
			}
			seen[f.name] = true
		}
		files = append(files, found...)
	}
	return files, nil
}

// filesOf returns the files of one path.
func filesOf(path string) ([]file, error) {
	if path == stdin {
		return []file{{stdin, "stdin"}}, nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []file{{path, path}}, nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	var files []file
	for _, e := range entries {
		ext := strings.ToLower(filepath.Ext(e.Name()))
		if e.IsDir() || strings.HasPrefix(e.Name(), ".") || ext != ".yaml" && ext != ".yml" {
			continue
		}
		in := filepath.Join(path, e.Name())
		if info, err := os.Stat(in); err != nil || !info.Mode().IsRegular() { // a FIFO has no end
			return nil, cmp.Or(err, fmt.Errorf("%s is no file", in))
		}
		files = append(files, file{in, in})
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s: the folder has no file *.yaml or *.yml", path)
	}
	return files, nil
}
