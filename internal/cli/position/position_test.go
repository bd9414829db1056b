package position_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/internal/cli/position"
)

func TestPosition(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "position")
	if p, err := position.Read(path, "box"); p != "" || err != nil {
		t.Errorf("an absent file: got %q, %v", p, err)
	}
	for _, want := range []memberships.Position{"p1", "p1-another"} {
		if err := position.Write(path, "box", want); err != nil {
			t.Fatal(err)
		}
		if p, err := position.Read(path, "box"); p != want || err != nil {
			t.Errorf("got %q, %v", p, err)
		}
	}
	if p, err := position.Read(path, "pubnub"); p != "" || err == nil || err.Error() != "the file has the position of another provider than pubnub" {
		t.Errorf("another provider: got %q, %v", p, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file has mode %v, %v", info.Mode(), err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("the folder has %v, %v", entries, err)
	}
}

func TestReadDamaged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "position")
	for _, content := range []string{"", "{", "[]", "{}", `{"format":"memberships position 2","provider":"box","position":"p1"}`, `{"format":"memberships position 1","provider":"box","position":""}`, strings.Repeat(" ", 70<<10) + `{"format":"memberships position 1","provider":"box","position":"p1"}`} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if p, err := position.Read(path, "box"); p != "" || err == nil || err.Error() != "the file is damaged, or holds no position" {
			t.Errorf("%.40q: got %q, %v", content, p, err)
		}
	}
}

// A write that fails leaves the former position and no other file.
func TestWriteFails(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "position")
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(path, "x"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := position.Write(path, "box", "p1"); err == nil {
		t.Error("a folder in place of the file is no error")
	}
	absent := filepath.Join(dir, "no", "position")
	if err := position.Write(absent, "box", "p1"); !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), absent+": ") {
		t.Errorf("an absent folder: got %v", err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("the folder has %v, %v", entries, err)
	}
}

// The largest file has 64 KiB, its white space included.
func TestReadBound(t *testing.T) {
	const text = `{"format":"memberships position 1","provider":"box","position":"p1"}`
	for size, want := range map[int]memberships.Position{64 << 10: "p1", 64<<10 + 1: ""} {
		path := filepath.Join(t.TempDir(), "position")
		if err := os.WriteFile(path, []byte(text+strings.Repeat(" ", size-len(text))), 0o600); err != nil {
			t.Fatal(err)
		}
		if p, err := position.Read(path, "box"); p != want || (err == nil) != (want != "") {
			t.Errorf("%d bytes: got %q, %v, want %q", size, p, err, want)
		}
	}
}

// A file that exists and cannot be opened is an error, and no empty position.
func TestReadFails(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if p, err := position.Read(filepath.Join(file, "position"), "box"); p != "" || err == nil {
		t.Errorf("got %q, %v, want an error", p, err)
	}
}

// One caller at a time has the lock of a file. Its file stays, and only its owner may read it.
func TestLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "position")
	unlock, err := position.Lock(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := position.Lock(path); !errors.Is(err, position.ErrInUse) {
		t.Errorf("a second lock: got %v, want that the file is in use", err)
	}
	other, err := position.Lock(path + "-2")
	if err != nil {
		t.Fatalf("the lock of another file: %v", err)
	}
	other()
	unlock()
	if unlock, err = position.Lock(path); err != nil {
		t.Fatalf("after the unlock: %v", err)
	}
	unlock()
	if info, err := os.Stat(path + ".lock"); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the lock's file: %v", err)
	}
	if _, err := position.Lock(filepath.Join(path, "absent", "position")); err == nil || errors.Is(err, position.ErrInUse) {
		t.Errorf("in an absent folder: got %v, want another error", err)
	}
}
