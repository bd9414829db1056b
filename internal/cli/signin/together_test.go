package signin_test

import (
	"errors"
	"strconv"
	"sync"
	"testing"

	gokeyring "github.com/zalando/go-keyring"

	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/internal/cli/signin"
)

// bot returns the credential of a bot with a token of its own.
func bot(n int) *auth.Credential {
	return &auth.Credential{Provider: "webex", Method: "bot token", AccessToken: "token" + strconv.Itoa(n)}
}

// together calls do for 0 to n-1 at once, each with sign-ins of its own, as processes have.
func together(t *testing.T, folder string, n int, do func(*signin.Logins, int) error) {
	t.Helper()
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			if err := do(signin.New(folder, nil), i); err != nil {
				t.Errorf("%d: %v", i, err)
			}
		})
	}
	all.Wait()
}

// wantOneStore fails unless the store of the record has the credential of a sign-in, and the
// other one has none. It reports whether there is a sign-in.
func wantOneStore(t *testing.T, folder string) bool {
	t.Helper()
	l := signin.New(folder, nil)
	_, recorded, err := l.Load(t.Context(), key)
	if err != nil && !errors.Is(err, auth.ErrAbsent) {
		t.Fatalf("the record names a store without the credential: %v", err)
	}
	for _, kind := range []signin.Kind{signin.File, signin.Keyring} {
		s, failed := l.Store(kind)
		if failed != nil {
			t.Fatal(failed)
		}
		want := err == nil && s.Name() == recorded.Name()
		if _, absent := s.Load(t.Context(), key); errors.Is(absent, auth.ErrAbsent) == want {
			t.Fatalf("%s: %v, and the record names it: %t", s.Name(), absent, want)
		}
	}
	return err == nil
}

// Sign-ins at once with different stores leave one credential, in the store of the record.
func TestSaveInTwoStores(t *testing.T) {
	gokeyring.MockInit()
	folder := t.TempDir()
	for range 4 {
		together(t, folder, 6, func(l *signin.Logins, i int) error {
			_, err := l.Save(t.Context(), key, []signin.Kind{signin.Keyring, signin.File}[i%2], bot(i))
			return err
		})
		if !wantOneStore(t, folder) {
			t.Fatal("nobody is signed in")
		}
	}
}

// Ends at once with sign-ins leave a whole sign-in or none.
func TestSaveAndEndTogether(t *testing.T) {
	gokeyring.MockInit()
	folder := t.TempDir()
	for range 4 {
		together(t, folder, 6, func(l *signin.Logins, i int) error {
			if i%3 == 2 {
				_, err := l.End(t.Context(), key, func(_ *auth.Credential, err error) error { return err })
				if errors.Is(err, auth.ErrAbsent) {
					return nil
				}
				return err
			}
			_, err := l.Save(t.Context(), key, []signin.Kind{signin.Keyring, signin.File}[i%3], bot(i))
			return err
		})
		wantOneStore(t, folder)
	}
}

// A reader during a change of the store gets one of the two credentials.
func TestLoadDuringSave(t *testing.T) {
	gokeyring.MockInit()
	folder := t.TempDir()
	if _, err := signin.New(folder, nil).Save(t.Context(), key, signin.File, bot(0)); err != nil {
		t.Fatal(err)
	}
	together(t, folder, 4, func(l *signin.Logins, i int) error {
		for n := range 10 {
			if i == 0 {
				if _, err := l.Save(t.Context(), key, []signin.Kind{signin.Keyring, signin.File}[n%2], bot(n)); err != nil {
					return err
				}
			} else if _, _, err := l.Load(t.Context(), key); err != nil {
				return err
			}
		}
		return nil
	})
}

// Sign-ins at once in several profiles are all kept, and the end of one waits for no other.
func TestSaveProfilesTogether(t *testing.T) {
	folder := t.TempDir()
	together(t, folder, 10, func(l *signin.Logins, i int) error {
		_, err := l.Save(t.Context(), signin.Key("webex", strconv.Itoa(i)), signin.File, bot(i))
		return err
	})
	l := signin.New(folder, nil)
	for i := range 10 {
		c, _, err := l.Load(t.Context(), signin.Key("webex", strconv.Itoa(i)))
		if err != nil || c.AccessToken != bot(i).AccessToken {
			t.Errorf("profile %d: %v, %v", i, c, err)
		}
	}
	_, err := l.End(t.Context(), signin.Key("webex", "0"), func(*auth.Credential, error) error {
		_, err := signin.New(folder, nil).Save(t.Context(), signin.Key("webex", "1"), signin.File, bot(11))
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
