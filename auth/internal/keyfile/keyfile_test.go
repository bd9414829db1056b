package keyfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestFields(t *testing.T) {
	f, err := Parse("app.json", []byte(`{"a":{"b":{"c":"deep"},"n":7,"null":null},"empty":"","list":["hush"]}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		path, text string
		has        bool
		text1      string // the error of Text
		need       string // the error of Need
	}{
		{"a.b.c", "deep", true, "<nil>", "<nil>"},
		{"a.b", "", true, "app.json: the field a.b: expected a text", "app.json: the field a.b: expected a text"},
		{"a.n", "", true, "app.json: the field a.n: expected a text", "app.json: the field a.n: expected a text"},
		{"a.null", "", true, "<nil>", "app.json: the field a.null: expected a text that is not empty"},
		{"a.x.c", "", false, "<nil>", "app.json: the field a.x.c: expected a text that is not empty"},
		{"a.b.c.d", "", false, "<nil>", "app.json: the field a.b.c.d: expected a text that is not empty"},
		{"list", "", true, "app.json: the field list: expected a text", "app.json: the field list: expected a text"},
		{"empty", "", true, "<nil>", "app.json: the field empty: expected a text that is not empty"},
	} {
		text, err1 := f.Text(tc.path)
		_, err2 := f.Need(tc.path)
		if text != tc.text || f.Has(tc.path) != tc.has || fmt.Sprint(err1) != tc.text1 || fmt.Sprint(err2) != tc.need {
			t.Errorf("%s: got %q, %t, %v, %v", tc.path, text, f.Has(tc.path), err1, err2)
		}
	}
}

func TestRead(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, tc := range []struct{ path, want string }{
		{write("text", "hush", 0o600), "text is not JSON"},
		{write("null", "null", 0o600), "is not a JSON object"},
		{write("list", `["hush"]`, 0o600), "is not a JSON object"},
		{write("two", `{}{}`, 0o600), "two is not JSON"},
		{write("long", `{"a":"`+strings.Repeat("x", MaxSize)+`"}`, 0o600), "is longer than 1 MiB"},
		{write("utf16", "\xff\xfe{\x00}\x00", 0o600), "utf16 is UTF-16: save it as UTF-8"},
		{write("utf16be", "\xfe\xff\x00{\x00}", 0o600), "utf16be is UTF-16: save it as UTF-8"},
		{filepath.Join(dir, "none"), "none"},
		{dir, dir},
	} {
		if f, err := Read(tc.path); err == nil || f != nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: got %v, %v, want %s", tc.path, f, err, tc.want)
		}
	}
	if runtime.GOOS == "windows" {
		return
	}
	for mode, private := range map[os.FileMode]bool{0o600: true, 0o400: true, 0o440: true, 0o640: true, 0o644: false, 0o660: false, 0o604: false, 0o602: false} {
		path := write(fmt.Sprintf("m%o", mode), "{}", mode)
		f, err := Read(path)
		if err != nil {
			t.Fatal(err)
		}
		err = f.Private()
		if want := fmt.Sprintf("%s holds a secret and others can read or change it (mode %04o): run chmod 600 %s", path, mode, path); private && err != nil || !private && fmt.Sprint(err) != want {
			t.Errorf("%04o: got %v", mode, err)
		}
		if err := f.private("windows"); err != nil {
			t.Errorf("%04o on Windows: got %v", mode, err)
		}
	}
	if f, err := Parse("data", []byte("{}")); err != nil || f.Private() != nil {
		t.Errorf("data without a path is not private: %v", err)
	}
}

// The content of a file at the place of its path is an error that quotes none of it.
func TestReadContent(t *testing.T) {
	for name, content := range map[string]string{
		"JSON":           `{"client_secret":"hush"}`,
		"a key":          "-----BEGIN PRIVATE KEY-----hush",
		"lines":          "hush\nhush",
		"base64 of JSON": "hush" + strings.Repeat("eyJ0eXBlIjoi", 300),
	} {
		f, err := Read(content)
		if want := fmt.Sprintf("a text of %d bytes is no path of a file, and perhaps its content: give the path", len(content)); f != nil || err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: got %v, %v", name, f, err)
		}
	}
	if _, err := Read(filepath.Join(t.TempDir(), "none.json")); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "none.json") {
		t.Errorf("got %v", err)
	}
	if _, err := Read(`{"a":1}`); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

// A file with a mark of UTF-8 has the fields of the same file without one.
func TestReadMark(t *testing.T) {
	path := filepath.Join(t.TempDir(), "app.json")
	if err := os.WriteFile(path, []byte("\ufeff{\r\n\"a\": \"b\"\r\n}\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := f.Need("a"); text != "b" || err != nil {
		t.Errorf("got %q, %v", text, err)
	}
}

// A field of any file has one of the results absent, text and error, and no error quotes it.
func FuzzFields(f *testing.F) {
	for _, seed := range []string{"", "{}", "null", `{"a":{"b":"hush"}}`, `{"a":{"b":7}}`, `{"a":[]}`, `{"a":null}`, `{"a.b":"hush"}`, "\ufeff{}", `{"a":{"b":""}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Parse("f.json", data)
		if err != nil {
			if file != nil || err.Error() != "f.json is not JSON" && err.Error() != "f.json is not a JSON object" && err.Error() != "f.json is longer than 1 MiB" && err.Error() != "f.json is UTF-16: save it as UTF-8" {
				t.Errorf("got %v, %v", file, err)
			}
			return
		}
		text, err := file.Text("a.b")
		if err != nil && (text != "" || err.Error() != "f.json: the field a.b: expected a text") {
			t.Errorf("got %q, %v", text, err)
		}
		needed, err := file.Need("a.b")
		if err == nil && (needed == "" || needed != text) || text != "" && !file.Has("a.b") {
			t.Errorf("got %q and %q, %v", text, needed, err)
		}
	})
}
