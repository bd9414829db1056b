package box

import (
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// FuzzDecrypt changes encrypted keys: whatever they say, decrypt neither panics nor hangs.
func FuzzDecrypt(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "*.pem"))
	if err != nil || len(files) == 0 {
		f.Fatal(files, err)
	}
	for _, file := range files {
		if filepath.Base(file) == "iterations.pem" {
			continue // its changes take a second each
		}
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		block, _ := pem.Decode(text)
		f.Add(block.Bytes, "passphrase")
	}
	f.Fuzz(func(t *testing.T, der []byte, passphrase string) {
		plain, err := decrypt(der, []byte(passphrase))
		if err == nil && len(plain) >= len(der) || errors.Is(err, errPassphrase) && plain != nil {
			t.Errorf("got %d bytes of %d, %v", len(plain), len(der), err)
		}
	})
}
