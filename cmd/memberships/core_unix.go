//go:build unix

package main

import (
	"fmt"
	"syscall"
)

// noCore limits the core file of this process, which would hold its tokens, to nothing. The
// hard limit stays: a program that emulate starts may set its own.
func noCore() error {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_CORE, &limit); err != nil {
		return fmt.Errorf("core files cannot be prevented: %w", err)
	}
	limit.Cur = 0
	if err := syscall.Setrlimit(syscall.RLIMIT_CORE, &limit); err != nil {
		return fmt.Errorf("core files cannot be prevented: %w", err)
	}
	return nil
}
