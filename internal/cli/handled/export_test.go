package handled

import (
	"errors"
	"time"
)

// Cut makes the next write of an entry fail after n bytes.
func (s *Store) Cut(n int) { s.file = &cut{s.file, n} }

type cut struct {
	file
	n int
}

func (c *cut) WriteAt(p []byte, at int64) (int, error) {
	if c.n < 0 {
		return c.file.WriteAt(p, at)
	}
	n, _ := c.file.WriteAt(p[:c.n], at)
	c.n = -1
	return n, errors.New("no space left")
}

// SetNow sets the clock of a store.
func (s *Store) SetNow(now func() time.Time) { s.now = now }
