package filestore_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/auth/filestore"
)

// wantDecryptions fails unless a store has decrypted n files.
func wantDecryptions(t *testing.T, s *filestore.Store, n int64) {
	t.Helper()
	if got := s.Decryptions(); got != n {
		t.Errorf("%d decryptions, want %d", got, n)
	}
}

// A file is decrypted once by a store, which each decryption takes seconds of, until another
// store changes it. The callers share no credential.
func TestDecryptsOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "store")
	open := func() *filestore.Store { return must(t)(filestore.NewEncryptedFast(dir, "a passphrase")) }
	ended := credential(1)
	ended.RefreshToken, ended.Expiry = "canary-refresh", time.Now().Add(-time.Hour)
	save(t, open(), name, ended)

	s := open()
	first, err := s.Load(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	first.AccessToken, first.RefreshToken = "changed by the caller", ""
	wantCredential(t, s, name, ended)
	wantDecryptions(t, s, 1)

	fresh := credential(2)
	fresh.Expiry = time.Now().Add(time.Hour).UTC()
	source := auth.NewSource(s, name, func(context.Context, *auth.Credential) (*auth.Credential, error) { return fresh, nil })
	if token, err := source.TokenContext(t.Context()); err != nil || token.AccessToken != fresh.AccessToken {
		t.Fatalf("got %v, %v", token, err)
	}
	wantDecryptions(t, s, 1)
	wantCredential(t, s, name, fresh)
	wantDecryptions(t, s, 1)

	save(t, open(), name, credential(3))
	wantCredential(t, s, name, credential(3))
	wantDecryptions(t, s, 2)
	if err := s.Delete(t.Context(), name); err != nil {
		t.Fatal(err)
	}
	save(t, open(), name, credential(3))
	wantCredential(t, s, name, credential(3))
	wantDecryptions(t, s, 3)
}
