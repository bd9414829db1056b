package journal

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/memberships-go/memberships/reconcile"
)

// chain is the end of a journal: the number of its lines and the last checksum.
type chain struct {
	lines int
	sum   string
}

// line is a line of a journal, without its checksum.
type line struct {
	Line   int             `json:"line"`
	Before string          `json:"before"` // the checksum of the line before
	Entry  json.RawMessage `json:"entry"`
}

// sumEnd is the end of every line: the checksum of all bytes before it.
const (
	sumStart  = `,"sum":"`
	sumFinish = "\"}\n"
	sumSize   = len(sumStart) + sha256.Size*2 + len(sumFinish)
)

// append returns the next line.
func (c *chain) append(e reconcile.Entry) ([]byte, error) {
	entry, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(line{c.lines + 1, c.sum, entry})
	if err != nil {
		return nil, err
	}
	text = text[:len(text)-1] // the brace follows the checksum
	sum := checksum(text)
	c.lines, c.sum = c.lines+1, sum
	return append(text, sumStart+sum+sumFinish...), nil
}

func checksum(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// next checks that a line follows the chain, and returns its entry.
func (c *chain) next(text []byte) (reconcile.Entry, error) {
	var e reconcile.Entry
	if len(text) < sumSize {
		return e, fmt.Errorf("the line is too short")
	}
	content := text[:len(text)-sumSize]
	sum := checksum(content)
	if string(text[len(content):]) != sumStart+sum+sumFinish {
		return e, fmt.Errorf("the line was changed: its checksum is not that of its content")
	}
	var l line
	if err := json.Unmarshal(append(content[:len(content):len(content)], '}'), &l); err != nil {
		return e, fmt.Errorf("the line is not JSON: %w", err)
	}
	switch {
	case l.Line != c.lines+1:
		return e, fmt.Errorf("the line has the number %d, want %d: a line is missing, repeated or in another place", l.Line, c.lines+1)
	case l.Before != c.sum:
		return e, fmt.Errorf("the line does not follow the one before it")
	}
	if err := json.Unmarshal(l.Entry, &e); err != nil {
		return e, fmt.Errorf("the entry cannot be read: %w", err)
	}
	c.lines, c.sum = l.Line, sum
	return e, nil
}
