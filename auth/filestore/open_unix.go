//go:build unix

package filestore

import (
	"os"
	"syscall"
)

// openFlags follow no symbolic link and wait for no writer of a FIFO.
const openFlags = os.O_RDONLY | syscall.O_NOFOLLOW | syscall.O_NONBLOCK
