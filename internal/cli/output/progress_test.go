package output

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/memberships-go/memberships/internal/cli/clitest"
)

// The line appears after a second, shows the progress, and leaves nothing behind.
func TestProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l log
		c := &Console{Stderr: &l, StderrTerminal: true}
		p := c.progress("members")
		var written []string
		shows := func(want string) {
			t.Helper()
			synctest.Wait()
			written = append(written, l.take()...)
			if diff := cmp.Diff(want, clitest.Line(written)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		}
		p.Add(12)
		time.Sleep(progressAfter - time.Nanosecond)
		shows("")
		time.Sleep(time.Nanosecond)
		shows("members: 12")
		p.Add(12_000)
		p.total(1_000_000)
		time.Sleep(progressEvery)
		shows("members: 12,012 of 1,000,000")
		p.total(0)
		time.Sleep(progressEvery)
		shows("members: 12,012")
		p.hide()
		shows("")
		time.Sleep(progressEvery)
		shows("members: 12,012")
		p.stop()
		shows("")
		time.Sleep(time.Hour)
		shows("")
		for _, s := range written {
			if strings.ContainsAny(s, "\x1b\n") {
				t.Errorf("%q is more than text and carriage returns", s)
			}
		}
	})
}

// Progress shows both numbers until it is stopped.
func TestProgressOfBoth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l log
		c := &Console{Stderr: &l, StderrTerminal: true}
		show, stop := c.Progress("groups")
		show(3, 20)
		time.Sleep(progressAfter)
		synctest.Wait()
		written := l.take()
		if got := clitest.Line(written); got != "groups: 3 of 20" {
			t.Errorf("got %q", got)
		}
		stop()
		if got := clitest.Line(append(written, l.take()...)); got != "" {
			t.Errorf("after the end: got %q", got)
		}
	})
}

// Without a terminal, or with a log, there is no line.
func TestNoProgress(t *testing.T) {
	for name, c := range map[string]*Console{
		"piped": {},
		"log":   {StderrTerminal: true, Debug: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var l log
				c.Stderr = &l
				p := c.progress("members")
				p.Add(1)
				time.Sleep(time.Hour)
				p.hide()
				p.stop()
				if got := l.take(); got != nil {
					t.Errorf("got %q", got)
				}
			})
		})
	}
}

// Rows on the same terminal replace the line, which reappears below them.
func TestProgressBetweenRows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var both log // one terminal for stdout and stderr
		c := &Console{Stdout: &both, Stderr: &both, StdoutTerminal: true, StderrTerminal: true}
		s := Open(c, &Flags{Format: "csv"}, Schema[string]{Fields: []Field[string]{{Name: "name", Text: func(s string) string { return s }}}}, "members")
		time.Sleep(progressAfter)
		synctest.Wait()
		if err := s.Print("ada"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * progressEvery)
		synctest.Wait()
		if err := s.Close(nil); err != nil {
			t.Fatal(err)
		}
		want := []string{"\rmembers: 0", "\r          \r", "name\nada\n", "\rmembers: 1", "\rmembers: 1", "\r          \r"}
		if diff := cmp.Diff(want, both.take()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}
