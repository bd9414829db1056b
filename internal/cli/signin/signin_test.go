package signin_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gokeyring "github.com/zalando/go-keyring"

	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/internal/cli/signin"
)

const key = "webex/default"

// refreshing returns sign-ins in a folder with an ended credential, and a source that calls
// during within its refresh.
func refreshing(t *testing.T, during func(*signin.Logins)) (*signin.Logins, *auth.Source) {
	t.Helper()
	folder := t.TempDir()
	logins := signin.New(folder, nil)
	ended := &auth.Credential{Provider: "webex", Method: "integration", AccessToken: "old", Expiry: time.Now().Add(-time.Hour), RefreshToken: "old"}
	store, err := logins.Save(t.Context(), key, signin.File, ended)
	if err != nil {
		t.Fatal(err)
	}
	return logins, auth.NewSource(store, key, func(_ context.Context, c *auth.Credential) (*auth.Credential, error) {
		during(signin.New(folder, nil)) // as another process does
		next := c.Clone()
		next.AccessToken, next.RefreshToken, next.Expiry = "new", "new", time.Now().Add(time.Hour)
		return next, nil
	})
}

// soon returns a context that ends before any refresh does.
func soon(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	t.Cleanup(cancel)
	return ctx
}

// The end of a sign-in waits for a refresh in another process, gets the new tokens, and leaves
// none behind.
func TestEndWaitsForRefresh(t *testing.T) {
	logins, source := refreshing(t, func(other *signin.Logins) {
		_, err := other.End(soon(t), key, func(c *auth.Credential, err error) error {
			t.Errorf("the end has not waited for the refresh: %v, %v", c, err)
			return nil
		})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want the end of the wait", err)
		}
	})
	if token, err := source.TokenContext(t.Context()); err != nil || token.AccessToken != "new" {
		t.Fatalf("got %v, %v", token, err)
	}
	var revoked string
	ended, err := logins.End(t.Context(), key, func(c *auth.Credential, err error) error {
		if err == nil {
			revoked = c.RefreshToken
		}
		return err
	})
	if err != nil || revoked != "new" {
		t.Errorf("ended the token %q, %v, want the new one", revoked, err)
	}
	if c, err := ended.Store.Load(t.Context(), key); !errors.Is(err, auth.ErrAbsent) {
		t.Errorf("the store has %v, %v", c, err)
	}
	if _, err := logins.End(t.Context(), key, nil); !errors.Is(err, auth.ErrAbsent) {
		t.Errorf("a second end: %v", err)
	}
}

// A refresh that begins during the end finds no credential, and stores none.
func TestRefreshAfterEnd(t *testing.T) {
	logins, source := refreshing(t, func(*signin.Logins) { t.Error("an ended sign-in is refreshed") })
	var waited error
	ended, err := logins.End(t.Context(), key, func(_ *auth.Credential, err error) error {
		_, waited = source.TokenContext(soon(t))
		return err
	})
	if err != nil || !errors.Is(waited, context.DeadlineExceeded) {
		t.Fatalf("got %v, and %v of the source", err, waited)
	}
	if token, err := source.TokenContext(t.Context()); !errors.Is(err, auth.ErrAbsent) {
		t.Errorf("got %v, %v", token, err)
	}
	if c, err := ended.Store.Load(t.Context(), key); !errors.Is(err, auth.ErrAbsent) {
		t.Errorf("the store has %v, %v", c, err)
	}
}

// A credential that another program has removed is no obstacle to the end of its sign-in, and
// neither is one that an interrupted end has removed.
func TestEndOfAMissingCredential(t *testing.T) {
	logins, _ := refreshing(t, nil)
	_, store, err := logins.Load(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Delete(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	ended, err := logins.End(t.Context(), key, func(c *auth.Credential, err error) error {
		t.Errorf("got %v, %v to end", c, err)
		return err
	})
	if err != nil || !ended.Missing || ended.Store != store {
		t.Errorf("got %+v, %v", ended, err)
	}
	if _, found, err := logins.Find(key); found || err != nil {
		t.Errorf("the sign-in is recorded, %v", err)
	}
}

// A failed end keeps the sign-in.
func TestEndFails(t *testing.T) {
	logins, _ := refreshing(t, nil)
	failure := errors.New("the provider did not answer")
	if _, err := logins.End(t.Context(), key, func(*auth.Credential, error) error { return failure }); !errors.Is(err, failure) {
		t.Errorf("got %v", err)
	}
	if c, _, err := logins.Load(t.Context(), key); err != nil || c.RefreshToken != "old" {
		t.Errorf("got %v, %v", c, err)
	}
}

// A sign-in waits for the refresh of the former one, which does not replace it.
func TestSaveWaitsForRefresh(t *testing.T) {
	fresh := &auth.Credential{Provider: "webex", Method: "bot token", AccessToken: "fresh"}
	logins, source := refreshing(t, func(other *signin.Logins) {
		if _, err := other.Save(soon(t), key, signin.File, fresh); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want the end of the wait", err)
		}
	})
	if _, err := source.TokenContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := logins.Save(t.Context(), key, signin.File, fresh); err != nil {
		t.Fatal(err)
	}
	if c, _, err := logins.Load(t.Context(), key); err != nil || c.AccessToken != "fresh" {
		t.Errorf("got %v, %v", c, err)
	}
	if method, found, err := logins.Find(key); method != "bot token" || !found || err != nil {
		t.Errorf("found %q, %t, %v", method, found, err)
	}
}

// Check leaves no credential in the store, and returns an error where Save would fail.
func TestCheck(t *testing.T) {
	folder := t.TempDir()
	logins := signin.New(folder, nil)
	for range 2 {
		if _, err := logins.Check(t.Context(), key, signin.File); err != nil {
			t.Fatal(err)
		}
	}
	err := filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() && filepath.Ext(path) != ".write" { // of a lock, which stays
			t.Errorf("%s is left", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if _, err := logins.Save(t.Context(), key, signin.File, &auth.Credential{Provider: "webex", AccessToken: "a"}); err != nil {
		t.Fatal(err)
	}
	damage(t, filepath.Join(folder, "files"))
	if _, err := logins.Check(t.Context(), key, signin.File); err == nil {
		t.Error("a damaged credential, which Save keeps, passes")
	}
}

// damage replaces every file of a store by one that cannot be read.
func damage(t *testing.T, folder string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// The error of a sign-in that cannot be read names the commands that go on without it.
func TestLoadUnreadable(t *testing.T) {
	folder := t.TempDir()
	if _, err := signin.New(folder, nil).Save(t.Context(), key, signin.File, bot(1)); err != nil {
		t.Fatal(err)
	}
	damage(t, filepath.Join(folder, "files"))
	c, _, err := signin.New(folder, nil).Load(t.Context(), key)
	const want = "; run 'memberships auth logout webex --keep-tokens', which keeps a file that cannot be read, and then 'memberships auth login webex'"
	if c != nil || !errors.Is(err, auth.ErrUnreadable) || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("got %v, %v, want %q", c, err, want)
	}
}

// An ended sign-in is not found, and has no method.
func TestFindAfterEnd(t *testing.T) {
	logins := signin.New(t.TempDir(), nil)
	if _, err := logins.Save(t.Context(), key, signin.File, bot(1)); err != nil {
		t.Fatal(err)
	}
	if method, found, err := logins.Find(key); method != "bot token" || !found || err != nil {
		t.Errorf("got %q, %t, %v, want the sign-in", method, found, err)
	}
	ended, err := logins.End(t.Context(), key, func(*auth.Credential, error) error { return nil })
	if err != nil || ended.Kept != "" || ended.Store == nil {
		t.Fatalf("got %+v, %v, want no kept file", ended, err)
	}
	if method, found, err := logins.Find(key); method != "" || found || err != nil {
		t.Errorf("got %q, %t, %v, want no sign-in", method, found, err)
	}
}

// A record that cannot be read is an error of every question about it, because a sign-in may be
// there.
func TestRecordDamaged(t *testing.T) {
	for _, text := range []string{"", "{", `{"format":"memberships sign-ins 2","stores":{}}`, `{"format":"memberships sign-ins 1"}`} {
		folder := t.TempDir()
		if err := os.WriteFile(filepath.Join(folder, "sign-ins.json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		logins := signin.New(folder, nil)
		_, _, find := logins.Find(key)
		_, _, load := logins.Load(t.Context(), key)
		names, profiles := logins.Profiles("webex")
		store, save := logins.Save(t.Context(), key, signin.File, bot(1))
		_, check := logins.Check(t.Context(), key, signin.File)
		_, end := logins.End(t.Context(), key, func(*auth.Credential, error) error { return nil })
		for name, err := range map[string]error{"find": find, "load": load, "profiles": profiles, "save": save, "check": check, "end": end} {
			if !errors.Is(err, signin.ErrRecord) {
				t.Errorf("%q, %s: got %v, want that the record is damaged", text, name, err)
			}
		}
		if len(names) > 0 || store != nil {
			t.Errorf("%q: got the profiles %q and the store %v", text, names, store)
		}
	}
}

// A store that takes no credential fails Check and Save, and no sign-in is recorded.
func TestStoreFails(t *testing.T) {
	gokeyring.MockInitWithError(errors.New("the keyring is locked"))
	t.Cleanup(gokeyring.MockInit)
	logins := signin.New(t.TempDir(), nil)
	if _, err := logins.Check(t.Context(), key, signin.Keyring); err == nil {
		t.Error("Check passes")
	}
	if store, err := logins.Save(t.Context(), key, signin.Keyring, bot(1)); store != nil || err == nil {
		t.Errorf("Save: got %v, %v", store, err)
	}
	if _, found, err := logins.Find(key); found || err != nil {
		t.Errorf("found %t, %v", found, err)
	}
}

// Profiles are those of one provider, or of all, each once.
func TestProfiles(t *testing.T) {
	logins := signin.New(t.TempDir(), nil)
	for _, k := range []string{"webex/work", "webex/default", "box/work"} {
		if _, err := logins.Save(t.Context(), k, signin.File, bot(1)); err != nil {
			t.Fatal(err)
		}
	}
	for provider, want := range map[string][]string{"webex": {"default", "work"}, "box": {"work"}, "": {"default", "work"}, "clerk": nil} {
		if got, err := logins.Profiles(provider); !slices.Equal(got, want) || err != nil {
			t.Errorf("%q: got %q, %v, want %q", provider, got, err, want)
		}
	}
}
