// Package signin keeps the sign-ins of the command: which store has the credential of a
// provider and profile, and the stores themselves.
package signin

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/auth/filestore"
	"github.com/memberships-go/memberships/auth/keyring"
	"github.com/memberships-go/memberships/internal/cli/replace"
)

// Kind is a kind of store.
type Kind string

// The kinds of stores.
const (
	Keyring   Kind = "keyring"   // of the system
	File      Kind = "file"      // that only the user may read
	Encrypted Kind = "encrypted" // a file with a passphrase
)

// Kinds returns the kinds of stores, the default first.
func Kinds() []Kind { return []Kind{Keyring, File, Encrypted} }

// PassphraseVariable is the variable with the passphrase of the kind Encrypted.
const PassphraseVariable = "MEMBERSHIPS_PASSPHRASE"

// Logins are the sign-ins in a folder.
type Logins struct {
	folder string
	// passphrase returns the passphrase of the encrypted store.
	passphrase func() (string, error)
}

// New returns the sign-ins in a folder, which need not exist. passphrase is called only for the
// encrypted store.
func New(folder string, passphrase func() (string, error)) *Logins {
	return &Logins{folder, passphrase}
}

// Key names the sign-in of a provider and a profile.
func Key(provider, profile string) string { return provider + "/" + profile }

// choices is the content of the file that records the store of each sign-in. Methods are those
// of the sign-ins, as far as they are recorded: a reader of the file needs no store for them.
type choices struct {
	Format  string            `json:"format"`
	Stores  map[string]Kind   `json:"stores"`
	Methods map[string]string `json:"methods,omitempty"`
}

const (
	format = "memberships sign-ins 1"
	// maxFile is the size of the largest file that is read.
	maxFile = 1 << 20
)

func (l *Logins) path() string { return filepath.Join(l.folder, "sign-ins.json") }

// read returns the stores of all sign-ins.
func (l *Logins) read() (choices, error) {
	none := choices{format, map[string]Kind{}, map[string]string{}}
	f, err := os.Open(l.path())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return none, nil
	case err != nil:
		return none, err
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return none, err
	}
	var c choices
	if len(data) > maxFile || json.Unmarshal(data, &c) != nil || c.Format != format || c.Stores == nil {
		return none, fmt.Errorf("%s is damaged, so the stores of the sign-ins are unknown; sign in again after removing it", l.path())
	}
	if c.Methods == nil {
		c.Methods = map[string]string{}
	}
	return c, nil
}

// write replaces the stores of all sign-ins.
func (l *Logins) write(c choices) error {
	if err := os.MkdirAll(l.folder, 0o700); err != nil {
		return err
	}
	return replace.File(l.path(), func(w io.Writer) error { return json.NewEncoder(w).Encode(c) })
}

// change changes the stores of all sign-ins, one process at a time.
func (l *Logins) change(ctx context.Context, do func(*choices)) error {
	if err := os.MkdirAll(l.folder, 0o700); err != nil {
		return err
	}
	files, err := filestore.New(filepath.Join(l.folder, "files"))
	if err != nil {
		return err
	}
	unlock, err := files.Lock(ctx, "sign-ins")
	if err != nil {
		return err
	}
	defer unlock()
	c, err := l.read()
	if err != nil {
		return err
	}
	do(&c)
	return l.write(c)
}

// Store opens a kind of store.
func (l *Logins) Store(kind Kind) (auth.Store, error) {
	if err := os.MkdirAll(l.folder, 0o700); err != nil {
		return nil, err
	}
	switch kind {
	case Keyring:
		return keyring.New("memberships", filepath.Join(l.folder, "locks"))
	case File:
		return filestore.New(filepath.Join(l.folder, "files"))
	case Encrypted:
		passphrase, err := l.passphrase()
		if err != nil {
			return nil, err
		}
		return filestore.NewEncrypted(filepath.Join(l.folder, "encrypted"), passphrase)
	}
	return nil, fmt.Errorf("there is no store %q", kind)
}

// Find reports whether there is a sign-in, and returns its method, "" if that is unknown. It
// reads no store. After an error, the sign-in may be there.
func (l *Logins) Find(key string) (method string, found bool, err error) {
	c, err := l.read()
	if err != nil {
		return "", false, err
	}
	_, found = c.Stores[key]
	return c.Methods[key], found, nil
}

// Load returns the credential of a sign-in and its store. The error is auth.ErrAbsent if there
// was no sign-in; any other error leaves open whether the store has it.
func (l *Logins) Load(ctx context.Context, key string) (*auth.Credential, auth.Store, error) {
	c, err := l.read()
	if err != nil {
		return nil, nil, err
	}
	kind, ok := c.Stores[key]
	if !ok {
		return nil, nil, auth.ErrAbsent
	}
	store, err := l.Store(kind)
	if err != nil {
		return nil, nil, err
	}
	found, err := load(ctx, store, key)
	return found, store, err
}

// load returns the credential of a recorded sign-in.
func load(ctx context.Context, store auth.Store, key string) (*auth.Credential, error) {
	c, err := store.Load(ctx, key)
	if errors.Is(err, auth.ErrAbsent) {
		// The record says that there is one: another program has removed it.
		return nil, fmt.Errorf("%s no longer has the sign-in of %s; sign in again, or sign out", store.Name(), key)
	}
	return c, err
}

// Save keeps the credential of a sign-in in a kind of store, and removes it from another one
// that had it. No other process refreshes the former credential meanwhile.
func (l *Logins) Save(ctx context.Context, key string, kind Kind, c *auth.Credential) (auth.Store, error) {
	store, err := l.Store(kind)
	if err != nil {
		return nil, err
	}
	if err := locked(ctx, store, key, func() error { return store.Save(ctx, key, c) }); err != nil {
		return nil, err
	}
	var before Kind
	err = l.change(ctx, func(all *choices) {
		before, all.Stores[key] = all.Stores[key], kind
		all.Methods[key] = c.Method
	})
	if err != nil {
		return nil, err
	}
	if before != "" && before != kind {
		old, err := l.Store(before)
		if err == nil {
			err = locked(ctx, old, key, func() error { return old.Delete(ctx, key) })
		}
		if err != nil {
			return store, fmt.Errorf("the former sign-in is still in the store %q: %w", before, err)
		}
	}
	return store, nil
}

// End removes a sign-in, unless end returns an error. end gets the credential, or the reason
// that it cannot be read. No other process refreshes the credential meanwhile, and none keeps
// it afterwards: it looks for the credential again before a refresh. End returns auth.ErrAbsent
// if there was no sign-in.
func (l *Logins) End(ctx context.Context, key string, end func(*auth.Credential, error) error) (auth.Store, error) {
	c, err := l.read()
	if err != nil {
		return nil, err
	}
	kind, ok := c.Stores[key]
	if !ok {
		return nil, auth.ErrAbsent
	}
	store, err := l.Store(kind)
	if err != nil {
		return nil, err
	}
	err = locked(ctx, store, key, func() error {
		if err := end(load(ctx, store, key)); err != nil {
			return err
		}
		return store.Delete(ctx, key)
	})
	if err != nil {
		return store, err
	}
	return store, l.change(ctx, func(c *choices) {
		delete(c.Stores, key)
		delete(c.Methods, key)
	})
}

// locked calls do while it has the lock of a credential.
func locked(ctx context.Context, store auth.Store, key string, do func() error) error {
	unlock, err := store.Lock(ctx, key)
	if err != nil {
		return fmt.Errorf("the lock of %s in %s: %w", key, store.Name(), err)
	}
	defer unlock()
	return do()
}

// Profiles returns the profiles that are signed in at a provider, or at any with an empty
// provider.
func (l *Logins) Profiles(provider string) ([]string, error) {
	c, err := l.read()
	if err != nil {
		return nil, err
	}
	var names []string
	for key := range c.Stores {
		p, profile, _ := strings.Cut(key, "/")
		if provider == "" || p == provider {
			names = append(names, profile)
		}
	}
	slices.SortFunc(names, cmp.Compare[string])
	return slices.Compact(names), nil
}
