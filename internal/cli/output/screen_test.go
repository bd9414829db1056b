package output

import (
	"os"
	"path/filepath"
	"testing"
)

// A file has no width, so its tables are never cut.
func TestWidthOfAFile(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "table"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if got := TerminalWidth(f); got != 0 {
		t.Errorf("got %d", got)
	}
}
