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
	"sync"

	"github.com/memberships-go/memberships/auth"
	"github.com/memberships-go/memberships/auth/filestore"
	"github.com/memberships-go/memberships/auth/keyring"
	"github.com/memberships-go/memberships/internal/replace"
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

// ErrRecord is the error of a record of the stores that was cut or changed.
var ErrRecord = errors.New("is damaged, so the stores of the sign-ins are unknown")

// Logins are the sign-ins in a folder.
type Logins struct {
	folder string
	// passphrase returns the passphrase of the encrypted store.
	passphrase func() (string, error)

	mu     sync.Mutex
	stores map[Kind]auth.Store // the open stores
}

// New returns the sign-ins in a folder, which need not exist. passphrase is called only for the
// encrypted store.
func New(folder string, passphrase func() (string, error)) *Logins {
	return &Logins{folder: folder, passphrase: passphrase, stores: map[Kind]auth.Store{}}
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
		return none, fmt.Errorf("%s %w; sign in again after removing it", l.path(), ErrRecord)
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
	return l.alone(ctx, "sign-ins", func() error {
		c, err := l.read()
		if err != nil {
			return err
		}
		do(&c)
		return l.write(c)
	})
}

// alone calls do while no other process has the same lock. A lock of a sign-in is taken before
// that of its credential, and the lock of the record last.
func (l *Logins) alone(ctx context.Context, lock string, do func() error) error {
	files, err := l.Store(File)
	if err != nil {
		return err
	}
	return locked(ctx, files, lock, do)
}

// signIn calls do while no other process begins or ends a sign-in, nor moves it to another
// store.
func (l *Logins) signIn(ctx context.Context, key string, do func() error) error {
	return l.alone(ctx, "sign-in of "+key, do)
}

// Store opens a kind of store, the same one each time: an encrypted store decrypts a file once.
func (l *Logins) Store(kind Kind) (auth.Store, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if store := l.stores[kind]; store != nil {
		return store, nil
	}
	if err := os.MkdirAll(l.folder, 0o700); err != nil {
		return nil, err
	}
	store, err := l.open(kind)
	if err != nil {
		return nil, err
	}
	l.stores[kind] = store
	return store, nil
}

func (l *Logins) open(kind Kind) (auth.Store, error) {
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
	c, store, err := l.load(ctx, key)
	if errors.Is(err, errMissing) {
		// A sign-in may move to another store between the two reads, so they are repeated
		// while none does.
		err = l.signIn(ctx, key, func() (err error) {
			c, store, err = l.load(ctx, key)
			return err
		})
	}
	return c, store, err
}

func (l *Logins) load(ctx context.Context, key string) (*auth.Credential, auth.Store, error) {
	store, err := l.recorded(key)
	if err != nil {
		return nil, nil, err
	}
	c, err := loadFrom(ctx, store, key)
	return c, store, err
}

// recorded returns the store of a sign-in, or auth.ErrAbsent.
func (l *Logins) recorded(key string) (auth.Store, error) {
	c, err := l.read()
	if err != nil {
		return nil, err
	}
	kind, ok := c.Stores[key]
	if !ok {
		return nil, auth.ErrAbsent
	}
	return l.Store(kind)
}

// errMissing is the error of a recorded sign-in that is not in its store.
var errMissing = errors.New("sign in again, or sign out")

// loadFrom returns the credential of a recorded sign-in.
func loadFrom(ctx context.Context, store auth.Store, key string) (*auth.Credential, error) {
	c, err := store.Load(ctx, key)
	if errors.Is(err, auth.ErrAbsent) {
		// The record says that there is one: another program has removed it.
		return nil, fmt.Errorf("%s no longer has the sign-in of %s; %w", store.Name(), key, errMissing)
	}
	return c, wayOut(key, err)
}

// Save keeps the credential of a sign-in in a kind of store, and removes it from another one
// that had it. No other process refreshes the former credential meanwhile, and of sign-ins at
// once the last one is kept.
func (l *Logins) Save(ctx context.Context, key string, kind Kind, c *auth.Credential) (store auth.Store, err error) {
	if store, err = l.Store(kind); err != nil {
		return nil, err
	}
	var saved bool
	err = l.signIn(ctx, key, func() (err error) {
		saved, err = l.save(ctx, key, kind, store, c)
		return err
	})
	if err != nil && !saved {
		return nil, err
	}
	return store, err
}

// save is Save without its lock. saved reports whether the record names the store.
func (l *Logins) save(ctx context.Context, key string, kind Kind, store auth.Store, c *auth.Credential) (saved bool, err error) {
	if err := locked(ctx, store, key, func() error { return store.Save(ctx, key, c) }); err != nil {
		return false, wayOut(key, err)
	}
	var before Kind
	err = l.change(ctx, func(all *choices) {
		before, all.Stores[key] = all.Stores[key], kind
		all.Methods[key] = c.Method
	})
	if err != nil || before == "" || before == kind {
		return err == nil, err
	}
	old, err := l.Store(before)
	if err == nil {
		err = locked(ctx, old, key, func() error { return old.Delete(ctx, key) })
	}
	if err != nil {
		return true, fmt.Errorf("the former sign-in is still in the store %q: %w", before, err)
	}
	return true, nil
}

// Ended is a sign-in that End has removed.
type Ended struct {
	// Store is the one that had the credential.
	Store auth.Store
	// Kept is the path of a file that could not be read and is kept, else "".
	Kept string
	// Missing reports that the store had no credential: another program has removed it, or an
	// end of the sign-in was interrupted.
	Missing bool
}

// End removes a sign-in, unless end returns an error. end gets the credential, or the reason
// that it cannot be read. No other process refreshes the credential meanwhile, and none keeps
// it afterwards: it looks for the credential again before a refresh. A file that cannot be read
// as a credential gets another name and is not removed. A credential that is missing in its
// store needs no end. End returns auth.ErrAbsent if there was no sign-in.
func (l *Logins) End(ctx context.Context, key string, end func(*auth.Credential, error) error) (e Ended, err error) {
	err = l.signIn(ctx, key, func() (err error) {
		if e.Store, err = l.recorded(key); err != nil {
			return err
		}
		err = locked(ctx, e.Store, key, func() (err error) {
			c, unread := loadFrom(ctx, e.Store, key)
			if e.Missing = errors.Is(unread, errMissing); e.Missing {
				return nil
			}
			if err := end(c, unread); err != nil {
				return err
			}
			e.Kept, err = remove(ctx, e.Store, key, unread)
			return err
		})
		if err != nil {
			return err
		}
		return l.change(ctx, func(c *choices) {
			delete(c.Stores, key)
			delete(c.Methods, key)
		})
	})
	return e, err
}

// remove removes a credential, or sets it aside if unread says that it cannot be read.
func remove(ctx context.Context, store auth.Store, key string, unread error) (kept string, err error) {
	files, ok := store.(interface {
		SetAside(context.Context, string) (string, error)
	})
	if ok && errors.Is(unread, auth.ErrUnreadable) {
		return files.SetAside(ctx, key)
	}
	return "", store.Delete(ctx, key)
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
