package handled_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/memberships-go/memberships/events"
	"github.com/memberships-go/memberships/internal/cli/handled"
)

var _ events.Store = (*handled.Store)(nil)

func open(t *testing.T, path string, now time.Time) *handled.Store {
	t.Helper()
	s, err := handled.Open(path, now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func last(t *testing.T, s *handled.Store, name string) string {
	t.Helper()
	id, err := s.Last(context.Background(), name)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func save(t *testing.T, s *handled.Store, name, id string) {
	t.Helper()
	if err := s.Save(context.Background(), name, id); err != nil {
		t.Fatal(err)
	}
}

// A store has the last id of each name, also after it was opened again or cut by a crash.
func TestStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deliveries")
	now := time.Now()
	s := open(t, path, now)
	if !s.Since.IsZero() || last(t, s, "a") != "" {
		t.Error("a new file has content")
	}
	save(t, s, "a", "1")
	save(t, s, "a", "2")
	save(t, s, "b\n", "\"3")
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(`{"name":"c","id":"4`); err != nil {
		t.Fatal(err)
	}
	_ = f.Close()
	again := open(t, path, now)
	if a, b, c := last(t, again, "a"), last(t, again, "b\n"), last(t, again, "c"); a != "2" || b != `"3` || c != "" {
		t.Errorf("got %q, %q and %q", a, b, c)
	}
	if now.Sub(again.Since) > time.Minute {
		t.Errorf("the last use was at %s", again.Since)
	}
	save(t, again, "d", "5")
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file has mode %v, %v", info.Mode(), err)
	}
	if s := open(t, path, now); last(t, s, "a") != "2" || last(t, s, "d") != "5" {
		t.Error("an entry is lost after a cut line")
	}
	if s := open(t, path, now.Add(8*24*time.Hour)); last(t, s, "a") != "" {
		t.Error("an old entry is kept")
	}
	if b, err := os.ReadFile(path); err != nil || strings.Count(string(b), "\n") != 1 {
		t.Errorf("the file keeps old entries: %q, %v", b, err)
	}
}

func TestStoreTouch(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deliveries")
	s := open(t, path, time.Now())
	at := time.Now().Add(-time.Hour).Truncate(time.Second)
	if err := s.Touch(at); err != nil {
		t.Fatal(err)
	}
	if again := open(t, path, time.Now()); !again.Since.Equal(at) {
		t.Errorf("the last use was at %s, want %s", again.Since, at)
	}
}

func TestStoreRefuses(t *testing.T) {
	dir := t.TempDir()
	for name, tc := range map[string]struct{ content, want string }{
		"another file":   {"x\n", "the file has no deliveries of this command"},
		"a damaged line": {"memberships deliveries 1\n{}\n{\"name\":\"a\",\"id\":\"1\"}\n", "line 2 of the file is damaged"},
	} {
		path := filepath.Join(dir, "f")
		if err := os.WriteFile(path, []byte(tc.content), 0o600); err != nil {
			t.Fatal(err)
		}
		if s, err := handled.Open(path, time.Now()); err == nil || err.Error() != tc.want || s != nil {
			t.Errorf("%s: got %v, want %q", name, err, tc.want)
		}
		if b, err := os.ReadFile(path); err != nil || string(b) != tc.content {
			t.Errorf("%s: the file became %q, %v", name, b, err)
		}
	}
	if _, err := handled.Open(dir, time.Now()); err == nil {
		t.Error("a folder is no error")
	}
	if _, err := handled.Open(filepath.Join(dir, "no", "f"), time.Now()); err == nil {
		t.Error("a missing folder is no error")
	}
}

// A write that fails leaves no part of its line before the next one.
func TestStoreAfterAFailedWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deliveries")
	s := open(t, path, time.Now())
	save(t, s, "a", "1")
	s.Cut(20)
	if err := s.Save(context.Background(), "b", "2"); err == nil {
		t.Error("a write that fails is no error")
	}
	if got := last(t, s, "b"); got != "" {
		t.Errorf("b has %q", got)
	}
	save(t, s, "c", "3")
	again := open(t, path, time.Now())
	if a, b, c := last(t, again, "a"), last(t, again, "b"), last(t, again, "c"); a != "1" || b != "" || c != "3" {
		t.Errorf("got %q, %q and %q", a, b, c)
	}
}

// A store that stays open drops old entries, in memory and in the file.
func TestStoreDropsOldEntries(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deliveries")
	now := time.Now()
	s := open(t, path, now)
	s.SetNow(func() time.Time { return now })
	for i := range 100 {
		save(t, s, fmt.Sprint(i), "1")
	}
	now = now.Add(8 * 24 * time.Hour)
	save(t, s, "new", "2")
	if got := last(t, s, "5"); got != "" {
		t.Errorf("an old entry has %q", got)
	}
	save(t, s, "newer", "3")
	if b, err := os.ReadFile(path); err != nil || strings.Count(string(b), "\n") != 3 {
		t.Errorf("the file has %d lines, %v", strings.Count(string(b), "\n"), err)
	}
	again := open(t, path, now)
	if a, b := last(t, again, "new"), last(t, again, "newer"); a != "2" || b != "3" {
		t.Errorf("got %q and %q", a, b)
	}
}

// A store whose file another process has taken over saves nothing.
func TestStoreTakenOver(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deliveries")
	first := open(t, path, time.Now())
	save(t, first, "a", "1")
	second := open(t, path, time.Now())
	if err := first.Save(context.Background(), "b", "2"); err == nil || !strings.Contains(err.Error(), "another process uses the file") {
		t.Errorf("got %v", err)
	}
	save(t, second, "c", "3")
	if got := last(t, open(t, path, time.Now()), "c"); got != "3" {
		t.Errorf("c has %q", got)
	}
}
