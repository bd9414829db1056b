package replace

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// content writes a text.
func content(text string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	}
}

// names returns the names of the files in a folder.
func names(t *testing.T, folder string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

// File writes a new file and replaces a former one. Only the owner may read the result, and
// the folder keeps no temporary file.
func TestFile(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "state.yaml")
	for _, want := range []string{"first", "", "second"} {
		if err := File(path, content(want)); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(path)
		if err != nil || string(got) != want {
			t.Errorf("got %q, %v, want %q", got, err, want)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("got mode %v, %v, want 0600", info.Mode(), err)
		}
	}
	if diff := cmp.Diff([]string{"state.yaml"}, names(t, folder)); diff != "" {
		t.Errorf("the folder (-want +got):\n%s", diff)
	}
}

// The temporary file is hidden, and bears the name of the file.
func TestFileWhileWriting(t *testing.T) {
	folder := t.TempDir()
	var during []string
	if err := File(filepath.Join(folder, "state.yaml"), func(io.Writer) error { during = names(t, folder); return nil }); err != nil {
		t.Fatal(err)
	}
	if len(during) != 1 {
		t.Fatalf("got %q, want one file", during)
	}
	if fits, err := filepath.Match(".state.yaml.*", during[0]); err != nil || !fits {
		t.Errorf("got %q, %v, want .state.yaml.*", during, err)
	}
}

// After an error, the path has the former file, and the folder no temporary one.
func TestFileFails(t *testing.T) {
	wrong := errors.New("no space left on the device")
	path := func(folder, name string) string { return filepath.Join(folder, name) }
	for name, tt := range map[string]struct {
		name  string
		write func(io.Writer) error
		is    error
		text  string // after the folder's name
	}{
		"the content fails":    {name: "file", write: func(w io.Writer) error { _, _ = io.WriteString(w, "half"); return wrong }, is: wrong, text: wrong.Error()},
		"the path is a folder": {name: "folder", write: content("x"), text: "/folder is a folder"},
		"the folder is absent": {name: "absent/file", write: content("x"), is: fs.ErrNotExist, text: "/absent/file: no such file or directory"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			if err := errors.Join(os.Mkdir(path(folder, "folder"), 0o700), os.WriteFile(path(folder, "file"), []byte("former"), 0o600)); err != nil {
				t.Fatal(err)
			}
			err := File(path(folder, tt.name), tt.write)
			if err == nil || tt.is != nil && !errors.Is(err, tt.is) {
				t.Fatalf("got %v, want %v", err, tt.is)
			}
			if text := err.Error(); text != tt.text && text != folder+tt.text {
				t.Errorf("got %q, want %q", text, tt.text)
			}
			if got, err := os.ReadFile(path(folder, "file")); err != nil || string(got) != "former" {
				t.Errorf("the file has %q, %v", got, err)
			}
			if diff := cmp.Diff([]string{"file", "folder"}, names(t, folder)); diff != "" {
				t.Errorf("the folder (-want +got):\n%s", diff)
			}
		})
	}
}

// SyncFolder returns the error of an absent folder, and none of one that exists.
func TestSyncFolder(t *testing.T) {
	folder := t.TempDir()
	if err := SyncFolder(folder); err != nil {
		t.Error(err)
	}
	if err := SyncFolder(filepath.Join(folder, "absent")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want that the folder does not exist", err)
	}
}
