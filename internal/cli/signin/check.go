package signin

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/memberships-go/memberships/auth"
)

// probe is the name of the credential that Check writes.
const probe = "memberships/test of the store"

// Check returns an error if Save would fail for a sign-in and a kind of store: the store takes
// no credential, it has one of the sign-in that it cannot read, or the record of the stores
// cannot be read or replaced. It writes a credential without secrets and removes it again.
func (l *Logins) Check(ctx context.Context, key string, kind Kind) (auth.Store, error) {
	store, err := l.Store(kind)
	if err != nil {
		return nil, err
	}
	if err := l.checkRecord(); err != nil {
		return store, err
	}
	if _, err := store.Load(ctx, key); err != nil && !errors.Is(err, auth.ErrAbsent) {
		return store, wayOut(key, err)
	}
	if err := store.Save(ctx, probe, &auth.Credential{Provider: "memberships", Method: "test", AccessToken: "none"}); err != nil {
		return store, err
	}
	// An interruption leaves no test behind.
	removing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return store, store.Delete(removing, probe)
}

// checkRecord returns an error if the record of the stores cannot be read or replaced.
func (l *Logins) checkRecord() error {
	if _, err := l.read(); err != nil {
		return err
	}
	f, err := os.CreateTemp(l.folder, "test-*")
	if err != nil {
		return fmt.Errorf("the folder of the sign-ins: %w", err)
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}
