package journal

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// Holder is the process that has a journal open.
type Holder struct {
	User    string    `json:"user"`
	Host    string    `json:"host"`
	Process int       `json:"process"`
	Plan    string    `json:"plan"`
	Since   time.Time `json:"since"`
}

// LockedError reports that another process has the journal open.
type LockedError struct {
	Dir string
	// Holder is zero if the other process has not told yet.
	Holder Holder
}

// Error names the folder and the other process.
func (e *LockedError) Error() string {
	if e.Holder.Process == 0 {
		return e.Dir + ": another process has the journal open"
	}
	h := e.Holder
	return fmt.Sprintf("%s: %s on %s has the journal open since %s: process %d, plan %s", e.Dir, h.User, h.Host, h.Since.UTC().Format(time.RFC3339), h.Process, h.Plan)
}

// lock locks a folder for this process. The system ends the lock with the process.
func lock(dir string, h Holder) (unlock func(), err error) {
	l := flock.New(filepath.Join(dir, lockName), flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(0o600))
	locked, err := l.TryLock()
	switch {
	case err != nil:
		return nil, err
	case !locked:
		refused := &LockedError{Dir: dir}
		if text, err := os.ReadFile(filepath.Join(dir, holderName)); err == nil {
			_ = json.Unmarshal(text, &refused.Holder)
		}
		return nil, refused
	}
	text, err := json.Marshal(h)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, holderName), append(text, '\n'), 0o600)
	}
	if err != nil {
		_ = l.Close()
		return nil, err
	}
	return func() { _ = l.Close() }, nil
}
