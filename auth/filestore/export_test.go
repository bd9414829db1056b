package filestore

import "os"

// MaxFile is the size of the largest file.
const MaxFile = maxFile

// NewEncryptedFast is NewEncrypted with a key that takes no time.
func NewEncryptedFast(dir, passphrase string) (*Store, error) {
	return newEncrypted(dir, passphrase, 2)
}

// FailRename makes each rename fail, until the returned function is called.
func FailRename(err error) (restore func()) {
	rename = func(string, string) error { return err }
	return func() { rename = os.Rename }
}

// Decryptions returns the number of files that an encrypted store has decrypted.
func (s *Store) Decryptions() int64 { return s.seal.opened.Load() }
