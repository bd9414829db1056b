//go:build unix

package statefile_test

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/memberships-go/memberships/reconcile/statefile"
)

// A folder with a FIFO is refused, because its end may never come.
func TestFolderWithFIFO(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "a.yaml"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := statefile.Load([]string{dir}, statefile.Options{}); err == nil || !strings.HasSuffix(err.Error(), "a.yaml is no file") {
		t.Errorf("got %v", err)
	}
}
