package filestore

// MaxFile is the size of the largest file.
const MaxFile = maxFile

// NewEncryptedFast is NewEncrypted with a key that takes no time.
func NewEncryptedFast(dir, passphrase string) (*Store, error) {
	return newEncrypted(dir, passphrase, 2)
}
