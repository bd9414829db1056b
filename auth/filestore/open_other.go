//go:build !unix

package filestore

import "os"

const openFlags = os.O_RDONLY
