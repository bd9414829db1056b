//go:build unix

package main

import (
	"syscall"
	"testing"
)

// The command has no core file, and keeps the limit that another program may raise its own to.
func TestNoCore(t *testing.T) {
	limit := func() (l syscall.Rlimit) {
		t.Helper()
		if err := syscall.Getrlimit(syscall.RLIMIT_CORE, &l); err != nil {
			t.Fatal(err)
		}
		return l
	}
	before := limit()
	defer func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_CORE, &before); err != nil {
			t.Error(err)
		}
	}()
	high := before
	high.Cur = high.Max
	if err := syscall.Setrlimit(syscall.RLIMIT_CORE, &high); err != nil {
		t.Fatal(err)
	}
	if err := noCore(); err != nil {
		t.Fatal(err)
	}
	if after := limit(); after.Cur != 0 || after.Max != before.Max {
		t.Errorf("the limits are %d and %d, want 0 and %d", after.Cur, after.Max, before.Max)
	}
}
